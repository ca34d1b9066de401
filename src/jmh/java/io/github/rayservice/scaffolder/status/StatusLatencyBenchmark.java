package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.deploy.GitopsBench;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * From a change in the cluster until the last of all readers has it, in milliseconds, median. The
 * alternative is to watch the API server itself, which shows one object and judges nothing.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
public class StatusLatencyBenchmark {
  @Param({"100", "10000"})
  public int services;

  @Param({"1", "1000"})
  public int readers;

  private GitopsBench git;
  private CrowdedCluster cluster;
  private WatchingProcess process;
  private @Nullable Crowd crowd;
  private int turn;

  @Setup
  public void setUp() throws IOException, InterruptedException {
    git = GitopsBench.with(services, 50);
    cluster = new CrowdedCluster(services);
    process = new WatchingProcess(cluster, git.copy());
    process.awaitRunning(services);
  }

  @Benchmark
  public void service() throws IOException, InterruptedException {
    if (crowd == null) {
      crowd = new Crowd(process.events(), readers);
    }
    change(crowd);
  }

  @Benchmark
  public void apiServerWatch() throws InterruptedException {
    if (crowd == null) {
      URI watch = URI.create(cluster.url() + "/apis/ray.io/v1/rayservices?watch=true");
      crowd = new Crowd(HttpRequest.newBuilder(watch).build(), readers);
    }
    change(crowd);
  }

  private void change(Crowd readers) throws InterruptedException {
    int number = turn++;
    String words = "turn " + number + ".";
    readers.await(words, () -> cluster.change(number % services, words));
  }

  @TearDown
  public void tearDown() throws IOException {
    if (crowd != null) {
      crowd.close();
    }
    process.close();
    cluster.close();
    git.close();
  }
}
