package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.form.FormFixture;
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
 * One new Ray Service among many, in milliseconds: from the document to the moved branch. The
 * alternative is the git command line on a clone: write the same two files, add, commit, push. The
 * Ray Service is deleted again outside the measured time, so that the repository keeps its size.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class DeployBenchmark {
  @Param({"100", "1000", "10000"})
  public int services;

  /** Number of Ray Services in one namespace, that is, in one directory. */
  @Param({"50", "10000"})
  public int perNamespace;

  private GitopsBench bench;
  private int next;
  private String name;
  private JsonNode document;

  @Setup
  public void setUp() throws IOException {
    bench = GitopsBench.with(services, perNamespace);
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
  public Object gitCommandLine() throws IOException {
    return bench.deployByGit(document);
  }

  @TearDown(Level.Invocation)
  public void takeAway() {
    bench.delete(name);
  }

  @TearDown
  public void tearDown() throws IOException {
    bench.close();
  }
}
