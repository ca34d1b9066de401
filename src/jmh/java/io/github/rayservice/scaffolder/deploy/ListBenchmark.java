package io.github.rayservice.scaffolder.deploy;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
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
 * The first hundred Ray Services of the list, in microseconds. The alternative asks git for the
 * names of all Ray Services and does not read their files.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ListBenchmark {
  @Param({"100", "1000", "10000"})
  public int services;

  private GitopsBench bench;

  @Setup
  public void setUp() throws IOException {
    bench = GitopsBench.with(services, 50);
  }

  @Benchmark
  public Object service() {
    return bench.service().list(100);
  }

  @Benchmark
  public Object gitCommandLine() {
    return bench.listByGit();
  }

  @TearDown
  public void tearDown() throws IOException {
    bench.close();
  }
}
