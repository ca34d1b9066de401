package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What Ray Serve says of an application that fails. The place of an exception decides what it is:
 * Ray's own set-up of the runtime environment speaks of the zip and the packages, its import of the
 * entry point of {@code importPath}, everything else of the application's code, whatever words that
 * uses.
 */
final class ServeFindings {
  /** What Ray, pip and Python's libraries write when the runtime environment is set up. */
  private static final List<Cause> RUNTIME_ENV =
      List.of(
          new Cause(
              Problem.PACKAGES_NOT_INSTALLED,
              "failed to install pip",
              "pip install",
              "no matching distribution",
              "could not find a version"),
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
              "timed out"));

  /** A line of a traceback that names the place of the next line. */
  private static final String FRAME = "File \"";

  /** Where KubeRay's error begins, in its event. */
  private static final String ANSWER = "err: ";

  private record Cause(Problem problem, List<String> words) {
    Cause(Problem problem, String... words) {
      this(problem, List.of(words));
    }

    boolean explains(String text) {
      return words.stream().anyMatch(text::contains);
    }
  }

  private ServeFindings() {}

  static List<Finding> of(Observation seen, DiagnosisContext context, Deadlines deadlines) {
    List<Finding> failing =
        seen.kubeRay().present().map(KubeRayService::failing).orElse(List.of()).stream()
            .map(ServeFindings::of)
            .toList();
    return failing.isEmpty()
        ? refused(seen, context).or(() -> silent(seen, deadlines)).stream().toList()
        : failing;
  }

  /** KubeRay hands the application to the head again and again, and the head does not take it. */
  private static Optional<Finding> refused(Observation seen, DiagnosisContext context) {
    return seen.kubeRay()
        .present()
        .flatMap(rayService ->
            rayService
                .awaitingApplications()
                .flatMap(cluster -> refusal(rayService, cluster, context)));
  }

  /** An event outlives the Ray cluster that it names. */
  private static Optional<Finding> refusal(
      KubeRayService rayService, KubeRayService.Cluster cluster, DiagnosisContext context) {
    return context.warnings().stream()
        .filter(w -> w.reason().equals("FailedToUpdateServeApplications"))
        .filter(w -> w.name().equals(rayService.metadata().name()))
        .filter(w -> w.message().contains("/" + cluster.name() + ":"))
        .max(Comparator.comparing(w -> w.last().orElse(Instant.MIN)))
        .map(w ->
            new Finding(
                Problem.SERVE_CONFIG_REFUSED,
                Problem.SERVE_CONFIG_REFUSED.meaning(),
                List.of(headsWords(w.message())),
                Problem.SERVE_CONFIG_REFUSED.nextStep(),
                Optional.of(w.message().strip())));
  }

  /**
   * A head that cannot say which applications it has, as one without Serve (501), makes KubeRay
   * (1.6) try again for ever. KubeRay tells that to its log only.
   */
  private static Optional<Finding> silent(Observation seen, Deadlines deadlines) {
    return seen.kubeRay()
        .present()
        .filter(rayService -> rayService.isCurrent() && !rayService.isRefused())
        .flatMap(KubeRayService::awaitingApplications)
        .flatMap(cluster ->
            seen.clusters().stream()
                .filter(c -> c.metadata().name().equals(cluster.name()))
                .findFirst())
        .flatMap(RayClusterState::headReadySince)
        .filter(deadlines::isOverdue)
        .map(since ->
            finding(
                Problem.SERVE_SILENT,
                Problem.SERVE_SILENT.meaning(),
                "HeadPodReady of the RayCluster since %s, and no applicationStatuses in the RayService"
                    .formatted(since)));
  }

  /** KubeRay puts its own advice in front of what the head answered. */
  private static String headsWords(String message) {
    int answer = message.indexOf(ANSWER);
    return (answer < 0 ? message : message.substring(answer + ANSWER.length())).strip();
  }

  /** What Serve waits for, which often follows from the pods. */
  static List<Finding> waiting(Observation seen) {
    return seen.kubeRay().present().map(KubeRayService::waiting).orElse(List.of()).stream()
        .map(application -> waiting(application, seen.clusters()))
        .toList();
  }

  /** The words are those of Serve's deployment_state.py. */
  private static Finding waiting(
      KubeRayService.Application application, List<RayClusterState> clusters) {
    String text = application.waiting();
    if (text.contains("Traceback")) {
      return failure(application, text);
    }
    Problem problem =
        text.contains("to be scheduled") ? Problem.REPLICAS_UNSCHEDULED : Problem.REPLICAS_SLOW;
    return ReplicaShortage.of(text)
        .filter(shortage -> problem == Problem.REPLICAS_UNSCHEDULED)
        .map(shortage ->
            new Finding(
                problem,
                message(application, problem) + ": " + shortage.arithmetic(clusters),
                List.of(text),
                shortage.nextStep(clusters),
                Optional.empty()))
        .orElseGet(() -> finding(problem, message(application, problem), text));
  }

  private static Finding of(KubeRayService.Application application) {
    return failure(application, application.message());
  }

  private static Finding failure(KubeRayService.Application application, String text) {
    Problem problem = problem(application, text);
    String evidence = problem == Problem.PACKAGES_NOT_INSTALLED ? pipError(text) : lastLine(text);
    return new Finding(
        problem,
        message(application, problem),
        List.of(evidence.isEmpty() ? application.status() : evidence),
        problem.nextStep(),
        Optional.of(text).filter(m -> !m.isEmpty()));
  }

  private static Problem problem(KubeRayService.Application application, String text) {
    String lastLine = lastLine(text);
    if (text.contains("RuntimeEnvSetupError") || text.contains("runtime env failed")) {
      // The last line is the exception; what came before it may name every library there is.
      return cause(lastLine).or(() -> cause(text)).orElse(Problem.SERVE_DEPLOY_FAILED);
    }
    if (application.status().equals("UNHEALTHY")) {
      return Problem.SERVE_UNHEALTHY;
    }
    if (!text.contains("Traceback")) {
      return Problem.SERVE_DEPLOY_FAILED;
    }
    boolean importsEntryPoint = raisedByRay(text);
    if (lastLine.startsWith("ModuleNotFoundError")) {
      return importsEntryPoint ? Problem.ENTRY_POINT : Problem.MODULE_MISSING;
    }
    return importsEntryPoint && lastLine.startsWith("AttributeError")
        ? Problem.ENTRY_POINT
        : Problem.APPLICATION_RAISED;
  }

  /** Whether the last frame is Ray's, or importlib's called by Ray, and none is the user's. */
  private static boolean raisedByRay(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith(FRAME))
        .allMatch(line ->
            line.contains("<frozen importlib")
                || line.contains("/importlib/__init__.py")
                || line.contains("-packages/ray/"));
  }

  private static String lastLine(String text) {
    return text.lines().map(String::strip).filter(l -> !l.isEmpty()).reduce("", (a, b) -> b);
  }

  /** pip says what is wrong in its lines of errors, and Ray goes on after them. */
  private static String pipError(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith("ERROR:"))
        .reduce((a, b) -> b)
        .orElseGet(() -> lastLine(text));
  }

  private static String message(KubeRayService.Application application, Problem problem) {
    return "the Serve application %s: %s".formatted(application.name(), problem.meaning());
  }

  private static Optional<Problem> cause(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return RUNTIME_ENV.stream().filter(c -> c.explains(lower)).findFirst().map(Cause::problem);
  }
}
