package io.github.rayservice.scaffolder.form.field;

/** What a changed field does to a Ray Service that runs. */
public enum ChangeEffect {
  /** As the field that has it. */
  OF_PARENT("", ""),
  /** KubeRay hands the new Serve config to the Ray cluster that is there. */
  IN_PLACE("inPlace", "the running Ray cluster loads it"),
  /**
   * Part of KubeRay's {@code rayClusterConfig}, or of an annotation in it: KubeRay makes a second
   * Ray cluster and goes over to it when that serves.
   */
  NEW_CLUSTER("newCluster", "a second Ray cluster runs until it serves"),
  /** Only the Ingress changes. */
  ENDPOINTS("endpoints", "the addresses change"),
  /** Kubernetes makes the volume larger, where its StorageClass allows that. */
  VOLUME("volume", "the volume grows where its StorageClass allows that, and nothing restarts"),
  /** Nothing in the cluster depends on it. */
  NONE("none", "nothing that runs changes");

  private final String code;
  private final String meaning;

  ChangeEffect(String code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The word in camelCase that answers use. */
  public String code() {
    return code;
  }

  /** What it means, in a few words for people. */
  public String meaning() {
    return meaning;
  }
}
