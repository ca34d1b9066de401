package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.StatusStoreTest;
import io.github.rayservice.scaffolder.status.StatusStores;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is said of pods, and for how long. Two workers are wanted, as {@code starting.yaml} says.
 */
class PodFindingsTest {
  private static final String WORKER = "text-ml-7h2kq-workers-worker-";
  private static final Instant CREATED = Instant.parse("2026-11-20T08:01:10Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(CREATED.plusSeconds(600));
  private final StatusStore statusStore = StatusStores.watching(now::get);

  @BeforeEach
  void starting() {
    for (WatchedKind kind : WatchedKind.values()) {
      statusStore.markAvailable(kind);
    }
    statusStore.desired(
        Map.of(
            ID,
            new DesiredState(
                Optional.of(
                    new DesiredState.Accepted("tree", Optional.empty(), SpecFingerprint.NONE)),
                Optional.empty())));
    see("starting");
  }

  private void see(String file) {
    ClusterObjects.of(file).forEach(this::see);
  }

  private void see(GenericKubernetesResource object) {
    statusStore.apply(StatusStoreTest.kind(object), object);
  }

  private List<Finding> findings() {
    return statusStore.find(ID).orElseThrow().diagnosis();
  }

  private List<Problem> problems() {
    return findings().stream().map(Finding::problem).toList();
  }

  /** A pod whose status is given; its name tells it from others. */
  private static GenericKubernetesResource pod(
      String cluster, boolean head, String name, Map<String, Object> status) {
    GenericKubernetesResource pod = new GenericKubernetesResource();
    pod.setApiVersion("v1");
    pod.setKind("Pod");
    ObjectMeta metadata = new ObjectMeta();
    metadata.setName(name);
    metadata.setNamespace("ray-system");
    metadata.setUid(name);
    metadata.setResourceVersion("300");
    metadata.setCreationTimestamp(CREATED.toString());
    metadata.setLabels(
        Map.of("ray.io/cluster", cluster, "ray.io/node-type", head ? "head" : "worker"));
    pod.setMetadata(metadata);
    pod.setAdditionalProperty("spec", Map.of());
    pod.setAdditionalProperty("status", status);
    return pod;
  }

  private static GenericKubernetesResource worker(String name, Map<String, Object> status) {
    return pod("text-ml-7h2kq", false, WORKER + name, status);
  }

  private static Map<String, Object> running() {
    return Map.of("phase", "Running");
  }

  private static Map<String, Object> waiting(String reason) {
    return Map.of(
        "phase",
        "Pending",
        "containerStatuses",
        List.of(
            Map.of(
                "name",
                "ray-worker",
                "state",
                Map.of("waiting", Map.of("reason", reason, "message", "no")))));
  }

  /** The same pod with another status. */
  private void change(String file, Map<String, Object> status) {
    GenericKubernetesResource pod = ClusterObjects.of(file).getFirst();
    pod.getMetadata().setResourceVersion("400");
    pod.setAdditionalProperty("status", status);
    see(pod);
  }

  @Test
  void theInitContainerIsNamedWithWhatCanBeDoneAboutIt() {
    see("diagnosis/init-out-of-memory");

    Finding finding = findings().getFirst();
    assertThat(finding.message()).endsWith(WORKER + "q1w2e, init container wait-gcs-ready)");
    assertThat(finding.nextStep()).contains("256Mi", "ENABLE_INIT_CONTAINER_INJECTION=false");
    assertThat(problems()).doesNotContain(Problem.WORKERS_NOT_JOINING);
  }

  @Test
  void theLogOfAnInitContainerIsNamed() {
    see("diagnosis/init-crash");

    assertThat(findings().getFirst().nextStep())
        .endsWith(
            "kubectl logs --previous --namespace ray-system %sq1w2e --container wait-gcs-ready"
                .formatted(WORKER));
  }

  @Test
  void allReasonsOfTheSchedulerAreTold() {
    see("diagnosis/unschedulable-mixed");

    Finding finding = findings().getFirst();
    assertThat(finding.message())
        .isEqualTo(
            "no node takes the pod %sq1w2e: Insufficient nvidia.com/gpu on 3 of 4 nodes, Insufficient cpu on 1"
                .formatted(WORKER));
    assertThat(finding.evidence()).contains("it asks for 64 cpu, 1Gi memory, 2 nvidia.com/gpu");
  }

  @Test
  void aTaintIsToleratedByHardware() {
    see("diagnosis/unschedulable-taint");

    assertThat(findings().getFirst().nextStep()).startsWith("choose hardware that tolerates it");
  }

  @Test
  void anImageNameThatNoNodeCanReadIsCorrectedInTheForm() {
    see("diagnosis/image-name");

    assertThat(findings().getFirst().message()).contains("https://registry.company.com/ray:1");
    assertThat(findings().getFirst().nextStep()).startsWith("correct ray.image in the form");
  }

  @Test
  void whoFillsItsOwnDiskHasToWriteLess() {
    see("diagnosis/evicted");
    assertThat(findings().getFirst().nextStep()).startsWith("free what the node is low on");

    see("diagnosis/evicted-own-limit");
    change("diagnosis/evicted-own-limit", own());

    assertThat(findings()).hasSize(1);
    assertThat(findings().getFirst().nextStep()).startsWith("let the code write fewer files");
  }

  private static Map<String, Object> own() {
    return Map.of(
        "phase",
        "Failed",
        "reason",
        "Evicted",
        "message",
        "Usage of EmptyDir volume \"shared-mem\" exceeds the limit \"1Gi\". ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evicted", "node-full", "node-shutdown", "node-lost"})
  void aPodThatHasEndedIsNoFaultOnceOthersAreInItsPlace(String file) {
    see("diagnosis/" + file);
    see(worker("a", running()));
    assertThat(findings()).hasSize(1);

    see(worker("b", running()));

    assertThat(problems()).isEmpty();
  }

  /** Ray's autoscaler has pods that do not start again: then there is no word of the node. */
  @Test
  void aPodWhoseContainerFailedForGoodIsToldUntilThereIsAnother() {
    Map<String, Object> failed =
        Map.of(
            "phase",
            "Failed",
            "containerStatuses",
            List.of(
                Map.of(
                    "name",
                    "ray-worker",
                    "state",
                    Map.of("terminated", Map.of("exitCode", 1, "reason", "Error")))));
    see(worker("a", failed));
    see(worker("b", running()));
    assertThat(problems()).containsExactly(Problem.CRASH);

    see(worker("c", running()));

    assertThat(problems()).isEmpty();
  }

  @Test
  void aContainerThatEndsWellAgainAndAgainIsTold() {
    see(
        worker(
            "a",
            Map.of(
                "phase",
                "Running",
                "containerStatuses",
                List.of(
                    Map.of(
                        "name",
                        "ray-worker",
                        "restartCount",
                        5,
                        "state",
                        Map.of("waiting", Map.of("reason", "CrashLoopBackOff")),
                        "lastState",
                        Map.of("terminated", Map.of("exitCode", 0, "reason", "Completed")))))));

    assertThat(findings().getFirst().evidence())
        .containsExactly("Completed, exit code 0, 5 restarts");
  }

  /**
   * The kubelet then waits for the copy of a Secret, and people would look in the wrong namespace.
   */
  @ParameterizedTest
  @ValueSource(strings = {"setup", "volume"})
  void whatFollowsFromAMissingSecretIsNotAFaultOfThePod(String file) {
    see("diagnosis/" + file);
    assertThat(problems()).hasSize(1).doesNotContain(Problem.SECRET_MISSING);

    GenericKubernetesResource instance = ClusterObjects.of("diagnosis/secret-missing").getFirst();
    Map<String, Object> status = new HashMap<>(instance.<Map<String, Object>>get("status"));
    status.put("missingSecrets", "hf,netrc");
    instance.setAdditionalProperty("status", status);
    see(instance);

    assertThat(problems()).containsExactly(Problem.SECRET_MISSING, Problem.SECRET_MISSING);
  }

  @Test
  void theOtherMayHaveAFaultOfItsOwn() {
    see("diagnosis/evicted");
    see(worker("a", running()));

    see(worker("b", waiting("ErrImagePull")));

    assertThat(problems()).containsExactly(Problem.IMAGE_PULL);
  }

  @Test
  void aHeadThatWasEvictedIsAFaultUntilThereIsAnother() {
    statusStore.delete(WatchedKind.POD, ClusterObjects.of("starting").getLast());
    see(pod("text-ml-7h2kq", true, "text-ml-7h2kq-head-old", own()));
    see(worker("a", running()));
    assertThat(problems()).containsExactly(Problem.EVICTED);
    assertThat(statusStore.find(ID).orElseThrow().phaseStatus().message())
        .isEqualTo("0 of 2 workers run");

    see(pod("text-ml-7h2kq", true, "text-ml-7h2kq-head-new", running()));

    assertThat(problems()).isEmpty();
  }

  @Test
  void thePodsOfARayClusterThatIsNotUsedAnyMoreSayNothing() {
    see(pod("text-ml-1old", false, "old", waiting("ImagePullBackOff")));
    see(pod("text-ml-1old", true, "old-head", own()));

    assertThat(problems()).isEmpty();
  }

  @Test
  void aPodThatIsBeingDeletedSaysNothing() {
    GenericKubernetesResource leaving = worker("a", waiting("ImagePullBackOff"));
    leaving.getMetadata().setDeletionTimestamp(CREATED.toString());

    see(leaving);

    assertThat(problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sandbox", "sandbox-no-status", "volume", "volume-attach"})
  void anEventSaysNothingOnceTheSandboxIsThere(String file) {
    see("diagnosis/" + file);
    assertThat(findings()).hasSize(1);

    change(
        "diagnosis/" + file,
        Map.of(
            "phase",
            "Pending",
            "conditions",
            List.of(Map.of("type", "PodReadyToStartContainers", "status", "True")),
            "initContainerStatuses",
            List.of(
                Map.of(
                    "name",
                    "wait-gcs-ready",
                    "state",
                    Map.of("waiting", Map.of("reason", "PodInitializing"))))));

    assertThat(problems()).doesNotContain(Problem.SANDBOX_FAILED, Problem.VOLUME_NOT_MOUNTED);
  }

  /** A kubelet before 1.29 has no condition for it. */
  @Test
  void anEventSaysNothingOnceAContainerWasTouched() {
    see("diagnosis/sandbox-no-status");

    change("diagnosis/sandbox-no-status", waiting("ErrImagePull"));

    assertThat(problems()).containsExactly(Problem.IMAGE_PULL);
  }

  @Test
  void anEventSaysNothingOfAnotherPodOfThatName() {
    see("diagnosis/sandbox");
    GenericKubernetesResource pod = ClusterObjects.of("diagnosis/sandbox").getFirst();
    statusStore.delete(WatchedKind.POD, pod);
    assertThat(problems()).isEmpty();

    pod.getMetadata().setUid("p3");
    see(pod);

    assertThat(problems()).isEmpty();
  }

  @Test
  void aFirstAttemptMayFail() {
    now.set(CREATED.plusSeconds(50));

    see("diagnosis/sandbox");
    assertThat(problems()).isEmpty();

    now.set(CREATED.plusSeconds(90));
    statusStore.reevaluateDue();
    assertThat(problems()).containsExactly(Problem.SANDBOX_FAILED);
  }

  /** The image of Ray has gigabytes, and whoever pulls it does not run. */
  @Test
  void aWorkerThatDoesNotRunYetIsNotSaidToStayAway() {
    see(
        worker(
            "a",
            Map.of(
                "phase",
                "Pending",
                "conditions",
                List.of(Map.of("type", "PodReadyToStartContainers", "status", "True")),
                "initContainerStatuses",
                List.of(
                    Map.of(
                        "name",
                        "wait-gcs-ready",
                        "state",
                        Map.of("waiting", Map.of("reason", "PodInitializing")))))));

    assertThat(problems()).isEmpty();
  }

  @Test
  void anEndThatWasLongAgoSaysNothing() {
    Map<String, Object> status =
        Map.of(
            "phase",
            "Running",
            "containerStatuses",
            List.of(
                Map.of(
                    "name",
                    "ray-worker",
                    "restartCount",
                    1,
                    "state",
                    Map.of("running", Map.of("startedAt", CREATED.plusSeconds(60).toString())),
                    "lastState",
                    Map.of("terminated", Map.of("exitCode", 137, "reason", "OOMKilled")))));
    see(worker("a", status));
    assertThat(problems()).containsExactly(Problem.OUT_OF_MEMORY);

    now.set(CREATED.plusSeconds(661));
    statusStore.reevaluateDue();

    assertThat(problems()).isEmpty();
  }

  @Test
  void aMissingSecretIsNamedWithItsNamespace() {
    see("diagnosis/setup");
    assertThat(findings().getFirst().nextStep()).startsWith("create in the namespace ray-system");

    change("diagnosis/setup", waiting("CreateContainerError"));
    assertThat(findings().getFirst().nextStep()).isEqualTo(Problem.CONTAINER_SETUP.nextStep());
  }
}
