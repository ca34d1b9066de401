package io.github.rayservice.scaffolder.form.value;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The kinds of text that a form has: each with its pattern, its length, the words of the rule and
 * the system that it comes from. The service, kro's schema, OpenAPI and the Backstage forms all
 * have their limits from here.
 */
public enum Grammar {
  /** The name of a KubeRay RayService. */
  KUBERAY_NAME(
      RayServiceId.DNS_1035_LABEL,
      Words.DNS_1035,
      Words.DNS_1035_SOURCE,
      1,
      47,
      "KubeRay: the name of a RayService has at most 47 characters, so that its Services' names fit in 63"),
  /** The name of a kro instance. */
  INSTANCE_NAME(
      RayServiceId.DNS_1035_LABEL,
      Words.DNS_1035,
      Words.DNS_1035_SOURCE,
      1,
      63,
      Words.DNS_1035_SOURCE),
  /** The name of a Kubernetes namespace. */
  NAMESPACE(
      RayServiceId.DNS_1123_LABEL,
      "must contain only lower-case letters, digits and '-', and start and end with a letter or digit",
      "Kubernetes DNS label (RFC 1123)",
      1,
      63,
      "Kubernetes DNS label (RFC 1123)"),
  /** The name of a host, without scheme, port and path. */
  HOST_NAME(
      "^" + Words.SUBDOMAIN + "$",
      Words.HOST,
      Words.SUBDOMAIN_SOURCE,
      1,
      253,
      Words.SUBDOMAIN_SOURCE),
  /** The name of a host, or empty for the platform's. */
  HOST_NAME_OR_EMPTY(
      "^(" + Words.SUBDOMAIN + ")?$",
      Words.HOST + ", or empty for the platform's",
      Words.SUBDOMAIN_SOURCE,
      0,
      253,
      Words.SUBDOMAIN_SOURCE),
  /** The name of an IngressClass. */
  INGRESS_CLASS(
      "^" + Words.SUBDOMAIN + "$",
      "must be the name of an IngressClass: lower-case letters, digits, '-' and '.'",
      Words.SUBDOMAIN_SOURCE,
      1,
      253,
      Words.SUBDOMAIN_SOURCE),
  /** An address that Ray downloads an application from. */
  ZIP_URL(
      "^((https|s3|gs)://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._~:/@!&*+,;=%-]*[.]zip)?$",
      "must be the https, s3 or gs URL of a .zip file, without user name, password, query or fragment, or empty for no zip",
      "Ray: a remote working_dir is a URL that ends in .zip",
      0,
      255,
      "Ray: older releases name the downloaded file after the whole URL, and a file name has at most 255 characters"),
  /** The entry point of a Ray Serve application: what Python's importlib takes. */
  IMPORT_PATH(
      "^[^\\s.:/$()]+([.][^\\s.:/$()]+)*[:.][^\\s.:/$()]+$",
      "must be a Python module path and a variable, such as text_ml.app or pkg.mod:app",
      "Ray Serve import path",
      0,
      253,
      BrokenRule.POLICY),
  /** The path that an application answers at, below its own URL path. */
  ROUTE_PREFIX(
      "^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?$",
      "must be a URL path that begins with / and does not end with one, such as / or /summarize",
      "Ray Serve route prefix",
      1,
      253,
      BrokenRule.POLICY),
  /** A requirement of pip, without options and credentials. */
  REQUIREMENT(
      "^"
          + Words.PACKAGE
          + Words.EXTRAS
          + "("
          + Words.VERSIONS
          + "| ?@ ?(git[+])?https://[A-Za-z0-9.-]+(:[0-9]+)?/[^\\s?;]*)"
          + Words.MARKER
          + "$",
      "must be one requirement of pip, such as transformers<5 or torch==2.9.1, without options, and a URL without user name, password and query",
      "PEP 508",
      1,
      255,
      BrokenRule.POLICY),
  /** The name of an environment variable. */
  VARIABLE(
      "^[A-Za-z_][A-Za-z0-9_]*$",
      "must be the name of an environment variable: letters, digits and '_', not a digit first",
      "POSIX environment variables",
      1,
      253,
      BrokenRule.POLICY),
  /** The value of an environment variable, which Ray expands: {@code ${PATH}:/opt/bin}. */
  VARIABLE_VALUE(
      "^[^\\x00]*$", "must be text", "POSIX environment variables", 0, 4096, BrokenRule.POLICY),
  /** The name of a Secret. */
  SECRET(
      "^" + Words.SUBDOMAIN + "$",
      "must be the name of a Secret: lower-case letters, digits, '-' and '.'",
      Words.SUBDOMAIN_SOURCE,
      1,
      253,
      Words.SUBDOMAIN_SOURCE),
  /** What a Secret is for. */
  SECRET_USE(
      "^(environment|imagePull|netrc)$",
      "must be environment, imagePull or netrc",
      "kro: the RayService resource graph",
      0,
      64,
      "kro: the RayService resource graph"),
  /** A role in a cloud: what AWS, Google Cloud and Azure name their roles by. */
  CLOUD_IDENTITY(
      "^(arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}|[a-z0-9]([a-z0-9.-]*[a-z0-9])?@[a-z0-9]([a-z0-9.-]*[a-z0-9])?[.]gserviceaccount[.]com|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$",
      "must be the ARN of an AWS role, the address of a Google service account or the client id of an Azure identity",
      "AWS IAM role ARN, Google Cloud service account, Microsoft Entra client id",
      1,
      600,
      BrokenRule.POLICY),
  /** The name of a StorageClass. */
  STORAGE_CLASS(
      "^" + Words.SUBDOMAIN + "$",
      "must be the name of a StorageClass: lower-case letters, digits, '-' and '.'",
      Words.SUBDOMAIN_SOURCE,
      1,
      253,
      Words.SUBDOMAIN_SOURCE),
  /** How many nodes may mount a volume. */
  ACCESS_MODE(
      "^(ReadWriteMany|ReadWriteOnce)$",
      "must be ReadWriteMany or ReadWriteOnce",
      "Kubernetes: access modes of a volume that several pods write",
      0,
      64,
      "Kubernetes: access modes of a volume that several pods write"),
  /** A directory of a container. */
  MOUNT_PATH(
      "^(/[A-Za-z0-9][A-Za-z0-9._-]*)+$",
      "must be an absolute path of directories, such as /mnt/models: letters, digits, '.', '_' and '-'",
      "Kubernetes: mountPath of a volume",
      2,
      253,
      BrokenRule.POLICY),
  /** The name of a Serve deployment: its class or function, or what name= says. */
  DEPLOYMENT(
      "^[^\\x00-\\x1f\\x7f#$]+$",
      "must be the name of a Serve deployment: printable text without '#' and '$'",
      "Ray Serve deployments",
      1,
      253,
      BrokenRule.POLICY),
  /** The type of an accelerator. */
  ACCELERATOR(
      "^[A-Za-z0-9][A-Za-z0-9._-]*$",
      "must be an accelerator type of Ray, such as A100 or L4",
      "Ray accelerator types",
      1,
      63,
      BrokenRule.POLICY),
  /** The name by which clients ask for a language model. */
  MODEL_ID(
      "^[A-Za-z0-9][A-Za-z0-9._:/-]*$",
      "must be the name of a model, such as Qwen/Qwen2.5-7B-Instruct: letters, digits, '.', '_', ':', '/' and '-'",
      "Ray Serve LLM: model_id",
      1,
      200,
      BrokenRule.POLICY),
  /** Where the weights of a language model are. */
  MODEL_SOURCE(
      "^((s3|gs|azure|abfss)://[A-Za-z0-9@._/-]+|/[A-Za-z0-9._/-]+|[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)?)$",
      "must be a Hugging Face id, an address that begins with s3://, gs://, azure:// or abfss://, or an absolute path",
      "Ray Serve LLM: model_source",
      1,
      512,
      BrokenRule.POLICY),
  /** The number of a Ray release that can ask for a token. */
  RAY_RELEASE(
      "^(2[.](5[2-9]|[6-9][0-9]|[1-9][0-9]{2,})|([3-9]|[1-9][0-9]+)[.][0-9]+)[.][0-9]+$",
      "must be a Ray release of three numbers from 2.52.0 on, such as 2.60.0",
      "KubeRay: the token before Ray's dashboard needs Ray 2.52.0",
      0,
      32,
      BrokenRule.POLICY),
  /** A container image, or empty for Ray's own. */
  RAY_IMAGE(
      ImageReference.GRAMMAR,
      ImageReference.RULE,
      ImageReference.SOURCE,
      0,
      ImageReference.MAX_LENGTH,
      ImageReference.SOURCE),
  /** A Kubernetes quantity above zero. */
  QUANTITY(Quantities.GRAMMAR, Quantities.RULE, "Kubernetes quantity", 1, 32, BrokenRule.POLICY),
  /** The name of a hardware profile. */
  PROFILE(
      RayServiceId.DNS_1123_LABEL,
      "must be the name of a hardware profile: lower-case letters, digits and '-', with a letter or digit at both ends",
      BrokenRule.POLICY,
      1,
      63,
      BrokenRule.POLICY),
  /** The name of a resource that device plugins offer. */
  EXTENDED_RESOURCE(
      "^" + Words.SUBDOMAIN + "/" + Words.QUALIFIED + "$",
      "must be the name of an extended resource, such as nvidia.com/gpu",
      "Kubernetes: extended resources",
      1,
      317,
      "Kubernetes: extended resources"),
  /** The key of a taint or a label. */
  TAINT_KEY(
      "^(" + Words.SUBDOMAIN + "/)?" + Words.QUALIFIED + "$",
      "must be a key of Kubernetes, such as nvidia.com/gpu",
      "Kubernetes: taints and tolerations",
      1,
      317,
      "Kubernetes: taints and tolerations"),
  /** The value of a taint or a label. */
  TAINT_VALUE(
      "^(" + Words.QUALIFIED + ")?$",
      "must be a value of Kubernetes: letters, digits, '-', '_' and '.', with a letter or digit at both ends",
      "Kubernetes: taints and tolerations",
      0,
      63,
      "Kubernetes: taints and tolerations"),
  /** How a toleration compares. */
  TOLERATION_OPERATOR(
      "^(Exists|Equal)$",
      "must be Exists or Equal",
      "Kubernetes: taints and tolerations",
      0,
      64,
      "Kubernetes: taints and tolerations"),
  /** What a taint does. */
  TAINT_EFFECT(
      "^(NoSchedule|PreferNoSchedule|NoExecute)$",
      "must be NoSchedule, PreferNoSchedule or NoExecute",
      "Kubernetes: taints and tolerations",
      0,
      64,
      "Kubernetes: taints and tolerations"),
  /** The end of an image's tag, after the number of the Ray release. */
  IMAGE_SUFFIX(
      "^[A-Za-z0-9_.-]+$",
      "must be the end of a tag, such as -gpu or -py312-cu128: letters, digits, '_', '.' and '-'",
      ImageReference.SOURCE,
      1,
      64,
      ImageReference.SOURCE),
  /** The name of a RuntimeClass. */
  RUNTIME_CLASS(
      "^" + Words.SUBDOMAIN + "$",
      "must be the name of a RuntimeClass: lower-case letters, digits, '-' and '.'",
      Words.SUBDOMAIN_SOURCE,
      1,
      253,
      Words.SUBDOMAIN_SOURCE),
  /** The name of a GitLab user. */
  GITLAB_USER(
      "^[A-Za-z0-9_.][A-Za-z0-9_.-]*$",
      "must be a GitLab user name: letters, digits, '_', '-' and '.'",
      "GitLab user name",
      1,
      255,
      "GitLab user name"),
  /** The name of a user, wherever it comes from. */
  USER(
      "^[^\\x00-\\x1f\\x7f$]+$",
      "must be printable text without '$'",
      BrokenRule.POLICY,
      1,
      253,
      BrokenRule.POLICY),
  /** A moment in UTC, to the second. */
  TIMESTAMP(
      "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
      "must be a time in UTC such as 2026-11-29T09:00:00Z", "RFC 3339", 20, 20, "RFC 3339"),
  /** The API version of the kro instance. */
  API_VERSION(
      "^kro[.]run/v1alpha1$",
      "must be kro.run/v1alpha1",
      "kro: the RayService resource graph",
      0,
      64,
      "kro: the RayService resource graph"),
  /** The kind of the kro instance. */
  KIND(
      "^RayService$",
      "must be RayService",
      "kro: the RayService resource graph",
      0,
      64,
      "kro: the RayService resource graph");

