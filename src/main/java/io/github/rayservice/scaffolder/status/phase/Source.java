package io.github.rayservice.scaffolder.status.phase;

/** The systems that say where a Ray Service stands, in the order in which it passes them. */
public enum Source {
  GIT("Git"),
  ARGO_CD("Argo CD"),
  KRO("kro"),
  KUBERAY("KubeRay");

  private final String words;

  Source(String words) {
    this.words = words;
  }

  /** As people write it. */
  public String label() {
    return words;
  }
}
