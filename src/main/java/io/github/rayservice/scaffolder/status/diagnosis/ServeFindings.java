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
              "ZipNotFound",
              "the zip of rayServeFile is not there",
              "open the address of rayServeFile, and correct it",
              "http error 404",
              "404 client error",
              "status code 404",
              "404 not found"),
          new Cause(
              "ZipForbidden",
              "the zip of rayServeFile may not be read",
              "make it readable without a login, or put it where it is",
              "http error 401",
              "http error 403",
              "403 client error",
              "401 client error"),
          new Cause(
              "ZipTls",
              "the server of rayServeFile shows a certificate that the Ray image does not trust",
              "use a certificate of a known authority, or an image that holds yours",
              "certificate_verify_failed",
              "sslerror",
              "ssl: "),
          new Cause(
              "NotAZip",
              "what rayServeFile names is no zip",
              "open the address: a login page and an error page are no zip either",
              "badzipfile",
              "not a zip file"),
          new Cause(
              "ZipUnreachable",
              "the server of rayServeFile cannot be reached from the cluster",
              "see whether pods may reach it: DNS, network policies, proxy",
              "name or service not known",
              "temporary failure in name resolution",
              "failed to resolve",
              "connection refused",
              "network is unreachable",
              "timed out"),
          new Cause(
              "EntryPoint",
              "the entry point importPath is not in the zip, or what it imports is not in the image",
              "compare importPath with the zip: Ray looks inside the folder at its top where that is the only one, else at the top itself; packages belong into the image",
              "modulenotfounderror",
              "importerror",
              "has no attribute"));

  private record Cause(String problem, String message, String nextStep, List<String> words) {
    Cause(String problem, String message, String nextStep, String... words) {
      this(problem, message, nextStep, List.of(words));
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
    return application.waiting().contains("to be scheduled")
        ? finding(
            "ReplicasUnscheduled",
            "the Serve application %s: no Ray worker takes its replicas"
                .formatted(application.name()),
            application.waiting(),
            "compare what a replica asks for with resources.worker and replicas of the form; where workers run, see whether they reach the head's port 6379")
        : finding(
            "ReplicasSlow",
            "the Serve application %s: its replicas take long to start"
                .formatted(application.name()),
            application.waiting(),
            "read the replica's log on the Ray dashboard: what its __init__ loads may be large, or not come");
  }

  private static Finding of(KubeRayService.Application application) {
    String lastLine = application.lastLine();
    // The last line is the exception; what came before it may name every library there is.
    Optional<Cause> cause = cause(lastLine).or(() -> cause(tail(application.message())));
    String problem =
        application.status().equals("UNHEALTHY") ? "ServeUnhealthy" : "ServeDeployFailed";
    return new Finding(
        cause.map(Cause::problem).orElse(problem),
        "the Serve application %s: %s"
            .formatted(
                application.name(),
                cause
                    .map(Cause::message)
                    .orElse(
                        problem.equals("ServeUnhealthy")
                            ? "its replicas fail their health checks"
                            : "it cannot be deployed")),
        List.of(lastLine.isEmpty() ? application.status() : lastLine),
        cause
            .map(Cause::nextStep)
            .orElse("read the whole text and the logs on the Ray dashboard, then mend the code"),
        Optional.of(application.message()).filter(m -> !m.isEmpty()));
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
