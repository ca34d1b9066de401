package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitlab.MergeRequest;
import io.github.rayservice.scaffolder.gitlab.MergeRequestState;
import io.github.rayservice.scaffolder.gitops.model.ProposalStates;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What GitLab said last of each Ray Service's newest merge request, and so the one place that knows
 * which proposals are closed. Answers may overtake each other; an older one changes nothing. It
 * holds what this process has seen, and is filled again by polling after a start.
 */
@ApplicationScoped
public class MergeRequestCache implements ProposalStates {
  private final Map<RayServiceId, MergeRequest> seen = new ConcurrentHashMap<>();

  /**
   * Tips of branches of which GitLab knows no open merge request, and which nothing will propose.
   */
  private final Map<RayServiceId, String> alone = new ConcurrentHashMap<>();

  private final DesiredStateListener listener;

  public MergeRequestCache(DesiredStateListener listener) {
    this.listener = listener;
  }

  /** The newer of what GitLab just said and what is known. */
  MergeRequest record(RayServiceId id, MergeRequest request) {
    MergeRequest before = seen.get(id);
    MergeRequest now =
        seen.merge(id, request, (known, given) -> given.isOlderThan(known) ? known : given);
    if (now.isOpen()) {
      alone.remove(id);
    }
    if (!now.equals(before)) {
      listener.wake();
    }
    return now;
  }

  /** Whether GitLab has said before that this merge request is merged. */
  boolean isMerged(RayServiceId id, MergeRequest request) {
    MergeRequest known = seen.get(id);
    return known != null
        && known.iid() == request.iid()
        && known.state() == MergeRequestState.MERGED;
  }

  /** GitLab knows no merge request of it any more. */
  void forget(RayServiceId id) {
    if (seen.remove(id) != null) {
      listener.wake();
    }
  }

  /** GitLab was asked, and knows no open merge request of this tip, which others pushed. */
  void recordAlone(RayServiceId id, String tip) {
    alone.put(id, tip);
  }

  /** Of the branches that are gone nothing is known any more. */
  void retainAlone(Set<RayServiceId> branches) {
    alone.keySet().retainAll(branches);
  }

  /** The newest merge request that was seen, in any state. */
  Optional<MergeRequest> newest(RayServiceId id) {
    return Optional.ofNullable(seen.get(id));
  }

  /** Those whose merge request was open when it was seen last. */
  Set<RayServiceId> open() {
    return seen.entrySet().stream()
        .filter(e -> e.getValue().isOpen())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Override
  public Optional<String> closedAt(RayServiceId id) {
    return Optional.ofNullable(seen.get(id))
        .filter(request -> !request.isOpen())
        .map(MergeRequest::sha);
  }

  @Override
  public boolean isOpen(RayServiceId id) {
    MergeRequest known = seen.get(id);
    return known != null && known.isOpen();
  }

  @Override
  public boolean isAlone(RayServiceId id, String commit) {
    return commit.equals(alone.get(id));
  }

  /** Every merge request that was seen, in any state. */
  public Map<RayServiceId, MergeRequestStatus> known() {
    return seen.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> MergeRequestStatus.of(e.getValue())));
  }

  /** The merge request of a Ray Service, while it is open. */
  public Optional<MergeRequestStatus> open(RayServiceId id) {
    return Optional.ofNullable(seen.get(id))
        .filter(MergeRequest::isOpen)
        .map(MergeRequestStatus::of);
  }
}
