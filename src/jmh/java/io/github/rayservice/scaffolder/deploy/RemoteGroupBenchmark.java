package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
 * 64 new Ray Services at once on a Git server over HTTP, in milliseconds for all of them. The
 * alternatives push once for each Ray Service: the service itself without concurrent requests, and
 * the git command line on an existing clone.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
public class RemoteGroupBenchmark {
  private static final int AT_ONCE = 64;

  @Param({"10000"})
  public int services;

  private final ExecutorService callers = Executors.newFixedThreadPool(AT_ONCE);
  private final List<String> names = new ArrayList<>();
  private RemoteBench bench;
  private GitCommand clone;
  private int next;

  @Setup
  public void setUp() throws IOException {
    bench = RemoteBench.with(services);
    clone = bench.clone("--sparse");
    clone.run("sparse-checkout", "set", "rayservices/" + GitopsBench.namespace(0));
  }

  @Setup(Level.Invocation)
  public void choose() {
    clone.run("fetch", "-q");
    clone.run("reset", "-q", "--hard", "origin/main");
    names.clear();
    for (int i = 0; i < AT_ONCE; i++) {
      names.add("new-" + next++);
    }
  }

  private static JsonNode document(String name) {
    return FormFixture.minimal(GitopsBench.namespace(0), name);
  }

  @Benchmark
  public Object service() throws Exception {
    List<Future<DeployResult>> deployments = new ArrayList<>();
    for (String name : names) {
      deployments.add(callers.submit(() -> bench.service().deploy(document(name))));
    }
    Object last = names;
    for (Future<DeployResult> deployment : deployments) {
      last = deployment.get();
    }
    return last;
  }

  @Benchmark
  public Object serviceOneAfterAnother() {
    Object last = names;
    for (String name : names) {
      last = bench.service().deploy(document(name));
    }
    return last;
  }

  @Benchmark
  public Object gitCommandLine() throws IOException {
    Object last = names;
    for (String name : names) {
      last = RemoteBench.push(clone, document(name));
    }
    return last;
  }

  @TearDown(Level.Invocation)
  public void takeAway() throws Exception {
    List<Future<?>> removals = new ArrayList<>();
    for (String name : names) {
      removals.add(
          callers.submit(() -> {
            bench.takeAway(name);
            return null;
          }));
    }
    for (Future<?> removal : removals) {
      removal.get();
    }
  }

  @TearDown
  public void tearDown() throws IOException {
    callers.shutdown();
    bench.close();
  }
}
