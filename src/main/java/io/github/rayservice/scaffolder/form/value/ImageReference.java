package io.github.rayservice.scaffolder.form.value;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The repository of a container image, with the name that Docker and the nodes complete: {@code
 * ray:2.60.0} is in {@code docker.io/library/ray}. The grammar is that of
 * github.com/distribution/reference, by which a node reads the image of a container.
 *
 * @param registry a host in lower case, with its port where one is given
 * @param repository the path in the registry
 */
public record ImageReference(String registry, String repository) {
  public static final String SOURCE = "Distribution: grammar of image references";

  /** The name without tag and digest; a length that no pattern without lookahead can limit. */
  static final int MAX_NAME = 255;

  /** The longest name, tag and digest with the two signs between them. */
  static final int MAX_LENGTH = MAX_NAME + 1 + 128 + 1 + "sha512:".length() + 128;

  private static final String HOST_PART = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?";

  /** A domain name, an IPv4 address or an IPv6 address in brackets, and a port. */
  static final String HOST =
      "(" + HOST_PART + "([.]" + HOST_PART + ")*|\\[[A-Fa-f0-9:]+\\])(:[0-9]+)?";

  private static final String PATH_PART = "[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*";

  static final String PATH = PATH_PART + "(/" + PATH_PART + ")*";

  private static final String NAME = "(" + HOST + "/)?" + PATH;
  private static final String TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";

  /** The algorithms that a node knows, each with its own length. */
  private static final String DIGEST =
      "(sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})";

  /**
   * An image reference, or empty. At most one way leads through it at each character but for the
   * first part of the name, which may be a registry or not: so it takes a time in proportion to the
   * text, also in an engine that tries again.
   */
  static final String GRAMMAR = "^(" + NAME + "(:" + TAG + ")?(@" + DIGEST + ")?)?$";

  static final String RULE =
      "must be a container image such as registry.company.com/ml/ray:1.4.0, or empty for that of the hardware or rayproject/ray:<ray.version>";

  private static final Pattern WHOLE = Pattern.compile(GRAMMAR);
  private static final Pattern IS_HOST = Pattern.compile(HOST);
  private static final Pattern IS_NAME = Pattern.compile(NAME);
  private static final Pattern IS_TAG = Pattern.compile(TAG);
  private static final Pattern IS_DIGEST = Pattern.compile(DIGEST);

  /** What Docker takes for the id of an image, not for its name. */
  private static final Pattern IS_ID = Pattern.compile("[a-f0-9]{64}");

  private static final Pattern SPACE = Pattern.compile("\\s");
  private static final Pattern UPPER_CASE = Pattern.compile("[A-Z]");

  private static final String DOCKER_HUB = "docker.io";

  /** A text in parts, which need not be valid: {@code name:tag@digest}. */
  private record Parts(String name, Optional<String> tag, Optional<String> digest) {
    static Parts of(String text) {
      int at = text.indexOf('@');
      String tagged = at < 0 ? text : text.substring(0, at);
      // A colon before the last slash belongs to the registry's port or address.
      int colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
      return new Parts(
          colon < 0 ? tagged : tagged.substring(0, colon),
          colon < 0 ? Optional.empty() : Optional.of(tagged.substring(colon + 1)),
          at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1)));
    }
  }

  /**
   * The rule that an image breaks, in words about what is wrong with it; empty for a valid image
   * and for an empty text.
   *
   * @param text of at most {@link #MAX_LENGTH} characters
   */
  public static Optional<BrokenRule> check(String text) {
    Parts parts = Parts.of(text);
    if (!WHOLE.matcher(text).matches()) {
      return Optional.of(new BrokenRule(brokenRule(text, parts), SOURCE));
    }
    if (parts.name().length() > MAX_NAME) {
      return Optional.of(
          new BrokenRule(
              "must have at most %d characters before tag and digest (has %d)"
                  .formatted(MAX_NAME, parts.name().length()),
              SOURCE));
    }
    return IS_ID.matcher(text).matches()
        ? Optional.of(
            new BrokenRule(
                "must not be the id of an image (64 hexadecimal digits): name its repository",
                SOURCE))
        : Optional.empty();
  }

  private static String brokenRule(String text, Parts parts) {
    if (text.contains("://")) {
      return "must have no scheme such as https:// or docker://: it begins with the registry or the repository";
    }
    if (SPACE.matcher(text).find()) {
      return "must not contain spaces";
    }
    if (!IS_NAME.matcher(parts.name()).matches()) {
      return brokenName(parts.name());
    }
    if (parts.tag().filter(String::isEmpty).isPresent()) {
      return "must have a tag after ':', or no ':'";
    }
    if (parts.tag().filter(tag -> tag.contains(":")).isPresent()) {
      return "must have only one tag";
    }
    if (parts.tag().filter(tag -> !IS_TAG.matcher(tag).matches()).isPresent()) {
      return "must have a tag of at most 128 letters, digits, '_', '.' and '-', which does not begin with '.' or '-'";
    }
    if (parts.digest().filter(digest -> !IS_DIGEST.matcher(digest).matches()).isPresent()) {
      return "must have a digest after '@', such as sha256: and 64 hexadecimal digits in lower case; a tag comes after ':'";
    }
    return RULE;
  }

  private static String brokenName(String name) {
    int slash = name.indexOf('/');
    String host = slash > 0 && isHost(name.substring(0, slash)) ? name.substring(0, slash) : "";
    String path = host.isEmpty() ? name : name.substring(slash + 1);
    if (path.isEmpty()) {
      return "must have a repository: registry/repository:tag";
    }
    if (!host.isEmpty() && !IS_HOST.matcher(host).matches()) {
      return "must begin with a registry that is a host name or an IP address, or either of them with a port";
    }
    if (UPPER_CASE.matcher(path).find()) {
      String lower = (host.isEmpty() ? "" : host + "/") + path.toLowerCase(Locale.ROOT);
      return "must have its repository in lower case"
          + (IS_NAME.matcher(lower).matches() ? ": " + lower : "");
    }
    return "must have a repository of lower-case letters and digits, with one '.', one or two '_' or any '-' between them, and '/' between its parts";
  }

  /**
   * Whether the first part of a name, which a slash follows, is a registry: as Docker decides it.
   */
  static boolean isHost(String part) {
    return part.equals("localhost")
        || part.contains(".")
        || part.contains(":")
        || UPPER_CASE.matcher(part).find();
  }

  /** The repository of a valid image reference. */
  public static ImageReference of(String reference) {
    String name = Parts.of(reference).name();
    int slash = name.indexOf('/');
    if (slash < 0 || !isHost(name.substring(0, slash))) {
      return onDockerHub(name);
    }
    ImageReference image = at(name.substring(0, slash), name.substring(slash + 1));
    return image.registry().equals(DOCKER_HUB) ? onDockerHub(image.repository()) : image;
  }

  /** A path in a registry; the old name of Docker Hub is its present one. */
  static ImageReference at(String host, String path) {
    String registry = host.toLowerCase(Locale.ROOT);
    return new ImageReference(registry.equals("index.docker.io") ? DOCKER_HUB : registry, path);
  }

  /** A path on Docker Hub, whose own images are in {@code library}. */
  static ImageReference onDockerHub(String path) {
    return new ImageReference(DOCKER_HUB, path.contains("/") ? path : "library/" + path);
  }

  /**
   * Whether a node looks for the image in a registry of one word in upper case, which is more
   * likely the name of a group without its registry.
   */
  public static boolean hasUnlikelyRegistry(String reference) {
    int slash = reference.indexOf('/');
    return slash > 0 && reference.substring(0, slash).matches("[A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*");
  }
}
