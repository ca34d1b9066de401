package io.github.rayservice.scaffolder.deploy;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks with JMH's own options and prints each result beside its alternative. */
public final class Benchmarks {
  private Benchmarks() {}

  public static void main(String[] arguments) throws CommandLineOptionException, RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .parent(new CommandLineOptions(arguments))
                    // Without this check, a benchmark that fails would end with status 0 and
                    // without a result.
                    .shouldFailOnError(true)
                    .build())
            .run();
    Map<String, Map<String, Double>> cases = new TreeMap<>();
    for (RunResult result : results) {
      String[] parts = result.getParams().getBenchmark().split("\\.", -1);
      StringBuilder name = new StringBuilder(parts[parts.length - 2]);
      for (String key : result.getParams().getParamsKeys()) {
        name.append(' ').append(key).append('=');
        name.append(String.format("%5s", result.getParams().getParam(key)));
      }
      String alternative = parts[parts.length - 1];
      Result<?> primary = result.getPrimaryResult();
      note(cases, name + " [" + primary.getScoreUnit() + "]", alternative, score(result, primary));
      if (!isSampled(result)) {
        result
            .getSecondaryResults()
            .forEach((figure, secondary) ->
                note(cases, name + " " + figure, alternative, secondary.getScore()));
      }
    }
    System.out.println();
    cases.forEach(Benchmarks::print);
  }

  private static void note(
      Map<String, Map<String, Double>> cases, String figure, String alternative, double score) {
    cases.computeIfAbsent(figure, k -> new TreeMap<>()).put(alternative, score);
  }

  private static boolean isSampled(RunResult result) {
    return result.getParams().getMode() == Mode.SampleTime;
  }

  /** The mean, or the median when the mode records every single time. */
  private static double score(RunResult result, Result<?> primary) {
    return isSampled(result) ? primary.getStatistics().getPercentile(50) : primary.getScore();
  }

  private static void print(String name, Map<String, Double> scores) {
    Double ours = scores.get("service");
    if (ours == null) {
      scores.forEach((alternative, score) ->
          System.out.printf("%s: %s %.3f, service not measured%n", name, alternative, score));
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
