package io.github.rayservice.scaffolder.gitops.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.index.RepositoryView;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.Claim;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * What a change amounts to on top of what is there.
 *
 * @param before all text files of the directory now, by name
 * @param after all text files of the directory then, by name
 * @param summary of the Ray Service then; empty when it is gone
 */
public record Plan(
    CommitResult.Outcome outcome,
    SortedMap<String, String> before,
    SortedMap<String, String> after,
    Optional<InstanceSummary> summary) {

  /**
   * Checks the change against its base and all that others hold, and works out its files.
   *
   * @throws GitopsException when it cannot be made
   */
  public static Plan of(RepositoryView.Base base, ObjectReader reader, Change change)
      throws IOException {
    Optional<IndexEntry> entry = base.services().find(change.id());
    Optional<StoredRayService> current =
        entry.isEmpty()
            ? Optional.empty()
            : Optional.of(RepositoryView.stored(reader, entry.get()));
    return switch (change) {
      case Change.Create create -> create(base, create, entry, current);
      case Change.Update update ->
          update(
              base,
              update,
              require(base, current, change.id()),
              Stream.of(entry, base.view().accepted().find(change.id()))
                  .flatMap(there -> there.flatMap(IndexEntry::summary).stream())
                  .toList(),
              RepositoryView.accepted(base.view(), reader, change.id()));
      case Change.Delete delete -> {
        StoredRayService there = require(base, current, change.id());
        requireVersion(there, delete.ifMatch());
        yield new Plan(
            CommitResult.Outcome.DELETED, there.files(), new TreeMap<>(), Optional.empty());
      }
    };
  }

  private static Plan create(
      RepositoryView.Base base,
      Change.Create create,
      Optional<IndexEntry> entry,
      Optional<StoredRayService> current) {
    Optional<InstanceSummary> summary = Optional.of(create.summary());
    if (current.isPresent()) {
      SortedMap<String, String> files = current.get().files();
      if (files.entrySet().containsAll(create.files().entrySet())) {
        if (base.isIdle(create.id())) {
          requireAllFree(base.view(), create);
        }
        return new Plan(CommitResult.Outcome.UNCHANGED, files, files, summary);
      }
      Claim identity = new Claim(Claim.Kind.IDENTITY, create.id().toString());
      throw new GitopsException.Conflict(identity, base.holder(entry.orElseThrow()));
    }
    requireAllFree(base.view(), create);
    return new Plan(
        CommitResult.Outcome.CREATED, new TreeMap<>(), new TreeMap<>(create.files()), summary);
  }

  private static void requireAllFree(RepositoryView view, Change.Create create) {
    requireFree(view, create.id(), create.summary());
    requireApart(view, create.id(), create.summary());
    create.policy().check(List.of(), create.summary(), view.team(create.id()));
  }

  private static Plan update(
      RepositoryView.Base base,
      Change.Update update,
      StoredRayService current,
      List<InstanceSummary> before,
      Optional<StoredRayService> accepted) {
    requireVersion(current, update.ifMatch());
    SortedMap<String, String> after = new TreeMap<>(current.files());
    Change.Edited edited = update.edit().apply(current, accepted);
    after.putAll(edited.files());
    requireFree(base.view(), update.id(), edited.summary());
    update.policy().check(before, edited.summary(), base.view().team(update.id()));
    return new Plan(
        after.equals(current.files())
            ? CommitResult.Outcome.UNCHANGED
            : CommitResult.Outcome.UPDATED,
        current.files(),
        after,
        Optional.of(edited.summary()));
  }

  private static StoredRayService require(
      RepositoryView.Base base, Optional<StoredRayService> current, RayServiceId id) {
    return current.orElseThrow(() -> new GitopsException.NotFound(id, base.branch()));
  }

  private static void requireVersion(StoredRayService current, Set<String> expected) {
    if (!expected.isEmpty() && !expected.contains(current.version())) {
      throw new GitopsException.Stale(current.id(), current.version());
    }
  }

  private static void requireFree(RepositoryView view, RayServiceId id, InstanceSummary summary) {
    for (Claim claim : summary.excluded()) {
      Optional<GitopsException.Conflict.Holder> holder = view.holder(claim, id);
      if (holder.isPresent()) {
        throw new GitopsException.Conflict(claim, holder.get());
      }
    }
  }

  /**
   * A target namespace, which no update changes, is no team's namespace, and the other way round.
   */
  private static void requireApart(RepositoryView view, RayServiceId id, InstanceSummary summary) {
    Claim target = new Claim(Claim.Kind.NO_TARGET_NAMESPACE, summary.targetNamespace());
    view.ofTeam(target.value())
        .ifPresent(other -> {
          throw new GitopsException.Conflict(target, other);
        });
    view.holder(new Claim(Claim.Kind.TARGET_NAMESPACE, id.namespace()), id)
        .ifPresent(other -> {
          throw new GitopsException.Conflict(
              new Claim(Claim.Kind.TEAM_NAMESPACE, id.namespace()), other);
        });
  }

  /** The files that differ, by name. */
  Map<String, byte[]> written() {
    return after.entrySet().stream()
        .filter(file -> !file.getValue().equals(before.get(file.getKey())))
        .collect(Collectors.toMap(Map.Entry::getKey, file -> file.getValue().getBytes(UTF_8)));
  }
}
