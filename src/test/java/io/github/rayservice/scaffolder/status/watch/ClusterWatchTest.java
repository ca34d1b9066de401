package io.github.rayservice.scaffolder.status.watch;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ID;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.RayServiceStatus.Transition;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.StatusStores;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import io.github.rayservice.scaffolder.testsupport.kubernetes.FakeCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The cluster misbehaves; the service says so and goes on. Bounds only end tests that hang. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
class ClusterWatchTest {
  private static final RayServiceId OTHER = new RayServiceId("team-ml", "other");
  private static final DesiredState ACCEPTED =
      new DesiredState(
          Optional.of(new DesiredState.Accepted("tree", Optional.empty(), SpecFingerprint.NONE)),
          Optional.empty());

  private final FakeCluster cluster = new FakeCluster();
  private final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(
              new ConfigBuilder()
                  .withMasterUrl(cluster.url())
                  .withRequestRetryBackoffLimit(0)
                  .withWatchReconnectInterval(50)
                  .build())
          .build();
  private final StatusStore statusStore = StatusStores.watching();
  private ClusterWatch watch =
      new ClusterWatch(StatusStores.CONFIG, new StatusStores.Just<>(client), statusStore);

  @BeforeEach
  void accepted() {
    statusStore.desired(Map.of(ID, ACCEPTED, OTHER, ACCEPTED));
  }

  @AfterEach
  void end() {
    watch.stop();
    client.close();
    cluster.close();
  }

  @Test
  void followsARayServiceFromItsApplicationToItsEnd() throws InterruptedException {
    watch.begin();
    until(() -> phase() == Phase.ACCEPTED);

    ClusterObjects.of("running").forEach(cluster::put);
    until(() -> phase() == Phase.RUNNING);
    ClusterObjects.of("running").forEach(cluster::delete);
    until(() -> phase() == Phase.ACCEPTED);

    assertThat(statusStore.find(ID).orElseThrow().history())
        .extracting(Transition::phase)
        .containsSubsequence(Phase.ACCEPTED, Phase.RUNNING, Phase.ACCEPTED);
  }

  @Test
  void asksOnlyForWhatIsItsOwn() throws InterruptedException {
    watch.begin();
    until(() -> phase() == Phase.ACCEPTED);

    assertThat(cluster.requests())
        .anyMatch(r -> r.startsWith("/api/v1/pods?labelSelector=ray.io%2Fcluster&"))
        .anyMatch(r -> r.startsWith("/apis/argoproj.io/v1alpha1/namespaces/argocd/applications?"))
        .anyMatch(r -> r.contains("/rayservices?labelSelector=kro.run%2Finstance-name"))
        .anyMatch(r -> r.startsWith("/api/v1/events?fieldSelector=type%3DWarning"));
  }

  @Test
  void oneForbiddenKindDoesNotAffectTheOthers() throws InterruptedException {
    cluster.refuse("applications.argoproj.io", 403);
    cluster.refuse("pods", 403);
    ClusterObjects.of("running").forEach(cluster::put);

    watch.begin();

    until(() -> phase() == Phase.RUNNING);
    assertThat(why(WatchedKind.APPLICATION))
        .isEqualTo("the cluster forbids to list and watch applications.argoproj.io");
    assertThat(why(WatchedKind.POD)).contains("forbids");
  }

  @Test
  void aCrdInstalledLaterIsWatched() throws InterruptedException {
    cluster.refuse("rayservices.ray.io", 404);
    ClusterObjects.of("running").forEach(cluster::put);

    watch.begin();
    until(() ->
        phase() == Phase.UNKNOWN && why(WatchedKind.RAY_SERVICE).contains("CRD is not installed"));
    cluster.allow("rayservices.ray.io");

    until(() -> phase() == Phase.RUNNING);
  }

  @Test
  void aCrdThatIsRemovedIsNoticedAndSoIsItsReturn() throws InterruptedException {
    ClusterObjects.of("running").forEach(cluster::put);
    watch.begin();
    until(() -> phase() == Phase.RUNNING);

    cluster.refuse("rayservices.ray.io", 404);
    until(() -> why(WatchedKind.RAY_SERVICE).contains("CRD is not installed"));
    assertThat(phase()).isEqualTo(Phase.UNKNOWN);
    cluster.allow("rayservices.ray.io");

    until(() -> phase() == Phase.RUNNING);
  }

