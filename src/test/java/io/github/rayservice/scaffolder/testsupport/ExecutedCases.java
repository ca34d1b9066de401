package io.github.rayservice.scaffolder.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints how many cases one build has executed, in the phases test and verify together, so that a
 * faster build shows that it leaves none out. JUnit finds it in META-INF/services.
 */
public final class ExecutedCases implements TestExecutionListener {
  private static final Path COUNTED = Path.of("target/executed-cases.txt");

  /** The pom gives the start of the build; an IDE gives none. */
  private static final String BUILD = System.getProperty("build.started", "");

  private final AtomicInteger executed = new AtomicInteger();

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    if (identifier.isTest() && result.getStatus() != TestExecutionResult.Status.ABORTED) {
      executed.incrementAndGet();
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (BUILD.isEmpty()) {
      return;
    }
    try {
      int sum = executed.getAndSet(0) + before();
      Files.write(COUNTED, List.of(BUILD, String.valueOf(sum)));
      System.out.println("Test cases executed in this build: " + sum);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those of an earlier phase of the same build. */
  private static int before() throws IOException {
    if (Files.notExists(COUNTED)) {
      return 0;
    }
    List<String> lines = Files.readAllLines(COUNTED);
    return lines.getFirst().equals(BUILD) ? Integer.parseInt(lines.getLast()) : 0;
  }
}
