package io.github.rayservice.scaffolder.gitops.commit;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.object.TreeEdit;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/**
 * The Idempotency-Keys of the last days, as a tree of its own: {@code <day>/<SHA-256 of caller and
 * key>}. * A look-up reads a handful of trees, never history, and a day that has passed is dropped
 * whole. It is written together with the branch in one atomic step, so that a key is known exactly
 * when its commit is there.
 */
final class IdempotencyStore {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * An answered request.
   *
   * @param digest of the request, to tell a repetition from another request under the same key
   */
  record Answered(String digest, CommitResult result) {}

  /** How an answer is written: complete, so that it can be given when its commit is gone. */
  private record Entry(
      String digest,
      String namespace,
      String name,
      CommitResult.Outcome result,
      String branch,
      String commit,
      List<String> files,
      @Nullable String version,
      @Nullable String requestId) {
    static Entry of(Answered answered) {
      CommitResult result = answered.result();
      return new Entry(
          answered.digest(),
          result.id().namespace(),
          result.id().name(),
          result.outcome(),
          result.branch(),
          result.commit(),
          result.files(),
          result.version().orElse(null),
          result.requestId().orElse(null));
    }

    Answered toAnswered() {
      return new Answered(
          digest,
          new CommitResult(
              new RayServiceId(namespace, name),
              result,
              branch,
              commit,
              files,
              Optional.ofNullable(version),
              Optional.ofNullable(requestId)));
    }
  }

  private final Clock clock;
  private final Period retention;

  IdempotencyStore(Clock clock, Period retention) {
    this.clock = clock;
    this.retention = retention;
  }

  Optional<Answered> find(ObjectReader reader, ObjectId root, String key) throws IOException {
    for (String day : days(reader, root)) {
      try (TreeWalk walk = TreeWalk.forPath(reader, day + "/" + DigestUtils.sha256Hex(key), root)) {
        if (walk != null) {
          return Optional.of(parse(reader, walk.getObjectId(0)));
        }
      }
    }
    return Optional.empty();
  }

  /** The tree with the request added and the days dropped that are too old. */
  ObjectId with(
      ObjectReader reader, ObjectInserter inserter, ObjectId root, String key, Answered answered)
      throws IOException {
    LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
    TreeEdit edit = new TreeEdit(reader, inserter);
    ObjectId kept = root;
    for (String day : days(reader, root)) {
      if (LocalDate.parse(day).isBefore(today.minus(retention))) {
        kept = edit.remove(kept, day);
      }
    }
    return edit.put(
        kept,
        today.toString(),
        Map.of(DigestUtils.sha256Hex(key), JSON.writeValueAsBytes(Entry.of(answered))));
  }

  private static Answered parse(ObjectReader reader, ObjectId blob) throws IOException {
    return JSON.readValue(reader.open(blob).getBytes(), Entry.class).toAnswered();
  }

  private static List<String> days(ObjectReader reader, ObjectId root) throws IOException {
    if (root.equals(ObjectId.zeroId())) {
      return List.of();
    }
    List<String> days = new ArrayList<>();
    CanonicalTreeParser entries = new CanonicalTreeParser(new byte[0], reader, root);
    for (; !entries.eof(); entries.next()) {
      if (FileMode.TREE.equals(entries.getEntryRawMode()) && isDay(entries.getEntryPathString())) {
        days.add(entries.getEntryPathString());
      }
    }
    return days;
  }

  private static boolean isDay(String name) {
    try {
      LocalDate.parse(name);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