  @Test
  void anUnreachableApiServerIsReportedWithItsTime() throws InterruptedException {
    ClusterObjects.of("running").forEach(cluster::put);
    watch.begin();
    until(() -> phase() == Phase.RUNNING);

    cluster.leave();
    until(() -> phase() == Phase.UNKNOWN && !why(WatchedKind.INSTANCE).isEmpty());
    Instant since = ((SourceState.Unavailable) access(WatchedKind.INSTANCE)).since();
    watch.check();
    Instant later = ((SourceState.Unavailable) access(WatchedKind.INSTANCE)).since();
    cluster.comeBack();

    until(() -> phase() == Phase.RUNNING);
    assertThat(later).isEqualTo(since);
  }

  @Test
  void aServerThatIsAwayAtTheStartIsNoHindrance() throws InterruptedException {
    ClusterObjects.of("running").forEach(cluster::put);
    cluster.leave();

    watch.begin();
    until(() -> phase() == Phase.UNKNOWN);
    cluster.comeBack();

    until(() -> phase() == Phase.RUNNING);
  }

  @Test
  void after410GoneNoTransitionIsMissedOrDoubled() throws InterruptedException {
    ClusterObjects.of("running").forEach(cluster::put);
    watch.begin();
    until(() -> phase() == Phase.RUNNING);
    GenericKubernetesResource service = ClusterObjects.of("running", "ray.io/v1", "RayService");
    GenericKubernetesResource second =
        ClusterObjects.of("running", "kro.run/v1alpha1", "RayService");
    second.getMetadata().setName("other");
    second.getMetadata().setUid("k2");

    synchronized (cluster) {
      cluster.delete(service);
      cluster.put(second);
      cluster.forget();
    }

    until(() -> phase() == Phase.PROVISIONING && isSeen(OTHER));
    assertThat(withoutDoubts(statusStore.find(ID).orElseThrow().history()))
        .containsExactly(Phase.RUNNING, Phase.PROVISIONING);
  }

  /** While kinds are listed again, one after the other, there may be a doubt between. */
  private static List<Phase> withoutDoubts(List<Transition> history) {
    List<Phase> phases = new ArrayList<>();
    for (Transition transition : history) {
      boolean again = !phases.isEmpty() && phases.getLast() == transition.phase();
      if (transition.phase() != Phase.UNKNOWN && !again) {
        phases.add(transition.phase());
      }
    }
    return phases;
  }

  /** A real API server does that every few minutes. */
  @Test
  void aWatchThatEndsOnTimeMovesNothing() throws InterruptedException {
    watch =
        new ClusterWatch(
            new StatusStores.Settings(true, Duration.ofMinutes(1)),
            new StatusStores.Just<>(client),
            statusStore);
    ClusterObjects.of("running").forEach(cluster::put);
    watch.begin();
    until(() -> phase() == Phase.RUNNING);
    List<Transition> before = statusStore.find(ID).orElseThrow().history();

    int asked = cluster.requests().size();
    cluster.cut();
    until(() -> cluster.requests().size() >= asked + WatchedKind.values().length);

    assertThat(statusStore.find(ID).orElseThrow().history()).isEqualTo(before);
    cluster.delete(ClusterObjects.of("running", "ray.io/v1", "RayService"));
    until(() -> phase() == Phase.PROVISIONING);
  }

  @Test
  void oneMalformedObjectDoesNotAffectTheOthers() throws InterruptedException {
    ClusterObjects.of("running").forEach(cluster::put);
    GenericKubernetesResource broken =
        ClusterObjects.with(
            ClusterObjects.of("running", "kro.run/v1alpha1", "RayService"), "?", "spec");
    broken.getMetadata().setName("broken");
    broken.getMetadata().setUid("k3");
    cluster.put(broken);

    watch.begin();

    until(() -> phase() == Phase.RUNNING);
    PhaseStatus phaseStatus =
        statusStore.find(new RayServiceId("team-ml", "broken")).orElseThrow().phaseStatus();
    assertThat(phaseStatus.phase()).isEqualTo(Phase.UNKNOWN);
    assertThat(phaseStatus.message()).contains("spec is no object: ?");
  }

  private Phase phase() {
    return statusStore.find(ID).map(s -> s.phaseStatus().phase()).orElse(Phase.DELETING);
  }

  private boolean isSeen(RayServiceId id) {
    return statusStore.find(id).orElseThrow().phaseStatus().phase() == Phase.PROVISIONING;
  }

  private SourceState access(WatchedKind kind) {
    return requireNonNull(statusStore.sources().get(kind.label()));
  }

  private String why(WatchedKind kind) {
    return access(kind) instanceof SourceState.Unavailable away ? away.why() : "";
  }

  /** The bound only ends a test that would wait for ever, and says what was seen. */
  private void until(BooleanSupplier reached) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            statusStore.find(ID) + " " + statusStore.sources() + cluster.requests());
      }
      watch.check();
      Thread.sleep(20);
    }
  }
}
