package io.github.rayservice.scaffolder;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The identity of a Ray Service: namespace and name of its kro instance. Both are DNS labels, so
 * that they are safe as directory, branch and Kubernetes names. {@link #MAX_LENGTH} limits both
 * together.
 *
 * @param namespace the team's namespace, which contains the kro instance; a DNS-1123 label of at
 *     most 63 characters
 * @param name the instance's name; a DNS-1035 label
 */
public record RayServiceId(String namespace, String name) implements Comparable<RayServiceId> {
  /** A DNS-1123 label without its length, after Kubernetes' {@code validation.IsDNS1123Label}. */
  public static final String DNS_1123_LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  /** A DNS-1035 label without its length, after Kubernetes' {@code validation.IsDNS1035Label}. */
  public static final String DNS_1035_LABEL = "^[a-z]([-a-z0-9]*[a-z0-9])?$";

  /** The directory of the GitOps repository that contains the directories of all Ray Services. */
  public static final String ROOT = "rayservices";

  private static final String APPLICATION_PREFIX = "ray.";

  /**
   * Namespace and name together have at most 58 characters. {@link #applicationName()} then has at
   * most 63, the limit of a Kubernetes label value: Argo CD writes the name into a label when it
   * tracks resources by label.
   */
  public static final int MAX_LENGTH = 63 - APPLICATION_PREFIX.length() - 1;

  private static final Pattern NAMESPACE = Pattern.compile(DNS_1123_LABEL);
  private static final Pattern NAME = Pattern.compile(DNS_1035_LABEL);

  public RayServiceId {
    if (!isLegal(namespace, name)) {
      throw new IllegalArgumentException(
          "not a namespace and name of a Ray Service: " + namespace + "/" + name);
    }
  }

  /**
   * Empty when the two are no namespace and name of a Ray Service. A read then answers "not found"
   * instead of failing.
   */
  public static Optional<RayServiceId> of(String namespace, String name) {
    return isLegal(namespace, name)
        ? Optional.of(new RayServiceId(namespace, name))
        : Optional.empty();
  }

  private static boolean isLegal(String namespace, String name) {
    return namespace.length() + name.length() <= MAX_LENGTH
        && NAMESPACE.matcher(namespace).matches()
        && NAME.matcher(name).matches();
  }

  /** The directory in the GitOps repository, without a slash at either end. */
  public String directory() {
    return ROOT + "/" + namespace + "/" + name;
  }

  /**
   * The name of the Argo CD Application, at most 63 characters. Neither part can contain a dot, so
   * two Ray Services never share an Application.
   */
  public String applicationName() {
    return APPLICATION_PREFIX + namespace + "." + name;
  }

  /**
   * The Ray Service of an Argo CD Application; empty when the Application is not of this service.
   */
  public static Optional<RayServiceId> ofApplication(String applicationName) {
    String[] parts = applicationName.split("[.]", -1);
    return parts.length == 3 && applicationName.startsWith(APPLICATION_PREFIX)
        ? of(parts[1], parts[2])
        : Optional.empty();
  }

  @Override
  public int compareTo(RayServiceId other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
