package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.deploy.GitopsBench;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
    public long heapBytesPerService;
    public long residentMegabytes;

    void measure(long pid, long empty, int services) {
      residentMegabytes = resident(pid) >> 10;
      heapBytesPerService = (liveHeap(pid) - empty) / services;
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
    static long liveHeap(long pid) {
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
  @State(Scope.Benchmark)
  public static class Service {
    @Param("10000")
    public int services;

    private GitopsBench git;
    private CrowdedCluster cluster;
    private long empty;
    private @Nullable WatchingProcess process;

    @Setup
    public void setUp() throws IOException, InterruptedException {
      try (GitopsBench nothing = GitopsBench.with(1, 50);
          CrowdedCluster small = new CrowdedCluster(1);
          WatchingProcess idle = new WatchingProcess(small, nothing.copy())) {
        idle.awaitRunning(1);
        empty = Memory.liveHeap(idle.pid());
      }
      git = GitopsBench.with(services, 50);
      cluster = new CrowdedCluster(services);
    }

    @TearDown(Level.Iteration)
    public void end() {
      if (process != null) {
        process.close();
      }
    }

    @TearDown(Level.Trial)
    public void tearDown() throws IOException {
      cluster.close();
      git.close();
    }
  }

  @Benchmark
  public void service(Service state, Memory memory) throws IOException, InterruptedException {
    WatchingProcess process = new WatchingProcess(state.cluster, state.git.copy());
    state.process = process;
    process.awaitRunning(state.services);
    memory.measure(process.pid(), state.empty, state.services);
  }

  /** The same cluster for a process that holds informers. */
  @State(Scope.Benchmark)
  public static class Plain {
    @Param("10000")
    public int services;

    private CrowdedCluster cluster;
    private long empty;
    private @Nullable Process process;

    @Setup
    public void setUp() throws IOException {
      try (CrowdedCluster small = new CrowdedCluster(1)) {
        Process idle = start(small);
        empty = Memory.liveHeap(idle.pid());
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

    @TearDown(Level.Iteration)
    public void end() {
      if (process != null) {
        process.destroy();
      }
    }

    @TearDown(Level.Trial)
    public void tearDown() {
      cluster.close();
    }
  }

  @Benchmark
  public void plainInformers(Plain state, Memory memory) throws IOException {
    Process process = Plain.start(state.cluster);
    state.process = process;
    memory.measure(process.pid(), state.empty, state.services);
  }
}
