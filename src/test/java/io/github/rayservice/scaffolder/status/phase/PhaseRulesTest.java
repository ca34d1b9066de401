package io.github.rayservice.scaffolder.status.phase;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ACCEPTED;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.EARLIER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.LATER;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.NOW;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.absent;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.application;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.argo;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.condition;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.holding;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.instance;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.kro;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.proposed;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ray;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ready;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.running;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.seen;
import static io.github.rayservice.scaffolder.status.phase.Phase.DEGRADED;
import static io.github.rayservice.scaffolder.status.phase.Phase.FAILED;
import static io.github.rayservice.scaffolder.status.phase.Phase.PROPOSED;
import static io.github.rayservice.scaffolder.status.phase.Phase.PROVISIONING;
import static io.github.rayservice.scaffolder.status.phase.Phase.REJECTED;
import static io.github.rayservice.scaffolder.status.phase.Phase.RUNNING;
import static io.github.rayservice.scaffolder.status.phase.Phase.STARTING;
import static io.github.rayservice.scaffolder.status.phase.Phase.SYNCING;
import static io.github.rayservice.scaffolder.status.phase.Phase.UNKNOWN;
import static io.github.rayservice.scaffolder.status.phase.Phase.UPDATING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.Observed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row: what the sources say, and which phase the Ray Service then has. */
class PhaseRulesTest {
  private static final ObservationFixture NEW =
      new ObservationFixture(ACCEPTED, absent(), absent(), absent());
  private static final ObservationFixture MADE = running().ray(absent());

  /** As Argo CD 3.6 says it. */
  private static final String REFUSED_BY_POLICY =
      "Failed to compare desired state to live state: failed to calculate diff: error calculating server side diff: "
          + "rayservices.kro.run \"x\" is invalid: : ValidatingAdmissionPolicy 'rayservice-values' with binding "
          + "'rayservice-values' denied request: spec.ingress.host: x must be one of models.company.com (hosts of the platform).";

