package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import java.time.Instant;
import java.util.Optional;

/**
 * What Git and GitLab say of one Ray Service.
 *
 * @param accepted empty when it is not on the branch that Argo CD follows
 * @param mergeRequest its newest merge request; empty when none is known
 * @param proposed whether a branch of its own proposes a change
 */
public record DesiredState(
    Optional<Accepted> accepted, Optional<MergeRequest> mergeRequest, boolean proposed) {
  public static final DesiredState NOTHING = new DesiredState(Optional.empty(), Optional.empty());

  public DesiredState(Optional<Accepted> accepted, Optional<MergeRequest> mergeRequest) {
    this(accepted, mergeRequest, false);
  }

  /** Whether both are about the same version or, before one is accepted, the same review. */
  public boolean agreesWith(DesiredState other) {
    Optional<String> version = accepted.map(Accepted::version);
    return version.equals(other.accepted.map(Accepted::version))
        && (version.isPresent()
            || mergeRequest
                .map(MergeRequest::state)
                .equals(other.mergeRequest.map(MergeRequest::state)));
  }

  /** The same, accepted at that moment. */
  public DesiredState acceptedSince(Instant since) {
    return new DesiredState(
        accepted.map(a -> new Accepted(a.version(), Optional.of(since), a.compared(), a.spec())),
        mergeRequest,
        proposed);
  }

  /**
   * It is on the branch.
   *
   * @param version name of its directory's Git tree
   * @param since when this process saw that version first, by its own clock; empty for what was
   *     there when the process started
   * @param compared whether Argo CD is known to have compared that version, whatever the clocks say
   * @param spec of the file in Git; {@link SpecFingerprint#NONE} when it cannot be read as a Ray
   *     Service
   */
  public record Accepted(
      String version, Optional<Instant> since, boolean compared, SpecFingerprint spec) {
    public Accepted(String version, Optional<Instant> since, SpecFingerprint spec) {
      this(version, since, false, spec);
    }

    /** The same, with another {@code compared}. */
    public Accepted compared(boolean isCompared) {
      return new Accepted(version, since, isCompared, spec);
    }
  }

  /**
   * The newest merge request.
   *
   * @param waitsFor what keeps it from being merged, for people; empty unless it is open
   */
  public record MergeRequest(State state, String url, Optional<String> waitsFor) {
    public enum State {
      OPEN,
      CLOSED,
      MERGED
    }
  }
}
