package io.github.rayservice.scaffolder.gitops.index;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.Claim;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * All Ray Services as of one commit. Snapshots share structure: the next one costs what has
 * changed, and a reader keeps its own while writers go on.
 */
public final class Snapshot {
  private final ObjectId commit;
  private final PSortedMap<RayServiceId, IndexEntry> services;
  private final PMap<Claim, PSortedSet<RayServiceId>> holders;
  private final PMap<RayServiceId, ObjectId> changedIn;

  private Snapshot(
      ObjectId commit,
      PSortedMap<RayServiceId, IndexEntry> services,
      PMap<Claim, PSortedSet<RayServiceId>> holders,
      PMap<RayServiceId, ObjectId> changedIn) {
    this.commit = commit;
    this.services = services;
    this.holders = holders;
    this.changedIn = changedIn;
  }

  static Snapshot empty() {
    return new Snapshot(
        ObjectId.zeroId(), TreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());
  }

  /** Sorted by namespace and name. */
  public Collection<IndexEntry> services() {
    return services.values();
  }

  /** Those that come after the given one, in the same order. */
  public Collection<IndexEntry> after(RayServiceId id) {
    return services.tailMap(id, false).values();
  }

  /** Those of one team, in the same order; none of a namespace that no team can have. */
  List<IndexEntry> ofTeam(String namespace) {
    // "a" is the first name of all.
    return RayServiceId.of(namespace, "a").stream()
        .flatMap(first -> services.tailMap(first, true).values().stream())
        .takeWhile(entry -> entry.id().namespace().equals(namespace))
        .toList();
  }

  public Optional<IndexEntry> find(RayServiceId id) {
    return Optional.ofNullable(services.get(id));
  }

  ObjectId commit() {
    return commit;
  }

  /** Somebody other than {@code id} who holds the claim. */
  Optional<IndexEntry> holder(Claim claim, RayServiceId id) {
    PSortedSet<RayServiceId> ids = holders.getOrDefault(claim, TreePSet.empty());
    return ids.stream().filter(other -> !other.equals(id)).findFirst().flatMap(this::find);
  }

  /**
   * The commit that made the directory what it is, if it was made since this process began to read.
   */
  Optional<ObjectId> changedIn(RayServiceId id) {
    return Optional.ofNullable(changedIn.get(id));
  }

  /** These, and of the others those that are not among these. */
  public Snapshot orElse(Snapshot others) {
    Snapshot both = this;
    for (IndexEntry other : others.services()) {
      if (!services.containsKey(other.id())) {
        both = both.with(other, Optional.empty());
      }
    }
    return both;
  }

  Snapshot at(ObjectId newCommit) {
    return new Snapshot(newCommit, services, holders, changedIn);
  }

  /** The commits known so far may belong to a history that somebody has rewritten. */
  Snapshot forgetChanges() {
    return new Snapshot(commit, services, holders, HashTreePMap.empty());
  }

  Snapshot with(IndexEntry entry, Optional<ObjectId> in) {
    Snapshot without = without(entry.id());
    PMap<Claim, PSortedSet<RayServiceId>> claimed = without.holders;
    for (Claim claim : entry.summary().map(InstanceSummary::claims).orElse(List.of())) {
      claimed = claimed.plus(claim, claimed.getOrDefault(claim, TreePSet.empty()).plus(entry.id()));
    }
    return new Snapshot(
        commit,
        without.services.plus(entry.id(), entry),
        claimed,
        in.isPresent() ? without.changedIn.plus(entry.id(), in.get()) : without.changedIn);
  }

  Snapshot without(RayServiceId id) {
    IndexEntry old = services.get(id);
    if (old == null) {
      return this;
    }
    PMap<Claim, PSortedSet<RayServiceId>> claimed = holders;
    for (Claim claim : old.summary().map(InstanceSummary::claims).orElse(List.of())) {
      PSortedSet<RayServiceId> ids = claimed.getOrDefault(claim, TreePSet.empty()).minus(id);
      claimed = ids.isEmpty() ? claimed.minus(claim) : claimed.plus(claim, ids);
    }
    return new Snapshot(commit, services.minus(id), claimed, changedIn.minus(id));
  }
}
