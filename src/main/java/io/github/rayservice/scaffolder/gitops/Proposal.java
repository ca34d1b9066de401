package io.github.rayservice.scaffolder.gitops;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.List;
import java.util.Optional;

/**
 * What a Ray Service's own branch proposes against the branch that Argo CD follows.
 *
 * @param commit tip of the branch
 * @param result what accepting it would do
 * @param version of the directory on the branch; empty when the proposal is to delete it
 * @param summary empty as well when its file cannot be read
 * @param diff unified diff between the two branches, below the directory
 */
public record Proposal(
    RayServiceId id,
    String branch,
    String commit,
    Landing.Result result,
    Optional<String> version,
    Optional<Summary> summary,
    String diff) {
  /** Short names of proposals' branches begin like this; the Ray Service's identity follows. */
  public static final String BRANCHES = "rayservice/";

  public static String branchOf(RayServiceId id) {
    return BRANCHES + id;
  }

  /** Whose branch it is; empty for a branch of another kind. */
  public static Optional<RayServiceId> idOf(String branch) {
    if (!branch.startsWith(BRANCHES)) {
      return Optional.empty();
    }
    String[] parts = branch.substring(BRANCHES.length()).split("/", -1);
    return parts.length == 2 ? RayServiceId.of(parts[0], parts[1]) : Optional.empty();
  }

  /**
   * What the server is told together with a proposal that travels alone, as {@code git push -o}
   * does.
   */
  @FunctionalInterface
  public interface Options {
    Options NONE = proposal -> List.of();

    List<String> of(Proposal proposal);
  }
}
