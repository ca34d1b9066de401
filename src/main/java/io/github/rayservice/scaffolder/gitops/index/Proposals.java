package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jgit.lib.ObjectId;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The branches that propose something, as of one moment.
 *
 * @param tips every branch, also one whose proposal people have merged or closed without removing
 *     it
 * @param open what the branches that are still open hold; one that proposes a deletion holds
 *     nothing
 * @param holding of these, what is held against others: without the idle ones
 * @param closed those that are no longer open, and branches that are no commits
 * @param idle open ones without a merge request, to which nobody has committed for an hour
 * @param unread those beyond the limit of {@code scaffolder.git.max-proposals}
 */
public record Proposals(
    PSortedMap<RayServiceId, ObjectId> tips,
    Snapshot open,
    Snapshot holding,
    Set<RayServiceId> closed,
    Set<RayServiceId> idle,
    Set<RayServiceId> unread) {

  static final Proposals NONE =
      new Proposals(
          TreePMap.empty(), Snapshot.empty(), Snapshot.empty(), Set.of(), Set.of(), Set.of());

  /** The tip of the Ray Service's branch, while it is open. */
  public Optional<ObjectId> openTip(RayServiceId id) {
    return closed.contains(id) || unread.contains(id)
        ? Optional.empty()
        : Optional.ofNullable(tips.get(id));
  }

  /** Where the branch is, open or not; the zero id when there is none. */
  public ObjectId tip(RayServiceId id) {
    return tips.getOrDefault(id, ObjectId.zeroId());
  }

  /** The same with one more commit on a branch; without an entry it proposes a deletion. */
  Proposals with(RayServiceId id, ObjectId tip, Optional<IndexEntry> entry) {
    return new Proposals(
        tips.plus(id, tip),
        changed(open, id, tip, entry),
        changed(holding, id, tip, entry),
        without(closed, id),
        without(idle, id),
        unread);
  }

  private static Snapshot changed(
      Snapshot services, RayServiceId id, ObjectId tip, Optional<IndexEntry> entry) {
    return entry.isPresent() ? services.with(entry.get(), Optional.of(tip)) : services.without(id);
  }

  private static Set<RayServiceId> without(Set<RayServiceId> ids, RayServiceId id) {
    return ids.stream().filter(other -> !other.equals(id)).collect(Collectors.toUnmodifiableSet());
  }
}