  private final Pattern pattern;
  private final String rule;
  private final String source;
  private final int minLength;
  private final int maxLength;
  private final String lengthSource;

  Grammar(
      String pattern,
      String rule,
      String source,
      int minLength,
      int maxLength,
      String lengthSource) {
    this.pattern = Pattern.compile(pattern);
    this.rule = rule;
    this.source = source;
    this.minLength = minLength;
    this.maxLength = maxLength;
    this.lengthSource = lengthSource;
  }

  /**
   * The pattern of the whole text; in the syntax that Java, Go (RE2) and JavaScript share, without
   * groups that match the same text in two ways.
   */
  public String pattern() {
    return pattern.pattern();
  }

  /** The minimum number of characters (Unicode code points). */
  public int minLength() {
    return minLength;
  }

  /** The maximum number of characters (Unicode code points). */
  public int maxLength() {
    return maxLength;
  }

  /** Whether no one but the application reads the text: it may have several lines, for example. */
  public boolean isFree() {
    return this == VARIABLE_VALUE;
  }

  /** Whether the text is a Kubernetes quantity, which must be greater than 0. */
  public boolean isQuantity() {
    return this == QUANTITY;
  }

  /** The rule that the text breaks; the length first: no pattern sees a text of any length. */
  public Optional<BrokenRule> check(String text) {
    int length = text.codePointCount(0, text.length());
    if (length < minLength || length > maxLength) {
      String words = "must have %d to %d characters".formatted(minLength, maxLength);
      return Optional.of(new BrokenRule(words, length < minLength ? source : lengthSource));
    }
    if (this == RAY_IMAGE) {
      return ImageReference.check(text);
    }
    if (!pattern.matcher(text).matches()) {
      return Optional.of(new BrokenRule(rule, source));
    }
    return isQuantity() && Quantities.amount(text).signum() <= 0
        ? Optional.of(new BrokenRule("must be greater than 0", source))
        : Optional.empty();
  }

