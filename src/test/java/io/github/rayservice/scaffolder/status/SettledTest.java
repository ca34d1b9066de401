package io.github.rayservice.scaffolder.status;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real KubeRay leaves {@code observedGeneration} behind when a change brings no other news, as
 * one of the number of workers does.
 */
class SettledTest {
  private final StatusStore statusStore = StatusStores.live();

  @ParameterizedTest
  @CsvSource({"2, UPDATING, SpecChanged", "60, RUNNING, Ready"})
  void anOldGenerationIsBelievedOnceKubeRayMustHaveLooked(
      int secondsAgo, Phase phase, String reason) {
    running();

    statusStore.apply(WatchedKind.RAY_SERVICE, changed(secondsAgo));

    PhaseStatus phaseStatus = statusStore.find(ID).orElseThrow().phaseStatus();
    assertThat(phaseStatus.phase()).isEqualTo(phase);
    assertThat(phaseStatus.reason()).isEqualTo(reason);
  }

  @Test
  void neverWhereKubeRayHasSaidNothingAtAll() {
    running();
    GenericKubernetesResource silent = changed(600);
    silent.getAdditionalProperties().remove("status");

    statusStore.apply(WatchedKind.RAY_SERVICE, silent);

    assertThat(statusStore.find(ID).orElseThrow().phaseStatus().reason())
        .isEqualTo("NotYetSeenByKubeRay");
  }

  @Test
  void workersThatAreStillComingAreCounted() {
    running();
    GenericKubernetesResource cluster = ClusterObjects.of("running", "ray.io/v1", "RayCluster");
    cluster.getMetadata().setResourceVersion("900");
    ClusterObjects.with(cluster, 4, "status", "desiredWorkerReplicas");

    statusStore.apply(WatchedKind.RAY_CLUSTER, cluster);

    PhaseStatus phaseStatus = statusStore.find(ID).orElseThrow().phaseStatus();
    assertThat(phaseStatus.phase()).isEqualTo(Phase.UPDATING);
    assertThat(phaseStatus.message()).isEqualTo("3 of 4 workers run");
  }

  private void running() {
    statusStore.desired(
        Map.of(
            ID,
            new DesiredState(
                Optional.of(
                    new DesiredState.Accepted("tree", Optional.empty(), SpecFingerprint.NONE)),
                Optional.empty())));
    ClusterObjects.of("running")
        .forEach(object -> statusStore.apply(StatusStoreTest.kind(object), object));
    assertThat(statusStore.find(ID).orElseThrow().phaseStatus().phase()).isEqualTo(Phase.RUNNING);
  }

  /** One worker more, and KubeRay's status as it was. */
  private static GenericKubernetesResource changed(int secondsAgo) {
    GenericKubernetesResource service = ClusterObjects.of("running", "ray.io/v1", "RayService");
    service.getMetadata().setResourceVersion("900");
    service.getMetadata().setGeneration(service.getMetadata().getGeneration() + 1);
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    service
        .getMetadata()
        .setManagedFields(
            List.of(
                new ManagedFieldsEntryBuilder()
                    .withManager("kro.run/applyset")
                    .withTime(now.minusSeconds(secondsAgo).toString())
                    .withNewFieldsV1()
                    .addToAdditionalProperties("f:spec", Map.of())
                    .endFieldsV1()
                    .build(),
                new ManagedFieldsEntryBuilder()
                    .withManager("kuberay-operator")
                    .withSubresource("status")
                    .withTime(now.toString())
                    .withNewFieldsV1()
                    .addToAdditionalProperties("f:status", Map.of())
                    .endFieldsV1()
                    .build()));
    return service;
  }
}
