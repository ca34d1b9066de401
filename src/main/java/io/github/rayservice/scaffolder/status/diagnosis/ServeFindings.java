package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What Ray Serve says of an application that fails, by its Python traceback. */
final class ServeFindings {
  /** The first that matches decides; the words are those of Python, Ray and the libraries below. */
  private static final List<Cause> CAUSES =
      List.of(
          new Cause(
              Problem.ZIP_NOT_FOUND,
              "http error 404",
              "404 client error",
              "status code 404",
              "404 not found"),
          new Cause(
              Problem.ZIP_FORBIDDEN,
              "http error 401",
              "http error 403",
              "403 client error",
              "401 client error"),
          new Cause(Problem.ZIP_TLS, "certificate_verify_failed", "sslerror", "ssl: "),
          new Cause(Problem.NOT_A_ZIP, "badzipfile", "not a zip file"),
          new Cause(
              Problem.ZIP_UNREACHABLE,
              "name or service not known",
              "temporary failure in name resolution",
              "failed to resolve",
              "connection refused",
              "network is unreachable",
              "timed out"),
          new Cause(Problem.ENTRY_POINT, "modulenotfounderror", "importerror", "has no attribute"));

  private record Cause(Problem problem, List<String> words) {
    Cause(Problem problem, String... words) {
      this(problem, List.of(words));
    }

    boolean explains(String text) {
      return words.stream().anyMatch(text::contains);
    }
  }

  private ServeFindings() {}

  static List<Finding> of(Observation seen) {
    return seen.kubeRay().present().map(KubeRayService::failing).orElse(List.of()).stream()
        .map(ServeFindings::of)
        .toList();
  }

  /** What Serve waits for, which often follows from the pods. */
  static List<Finding> waiting(Observation seen) {
    return seen.kubeRay().present().map(KubeRayService::waiting).orElse(List.of()).stream()
        .map(ServeFindings::waiting)
        .toList();
  }

  /** The words are those of Serve's deployment_state.py. */
  private static Finding waiting(KubeRayService.Application application) {
    Problem problem =
        application.waiting().contains("to be scheduled")
            ? Problem.REPLICAS_UNSCHEDULED
            : Problem.REPLICAS_SLOW;
    return finding(problem, message(application, problem), application.waiting());
  }

  private static Finding of(KubeRayService.Application application) {
    String lastLine = application.lastLine();
    Problem problem =
        // The last line is the exception; what came before it may name every library there is.
        cause(lastLine)
            .or(() -> cause(tail(application.message())))
            .map(Cause::problem)
            .orElse(
                application.status().equals("UNHEALTHY")
                    ? Problem.SERVE_UNHEALTHY
                    : Problem.SERVE_DEPLOY_FAILED);
    return new Finding(
        problem,
        message(application, problem),
        List.of(lastLine.isEmpty() ? application.status() : lastLine),
        problem.nextStep(),
        Optional.of(application.message()).filter(m -> !m.isEmpty()));
  }

  private static String message(KubeRayService.Application application, Problem problem) {
    return "the Serve application %s: %s".formatted(application.name(), problem.meaning());
  }

  private static Optional<Cause> cause(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return CAUSES.stream().filter(c -> c.explains(lower)).findFirst();
  }

  /** Ray wraps an exception in others whose last line may say less. */
  private static String tail(String message) {
    List<String> lines = message.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
  }
}
