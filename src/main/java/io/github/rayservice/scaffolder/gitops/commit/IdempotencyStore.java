package io.github.rayservice.scaffolder.gitops.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import io.github.rayservice.scaffolder.gitops.object.TextFiles;
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
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The Idempotency-Keys of the last days, as a tree of its own: {@code <day>/<SHA-256 of caller and
 * key>}. A look-up reads a handful of trees, never history, and a day that has passed is dropped
 * whole. It is written together with the branch in one atomic step, so that a key is known exactly
 * when its commit is there. An entry that others wrote is no answer.
 */
final class IdempotencyStore {
  private static final Logger LOG = Logger.getLogger(IdempotencyStore.class);
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

    /**
     * @throws IllegalArgumentException when something is missing
     */
    Answered toAnswered() {
      if (Stream.of(digest, namespace, name, result, branch, commit, files)
          .anyMatch(Objects::isNull)) {
        throw new IllegalArgumentException("incomplete");
      }
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
  private final EntryMac mac;

  IdempotencyStore(Clock clock, Period retention, EntryMac mac) {
    this.clock = clock;
    this.retention = retention;
    this.mac = mac;
  }

  Optional<Answered> find(ObjectReader reader, ObjectId root, String key) throws IOException {
    String name = DigestUtils.sha256Hex(key);
    for (String day : days(reader, root)) {
      Optional<String> text;
      try (TreeWalk walk = TreeWalk.forPath(reader, day + "/" + name, root)) {
        text =
            walk == null
                ? Optional.empty()
                : TextFiles.text(reader, walk.getObjectId(0), walk.getFileMode(0));
      }
      Optional<Answered> answered = text.flatMap(found -> parse(name, found));
      if (answered.isPresent()) {
        return answered;
      }
    }
    return Optional.empty();
  }

  /** The tree with the request added and the days dropped that are too old. */
  ObjectId with(
      ObjectReader reader, ObjectInserter inserter, ObjectId root, String key, Answered answered)
      throws IOException {
    LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
    TreeEdit edit = TreeEdit.replacing(reader, inserter);
    ObjectId kept = root;
    for (String day : days(reader, root)) {
      if (LocalDate.parse(day).isBefore(today.minus(retention))) {
        kept = edit.remove(kept, day);
      }
    }
    String name = DigestUtils.sha256Hex(key);
    return edit.put(kept, today.toString(), Map.of(name, text(name, answered).getBytes(UTF_8)));
  }

  /** One line of JSON, and one that proves it. */
  private String text(String name, Answered answered) throws IOException {
    String json = JSON.writeValueAsString(Entry.of(answered));
    return json + "\n" + mac.sign(signed(name, json)) + "\n";
  }

  /** Under another key it would be another answer. */
  private static String signed(String name, String json) {
    return "answer " + name + " " + json;
  }

  private Optional<Answered> parse(String name, String text) {
    String[] lines = text.split("\n", -1);
    if (lines.length < 2 || !mac.proves(signed(name, lines[0]), lines[1])) {
      LOG.warnf(
          "the entry %s of %s is passed over: this service did not write it, or had another token then",
          name, RefNames.REQUESTS);
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(lines[0], Entry.class).toAnswered());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      LOG.warnf("the entry %s of %s is no answer: %s", name, RefNames.REQUESTS, e.getMessage());
      return Optional.empty();
    }
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
