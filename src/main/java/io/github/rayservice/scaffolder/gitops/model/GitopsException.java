package io.github.rayservice.scaffolder.gitops.model;

import io.github.rayservice.scaffolder.RayServiceId;
import org.jspecify.annotations.Nullable;

/** A change that was not made. The kinds differ in who can fix it. */
public abstract sealed class GitopsException extends RuntimeException {
  private GitopsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** A Ray Service holds what the change needs: another one, or the same at its creation. */
  public static final class Conflict extends GitopsException {
    private final transient Claim claim;
    private final transient Holder heldBy;

    public Conflict(Claim claim, Holder heldBy) {
      super(
          claim.kind() == Claim.Kind.IDENTITY
              ? "the Ray Service %s exists already on %s".formatted(heldBy.id(), heldBy.branch())
              : "%s %s is held by the Ray Service %s on %s: %s"
                  .formatted(
                      claim.kind().fields(),
                      claim.value(),
                      heldBy.id(),
                      heldBy.branch(),
                      claim.kind().reason()),
          null);
      this.claim = claim;
      this.heldBy = heldBy;
    }

    public Claim claim() {
      return claim;
    }

    /** Whether the Ray Service that should be created is the one that holds it. */
    public boolean isSame() {
      return claim.kind() == Claim.Kind.IDENTITY;
    }

    public Holder heldBy() {
      return heldBy;
    }

    /**
     * Who holds it.
     *
     * @param branch where: the accepted branch, or that of a proposal
     * @param createdBy who asked for it; empty when its file cannot be read
     */
    public record Holder(RayServiceId id, String branch, String createdBy) {}
  }

  /** There is no such Ray Service. */
  public static final class NotFound extends GitopsException {
    public NotFound(RayServiceId id, String branch) {
      super("there is no Ray Service " + id + " on " + branch, null);
    }
  }

  /** The Ray Service has changed since the caller read it. */
  public static final class Stale extends GitopsException {
    private final String current;

    public Stale(RayServiceId id, String current) {
      super(
          "the Ray Service %s has changed since it was read: it has version %s now; read it again"
              .formatted(id, current),
          null);
      this.current = current;
    }

    /** The version that the branch has. */
    public String current() {
      return current;
    }
  }

  /** The key was used for another request. */
  public static final class KeyReused extends GitopsException {
    public KeyReused() {
      super(
          "this Idempotency-Key was used for a different request: a new request needs a new key",
          null);
    }
  }

  /** Something at the path that this service must not write through, such as a symbolic link. */
  public static final class UnsafePath extends GitopsException {
    public UnsafePath(String path, String what) {
      super(
          "%s is %s in the GitOps repository; nothing is written there until somebody removes it"
              .formatted(path, what),
          null);
    }
  }

  /**
   * The Ray Service's own branch holds a change that is none of the Ray Service's. Nothing is built
   * on it, because this service would ask for it to be merged.
   */
  public static final class ForeignBranch extends GitopsException {
    private final String branch;
    private final String path;
    private final String commit;

    /**
     * Names what others did.
     *
     * @param path as Git prints it
     */
    public ForeignBranch(String branch, String path, String commit) {
      super(
          "the commit %s on %s changes %s, which is none of this Ray Service's files; take that commit off the branch, or delete the branch, and send the request again"
              .formatted(commit, branch, path),
          null);
      this.branch = branch;
      this.path = path;
      this.commit = commit;
    }

    /** Short name of the branch. */
    public String branch() {
      return branch;
    }

    /** Path from the root of the repository, as Git prints it. */
    public String path() {
      return path;
    }

    /** Full name of the newest commit of the branch that changed the path. */
    public String commit() {
      return commit;
    }
  }

  /** The Git server does not want the change, and will not want it later either. */
  public static final class Refused extends GitopsException {
    public Refused(String branch, String words) {
      this("the Git server refuses to move %s: %s".formatted(branch, words));
    }

    private Refused(String message) {
      super(message, null);
    }

    /** Refused before it was known which branch should move. */
    public static Refused ofRepository(String url, String words) {
      return new Refused("the Git server refuses changes of %s: %s".formatted(url, words));
    }
  }

  /**
   * The branch holds more than the service takes from a Git server; whoever pushed it can fix it.
   */
  public static final class Oversized extends GitopsException {
    public Oversized(String branch, String why) {
      super(
          "the branch %s cannot be read: %s; nothing is written there until the branch is pushed without it, or deleted"
              .formatted(branch, why),
          null);
    }
  }

  /** The repository cannot be read or written now; the same request may succeed later. */
  public static final class Unavailable extends GitopsException {
    public Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
