package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.deploy.GitopsBench;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Starts to watch many Ray Services, in seconds until all are known, and tells the memory that it
 * takes then: live heap for each Ray Service beyond what an empty cluster takes, and the resident
 * set of the process. The alternative is an informer for each kind, which judges nothing and knows
 * nothing of Git, in a process with as much heap as it likes.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class WatchMemoryBenchmark {
  /** The figures beside the time. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Memory {
    private static final int LOOKS = 6;
    private static final int PAUSE_MICROS_PER_SERVICE = 300;

    public long heapBytesPerService;
    public long residentMegabytes;

    void measure(long pid, long empty, int services) throws InterruptedException {
      residentMegabytes = resident(pid) >> 10;
      heapBytesPerService = (liveHeap(pid, services) - empty) / services;
    }

    /**
     * In bytes, the least of some looks: what is under way when the last one is judged is no part
     * of what one takes.
     */
    static long liveHeap(long pid, int services) throws InterruptedException {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < LOOKS; i++) {
        least = Math.min(least, liveHeapNow(pid));
        Thread.sleep(services * PAUSE_MICROS_PER_SERVICE / 1000);
      }
      return least;
    }

    /** In kilobytes, by the kernel. */
    private static long resident(long pid) {
      try {
        return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** In bytes, after a full collection, by the machine's own count of what is reachable. */
    private static long liveHeapNow(long pid) {
      try {
        Process jcmd =
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    String.valueOf(pid),
                    "GC.class_histogram")
                .start();
        try (BufferedReader output = jcmd.inputReader()) {
          String total =
              output.lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow();
          return Long.parseLong(total.substring(total.lastIndexOf(' ') + 1));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A cluster, the same in Git, and what the service takes without both. */
  @State(Scope.Thread)
  public static class Service {
    @Param("10000")
    public int services;

    private GitopsBench git;
    private CrowdedCluster cluster;
    private long empty;

    @SuppressWarnings("NullAway.Init") // by the benchmark itself
    private WatchingProcess process;

    @Setup
    public void setUp() throws IOException, InterruptedException {
      try (GitopsBench nothing = GitopsBench.with(1, 50);
          CrowdedCluster small = new CrowdedCluster(1);
          WatchingProcess idle = start(small, nothing)) {
        idle.awaitRunning(1);
        empty = Memory.liveHeap(idle.pid(), 1);
      }
      git = GitopsBench.with(services, 50);
      cluster = new CrowdedCluster(services);
    }

    WatchingProcess start(CrowdedCluster watched, GitopsBench stored) throws IOException {
      return new WatchingProcess(watched, stored.copy());
    }

    void run() throws IOException, InterruptedException {
      process = start(cluster, git);
      process.awaitRunning(services);
    }

    @TearDown(Level.Invocation)
    public void measure(Memory memory) throws InterruptedException {
      memory.measure(process.pid(), empty, services);
      process.close();
    }

    @TearDown
    public void tearDown() throws IOException {
      cluster.close();
      git.close();
    }
  }

  @Benchmark
  public void service(Service state) throws IOException, InterruptedException {
    state.run();
  }

  /** The same, but the virtual machine does not share the characters of equal texts. */
  @State(Scope.Thread)
  public static class Undeduplicated extends Service {
    @Override
    WatchingProcess start(CrowdedCluster watched, GitopsBench stored) throws IOException {
      return new WatchingProcess(watched, stored.copy(), List.of("-XX:-UseStringDeduplication"));
    }
  }

  @Benchmark
  public void undeduplicated(Undeduplicated state) throws IOException, InterruptedException {
    state.run();
  }

  /** The same cluster for a process that holds informers. */
  @State(Scope.Thread)
  public static class Plain {
    @Param("10000")
    public int services;

    private CrowdedCluster cluster;
    private long empty;

    @SuppressWarnings("NullAway.Init") // by the benchmark itself
    private Process process;

    @Setup
    public void setUp() throws IOException, InterruptedException {
      try (CrowdedCluster small = new CrowdedCluster(1)) {
        Process idle = start(small);
        empty = Memory.liveHeap(idle.pid(), 1);
        idle.destroy();
      }
      cluster = new CrowdedCluster(services);
    }

    static Process start(CrowdedCluster cluster) throws IOException {
      Process process =
          new ProcessBuilder(
                  List.of(
                      ProcessHandle.current().info().command().orElseThrow(),
                      "-cp",
                      System.getProperty("java.class.path"),
                      PlainInformers.class.getName(),
                      cluster.url()))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader output = process.inputReader();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith(PlainInformers.READY)) {
          return process;
        }
      }
      throw new IllegalStateException("it ended before it had read all");
    }

    @TearDown(Level.Invocation)
    public void measure(Memory memory) throws InterruptedException {
      memory.measure(process.pid(), empty, services);
      process.destroy();
    }

    @TearDown
    public void tearDown() {
      cluster.close();
    }
  }

  @Benchmark
  public void plainInformers(Plain state) throws IOException {
    state.process = Plain.start(state.cluster);
  }
}
