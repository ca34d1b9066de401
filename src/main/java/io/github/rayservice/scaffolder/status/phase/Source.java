package io.github.rayservice.scaffolder.status.phase;

/** The systems that tell the phase of a Ray Service, in the order in which it passes them. */
public enum Source {
  GIT("Git"),
  ARGO_CD("Argo CD"),
  KRO("kro"),
  KUBERAY("KubeRay");

  private final String label;

  Source(String label) {
    this.label = label;
  }

  /** As people write it. */
  public String label() {
    return label;
  }
}
