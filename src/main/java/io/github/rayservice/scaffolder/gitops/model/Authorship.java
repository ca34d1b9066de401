package io.github.rayservice.scaffolder.gitops.model;

/** Who wrote the commits that a Ray Service's own branch has, and that Argo CD's has not. */
public enum Authorship {
  /** This service, in any process, wrote all of them. */
  OWN,
  /** This service wrote the newest one, on top of commits of others. */
  MIXED,
  /** Others wrote the newest one. */
  FOREIGN
}
