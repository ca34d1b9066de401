package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.status.RayServiceStatus;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.StatusStoreTest;
import io.github.rayservice.scaffolder.status.StatusStores;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.platform.DnsProbe;
import io.github.rayservice.scaffolder.status.resource.ClusterError;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is in the way, and what the service says of it. The objects of each case are in {@code
 * src/test/resources/status/diagnosis}; they come on top of a Ray Service that is starting.
 */
@SuppressWarnings("unchecked")
class DiagnosisTest {
  private final StatusStore statusStore = StatusStores.live();

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "zip-not-found | ZipNotFound | urllib.error.HTTPError: HTTP Error 404: Not Found",
        "zip-forbidden | ZipForbidden | urllib.error.HTTPError: HTTP Error 403: Forbidden",
        "zip-tls | ZipTls | ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED]",
        "not-a-zip | NotAZip | zipfile.BadZipFile: File is not a zip file",
        "zip-unreachable | ZipUnreachable | Name or service not known",
        "entry-point | EntryPoint | ModuleNotFoundError: No module named 'text_ml'",
        "attribute-missing | EntryPoint | AttributeError: module 'text_ml' has no attribute 'application'",
        "module-missing | ModuleMissing | ModuleNotFoundError: No module named 'transformers'",
        "packages-not-installed | PackagesNotInstalled | ERROR: No matching distribution found for no-such-package",
        "own-exception | ApplicationRaised | RuntimeError: the model file is broken",
        "raised-404 | ApplicationRaised | requests.exceptions.HTTPError: 404 Client Error",
        "raised-in-init | ApplicationRaised | OSError: weights.bin not found",
        "raised-while-retrying | ApplicationRaised | OSError: weights.bin not found",
        "raised-beside-waiting | ApplicationRaised | OSError: weights.bin not found",
        "serve-config-refused | ServeConfigRefused | UpdateDeployments fail: 404 Not Found",
        "serve-silent | ServeSilent | HeadPodReady of the RayCluster since 2026-11-20T08:02:00Z",
        "unhealthy | ServeUnhealthy | health check failed",
        "replicas-unscheduled | ReplicasUnscheduled | taken more than 30s to be scheduled",
        "replicas-slow | ReplicasSlow | taken more than 30s to initialize",
        "unschedulable-cpu | NotEnoughCpu | 3 Insufficient cpu",
        "unschedulable-memory | NotEnoughMemory | 1 Insufficient memory",
        "unschedulable-disk | NotEnoughDisk | 2 Insufficient ephemeral-storage",
        "unschedulable-gpu | NotEnoughGpu | 3 Insufficient nvidia.com/gpu",
        "unschedulable-taint | UntoleratedTaint | untolerated taint",
        "unschedulable-mixed | NotEnoughGpu | 1 Insufficient cpu, 3 Insufficient nvidia.com/gpu",
        "unschedulable-volume | VolumeNotBound | unbound immediate PersistentVolumeClaims",
        "unschedulable-cordoned | NodesCordoned | 2 node(s) were unschedulable",
        "unschedulable-full | NodesFull | 2 Too many pods",
        "unschedulable-gated | SchedulingGated | non-empty scheduling gates",
        "unschedulable-selector | Unschedulable | node affinity/selector",
        "evicted | Evicted | Evicted: The node was low on resource: ephemeral-storage.",
        "evicted-own-limit | Evicted | exceeds the total limit of containers 1Gi",
        "preempted | Evicted | Preempted in order to admit critical pod",
        "node-full | NodeRefused | OutOfcpu: Pod was rejected: Node didn't have enough resource",
        "node-device | NodeRefused | no healthy devices present",
        "node-affinity | NodeRefused | Predicate NodeAffinity failed",
        "node-shutdown | NodeShutdown | Terminated: Pod was terminated in response to",
        "node-lost | NodeShutdown | is unresponsive",
        "sandbox | SandboxFailed | FailedCreatePodSandBox: Failed to create pod sandbox",
        "sandbox-no-status | SandboxFailed | NetworkNotReady: network is not ready",
        "device | SandboxFailed | driver gpu.example.com is not registered",
        "volume | VolumeNotMounted | FailedMount: MountVolume.SetUp failed for volume",
        "volume-attach | VolumeNotMounted | FailedAttachVolume: Multi-Attach error",
        "init-out-of-memory | InitOutOfMemory | OOMKilled, exit code 137, 7 restarts",
        "init-image | ImagePull | ErrImagePull: failed to pull and unpack image",
        "init-crash | Crash | Error, exit code 1, 4 restarts",
        "init-start-error | ContainerSetup | exec: \"/bin/bash\": stat /bin/bash: no such file",
        "image-name | InvalidImageName | InvalidImageName: Failed to apply default image tag",
        "image-never | ImagePull | ErrImageNeverPull: Container image",
        "image-signature | ImagePull | SignatureValidationFailed: image pull failed",
        "setup-key | ContainerSetup | couldn't find key token in Secret ray-system/hf",
        "setup-create | ContainerSetup | CreateContainerError: failed to generate container spec",
        "setup-run | ContainerSetup | RunContainerError: failed to start container",
        "image | ImagePull | ImagePullBackOff: Back-off pulling image",
        "crash | Crash | Error, exit code 1, 4 restarts",
        "out-of-memory | OutOfMemory | OOMKilled, exit code 137, 2 restarts",
        "setup | ContainerSetup | secret \"hf\" not found",
        "start-error | ContainerSetup | exec: \"/bin/bash\": stat /bin/bash: no such file",
        "head-silent | HeadNotReady | runs since 2026-11-20T08:01:10Z and is not ready",
        "head-dashboard | HeadNotReady | the pod text-ml-7h2kq-head-x8z2p runs since",
        "workers-apart | WorkersNotJoining | is Pending, the head is ready",
        "quota | QuotaExceeded | exceeded quota: team",
        "pod-forbidden | PodForbidden | violates PodSecurity",
        "refused | RefusedByKubeRay | no more than 47 characters",
        "graph-inactive | GraphInactive | schema not found for ray.io/v1 RayService",
        "secret-missing | SecretMissing | status.missingSecrets of the kro instance: packages",
        "namespace-taken | NamespaceTaken | belongs to a different ApplySet",
        "namespace-came-later | NamespaceTaken | was not made for a Ray Service",
        "policy-broken | PolicyBroken | no params found for policy binding",
        "policy-refused | RefusedByPolicy | denied request: spec.ingress.host: argocd.company.com must be one of",
        "policy-refused-sync | RefusedByPolicy | denied the request: no label cost-centre",
        "team-missing | TeamNamespaceMissing | namespaces \"team-ml\" not found",
        "ingress-class | IngressClassMissing | no IngressClass of that name",
        "ingress-address | NoIngressAddress | the Ingress ray-system/text-ml-ray-ingress has no address",
        "kro-idle | KroIdle | the kro instance has no status",
        "kuberay-idle | KubeRayIdle | the RayService ray-system/text-ml has no status",
        "kro-not-ready | KroNotReady | Ready: ReconciliationFailed: failed to evaluate readyWhen expression",
        "kro-suspended | Suspended | the kro instance team-ml/text-ml-service has the annotation kro.run/reconcile",
        "kuberay-suspended | Suspended | the RayService ray-system/text-ml has the condition Suspended",
        "sync-earlier-commit | NotSynced | OutOfSync since 2026-11-20T08:10:00Z",
        "start-slow | StartSlow | InitializingTimeout since 2026-11-20T08:31:03Z",
        "upgrade-slow | UpgradeSlow | Serve applications of the Ray cluster text-ml-9next: text-ml DEPLOYING",
        "deletion-namespace | NamespaceTerminating | NamespaceContentRemaining: Some resources are remaining",
        "deletion-api-service | NamespaceTerminating | NamespaceDeletionDiscoveryFailure: Discovery failed for some groups",
        "deletion-finalizer | DeletionStuck | the RayCluster ray-system/text-ml-7h2kq is being deleted since 2026-11-20T09:00:02Z; finalizers: ray.io/gcs-ft-redis-cleanup-finalizer",
        "deletion-kro | DeletionStuck | namespaces \"ray-system\" is forbidden",
        "deletion-application | DeletionStuck | rayservices.kro.run \"text-ml-service\" is forbidden",
      })
  void theErrorNamesWhatIsAtThePath(String file, String problem, String evidence) {
    starting();

    see("diagnosis/" + file);

    Finding first = statusStore.find(ID).orElseThrow().diagnosis().getFirst();
    assertThat(first.problem().code()).isEqualTo(problem);
    assertThat(first.evidence().getFirst()).contains(evidence);
    assertThat(first.message()).isNotBlank();
    assertThat(first.nextStep()).isNotBlank().doesNotContain("{", "}");
  }

  @Test
  void everyCaseIsInTheTable() throws IOException {
    CsvSource table;
    try {
      table =
          DiagnosisTest.class
              .getDeclaredMethod(
                  "theErrorNamesWhatIsAtThePath", String.class, String.class, String.class)
              .getAnnotation(CsvSource.class);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
    List<String> inTable =
        Stream.of(table.value()).map(row -> row.substring(0, row.indexOf(' '))).sorted().toList();

    try (Stream<Path> files = Files.list(Path.of("src/test/resources/status/diagnosis"))) {
      assertThat(files.map(f -> f.getFileName().toString().replace(".yaml", "")).sorted().toList())
          .isEqualTo(inTable);
    }
  }

  /** The complaint about the commit before is no reason to change the form again. */
  @Test
  void anEarlierCommitThatIsTriedAgainIsNamed() {
    starting();

    see("diagnosis/sync-earlier-commit");

    RayServiceStatus status = statusStore.find(ID).orElseThrow();
    assertThat(status.phaseStatus().message())
        .startsWith(
            "Git has something newer than the cluster; Argo CD retries the earlier commit 1f0c9a5b: one or more objects");
    assertThat(problems()).containsExactly(Problem.NOT_SYNCED);
    assertThat(status.diagnosis().getFirst().nextStep())
        .contains("argocd app terminate-op ray.team-ml.text-ml-service");
  }

  @Test
  void aModelThatAnswersKeepsItsPhaseInAnUpgradeWithoutEnd() {
    starting();

    see("diagnosis/upgrade-slow");

    assertThat(statusStore.find(ID).orElseThrow().phaseStatus().phase()).isEqualTo(Phase.UPDATING);
    assertThat(problems()).containsExactly(Problem.UPGRADE_SLOW);
  }

  /** Pods end, Serve drains and Redis is cleaned for minutes. */
  @Test
  void whatIsLeftInANamespaceIsSaidOnceItLasts() {
    Instant deleted = Instant.parse("2026-11-20T09:00:01Z");
    AtomicReference<Instant> now = new AtomicReference<>(deleted.plusSeconds(61));
    StatusStore later = at(now::get, "starting", "diagnosis/deletion-namespace");
    StatusStore failing = at(now::get, "starting", "diagnosis/deletion-api-service");
    assertThat(later.find(ID).orElseThrow().phaseStatus().phase()).isEqualTo(Phase.DELETING);
    assertThat(later.find(ID).orElseThrow().diagnosis()).isEmpty();
    assertThat(failing.find(ID).orElseThrow().diagnosis())
        .extracting(Finding::problem)
        .containsExactly(Problem.NAMESPACE_TERMINATING);

    now.set(deleted.plusSeconds(15 * 60 + 1));
    later.reevaluateDue();

    Finding finding = later.find(ID).orElseThrow().diagnosis().getFirst();
    assertThat(finding.problem()).isEqualTo(Problem.NAMESPACE_TERMINATING);
    assertThat(String.join("\n", finding.evidence()))
        .contains("ray.io/gcs-ft-redis-cleanup-finalizer in 1 resource instances")
        .contains("the namespace ray-system is being deleted since 2026-11-20T09:00:01Z");
    assertThat(finding.nextStep()).contains("ray-system", "kubectl get apiservices");
  }

  /** Its words would blame this one for what is in there. */
  @Test
  void aNamespaceOfAnotherIsNotJudged() {
    starting();
    GenericKubernetesResource namespace =
        ClusterObjects.of("diagnosis/deletion-namespace", "v1", "Namespace");
    namespace.getMetadata().getLabels().put("kro.run/instance-name", "another");

    statusStore.apply(WatchedKind.NAMESPACE, namespace);

    assertThat(problems()).isEmpty();
  }

  /** kro says that it is not ready from the start; only then does it alone keep it waiting. */
  @Test
  void kroHasTimeAfterKubeRayIsReady() {
    Instant ready = Instant.parse("2026-11-20T08:03:00Z");
    AtomicReference<Instant> now = new AtomicReference<>(ready.plusSeconds(60));
    StatusStore later = at(now::get, "starting", "diagnosis/kro-not-ready");
    assertThat(later.find(ID).orElseThrow().diagnosis()).isEmpty();

    now.updateAndGet(time -> time.plusSeconds(1));
    later.reevaluateDue();

    assertThat(later.find(ID).orElseThrow().diagnosis())
        .extracting(Finding::problem)
        .containsExactly(Problem.KRO_NOT_READY);
  }

  @Test
  void nothingIsFoundWhereNothingIs() {
    starting();

    assertThat(statusStore.find(ID).orElseThrow().diagnosis()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "policy-broken | the policy rayservice-values cannot judge it: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
        "policy-refused | the policy rayservice-values refuses it: spec.ingress.host: argocd.company.com must be one of *.models.company.com (hosts of the platform).",
        "policy-refused-sync | the policy validate.kyverno.svc refuses it: no label cost-centre",
      })
  void aPolicySpeaksForItself(String file, String message) {
    starting();

    see("diagnosis/" + file);

    assertThat(statusStore.find(ID).orElseThrow().diagnosis().getFirst().message())
        .isEqualTo(message);
  }

  /** The sources tell of the refusal and of the model; it answers with what it was before. */
  @Test
  void aRefusedChangeOfAModelThatAnswersIsNotUnknown() {
    starting();
    see("running");

    see("diagnosis/policy-refused");

    RayServiceStatus status = statusStore.find(ID).orElseThrow();
    assertThat(status.phaseStatus().phase()).isEqualTo(Phase.DEGRADED);
    assertThat(status.phaseStatus().message()).startsWith("Argo CD: ").contains("denied request");
    assertThat(problems()).containsExactly(Problem.REFUSED_BY_POLICY);
  }

  @Test
  void theWholeTracebackIsThere() {
    starting();

    see("diagnosis/not-a-zip");

    Finding finding = statusStore.find(ID).orElseThrow().diagnosis().getFirst();
    assertThat(finding.details().orElseThrow()).startsWith("Deploying app").contains("zipfile.py");
    assertThat(statusStore.find(ID).orElseThrow().phaseStatus().phase()).isEqualTo(Phase.FAILED);
  }

  /** In the container's log and in the exception of a Serve application. */
  @Test
  void noSecretOfALogOrATracebackIsInAnyStatus() {
    String token = "hf_" + "a".repeat(34);
    starting();
    see("diagnosis/crash");
    see("diagnosis/own-exception");
    GenericKubernetesResource pod = ClusterObjects.of("diagnosis/crash").getFirst();
    pod.getMetadata().setResourceVersion("900");
    ((Map<String, Object>) pod.get("status", "containerStatuses", 0, "lastState", "terminated"))
        .put("message", "401 for https://jane:pw@git.example.com/a.zip\nlogin with " + token);
    GenericKubernetesResource service = ClusterObjects.of("diagnosis/own-exception").getFirst();
    service.getMetadata().setResourceVersion("901");
    ((Map<String, Object>)
            service.get("status", "pendingServiceStatus", "applicationStatuses", "text-ml"))
        .put("message", "Traceback (most recent call last):\nOSError: " + token + " is refused");

    statusStore.apply(WatchedKind.POD, pod);
    statusStore.apply(StatusStoreTest.kind(service), service);

    RayServiceStatus status = statusStore.find(ID).orElseThrow();
    assertThat(status.diagnosis())
        .extracting(Finding::problem)
        .contains(Problem.APPLICATION_RAISED, Problem.CRASH);
    assertThat(status.toString())
        .contains("OSError: [redacted] is refused", "https://[redacted]@git.example.com/a.zip")
        .doesNotContain(token, "jane:pw");
  }

  /** Code of the tenant may answer KubeRay in Ray's place. */
  @Test
  void whatATenantSaysIsBounded() {
    starting();
    GenericKubernetesResource service = ClusterObjects.of("diagnosis/own-exception").getFirst();
    Map<String, Object> applications =
        (Map<String, Object>) service.get("status", "pendingServiceStatus", "applicationStatuses");
    for (int i = 0; i < 1_000; i++) {
      applications.put(
          "a".repeat(500) + i,
          Map.of("status", "DEPLOY_FAILED", "message", "no space here\n".repeat(5_000)));
    }

    statusStore.apply(StatusStoreTest.kind(service), service);

    RayServiceStatus status = statusStore.find(ID).orElseThrow();
    assertThat(status.phaseStatus().message()).hasSizeLessThanOrEqualTo(1_000);
    assertThat(status.diagnosis())
        .hasSizeLessThanOrEqualTo(50)
        .allSatisfy(finding -> {
          assertThat(finding.message()).hasSizeLessThanOrEqualTo(1_000);
          assertThat(finding.details().orElse("")).hasSizeLessThan(9_000);
        });
  }

  /** Everybody reads the phase. */
  @Test
  void theExceptionIsInTheDiagnosisAndNotInThePhase() {
    starting();

    see("diagnosis/own-exception");

    RayServiceStatus status = statusStore.find(ID).orElseThrow();
    assertThat(status.phaseStatus().message())
        .isEqualTo("the Serve application text-ml is DEPLOY_FAILED");
    assertThat(status.diagnosis().getFirst().message()).doesNotContain("the model file is broken");
  }

  @Test
  void aCrashShowsItsLastLines() {
    starting();

    see("diagnosis/crash");

    assertThat(statusStore.find(ID).orElseThrow().diagnosis().getFirst().evidence())
        .contains("bash: ray: command not found");
  }

  @Test
  void whichPodAndWhatItAsksFor() {
    starting();

    see("diagnosis/unschedulable-cpu");

    Finding finding = statusStore.find(ID).orElseThrow().diagnosis().getFirst();
    assertThat(finding.message()).contains("CPU", "text-ml-7h2kq-workers-worker-q1w2e");
    assertThat(finding.evidence()).contains("it asks for 64 cpu, 1Gi memory, 2 nvidia.com/gpu");
  }

  /** An event is there for an hour; the Ray cluster that it names may be gone by then. */
  @Test
  void theRefusalOfAnotherRayClusterIsNotSaidOfThisOne() {
    starting();
    see("diagnosis/serve-config-refused");
    assertThat(problems()).contains(Problem.SERVE_CONFIG_REFUSED);

    replaceCluster(Map.of("rayClusterName", "text-ml-9next"), Map.of());

    assertThat(problems()).doesNotContain(Problem.SERVE_CONFIG_REFUSED);
  }

  /** In an upgrade the old Ray cluster goes on, with applications. */
  @Test
  void theRefusalOfASecondRayClusterIsSaidWhileTheFirstServes() {
    starting();
    see("diagnosis/serve-config-refused");

    replaceCluster(
        Map.of("rayClusterName", "text-ml-7h2kq"),
        Map.of(
            "rayClusterName",
            "text-ml-1old",
            "applicationStatuses",
            Map.of("text-ml", Map.of("status", "RUNNING"))));

    assertThat(problems()).contains(Problem.SERVE_CONFIG_REFUSED);
  }

  private List<Problem> problems() {
    return statusStore.find(ID).orElseThrow().diagnosis().stream().map(Finding::problem).toList();
  }

  private void replaceCluster(Map<String, Object> pending, Map<String, Object> active) {
    GenericKubernetesResource rayService =
        ClusterObjects.of("diagnosis/serve-config-refused").getFirst();
    rayService.getMetadata().setResourceVersion("210");
    Map<String, Object> status = new HashMap<>(rayService.<Map<String, Object>>get("status"));
    status.put("pendingServiceStatus", pending);
    status.put("activeServiceStatus", active);
    rayService.setAdditionalProperty("status", status);
    statusStore.apply(StatusStoreTest.kind(rayService), rayService);
  }

  @Test
  void aDashboardThatRayGaveUpIsToldFromAHeadThatIsSlow() {
    starting();
    see("diagnosis/head-silent");
    Finding slow = statusStore.find(ID).orElseThrow().diagnosis().getFirst();

    see("diagnosis/head-dashboard");

    Finding without = statusStore.find(ID).orElseThrow().diagnosis().getFirst();
    assertThat(slow.message()).isEqualTo("the Ray head runs and does not answer");
    assertThat(without.message()).contains("its dashboard");
    assertThat(without.evidence()).endsWith("Readiness probe failed: success");
    assertThat(without.nextStep())
        .contains("kubectl logs --namespace ray-system text-ml-7h2kq-head-x8z2p");
  }

  @Test
  void aHeadThatIsNotReadyIsSaidOfAModelThatAnswersToo() {
    Instant started = Instant.parse("2026-11-20T08:01:10Z");
    AtomicReference<Instant> now = new AtomicReference<>(started.plusSeconds(59));
    StatusStore later = at(now::get, "running", "diagnosis/head-dashboard");
    RayServiceStatus first = later.find(ID).orElseThrow();

    now.updateAndGet(time -> time.plusSeconds(3));
    later.reevaluateDue();

    RayServiceStatus lasting = later.find(ID).orElseThrow();
    assertThat(first.diagnosis())
        .extracting(Finding::problem)
        .doesNotContain(Problem.HEAD_NOT_READY);
    assertThat(lasting.phaseStatus().phase()).isEqualTo(Phase.RUNNING);
    assertThat(lasting.diagnosis().getFirst().problem().code()).isEqualTo("HeadNotReady");
  }

  /** A Secret may be taken away while the model runs: the next pod would wait for it. */
  @Test
  void aMissingSecretIsSaidOfAModelThatAnswersToo() {
    starting();
    see("running");
    assertThat(problems()).isEmpty();
    GenericKubernetesResource instance =
        ClusterObjects.of("running").stream()
            .filter(object -> object.getApiVersion().startsWith("kro.run/"))
            .filter(object -> object.getKind().equals("RayService"))
            .findFirst()
            .orElseThrow();
    instance.getMetadata().setResourceVersion("900");
    Map<String, Object> status = new HashMap<>(instance.<Map<String, Object>>get("status"));
    status.put("missingSecrets", "packages");
    instance.setAdditionalProperty("status", status);
    statusStore.apply(StatusStoreTest.kind(instance), instance);

    assertThat(statusStore.find(ID).orElseThrow().phaseStatus().phase()).isEqualTo(Phase.RUNNING);
    assertThat(problems()).containsExactly(Problem.SECRET_MISSING);
  }

  /** KubeRay needs some seconds to ask a head that has just become ready. */
  @Test
  void aHeadThatHasJustBecomeReadyIsNotSilent() {
    Instant ready = Instant.parse("2026-11-20T08:02:00Z");
    AtomicReference<Instant> now = new AtomicReference<>(ready.plusSeconds(59));
    StatusStore later = at(now::get, "starting", "diagnosis/serve-silent");
    assertThat(later.find(ID).orElseThrow().diagnosis()).isEmpty();

    now.updateAndGet(time -> time.plusSeconds(2));
    later.reevaluateDue();

    assertThat(later.find(ID).orElseThrow().diagnosis())
        .extracting(Finding::problem)
        .containsExactly(Problem.SERVE_SILENT);
  }

  /** A store by another clock, which has seen the objects of these files. */
  private static StatusStore at(InstantSource now, String... files) {
    StatusStore store = StatusStores.watching(now);
    for (WatchedKind kind : WatchedKind.values()) {
      store.markAvailable(kind);
    }
    store.desired(Map.of(ID, accepted(SpecFingerprint.NONE)));
    for (String file : files) {
      ClusterObjects.of(file).forEach(object -> store.apply(StatusStoreTest.kind(object), object));
    }
    return store;
  }

  @Test
  void howMuchIsFreeIsSaidOnceItIsKnown() {
    starting();
    assertThat(statusStore.lacksCapacity()).isFalse();
    see("diagnosis/unschedulable-cpu");
    assertThat(statusStore.lacksCapacity()).isTrue();

    statusStore.capacity(Optional.of("free on the 1 emptiest of 1 nodes: one: 2 CPU"));

    assertThat(statusStore.find(ID).orElseThrow().diagnosis().getFirst().evidence())
        .contains("free on the 1 emptiest of 1 nodes: one: 2 CPU");
  }

  @Test
  void aHostWithoutAnAddressIsSaid() {
    starting();
    assertThat(statusStore.hosts()).containsExactly("gitlab.company.com");

    statusStore.unresolvedHosts(
        Map.of("gitlab.company.com", "gitlab.company.com: Name or service not known"));

    Finding finding = statusStore.find(ID).orElseThrow().diagnosis().getFirst();
    assertThat(finding.problem().code()).isEqualTo("HostUnknown");
    assertThat(finding.evidence()).containsExactly("gitlab.company.com: Name or service not known");
    assertThat(finding.nextStep())
        .contains("let DNS lead gitlab.company.com to the ingress controller");

    statusStore.unresolvedHosts(Map.of());
    assertThat(statusStore.find(ID).orElseThrow().diagnosis()).isEmpty();
  }

  @Test
  void onlyANameThatDoesNotResolveIsLost() {
    assertThat(DnsProbe.unresolvedReason("localhost")).isEmpty();
    assertThat(DnsProbe.unresolvedReason("127.0.0.1")).isEmpty();
    // No name server is asked for this.
    assertThat(DnsProbe.unresolvedReason("no..name"))
        .hasValueSatisfying(why -> assertThat(why).contains("no..name"));
  }

  @Test
  void aMissingDefinitionIsSaid() {
    starting();

    statusStore.delete(
        WatchedKind.RESOURCE_GRAPH_DEFINITION, ClusterObjects.of("starting").getFirst());

    assertThat(statusStore.find(ID).orElseThrow().diagnosis().getFirst().problem().code())
        .isEqualTo("GraphMissing");
  }

  @Test
  void aMissingOperatorIsSaid() {
    starting();

    statusStore.markUnavailable(
        WatchedKind.RAY_SERVICE,
        new ClusterError(SourceState.Cause.NOT_INSTALLED, "the cluster does not know it"));

    assertThat(statusStore.find(ID).orElseThrow().diagnosis().getFirst().problem().code())
        .isEqualTo("KubeRayMissing");
  }

  @Test
  void aValueThatArgoCdOverlooksIsReportedOnceItLasts() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T09:00:00Z"));
    StatusStore later = StatusStores.watching(now::get);
    for (WatchedKind kind : WatchedKind.values()) {
      later.markAvailable(kind);
    }
    SpecFingerprint spec = SpecFingerprint.of(Map.of("name", "text-ml", "replicas", 3));
    later.desired(Map.of(ID, accepted(spec)));
    ClusterObjects.of("running")
        .forEach(object -> later.apply(StatusStoreTest.kind(object), object));
    RayServiceStatus first = later.find(ID).orElseThrow();

    now.updateAndGet(time -> time.plusSeconds(61));
    later.reevaluateDue();

    RayServiceStatus lasting = later.find(ID).orElseThrow();
    assertThat(first.phaseStatus().phase()).isEqualTo(Phase.UPDATING);
    assertThat(first.diagnosis())
        .extracting(Finding::problem)
        .doesNotContain(Problem.NOT_AS_IN_GIT);
    assertThat(lasting.phaseStatus().phase()).isEqualTo(Phase.DEGRADED);
    assertThat(lasting.phaseStatus().reason()).isEqualTo("NotAsInGit");
    Finding finding = lasting.diagnosis().getFirst();
    assertThat(finding.problem().code()).isEqualTo("NotAsInGit");
    assertThat(finding.evidence())
        .containsExactly(
            "spec.replicas differs between Git and the kro instance team-ml/text-ml-service");
    assertThat(finding.nextStep()).contains("ray.team-ml.text-ml-service --hard-refresh");
  }

  private void starting() {
    statusStore.desired(Map.of(ID, accepted(SpecFingerprint.NONE)));
    see("starting");
  }

  private static DesiredState accepted(SpecFingerprint spec) {
    return new DesiredState(
        Optional.of(new DesiredState.Accepted("tree", Optional.empty(), spec)), Optional.empty());
  }

  private void see(String file) {
    ClusterObjects.of(file)
        .forEach(object -> statusStore.apply(StatusStoreTest.kind(object), object));
  }
}
