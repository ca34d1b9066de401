package io.github.rayservice.scaffolder.status.phase;

/** The phase of a Ray Service. */
public enum Phase {
  /** Its merge request is open. */
  PROPOSED("Proposed"),
  /** Its merge request was closed without a merge. */
  REJECTED("Rejected"),
  /** It is on the branch that Argo CD follows, and Argo CD has not seen it yet. */
  ACCEPTED("Accepted"),
  /** Argo CD knows it and has not brought the kro instance into the cluster yet. */
  SYNCING("Syncing"),
  /** kro makes its objects. */
  PROVISIONING("Provisioning"),
  /** The Ray cluster or its Serve applications are not ready yet. */
  STARTING("Starting"),
  /** It answers, and the cluster has everything that Git has. */
  RUNNING("Running"),
  /** It answers while something newer is on its way. */
  UPDATING("Updating"),
  /** Something is wrong, though it came up or still answers. */
  DEGRADED("Degraded"),
  /** It does not come up, and waiting does not help. */
  FAILED("Failed"),
  /** It is being removed. */
  DELETING("Deleting"),
  /** A source that would tell cannot be read or contradicts itself. */
  UNKNOWN("Unknown");

  private final String label;

  Phase(String label) {
    this.label = label;
  }

  /** As answers, events and metrics spell it. */
  public String label() {
    return label;
  }
}
