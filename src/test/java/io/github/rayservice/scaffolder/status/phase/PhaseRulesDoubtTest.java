package io.github.rayservice.scaffolder.status.phase;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ACCEPTED;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ACTIVE;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.EARLIER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.LATER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.NOW;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.PATIENCE;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.READY;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.SYNCED;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.absent;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.application;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.argo;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.condition;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.derive;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.garbled;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.instance;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.kro;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.proposed;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ray;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ready;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.running;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.seen;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.unreadable;
import static io.github.rayservice.scaffolder.status.phase.Phase.DEGRADED;
import static io.github.rayservice.scaffolder.status.phase.Phase.DELETING;
import static io.github.rayservice.scaffolder.status.phase.Phase.FAILED;
import static io.github.rayservice.scaffolder.status.phase.Phase.PROVISIONING;
import static io.github.rayservice.scaffolder.status.phase.Phase.RUNNING;
import static io.github.rayservice.scaffolder.status.phase.Phase.STARTING;
import static io.github.rayservice.scaffolder.status.phase.Phase.SYNCING;
import static io.github.rayservice.scaffolder.status.phase.Phase.UNKNOWN;
import static io.github.rayservice.scaffolder.status.phase.Phase.UPDATING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Observed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What old, contradicting, missing and malformed statements are worth. */
class PhaseRulesDoubtTest {
  private static final ObservationFixture NEW =
      new ObservationFixture(ACCEPTED, absent(), absent(), absent());

  @ParameterizedTest(name = "{0}: {2} {3}")
  @MethodSource("rows")
  void hasThePhaseThatTheSourcesTell(
      String when, ObservationFixture seen, Phase phase, String reason) {
    Verdict verdict = seen.verdict();

    assertThat(verdict.phase()).isEqualTo(phase);
    assertThat(verdict.reason()).isEqualTo(reason);
    assertThat(verdict.message()).isNotBlank();
  }

  static Stream<Arguments> rows() {
    return Stream.of(notBelieved(), notReadable(), deleting()).flatMap(rows -> rows);
  }

  private static Stream<Arguments> notBelieved() {
    return Stream.of(
        row(
            "sync Unknown, health Healthy",
            running().argo(argo("Unknown", "Healthy", "")),
            UNKNOWN,
            "SyncUnknown"),
        row(
            "the same before there is anything",
            NEW.argo(argo("Unknown", "Healthy", "")),
            UNKNOWN,
            "SyncUnknown"),
        row(
            "40 ACTIVE, RayService not Ready",
            running().ray(ray(2, 2, "False", "Initializing", List.of(), null, "DEPLOYING")),
            STARTING,
            "Initializing"),
        row("40 ACTIVE, no RayService", running().ray(absent()), PROVISIONING, "RayServiceMissing"),
        row(
            "kro's word is old",
            running().kro(kro("ACTIVE", 3, 2, ready("True", "Ready"))),
            UPDATING,
            "SpecChanged"),
        row(
            "kro's error is old",
            running()
                .kro(
                    kro(
                        "ERROR",
                        3,
                        2,
                        condition("GraphResolved", "False", "ResolutionFailed", ""),
                        ready("False", "NotReady"))),
            UPDATING,
            "SpecChanged"),
        row(
            "KubeRay's word is old",
            running().ray(ray(3, 2, "True", "NonZeroServeEndpoints", List.of(), "RUNNING", null)),
            UPDATING,
            "SpecChanged"),
        row(
            "KubeRay's failure is old",
            running().ray(ray(3, 2, "False", "Initializing", List.of(), null, "DEPLOY_FAILED")),
            STARTING,
            "NotYetSeenByKubeRay"),
        row(
            "Argo CD's failure is of before the change",
            NEW.git(ObservationFixture.git(Optional.of(LATER), null))
                .argo(argo("OutOfSync", "Missing", "Failed")),
            Phase.ACCEPTED,
            "NotYetSeen"));
  }

  private static Stream<Arguments> notReadable() {
    return Stream.of(
        row("41 kro forbidden", running().kro(unreadable(ACTIVE)), UNKNOWN, "kroUnreadable"),
        row("41 KubeRay forbidden", running().ray(unreadable(READY)), UNKNOWN, "KubeRayUnreadable"),
        row(
            "41 KubeRay forbidden, and kro does not get through",
            running()
                .kro(
                    kro(
                        "ERROR",
                        2,
                        2,
                        condition("ResourcesReady", "False", "NotReady", "connection refused"),
                        ready("False", "NotReady")))
                .ray(unreadable(READY)),
            UNKNOWN,
            "KubeRayUnreadable"),
        row(
            "41 Argo CD forbidden, the rest works",
            running().argo(unreadable(SYNCED)),
            RUNNING,
            "Ready"),
        row(
            "41 Argo CD forbidden, nothing there",
            NEW.argo(unreadable(absent())),
            UNKNOWN,
            "ArgoCDUnreadable"),
        row("Git away, the rest works", running().git(unreadable(ACCEPTED)), RUNNING, "Ready"),
        row(
            "Git away, nothing there",
            NEW.git(new Observed.Unavailable<>("away", EARLIER, Optional.empty())),
            UNKNOWN,
            "GitUnreadable"),
        row(
            "a failure is certain, whatever else cannot be read",
            running()
                .argo(unreadable(SYNCED))
                .ray(ray(1, 1, "False", "Initializing", List.of(), null, "DEPLOY_FAILED")),
            FAILED,
            "ServeDeployFailed"),
        row("43 instance garbled", running().kro(garbled()), UNKNOWN, "InstanceGarbled"),
        row("43 RayService garbled", running().ray(garbled()), UNKNOWN, "RayServiceGarbled"),
        row("43 Application garbled", running().argo(garbled()), RUNNING, "Ready"),
        row(
            "43 Application garbled, nothing there",
            NEW.argo(garbled()),
            UNKNOWN,
            "ArgoCDGarbled"));
  }