  private static final String UNREADABLE_FILE =
      "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: "
          + "code = FailedPrecondition desc = Failed to unmarshal \"rayservice.yaml\"";

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
    return Stream.of(onTheWay(), failing(), changing()).flatMap(rows -> rows);
  }

  private static Stream<Arguments> onTheWay() {
    return Stream.of(
        row(
            "open",
            NEW.git(proposed(DesiredState.MergeRequest.State.OPEN)),
            PROPOSED,
            "AwaitingMerge"),
        row(
            "16 closed",
            NEW.git(proposed(DesiredState.MergeRequest.State.CLOSED)),
            REJECTED,
            "MergeRequestClosed"),
        row(
            "17 merged",
            NEW.git(proposed(DesiredState.MergeRequest.State.MERGED)),
            Phase.ACCEPTED,
            "Merged"),
        row(
            "17 merged, on the branch",
            running()
                .git(
                    ObservationFixture.git(
                        Optional.of(EARLIER), DesiredState.MergeRequest.State.MERGED)),
            RUNNING,
            "Ready"),
        row("on the branch", NEW, Phase.ACCEPTED, "NotYetSeen"),
        row(
            "no cluster",
            NEW.kro(new Observed.NotWatched<>()),
            Phase.ACCEPTED,
            "ClusterNotWatched"),
        row(
            "Argo CD has it",
            NEW.argo(argo("OutOfSync", "Missing", "")),
            SYNCING,
            "InstanceMissing"),
        row(
            "Argo CD applies it",
            NEW.argo(argo("OutOfSync", "Missing", "Running")),
            SYNCING,
            "SyncRunning"),
        row("applied, not seen by kro", MADE.kro(kro("", 1, 0)), PROVISIONING, "RayServiceMissing"),
        row(
            "kro works",
            MADE.kro(kro("IN_PROGRESS", 1, 1, ready("False", "NotReady"))),
            PROVISIONING,
            "NotReady"),
        row(
            "KubeRay has not looked",
            running().ray(ray(1, 0, "Unknown", "", List.of(), null, null)),
            STARTING,
            "NotYetSeenByKubeRay"),
        row(
            "Ray comes up",
            running().ray(ray(1, 1, "False", "Initializing", List.of(), null, "DEPLOYING")),
            STARTING,
            "Initializing"),
        row(
            "its first Ray cluster becomes the active one",
            running().ray(ray(1, 1, "False", "Initializing", List.of(), "DEPLOYING", null)),
            STARTING,
            "Initializing"),
        row(
            "Ray is up, kro not yet",
            running().kro(kro("IN_PROGRESS", 1, 1, ready("False", "NotReady"))),
            STARTING,
            "NotReady"),
        row(
            "it answers, and kro is at a change",
            running().kro(kro("IN_PROGRESS", 2, 2, ready("False", "NotReady"))),
            UPDATING,
            "NotReady"),
        row("all ready", running(), RUNNING, "Ready"),
        row("without Argo CD", running().argo(absent()), RUNNING, "Ready"),
        row(
            "applied by hand, never in Git",
            running().argo(absent()).git(seen(DesiredState.NOTHING)).kro(byHand()),
            RUNNING,
            "Ready"));
  }

  private static Stream<Arguments> failing() {
    return Stream.of(
        row("sync failed", NEW.argo(argo("OutOfSync", "Missing", "Failed")), FAILED, "SyncFailed"),
        row(
            "Argo CD does not get through",
            NEW.argo(comparisonError("Failed to load live state: net/http: request canceled")),
            SYNCING,
            "ComparisonError"),
        row(
            "Argo CD does not get through, it runs",
            running().argo(comparisonError("repository not accessible")),
            UNKNOWN,
            "ComparisonError"),
        row(
            "a policy refuses it",
            NEW.argo(comparisonError(REFUSED_BY_POLICY)),
            FAILED,
            "ComparisonError"),
        row(
            "a policy refuses the change, it runs",
            running().argo(comparisonError(REFUSED_BY_POLICY)),
            DEGRADED,
            "ComparisonError"),
        row(
            "a webhook does not answer, it runs",
            running()
                .argo(comparisonError("failed calling webhook \"x\": context deadline exceeded")),
            UNKNOWN,
            "ComparisonError"),
        row(
            "Argo CD cannot read the file",
            NEW.argo(comparisonError(UNREADABLE_FILE)),
            FAILED,
            "ComparisonError"),
        row(
            "Argo CD cannot read the file, it runs",
            running().argo(comparisonError(UNREADABLE_FILE)),
            DEGRADED,
            "ComparisonError"),
        row(
            "the API server refuses it to kro",
            MADE.kro(broken("InstanceManaged", "the policy denied request: no")),
            FAILED,
            "ManagementFailed"),
        row(
            "kro does not get through",
            MADE.kro(broken("InstanceManaged", "context deadline exceeded")),
            PROVISIONING,
            "KroRetrying"),
        row(
            "the definition is read again while Ray comes up",
            running()
                .kro(broken("GraphResolved", "latest issued graph revision 2 is pending"))
                .ray(ray(1, 1, "False", "Initializing", List.of(), null, "DEPLOYING")),
            STARTING,
            "KroRetrying"),
        row(
            "the definition is read again, and it answers",
            running().kro(broken("GraphResolved", "latest issued graph revision 2 is pending")),
            UPDATING,
            "KroRetrying"),
        row(
            "the definition is broken, and it answers",
            running().kro(broken("GraphResolved", "latest issued graph revision 2 failed")),
            DEGRADED,
            "ManagementFailed"),
        row(
            "a bad zip, and kro does not get through",
            running()
                .kro(broken("InstanceManaged", "context deadline exceeded"))
                .ray(ray(1, 1, "False", "Initializing", List.of(), null, "DEPLOY_FAILED")),
            FAILED,
            "ServeDeployFailed"),
        row(
            "it answers no more, and kro does not get through",
            running()
                .kro(broken("InstanceManaged", "context deadline exceeded"))
                .ray(ray(2, 2, "False", "ZeroServeEndpoints", List.of(), "RUNNING", null)),
            DEGRADED,
            "KroRetrying"),
        row(
            "the namespace of the one before still ends",
            MADE.kro(broken("InstanceManaged", "forbidden: x is being terminated")),
            PROVISIONING,
            "KroRetrying"),
        row(
            "namespace taken",
            MADE.kro(
                kro(
                    "ERROR",
                    1,
                    1,
                    condition(
                        "ResourcesReady", "False", "NotReady", "belongs to a different ApplySet"),
                    ready("False", "NotReady"))),
            FAILED,
            "NotReady"),
        row(
            "KubeRay refuses",
            running().ray(ray(1, 0, "False", "ValidationFailed", List.of(), null, null)),
            FAILED,
            "ValidationFailed"),
        row(
            "KubeRay refuses the update, the old one serves",
            running().ray(ray(3, 2, "False", "ValidationFailed", List.of(), "RUNNING", null)),
            DEGRADED,
            "ValidationFailed"),
        row(
            "too slow",
            running().ray(ray(1, 1, "False", "InitializingTimeout", List.of(), null, null)),
            FAILED,
            "InitializingTimeout"),
        row(
            "bad zip",
            running().ray(ray(1, 1, "False", "Initializing", List.of(), null, "DEPLOY_FAILED")),
            FAILED,
            "ServeDeployFailed"),
        row(
            "bad zip in an update",
            running()
                .ray(
                    ray(
                        2,
                        2,
                        "True",
                        "NonZeroServeEndpoints",
                        List.of(),
                        "RUNNING",
                        "DEPLOY_FAILED")),
            DEGRADED,
            "ServeDeployFailed"),
        row(
            "an application is unhealthy",
            running().ray(ray(2, 2, "True", "NonZeroServeEndpoints", List.of(), "UNHEALTHY", null)),
            DEGRADED,
            "ServeApplicationUnhealthy"),
        row(
            "unhealthy, and its successor is on its way",
            running()
                .ray(
                    ray(
                        2,
                        2,
                        "True",
                        "NonZeroServeEndpoints",
                        List.of(),
                        "UNHEALTHY",
                        "DEPLOYING")),
            DEGRADED,
            "ServeApplicationUnhealthy"),
        row(
            "no endpoints any more",
            running().ray(ray(2, 2, "False", "ZeroServeEndpoints", List.of(), "RUNNING", null)),
            DEGRADED,
            "ZeroServeEndpoints"),
        row(
            "suspended",
            running()
                .ray(
                    ray(
                        2,
                        2,
                        "False",
                        "SuspendComplete",
                        List.of(condition("Suspended", "True", "", "")),
                        null,
                        null)),
            DEGRADED,
            "Suspended"));
  }

  private static Stream<Arguments> changing() {
    return Stream.of(
        row(
            "Git is ahead",
            running().git(ObservationFixture.git(Optional.of(LATER), null)),
            UPDATING,
            "NotYetSeen"),
        row(
            "Git is ahead by the clocks, and Argo CD has compared that very version",
            running().git(ObservationFixture.compared(LATER)),
            Phase.RUNNING,
            "Ready"),
        row(
            "synced, they say, but the cluster holds another value",
            running().git(holding(Map.of("name", "text-ml", "replicas", 3))),
            UPDATING,
            "NotAsInGit"),
        row(
            "synced, they say, but the cluster lacks a field",
            running().git(holding(Map.of("ingress", Map.of("host", "a")))),
            UPDATING,
            "NotAsInGit"),
        row(
            "the cluster has defaults beside what Git says",
            running().git(holding(Map.of("replicas", 2.0))),
            RUNNING,
            "Ready"),
        row(
            "out of sync",
            running().argo(argo("OutOfSync", "Healthy", "Running")),
            UPDATING,
            "OutOfSync"),
        row(
            "sync of the update failed",
            running().argo(argo("OutOfSync", "Healthy", "Failed")),
            DEGRADED,
            "SyncFailed"),
        row(
            "a second cluster",
            running()
                .ray(
                    ray(
                        2,
                        2,
                        "True",
                        "NonZeroServeEndpoints",
                        List.of(condition("UpgradeInProgress", "True", "", "")),
                        "RUNNING",
                        "DEPLOYING")),
            UPDATING,
            "UpgradeInProgress"),
        row(
            "KubeRay refuses a change while the first Ray cluster is prepared",
            running().ray(ray(2, 1, "False", "ValidationFailed", List.of(), null, "DEPLOYING")),
            FAILED,
            "ValidationFailed"),
        row(
            "another version is deployed in the same Ray cluster",
            running().ray(ray(2, 2, "True", "NonZeroServeEndpoints", List.of(), "DEPLOYING", null)),
            UPDATING,
            "Deploying"));
  }

  private static Arguments row(String when, ObservationFixture seen, Phase phase, String reason) {
    return arguments(when, seen, phase, reason);
  }

  private static Observed<KroInstance> broken(String condition, String message) {
    return kro(
        "ERROR",
        1,
        1,
        condition(condition, "False", "ManagementFailed", message),
        ready("False", "NotReady"));
  }

  private static Observed<KroInstance> byHand() {
    KroInstance applied = instance("ACTIVE", 1, 1, false, ready("True", "Ready"));
    return seen(
        new KroInstance(
            applied.metadata(),
            applied.targetNamespace(),
            applied.host(),
            applied.ingressClass(),
            false,
            applied.missingSecrets(),
            applied.suspended(),
            applied.state(),
            applied.conditions(),
            applied.spec()));
  }

  private static Observed<ArgoApplication> comparisonError(String message) {
    return seen(
        application(
            "Unknown",
            "Healthy",
            "",
            NOW,
            List.of(condition("ComparisonError", "", "", message)),
            false));
  }
}
