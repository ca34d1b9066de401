package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
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
 * One new Ray Service among many on a Git server over HTTP, in milliseconds: from the document to
 * the moved branch. The alternatives are what a pipeline does: clone as little as Git allows, write
 * the same two files, commit, push. The Ray Service is deleted again outside the measured time.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 8, time = 2)
@Measurement(iterations = 5, time = 3)
public class RemoteDeployBenchmark {
  @Param({"100", "10000"})
  public int services;

  private RemoteBench bench;
  private int next;
  private String name;
  private JsonNode document;

  @Setup
  public void setUp() throws IOException {
    bench = RemoteBench.with(services);
  }

  @Setup(Level.Invocation)
  public void choose() {
    name = "new-" + next++;
    document = FormFixture.minimal(GitopsBench.namespace(0), name);
  }

  @Benchmark
  public Object service() {
    return bench.service().deploy(document);
  }

  @Benchmark
  public Object shallowClone() throws IOException {
    return RemoteBench.push(bench.clone("--depth=1"), document);
  }

  @Benchmark
  public Object bloblessSparseClone() throws IOException {
    GitCommand clone = bench.clone("--depth=1", "--filter=blob:none", "--sparse");
    clone.run("sparse-checkout", "set", "rayservices/" + GitopsBench.namespace(0) + "/" + name);
    return RemoteBench.push(clone, document);
  }

  @TearDown(Level.Invocation)
  public void takeAway() throws IOException {
    bench.takeAway(name);
    bench.removeClones();
  }

  @TearDown
  public void tearDown() throws IOException {
    bench.close();
  }
}
