package io.github.rayservice.scaffolder.deploy;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks with JMH's own options and prints each figure beside its alternative. */
public final class Benchmarks {
  private Benchmarks() {}

  public static void main(String[] arguments) throws CommandLineOptionException, RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .parent(new CommandLineOptions(arguments))
                    // A benchmark that no longer works would otherwise end well, without a figure.
                    .shouldFailOnError(true)
                    .build())
            .run();
    Map<String, Map<String, Double>> cases = new TreeMap<>();
    String unit = "";
    for (RunResult result : results) {
      String[] parts = result.getParams().getBenchmark().split("\\.", -1);
      StringBuilder name = new StringBuilder(parts[parts.length - 2]);
      for (String key : result.getParams().getParamsKeys()) {
        name.append(' ').append(key).append('=');
        name.append(String.format("%5s", result.getParams().getParam(key)));
      }
      unit = result.getPrimaryResult().getScoreUnit();
      cases
          .computeIfAbsent(name + " [" + unit + "]", k -> new TreeMap<>())
          .put(parts[parts.length - 1], result.getPrimaryResult().getScore());
    }
    System.out.println();
    cases.forEach(Benchmarks::print);
  }

  private static void print(String name, Map<String, Double> scores) {
    Double ours = scores.get("service");
    if (ours == null) {
      return;
    }
    scores.forEach((alternative, score) -> {
      if (!alternative.equals("service")) {
        System.out.printf(
            "%s: service %.3f, %s %.3f, ratio %.2f%n",
            name, ours, alternative, score, score / ours);
      }
    });
  }
}
