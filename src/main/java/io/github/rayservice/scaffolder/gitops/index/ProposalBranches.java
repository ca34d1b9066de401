package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.ProposalStates;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.jboss.logging.Logger;
import org.pcollections.TreePMap;

/** Keeps {@link Proposals} up to date; only branches that moved are read. */
final class ProposalBranches {
  private static final Logger LOG = Logger.getLogger(ProposalBranches.class);
  private static final String PREFIX = Constants.R_HEADS + RefNames.PROPOSALS;

  /**
   * For so long a branch holds what it proposes while it has no merge request: between a push and
   * its merge request there may be an outage, or a person.
   */
  private static final Duration FRESH = Duration.ofHours(1);

  /** So far may the clock of who committed be ahead. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private final RayServiceIndex index;
  private final ProposalStates states;
  private final CommitRefs commits;
  private final Clock clock;
  private final int most;

  private final Map<RayServiceId, Tip> seen = new HashMap<>();
  private Proposals latest = Proposals.NONE;

  /**
   * A branch that was looked at.
   *
   * @param committed when; empty when it is no commit
   */
  private record Tip(ObjectId at, Optional<Instant> committed) {}

  /**
   * Of a repository with any number of branches.
   *
   * @param most so many are read
   */
  ProposalBranches(
      RayServiceIndex index, ProposalStates states, CommitRefs commits, Clock clock, int most) {
    this.index = index;
    this.states = states;
    this.commits = commits;
    this.clock = clock;
    this.most = most;
  }

  synchronized Proposals at(Repository repository) throws IOException {
    Map<RayServiceId, ObjectId> tips = new HashMap<>();
    for (Ref ref : repository.getRefDatabase().getRefsByPrefix(PREFIX)) {
      RefNames.proposalOf(ref.getName().substring(Constants.R_HEADS.length()))
          .ifPresent(id -> tips.put(id, ref.getObjectId()));
    }
    Set<RayServiceId> unread = unread(tips.keySet());
    Set<RayServiceId> notOpen = new HashSet<>();
    Set<RayServiceId> idle = new HashSet<>();
    for (Map.Entry<RayServiceId, ObjectId> branch : tips.entrySet()) {
      RayServiceId id = branch.getKey();
      if (!unread.contains(id)) {
        Optional<Instant> committed = committed(repository, id, branch.getValue());
        if (committed.isEmpty() || isClosed(id, branch.getValue())) {
          notOpen.add(id);
        } else if (!isFresh(committed.get()) && states.isAlone(id, branch.getValue().name())) {
          idle.add(id);
        }
      }
    }
    seen.keySet().retainAll(tips.keySet());
    if (!tips.equals(latest.tips())
        || !notOpen.equals(latest.closed())
        || !unread.equals(latest.unread())
        || !idle.equals(latest.idle())) {
      report(unread.size(), tips.size());
      Snapshot open = open(repository, tips, notOpen, unread);
      Snapshot holding = open;
      for (RayServiceId id : idle) {
        holding = holding.without(id);
      }
      latest =
          new Proposals(
              TreePMap.from(tips),
              open,
              holding,
              Set.copyOf(notOpen),
              Set.copyOf(idle),
              Set.copyOf(unread));
    }
    return latest;
  }

  private Snapshot open(
      Repository repository,
      Map<RayServiceId, ObjectId> tips,
      Set<RayServiceId> notOpen,
      Set<RayServiceId> unread)
      throws IOException {
    Snapshot open = latest.open();
    Set<RayServiceId> changed = new HashSet<>(latest.tips().keySet());
    changed.addAll(tips.keySet());
    for (RayServiceId id : changed) {
      ObjectId tip = tips.get(id);
      boolean wasRead =
          latest.tips().containsKey(id)
              && !latest.closed().contains(id)
              && !latest.unread().contains(id);
      if (tip == null || notOpen.contains(id) || unread.contains(id)) {
        open = open.without(id);
      } else if (!wasRead || !tip.equals(latest.tips().get(id))) {
        Optional<IndexEntry> entry = index.entry(repository, tip, id);
        open = entry.isPresent() ? open.with(entry.get(), Optional.empty()) : open.without(id);
      }
    }
    return open;
  }

  /** Those with a merge request are read first, then those that were read before. */
  private Set<RayServiceId> unread(Set<RayServiceId> all) {
    if (all.size() <= most) {
      return Set.of();
    }
    Comparator<RayServiceId> order =
        Comparator.comparing((RayServiceId id) -> !states.isOpen(id))
            .thenComparing(id -> !latest.tips().containsKey(id) || latest.unread().contains(id))
            .thenComparing(Comparator.naturalOrder());
    return all.stream().sorted(order).skip(most).collect(Collectors.toSet());
  }

  private void report(int unread, int all) {
    if (unread > 0 && latest.unread().isEmpty()) {
      LOG.errorf(
          "of %d branches %s*, %d are not read and hold nothing: scaffolder.git.max-proposals is %d; remove those that propose nothing",
          all, RefNames.PROPOSALS, unread, most);
    } else if (unread == 0 && !latest.unread().isEmpty()) {
      LOG.infof("all %d branches %s* are read again", all, RefNames.PROPOSALS);
    }
  }

  /** A tip that was looked at before is not looked at again. */
  private Optional<Instant> committed(Repository repository, RayServiceId id, ObjectId tip)
      throws IOException {
    Tip known = seen.get(id);
    if (known == null || !known.at().equals(tip)) {
      String ref = Constants.R_HEADS + RefNames.proposalBranch(id);
      known =
          new Tip(
              tip,
              commits
                  .commit(repository, ref, tip)
                  .map(commit -> commit.getCommitterIdent().getWhenAsInstant()));
      seen.put(id, known);
    }
    return known.committed();
  }

  /** A time that is made up to be far ahead is not fresh for ever. */
  private boolean isFresh(Instant committed) {
    Instant now = clock.instant();
    return committed.isAfter(now.minus(FRESH)) && committed.isBefore(now.plus(SKEW));
  }

  private boolean isClosed(RayServiceId id, ObjectId tip) {
    return states.closedAt(id).filter(commit -> commit.equals(tip.name())).isPresent();
  }

  synchronized int unread() {
    return latest.unread().size();
  }
}