  private static Stream<Arguments> deleting() {
    return Stream.of(
        row(
            "finalizing",
            running().kro(seen(instance("DELETING", 1, 1, true))),
            DELETING,
            "Finalizing"),
        row(
            "finalizing while it cannot be read",
            running().kro(unreadable(seen(instance("DELETING", 1, 1, true)))),
            DELETING,
            "Finalizing"),
        row(
            "Application going",
            running()
                .argo(seen(application("Synced", "Healthy", "Succeeded", NOW, List.of(), true))),
            DELETING,
            "ApplicationDeleting"),
        row("gone from Git", running().git(seen(DesiredState.NOTHING)), DELETING, "RemovedFromGit"),
        row(
            "39 proposed again meanwhile",
            running().git(proposed(DesiredState.MergeRequest.State.OPEN)),
            DELETING,
            "RemovedFromGit"),
        row(
            "leftovers",
            new ObservationFixture(seen(DesiredState.NOTHING), absent(), absent(), READY),
            DELETING,
            "Leftovers"),
        row("nothing anywhere", NEW.git(seen(DesiredState.NOTHING)), UNKNOWN, "NothingKnown"));
  }

  private static Arguments row(String when, ObservationFixture seen, Phase phase, String reason) {
    return arguments(when, seen, phase, reason);
  }

  @Test
  void remainsAreNamedWhileItIsDeleted() {
    Verdict verdict = running().git(seen(DesiredState.NOTHING)).verdict();

    assertThat(verdict.message())
        .isEqualTo(
            "still there: Application text-ml, kro instance team-ml/text-ml-service, RayService ray-system/text-ml");
  }

  @Test
  void sinceGoesOnWhileNothingChanges() {
    Observation seen = running().observation();
    PhaseStatus first = derive(seen, Optional.empty(), NOW);

    PhaseStatus second = derive(seen, Optional.of(first), LATER);

    assertThat(first.since()).as("what KubeRay says").isEqualTo(EARLIER);
    assertThat(second).isEqualTo(first);
  }

  @Test
  void sinceStartsAgainWithThePhase() {
    PhaseStatus before = derive(running().observation(), Optional.empty(), NOW);
    Instant now = LATER;

    PhaseStatus after =
        derive(
            running().argo(argo("OutOfSync", "Healthy", "")).observation(),
            Optional.of(before),
            now);

    assertThat(after.since()).isEqualTo(now);
  }

  @Test
  void anErrorThatKroGetsOverIsNoFailureAndOneThatLastsIs() {
    ObservationFixture seen =
        running()
            .kro(
                kro(
                    "ERROR",
                    2,
                    2,
                    condition("ResourcesReady", "False", "NotReady", "connection refused"),
                    ready("False", "NotReady")));
    Observation fresh = seen.ray(absent()).observation();
    Observation serving = seen.observation();

    PhaseStatus first = derive(fresh, Optional.empty(), NOW);
    PhaseStatus still = derive(fresh, Optional.of(first), NOW.plus(PATIENCE));
    Instant late = NOW.plus(PATIENCE).plusSeconds(1);
    PhaseStatus failed = derive(fresh, Optional.of(still), late);
    PhaseStatus stays = derive(fresh, Optional.of(failed), late);
    PhaseStatus answers = derive(serving, Optional.empty(), NOW);
    PhaseStatus degraded = derive(serving, Optional.of(answers), late);

    assertThat(List.of(first, still, failed, stays, answers, degraded))
        .extracting(PhaseStatus::phase)
        .containsExactly(PROVISIONING, PROVISIONING, FAILED, FAILED, UPDATING, DEGRADED);
    assertThat(failed.since()).isEqualTo(NOW);
    assertThat(failed.message()).isEqualTo("kro tries again: connection refused");
  }

  @Test
  void anErrorThatArgoCdGetsOverIsNoFailureAndOneThatLastsIs() {
    Observed<ArgoApplication> away =
        seen(
            application(
                "Unknown",
                "Healthy",
                "",
                NOW,
                List.of(condition("ComparisonError", "", "", "connection refused")),
                false));
    Observation fresh = NEW.argo(away).observation();
    Observation serving = running().argo(away).observation();
    Instant late = NOW.plus(PATIENCE).plusSeconds(1);

    PhaseStatus first = derive(fresh, Optional.empty(), NOW);
    PhaseStatus failed = derive(fresh, Optional.of(first), late);
    PhaseStatus answers = derive(serving, Optional.empty(), NOW);
    PhaseStatus degraded = derive(serving, Optional.of(answers), late);

    assertThat(List.of(first, failed, answers, degraded))
        .extracting(PhaseStatus::phase)
        .containsExactly(SYNCING, FAILED, UNKNOWN, DEGRADED);
    assertThat(failed.message()).isEqualTo("Argo CD tries again: connection refused");
  }

  @Test
  void whatCannotBeReadSaysWhichAndSinceWhen() {
    PhaseStatus phaseStatus =
        derive(running().ray(unreadable(READY)).observation(), Optional.empty(), NOW);

    assertThat(phaseStatus.message()).contains("KubeRay", "forbidden", EARLIER.toString());
    assertThat(phaseStatus.since()).isEqualTo(EARLIER);
    assertThat(phaseStatus.conditions().getLast())
        .isEqualTo(
            new PhaseStatus.SourceCondition(
                Source.KUBERAY,
                PhaseStatus.State.UNKNOWN,
                "Unreadable",
                "forbidden; it said last: NonZeroServeEndpoints",
                Optional.of(EARLIER)));
  }
}