  /** What several kinds share. Constants of the enum itself are not there yet when it is made. */
  private static final class Words {
    static final String DNS_1035 =
        "must contain only lower-case letters, digits and '-', start with a letter and not end with '-'";
    static final String DNS_1035_SOURCE =
        "Kubernetes DNS label (RFC 1035), which KubeRay requires for names of RayServices";
    static final String SUBDOMAIN =
        "[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
    static final String SUBDOMAIN_SOURCE = "Kubernetes DNS subdomain (RFC 1123)";
    static final String HOST =
        "must be a host name in lower case, without scheme, port and path, such as gitlab.example.com";

    /** The name behind the prefix of a label, a taint or a resource. */
    static final String QUALIFIED = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";

    static final String PACKAGE = "[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?";
    static final String EXTRAS = "( ?\\[[A-Za-z0-9._-]+( ?, ?[A-Za-z0-9._-]+)*\\])?";
    static final String VERSION = " ?(===|==|~=|!=|<=|>=|<|>) ?[A-Za-z0-9._*+!-]+";
    // Words of which none begins with '-', because pip reads options after a requirement, and none
    // has a backslash, which joins two lines.
    static final String MARKER =
        "( ?; *[^\\s;\\x5c-][^\\s;\\x5c]*( +[^\\s;\\x5c-][^\\s;\\x5c]*)*)?";
    static final String VERSIONS = "(" + VERSION + "( ?," + VERSION + ")*)?";

    private Words() {}
  }
}
