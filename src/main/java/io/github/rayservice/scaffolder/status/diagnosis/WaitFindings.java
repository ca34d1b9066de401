package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.github.rayservice.scaffolder.status.phase.Source;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is waited for, once that has lasted longer than it should. Other rules know causes; these
 * make sure that no phase lasts for ever without a word on who can do what.
 */
final class WaitFindings {
  private WaitFindings() {}

  /** What the source that decided the phase keeps waiting; at most one. */
  static Optional<Finding> of(Observation seen, PhaseStatus status, Deadlines deadlines) {
    boolean isArgoCdUndecided =
        status.source() == Source.ARGO_CD && seen.argoCd().present().isPresent();
    if (status.phase() == Phase.UNKNOWN && !isArgoCdUndecided) {
      return lasts(status, deadlines)
          .map(since -> finding(Problem.SOURCE_UNREADABLE, status.message(), since));
    }
    return switch (status.source()) {
      case GIT -> ofGit(seen, status, deadlines);
      case ARGO_CD -> ofArgoCd(seen, status, deadlines);
      case KRO -> seen.kro().present().flatMap(kro -> ofKro(seen, kro, status, deadlines));
      case KUBERAY -> seen.kubeRay().present().flatMap(ray -> ofKubeRay(ray, status, deadlines));
    };
  }

  /** An open merge request waits for people, which its own message says. */
  private static Optional<Finding> ofGit(
      Observation seen, PhaseStatus status, Deadlines deadlines) {
    Optional<DesiredState.MergeRequest> mergeRequest =
        seen.git().present().flatMap(DesiredState::mergeRequest);
    if (mergeRequest.isEmpty()) {
      return lasts(status, deadlines)
          .map(since ->
              finding(
                  Problem.MERGE_REQUEST_MISSING, Problem.MERGE_REQUEST_MISSING.meaning(), since));
    }
    return mergeRequest
        .filter(request -> request.state() == DesiredState.MergeRequest.State.MERGED)
        .flatMap(request ->
            lasts(status, deadlines)
                .map(since ->
                    finding(
                        Problem.MERGED_ELSEWHERE,
                        Problem.MERGED_ELSEWHERE.meaning(),
                        "%s, %s".formatted(request.url(), since))));
  }

  private static Optional<Finding> ofArgoCd(
      Observation seen, PhaseStatus status, Deadlines deadlines) {
    Map<String, String> values = Map.of("application", seen.id().applicationName());
    if (status.reason().equals(PhaseStatus.NOT_YET_SEEN)) {
      return lastsLong(status, deadlines)
          .map(since ->
              finding(Problem.ARGO_CD_IDLE, Problem.ARGO_CD_IDLE.meaning(), since, values));
    }
    return lasts(status, deadlines)
        .map(since -> finding(Problem.NOT_SYNCED, status.message(), since, values));
  }

  private static Optional<Finding> ofKro(
      Observation seen, KroInstance instance, PhaseStatus status, Deadlines deadlines) {
    if (!instance.isCurrent()) {
      return lasts(status, deadlines)
          .map(since ->
              finding(
                  Problem.KRO_IDLE,
                  Problem.KRO_IDLE.meaning(),
                  "generation %d of the kro instance is not in its status, %s"
                      .formatted(instance.metadata().generation(), since)));
    }
    // kro has been waiting for KubeRay until KubeRay became ready.
    Instant begun =
        seen.kubeRay()
            .present()
            .filter(KubeRayService::isReady)
            .flatMap(ray -> ray.condition("Ready"))
            .flatMap(StatusCondition::since)
            .filter(ready -> ready.isAfter(status.since()))
            .orElse(status.since());
    return isCertain(status) || deadlines.isOverdue(begun)
        ? Optional.of(
            finding(
                Problem.KRO_NOT_READY,
                Problem.KRO_NOT_READY.meaning(),
                words(instance.failure().or(() -> instance.condition("Ready")))))
        : Optional.empty();
  }

  private static Optional<Finding> ofKubeRay(
      KubeRayService ray, PhaseStatus status, Deadlines deadlines) {
    if (!ray.isCurrent()) {
      return lasts(status, deadlines)
          .map(since ->
              finding(
                  Problem.KUBERAY_IDLE,
                  Problem.KUBERAY_IDLE.meaning(),
                  "generation %d of the RayService %s/%s is not in its status, %s"
                      .formatted(
                          ray.metadata().generation(),
                          ray.metadata().namespace(),
                          ray.metadata().name(),
                          since)));
    }
    if (ray.isReady() && (ray.is("UpgradeInProgress") || ray.pending().isPresent())) {
      return lastsLong(status, deadlines).map(since -> upgrade(ray, since));
    }
    return lastsLong(status, deadlines)
        .map(since -> finding(Problem.START_SLOW, status.message(), since));
  }

  private static Finding upgrade(KubeRayService ray, String since) {
    String cluster = ray.pending().map(KubeRayService.Cluster::name).orElse("that is to come");
    String applications =
        ray.pending().stream()
            .flatMap(pending -> pending.applications().stream())
            .map(application -> application.name() + " " + application.status())
            .collect(Collectors.joining(", "));
    return finding(
        Problem.UPGRADE_SLOW,
        Problem.UPGRADE_SLOW.meaning(),
        "%s; Serve applications of the Ray cluster %s: %s"
            .formatted(since, cluster, applications.isEmpty() ? "none" : applications),
        Map.of("cluster", cluster));
  }

  private static String words(Optional<StatusCondition> condition) {
    return condition
        .map(c -> "%s: %s: %s".formatted(c.type(), c.reason(), c.message()))
        .orElse("its status does not say why");
  }

  /** Since when, for the evidence, once that is too long. */
  private static Optional<String> lasts(PhaseStatus status, Deadlines deadlines) {
    return isCertain(status) || deadlines.isOverdue(status.since())
        ? Optional.of(since(status))
        : Optional.empty();
  }

  private static Optional<String> lastsLong(PhaseStatus status, Deadlines deadlines) {
    return status.phase() == Phase.FAILED || deadlines.isLongOverdue(status.since())
        ? Optional.of(since(status))
        : Optional.empty();
  }

  /** Whether waiting does not help. */
  private static boolean isCertain(PhaseStatus status) {
    return status.phase() == Phase.FAILED || status.phase() == Phase.DEGRADED;
  }

  private static String since(PhaseStatus status) {
    return "%s since %s".formatted(status.reason(), status.since());
  }
}
