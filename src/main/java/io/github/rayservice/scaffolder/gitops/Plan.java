package io.github.rayservice.scaffolder.gitops;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.RayServiceId;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a change amounts to on top of what stands on the branch.
 *
 * @param before all text files of the directory now, by name
 * @param after all text files of the directory then, by name
 */
record Plan(
    Landing.Result result, SortedMap<String, String> before, SortedMap<String, String> after) {

  /**
   * Checks the change against the branch and works out its files.
   *
   * @throws GitopsException when it cannot be made
   */
  static Plan of(Head head, Change change) throws IOException {
    Optional<IndexEntry> entry = head.snapshot().find(change.id());
    Optional<StoredRayService> current =
        entry.isEmpty()
            ? Optional.empty()
            : Optional.of(StoredRayService.read(head.repository(), entry.get()));
    return switch (change) {
      case Change.Create create -> create(head, create, entry, current);
      case Change.Update update -> update(head, update, require(head, current, change.id()));
      case Change.Delete delete -> {
        StoredRayService there = require(head, current, change.id());
        requireVersion(there, delete.ifMatch());
        yield new Plan(Landing.Result.DELETED, there.files(), new TreeMap<>());
      }
    };
  }

  private static Plan create(
      Head head,
      Change.Create create,
      Optional<IndexEntry> entry,
      Optional<StoredRayService> current) {
    if (current.isPresent()) {
      SortedMap<String, String> files = current.get().files();
      if (files.entrySet().containsAll(create.files().entrySet())) {
        return new Plan(Landing.Result.UNCHANGED, files, files);
      }
      Claim identity = new Claim(Claim.Kind.IDENTITY, create.id().toString());
      throw new GitopsException.Conflict(identity, holder(head, entry.orElseThrow()));
    }
    requireFree(head, create.id(), create.summary());
    return new Plan(Landing.Result.CREATED, new TreeMap<>(), new TreeMap<>(create.files()));
  }

  private static Plan update(Head head, Change.Update update, StoredRayService current) {
    requireVersion(current, update.ifMatch());
    SortedMap<String, String> after = new TreeMap<>(current.files());
    Change.Edited edited = update.edit().apply(current);
    after.putAll(edited.files());
    requireFree(head, update.id(), edited.summary());
    return new Plan(
        after.equals(current.files()) ? Landing.Result.UNCHANGED : Landing.Result.UPDATED,
        current.files(),
        after);
  }

  private static StoredRayService require(
      Head head, Optional<StoredRayService> current, RayServiceId id) {
    return current.orElseThrow(() -> new GitopsException.NotFound(id, head.branch()));
  }

  private static void requireVersion(StoredRayService current, Set<String> expected) {
    if (!expected.isEmpty() && !expected.contains(current.version())) {
      throw new GitopsException.Stale(current.id(), current.version());
    }
  }

  private static void requireFree(Head head, RayServiceId id, Summary summary) {
    for (Claim claim : summary.claims()) {
      Optional<IndexEntry> other = head.snapshot().holder(claim, id);
      if (other.isPresent()) {
        throw new GitopsException.Conflict(claim, holder(head, other.get()));
      }
    }
  }

  private static GitopsException.Conflict.Holder holder(Head head, IndexEntry entry) {
    return new GitopsException.Conflict.Holder(
        entry.id(), head.branch(), entry.summary().map(Summary::createdBy).orElse(""));
  }

  /** The files that differ, by name. */
  Map<String, byte[]> written() {
    return after.entrySet().stream()
        .filter(file -> !file.getValue().equals(before.get(file.getKey())))
        .collect(Collectors.toMap(Map.Entry::getKey, file -> file.getValue().getBytes(UTF_8)));
  }
}
