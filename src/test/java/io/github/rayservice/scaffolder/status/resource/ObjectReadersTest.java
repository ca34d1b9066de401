package io.github.rayservice.scaffolder.status.resource;

import static io.github.rayservice.scaffolder.status.resource.ClusterObjects.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.status.phase.ObservationFixture;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read of real objects, and what becomes of those that are not what they must be. */
class ObjectReadersTest {
  @Test
  void readsAnApplication() {
    ArgoApplication application =
        ObjectReaders.application(object("argoproj.io/v1alpha1", "Application"));

    assertThat(application.sync()).isEqualTo("Synced");
    assertThat(application.health()).isEqualTo("Healthy");
    assertThat(application.operation()).isEqualTo("Succeeded");
    assertThat(application.revision()).hasValue("95638b7a5ced3cdc8750a51b5c4d035de50c98dd");
    assertThat(application.reconciledAt()).hasValue(Instant.parse("2026-11-20T08:05:00Z"));
    assertThat(application.errors()).isEmpty();
  }

  @Test
  void readsAnInstance() {
    KroInstance instance = ObjectReaders.instance(object("kro.run/v1alpha1", "RayService"));

    assertThat(instance.isReady()).isTrue();
    assertThat(instance.tracked()).isTrue();
    assertThat(instance.targetNamespace()).isEqualTo("ray-system");
    assertThat(instance.host()).isEqualTo("gitlab.company.com");
    assertThat(instance.failure()).isEmpty();
  }

  @Test
  void readsARayService() {
    KubeRayService service = ObjectReaders.rayService(object("ray.io/v1", "RayService"));

    assertThat(service.isReady()).isTrue();
    assertThat(service.isServing()).isTrue();
    assertThat(service.pending()).isEmpty();
    assertThat(service.active())
        .hasValue(
            new KubeRayService.Cluster(
                "text-ml-7h2kq",
                List.of(new KubeRayService.Application("text-ml", "RUNNING", "", ""))));
    assertThat(service.metadata().owner()).hasValue(ObservationFixture.ID);
  }

  @Test
  void readsTheRest() {
    RayClusterState cluster = ObjectReaders.rayCluster(object("ray.io/v1", "RayCluster"));
    PodState pod = PodReader.read(object("v1", "Pod"));
    WarningEvent event = ObjectReaders.event(object("v1", "Event"));
    ResourceGraphDefinitionState definition =
        ObjectReaders.graph(object("kro.run/v1alpha1", "ResourceGraphDefinition"));

    assertThat(cluster.operatorVersion()).isEqualTo("v1.6.2");
    assertThat(cluster.availableWorkers()).isEqualTo(3);
    assertThat(pod.head()).isTrue();
    assertThat(pod.ready()).isTrue();
    assertThat(pod.requests()).isEmpty();
    assertThat(PodReader.requests(Fields.of(object("v1", "Pod")).at("spec")))
        .containsEntry("cpu", "2")
        .containsEntry("memory", "4Gi");
    assertThat(event.last()).hasValue(Instant.parse("2026-11-20T08:01:30Z"));
    assertThat(definition.isActive()).isTrue();
  }

  /** As the scheduler adds them up: KubeRay's init container asks for more than a small worker. */
  @Test
  void anInitContainerMayAskForMost() {
    Map<String, Object> spec =
        Map.of(
            "initContainers",
            List.of(
                asks("100m", "64Mi", "Always"),
                asks("200m", "256Mi", ""),
                asks("50m", "512Mi", "")),
            "containers",
            List.of(asks("150m", "128Mi", "")));
    GenericKubernetesResource pod = new GenericKubernetesResource();
    pod.setAdditionalProperty("spec", spec);

    assertThat(PodReader.requests(Fields.of(pod).at("spec")))
        .isEqualTo(Map.of("cpu", "300m", "memory", "576Mi"));
  }

  private static Map<String, Object> asks(String cpu, String memory, String restartPolicy) {
    return Map.of(
        "restartPolicy",
        restartPolicy,
        "resources",
        Map.of("requests", Map.of("cpu", cpu, "memory", memory)));
  }

  /** A malformed value is reported with its path and its value. */
  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedObjectIsReportedWithTheReason(
      ObjectReaders.Reader<?> reader, GenericKubernetesResource object, String why) {
    Observed<?> reading = reader.readOrMalformed(object);

    assertThat(reading).isEqualTo(new Observed.Malformed<>("cannot be read: " + why));
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        row(
            ObjectReaders::application,
            with(application(), "yes", "status"),
            "status is no object: yes"),
        row(
            ObjectReaders::application,
            with(application(), 7, "status", "sync", "status"),
            "status.sync.status is no text: 7"),
        row(
            ObjectReaders::application,
            with(application(), "soon", "status", "reconciledAt"),
            "status.reconciledAt is no time: soon"),
        row(ObjectReaders::instance, with(instance(), List.of(), "spec"), "spec is no object: []"),
        row(
            ObjectReaders::instance,
            with(instance(), List.of("Ready"), "status", "conditions"),
            "status.conditions[0] is no object: Ready"),
        row(
            ObjectReaders::instance,
            with(instance(), Map.of("type", true), "status", "conditions"),
            "status.conditions is no list: {type=true}"),
        row(
            ObjectReaders::rayService,
            with(rayService(), "many", "status", "numServeEndpoints"),
            "status.numServeEndpoints is no number: many"),
        row(
            PodReader::read,
            with(object("v1", "Pod"), "x", "status", "containerStatuses"),
            "status.containerStatuses is no list: x"),
        row(
            PodReader::read,
            with(
                with(
                    object("v1", "Pod"),
                    List.of(Map.of("type", "PodScheduled", "status", "False")),
                    "status",
                    "conditions"),
                List.of(Map.of("resources", Map.of("requests", Map.of("cpu", "many")))),
                "spec",
                "containers"),
            "no quantity: many"),
        row(
            ObjectReaders::event,
            with(object("v1", "Event"), 1, "involvedObject"),
            "involvedObject is no object: 1"));
  }

  private static <T> Arguments row(
      ObjectReaders.Reader<T> reader, GenericKubernetesResource object, String why) {
    return Arguments.arguments(reader, object, why);
  }

  @Test
  void aTimeThatKubernetesWouldNotWriteIsNoTime() {
    GenericKubernetesResource object = instance();
    object.getMetadata().setCreationTimestamp("yesterday");

    assertThat(ObjectReaders.instance(object).metadata().created()).isEqualTo(Optional.empty());
  }

  private static GenericKubernetesResource application() {
    return object("argoproj.io/v1alpha1", "Application");
  }

  private static GenericKubernetesResource instance() {
    return object("kro.run/v1alpha1", "RayService");
  }

  private static GenericKubernetesResource rayService() {
    return object("ray.io/v1", "RayService");
  }

  private static GenericKubernetesResource object(String apiVersion, String kind) {
    return ClusterObjects.of("running", apiVersion, kind);
  }
}
