package io.github.rayservice.scaffolder.gitops;

import io.github.rayservice.scaffolder.RayServiceId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.jboss.logging.Logger;

/**
 * The GitOps repository: reads what stands on its branch and makes changes there. Writers settle
 * who is first by moving the branch only from where they found it; whoever loses looks again and
 * applies his change to what is there now.
 */
@ApplicationScoped
public class GitopsRepository {
  private static final Logger LOG = Logger.getLogger(GitopsRepository.class);

  /** From a local disk to a Git server that is far away and busy. */
  private static final Duration[] BUCKETS =
      IntStream.of(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Upstream upstream;
  private final Index index;
  private final RequestLog requests;
  private final GitopsConfig config;
  private final Clock clock;
  private final Counter retries;
  private final Timer commits;

  /** Fair: within a process the first come is the first served, and nobody races for the branch. */
  private final ReentrantLock writing = new ReentrantLock(true);

  @Inject
  public GitopsRepository(
      GitopsConfig config, SummaryReader summaries, Clock clock, MeterRegistry meters) {
    this(new EmbeddedUpstream(config), config, summaries, clock, meters);
  }

  GitopsRepository(
      Upstream upstream,
      GitopsConfig config,
      SummaryReader summaries,
      Clock clock,
      MeterRegistry meters) {
    this.upstream = upstream;
    this.index = new Index(summaries);
    this.requests = new RequestLog(clock, config.idempotencyRetention());
    this.config = config;
    this.clock = clock;
    this.retries =
        Counter.builder("scaffolder.git.retries")
            .description("Changes applied again because another writer moved the branch first")
            .register(meters);
    this.commits =
        Timer.builder("scaffolder.git.commit")
            .description("From the look at the branch to the moved branch, retries included")
            .serviceLevelObjectives(BUCKETS)
            .register(meters);
  }

  /** Makes the embedded repository on first start. One that is away may come back. */
  void start(@Observes StartupEvent start) {
    try {
      snapshot();
    } catch (GitopsException.Unavailable e) {
      LOG.errorf("%s; this service is not ready until that is mended", e.getMessage());
    }
  }

  /** The branch that changes go to. */
  public String branch() {
    return config.branch();
  }

  /** All Ray Services as the branch has them now. */
  public Snapshot snapshot() {
    return reading(Head::snapshot);
  }

  /** One Ray Service as the branch has it now. */
  public Optional<StoredRayService> find(RayServiceId id) {
    return reading(head -> {
      Optional<IndexEntry> entry = head.snapshot().find(id);
      return entry.isEmpty()
          ? Optional.empty()
          : Optional.of(StoredRayService.read(head.repository(), entry.get()));
    });
  }

  /**
   * The commit that made the Ray Service what it is on the branch now; empty when it is not there.
   */
  public Optional<Landing> lastChange(RayServiceId id) {
    return reading(head ->
        head.snapshot().find(id).isEmpty()
            ? Optional.empty()
            : Optional.of(History.describe(head, History.lastChange(head, id), id)));
  }

  /**
   * Proves that the repository can be read and written.
   *
   * @throws GitopsException.Unavailable with the reason when it cannot
   */
  public void probe() {
    snapshot();
    upstream.probe();
  }

  /**
   * What the change would do now. Nothing is written.
   *
   * @throws GitopsException as {@link #commit} does
   */
  public Preview preview(Change change) {
    return reading(head -> {
      Plan plan = Plan.of(head, change);
      CommitWriter.requireWritable(head, change, plan);
      SortedMap<String, String> before = below(change.id(), plan.before());
      SortedMap<String, String> after = below(change.id(), plan.after());
      return new Preview(
          change.id(), plan.result(), branch(), after, UnifiedDiff.between(before, after));
    });
  }

  private static SortedMap<String, String> below(RayServiceId id, SortedMap<String, String> files) {
    SortedMap<String, String> paths = new TreeMap<>();
    files.forEach((name, text) -> paths.put(id.directory() + "/" + name, text));
    return paths;
  }

  /**
   * Makes the change, or finds that it was made.
   *
   * @throws GitopsException of the kind that says who can mend it; nothing was written then
   */
  public Landing commit(Change change, ChangeRequest request) {
    writing.lock();
    Timer.Sample sample = Timer.start();
    try {
      for (int attempt = 1; attempt <= config.attempts(); attempt++) {
        Optional<Landing> landing = reading(head -> attempt(head, change, request));
        if (landing.isPresent()) {
          return landing.get();
        }
        retries.increment();
        pause(attempt);
      }
    } finally {
      sample.stop(commits);
      writing.unlock();
    }
    throw new GitopsException.Unavailable(
        "the branch %s moved %d times while %s was being written; nothing was written"
            .formatted(branch(), config.attempts(), change.id()),
        null);
  }

  /** Empty when another writer moved the branch first. */
  private Optional<Landing> attempt(Head head, Change change, ChangeRequest request)
      throws IOException {
    try (CommitWriter writer = new CommitWriter(head, config.committer(), clock, requests)) {
      // 1 Was this request answered before?
      Optional<RequestLog.Answered> earlier = writer.answered(request);
      if (earlier.isPresent()) {
        return Optional.of(answer(head, earlier.get(), change.id()));
      }
      // 2 What is to be written, on top of what stands there now?
      Plan plan = Plan.of(head, change);
      boolean writes = plan.result() != Landing.Result.UNCHANGED;
      // 3 Write it, reachable from nowhere yet.
      ObjectId commit =
          writes ? writer.write(change, plan, request) : History.lastChange(head, change.id());
      RequestLog.Answered answered =
          new RequestLog.Answered(
              request.digest(), commit, writes ? plan.result() : repeated(head, commit, change));
      List<ReceiveCommand> moves = new ArrayList<>();
      if (writes) {
        moves.add(new ReceiveCommand(head.commit(), commit, Constants.R_HEADS + head.branch()));
      }
      writer.remember(request, answered).ifPresent(moves::add);
      writer.flush();
      // 4 Make it so, all or nothing.
      if (!moves.isEmpty() && !upstream.publish(head.repository(), moves)) {
        return Optional.empty();
      }
      // 5 Answer with what Git says now.
      return Optional.of(answer(head, answered, change.id()));
    }
  }

  private static Landing answer(Head head, RequestLog.Answered answered, RayServiceId id)
      throws IOException {
    return History.describe(head, answered.commit(), id).with(answered.result());
  }

  /**
   * The same create, sent again while nothing else happened to it, gets the answer it got before.
   */
  private static Landing.Result repeated(Head head, ObjectId commit, Change change)
      throws IOException {
    boolean created =
        change instanceof Change.Create
            && History.describe(head, commit, change.id()).result() == Landing.Result.CREATED;
    return created ? Landing.Result.CREATED : Landing.Result.UNCHANGED;
  }

  private interface Reading<T> {
    T read(Head head) throws IOException;
  }

  private <T> T reading(Reading<T> reading) {
    try {
      return reading.read(Head.of(upstream.refresh(), config.branch(), index));
    } catch (IOException e) {
      throw new GitopsException.Unavailable(
          "the GitOps repository cannot be read or written: " + Reason.of(e), e);
    }
  }

  private void pause(int attempt) {
    // Short at first, doubling: most races are lost only once.
    long bound = Math.min(config.longestPause().toMillis(), 5L << Math.min(attempt, 20));
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(bound + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GitopsException.Unavailable("interrupted while waiting for another writer", e);
    }
  }

  /** Lets another process have the repository. */
  @PreDestroy
  public void close() {
    upstream.close();
  }
}
