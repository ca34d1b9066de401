package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ID;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What stands in the way, and what the service says of it. The objects of each case are in {@code
 * src/test/resources/status/diagnosis}; they come on top of a Ray Service that is starting.
 */
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
        "unhealthy | ServeUnhealthy | health check failed",
        "replicas-unscheduled | ReplicasUnscheduled | taken more than 30s to be scheduled",
        "replicas-slow | ReplicasSlow | taken more than 30s to initialize",
        "unschedulable-cpu | NotEnoughCpu | 3 Insufficient cpu",
        "unschedulable-memory | NotEnoughMemory | 1 Insufficient memory",
        "unschedulable-gpu | NotEnoughGpu | 3 Insufficient nvidia.com/gpu",
        "unschedulable-taint | Unschedulable | untolerated taint",
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
        "namespace-taken | NamespaceTaken | belongs to a different ApplySet",
        "team-missing | TeamNamespaceMissing | namespaces \"team-ml\" not found",
        "ingress-class | IngressClassMissing | no IngressClass of that name",
        "ingress-address | NoIngressAddress | the Ingress ray-system/text-ml-ray-ingress has no address",
        "kro-idle | KroIdle | the kro instance has no status",
        "kuberay-idle | KubeRayIdle | the RayService ray-system/text-ml has no status",
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

  @Test
  void nothingIsFoundWhereNothingIs() {
    starting();

    assertThat(statusStore.find(ID).orElseThrow().diagnosis()).isEmpty();
  }

  @Test
  void theWholeTracebackIsThere() {
    starting();

    see("diagnosis/not-a-zip");

    Finding finding = statusStore.find(ID).orElseThrow().diagnosis().getFirst();
    assertThat(finding.details().orElseThrow()).startsWith("Deploying app").contains("zipfile.py");
    assertThat(statusStore.find(ID).orElseThrow().phaseStatus().phase()).isEqualTo(Phase.FAILED);
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
    StatusStore later = StatusStores.watching(now::get);
    for (WatchedKind kind : WatchedKind.values()) {
      later.markAvailable(kind);
    }
    later.desired(Map.of(ID, accepted(SpecFingerprint.NONE)));
    for (String file : List.of("running", "diagnosis/head-dashboard")) {
      ClusterObjects.of(file).forEach(object -> later.apply(StatusStoreTest.kind(object), object));
    }
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
