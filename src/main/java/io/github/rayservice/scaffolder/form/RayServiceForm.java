package io.github.rayservice.scaffolder.form;

import static io.github.rayservice.scaffolder.RayServiceId.DNS_1035_LABEL;
import static io.github.rayservice.scaffolder.RayServiceId.DNS_1123_LABEL;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The form: the {@code spec} of the kro instance. Names, types, defaults and limits are those of
 * {@code k8s/platform/resource-graph-definition.yaml}; a contract test compares the two. A field
 * without a default is required.
 */
@Schema(
    name = "RayServiceSpec",
    description = "The parameters of a Ray Service",
    requiredProperties = {"name", "namespace", "gitlab"})
public record RayServiceForm(
    @Schema(
            description = "Name of the KubeRay RayService and last part of the URL paths",
            examples = "text-ml")
        @NotNull(message = Rules.REQUIRED, payload = RuleSource.KroRequired.class)
        @Pattern(
            regexp = DNS_1035_LABEL,
            message = Rules.DNS_1035,
            payload = RuleSource.Dns1035Label.class)
        @Size(min = 1, max = 47, message = Rules.LENGTH, payload = RuleSource.KubeRayName.class)
        String name,
    @Schema(
            description = "Kubernetes namespace that is created for this Ray Service only",
            examples = "ray-system")
        @NotNull(message = Rules.REQUIRED, payload = RuleSource.KroRequired.class)
        @Pattern(
            regexp = DNS_1123_LABEL,
            message = Rules.DNS_1123,
            payload = RuleSource.Dns1123Label.class)
        @Size(min = 1, max = 63, message = Rules.LENGTH, payload = RuleSource.Dns1123Label.class)
        String namespace,
    @Schema(
            description = "https URL of the zip with the Ray Serve application",
            defaultValue =
                "https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip")
        @Pattern(
            regexp = "^https://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._~:/@!&*+,;=%-]*[.]zip$",
            message =
                "must be an https URL of a .zip file, without user name, password, query or fragment",
            payload = RuleSource.RayWorkingDir.class)
        @Size(max = 2048, message = Rules.LENGTH, payload = RuleSource.OurPolicy.class)
        String rayServeFile,
    @Schema(
            description = "Entry point inside the zip, written module:variable or module.variable",
            defaultValue = "text_ml.app")
        @Pattern(
            regexp =
                "^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)*[:.][A-Za-z_][A-Za-z0-9_]*$",
            message =
                "must be a Python module path and a variable, such as text_ml.app or pkg.mod:app",
            payload = RuleSource.ServeImportPath.class)
        @Size(max = 253, message = Rules.LENGTH, payload = RuleSource.OurPolicy.class)
        String importPath,
    @Schema(description = "Number of Ray worker pods", defaultValue = "2")
        @Min(value = 0, message = Rules.MINIMUM, payload = RuleSource.OurPolicy.class)
        @Max(value = 1000, message = Rules.MAXIMUM, payload = RuleSource.OurPolicy.class)
        int replicas,
    @Schema(description = "Ray version and image") @Valid Ray ray,
    @Schema(description = "Kubernetes resources of the pods") @Valid Resources resources,
    @Schema(description = "Ingress of the endpoints") @Valid Ingress ingress,
    @Schema(description = "GitLab host and user of the request") @Valid Gitlab gitlab,
    @Schema(description = "User who requested this Ray Service", defaultValue = "unknown")
        @Pattern(
            regexp = "^[^\\x00-\\x1f\\x7f$]+$",
            message = "must be printable text without '$'",
            payload = RuleSource.OurPolicy.class)
        @Size(min = 1, max = 253, message = Rules.LENGTH, payload = RuleSource.OurPolicy.class)
        String createdBy) {

  @Schema(name = "Ray")
  public record Ray(
      @Schema(description = "Ray version of the image", defaultValue = "2.52.0")
          @Pattern(
              regexp = "^[0-9]+[.][0-9]+[.][0-9]+$",
              message = "must be a Ray release of three numbers, such as 2.52.0",
              payload = RuleSource.OurPolicy.class)
          @Size(max = 32, message = Rules.LENGTH, payload = RuleSource.OurPolicy.class)
          String version,
      @Schema(
              description =
                  "Container image of head and workers; empty means rayproject/ray:<ray.version>",
              defaultValue = "")
          @Pattern(
              regexp = "^([A-Za-z0-9][A-Za-z0-9._:/@-]*)?$",
              message =
                  "must be a container image reference, or empty for rayproject/ray:<ray.version>",
              payload = RuleSource.ImageReference.class)
          @Size(max = 512, message = Rules.LENGTH, payload = RuleSource.OurPolicy.class)
          String image) {}

  @Schema(name = "Resources")
  public record Resources(@Valid Head head, @Valid Worker worker) {}

  @Schema(name = "HeadResources")
  public record Head(
      @Schema(
              description = "CPU request of the Ray head, a Kubernetes quantity",
              defaultValue = "1")
          @Pattern(
              regexp = Quantities.GRAMMAR,
              message = Quantities.RULE,
              payload = RuleSource.KubernetesQuantity.class)
          @Size(min = 1, max = 32, message = Rules.LENGTH, payload = RuleSource.OurPolicy.class)
          @PositiveQuantity(payload = RuleSource.KubernetesQuantity.class)
          String cpu,
      @Schema(
              description = "Memory request and limit of the Ray head, a Kubernetes quantity",
              defaultValue = "2Gi")
          @Pattern(
              regexp = Quantities.GRAMMAR,
              message = Quantities.RULE,
              payload = RuleSource.KubernetesQuantity.class)
          @Size(min = 1, max = 32, message = Rules.LENGTH, payload = RuleSource.OurPolicy.class)
          @PositiveQuantity(payload = RuleSource.KubernetesQuantity.class)
          String memory) {}

  @Schema(name = "WorkerResources")
  public record Worker(
      @Schema(
              description = "CPU request of each Ray worker, a Kubernetes quantity",
              defaultValue = "500m")
          @Pattern(
              regexp = Quantities.GRAMMAR,
              message = Quantities.RULE,
              payload = RuleSource.KubernetesQuantity.class)
          @Size(min = 1, max = 32, message = Rules.LENGTH, payload = RuleSource.OurPolicy.class)
          @PositiveQuantity(payload = RuleSource.KubernetesQuantity.class)
          String cpu,
      @Schema(
              description = "Memory request and limit of each Ray worker, a Kubernetes quantity",
              defaultValue = "1Gi")
          @Pattern(
              regexp = Quantities.GRAMMAR,
              message = Quantities.RULE,
              payload = RuleSource.KubernetesQuantity.class)
          @Size(min = 1, max = 32, message = Rules.LENGTH, payload = RuleSource.OurPolicy.class)
          @PositiveQuantity(payload = RuleSource.KubernetesQuantity.class)
          String memory,
      @Schema(description = "NVIDIA GPUs of each Ray worker", defaultValue = "0")
          @Min(value = 0, message = Rules.MINIMUM, payload = RuleSource.OurPolicy.class)
          @Max(value = 64, message = Rules.MAXIMUM, payload = RuleSource.OurPolicy.class)
          int gpu) {}

  @Schema(name = "Ingress")
  public record Ingress(
      @Schema(
              description = "Host name of the endpoints; empty means gitlab.hostname",
              defaultValue = "")
          @Pattern(
              regexp = "^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$",
              message = Rules.HOST + ", or empty for gitlab.hostname",
              payload = RuleSource.Dns1123Subdomain.class)
          @Size(max = 253, message = Rules.LENGTH, payload = RuleSource.Dns1123Subdomain.class)
          String host,
      @Schema(description = "Ingress class that serves the endpoints", defaultValue = "nginx")
          @Pattern(
              regexp = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
              message =
                  "must be the name of an IngressClass: lower-case letters, digits, '-' and '.'",
              payload = RuleSource.Dns1123Subdomain.class)
          @Size(
              min = 1,
              max = 253,
              message = Rules.LENGTH,
              payload = RuleSource.Dns1123Subdomain.class)
          String className) {}

  @Schema(name = "Gitlab")
  public record Gitlab(
      @Schema(
              description =
                  "GitLab host name, and the host of the endpoints unless ingress.host is set",
              examples = "gitlab.company.com")
          @NotNull(message = Rules.REQUIRED, payload = RuleSource.KroRequired.class)
          @Pattern(
              regexp = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
              message = Rules.HOST,
              payload = RuleSource.Dns1123Subdomain.class)
          @Size(
              min = 1,
              max = 253,
              message = Rules.LENGTH,
              payload = RuleSource.Dns1123Subdomain.class)
          String hostname,
      @Schema(description = "GitLab user name", examples = "ml-team")
          @NotNull(message = Rules.REQUIRED, payload = RuleSource.KroRequired.class)
          @Pattern(
              regexp = "^[A-Za-z0-9_.][A-Za-z0-9_.-]*$",
              message = "must be a GitLab user name: letters, digits, '_', '-' and '.'",
              payload = RuleSource.GitLabUser.class)
          @Size(min = 1, max = 255, message = Rules.LENGTH, payload = RuleSource.GitLabUser.class)
          String username) {}

  RayServiceForm withCreatedBy(String other) {
    return new RayServiceForm(
        name,
        namespace,
        rayServeFile,
        importPath,
        replicas,
        ray,
        resources,
        ingress,
        gitlab,
        other);
  }

  /** The host name of the Ray Serve endpoint and of the Ray dashboard. */
  @JsonIgnore
  public String endpointHost() {
    return ingress.host().isEmpty() ? gitlab.hostname() : ingress.host();
  }

  /**
   * Texts of the rules. Bean Validation replaces {@code {min}}, {@code {max}} and {@code {value}}.
   */
  static final class Rules {
    static final String REQUIRED = "is required";
    static final String LENGTH = "must have {min} to {max} characters";
    static final String MINIMUM = "must be at least {value}";
    static final String MAXIMUM = "must be at most {value}";
    static final String DNS_1035 =
        "must contain only lower-case letters, digits and '-', start with a letter and not end with '-'";
    static final String DNS_1123 =
        "must contain only lower-case letters, digits and '-', and start and end with a letter or digit";
    static final String HOST =
        "must be a host name in lower case, without scheme, port and path, such as gitlab.example.com";

    private Rules() {}
  }
}
