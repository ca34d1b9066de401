package io.github.rayservice.scaffolder.status.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.status.resource.KubeRayService.Application;
import io.github.rayservice.scaffolder.status.resource.KubeRayService.Cluster;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One pure reader for each kind. Fields that no rule needs are dropped here. */
public final class ObjectReaders {
  /** Argo CD's annotation, and the two labels that it can be configured to use instead. */
  private static final List<String> TRACKING =
      List.of(
          "argocd.argoproj.io/tracking-id",
          "argocd.argoproj.io/instance",
          "app.kubernetes.io/instance");

  private ObjectReaders() {}

  /** Reads one kind of object. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads it.
     *
     * @throws Fields.MalformedException that says which field is not what it must be
     */
    T read(GenericKubernetesResource object);

    /** Reports a malformed object in its place, so that other objects are read all the same. */
    default Observed<T> readOrMalformed(GenericKubernetesResource object) {
      try {
        return new Observed.Present<>(read(object));
      } catch (Fields.MalformedException e) {
        return new Observed.Malformed<>("cannot be read: " + e.getMessage());
      }
    }
  }

  public static ArgoApplication application(GenericKubernetesResource object) {
    Fields status = Fields.of(object).at("status");
    Fields sync = status.at("sync");
    Fields health = status.at("health");
    Fields operation = status.at("operationState");
    return new ArgoApplication(
        Fields.metadata(object.getMetadata()),
        sync.optionalText("status").orElse("Unknown"),
        health.optionalText("status").orElse("Unknown"),
        health.text("message"),
        sync.optionalText("revision"),
        operation.text("phase"),
        operation.text("message"),
        status.time("reconciledAt"),
        status.conditions().stream().filter(c -> c.type().endsWith("Error")).toList());
  }

  public static KroInstance instance(GenericKubernetesResource object) {
    Fields spec = Fields.of(object).at("spec");
    Fields status = Fields.of(object).at("status");
    Map<String, String> labels =
        Optional.ofNullable(object.getMetadata().getLabels()).orElse(Map.of());
    Map<String, String> annotations =
        Optional.ofNullable(object.getMetadata().getAnnotations()).orElse(Map.of());
    return new KroInstance(
        Fields.metadata(object.getMetadata()),
        spec.text("namespace"),
        spec.at("ingress").optionalText("host").orElse(spec.at("gitlab").text("hostname")),
        spec.at("ingress").text("className"),
        TRACKING.stream().anyMatch(key -> labels.containsKey(key) || annotations.containsKey(key)),
        status.text("state"),
        status.conditions(),
        SpecFingerprint.of(spec.values()));
  }

  public static KubeRayService rayService(GenericKubernetesResource object) {
    Fields status = Fields.of(object).at("status");
    return new KubeRayService(
        Fields.metadata(object.getMetadata()),
        status.number("observedGeneration"),
        Fields.specSince(object.getMetadata()),
        (int) status.number("numServeEndpoints"),
        status.conditions(),
        cluster(status.at("activeServiceStatus")),
        cluster(status.at("pendingServiceStatus")));
  }

  /** KubeRay writes both, and leaves the name out of the one that is not there. */
  private static Optional<Cluster> cluster(Fields status) {
    return status
        .optionalText("rayClusterName")
        .map(name ->
            new Cluster(
                name,
                status.children("applicationStatuses").entrySet().stream()
                    .map(e -> application(e.getKey(), e.getValue()))
                    .toList()));
  }

  /**
   * An exception in a deployment's {@code __init__} is in the message of that deployment; the
   * application only says which deployments fail.
   */
  private static Application application(String name, Fields status) {
    List<String> deployments =
        status.children("serveDeploymentStatuses").values().stream()
            .map(deployment -> deployment.text("message"))
            .toList();
    String message = status.text("message");
    return new Application(
        name,
        status.text("status"),
        message.contains("Traceback")
            ? message
            : Stream.concat(
                    Stream.of(message),
                    deployments.stream().filter(text -> text.contains("Traceback")).limit(1))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("\n")),
        deployments.stream()
            .filter(text -> text.contains("Traceback") || text.contains("have taken more than"))
            .findFirst()
            .orElse(""));
  }

  public static RayClusterState rayCluster(GenericKubernetesResource object) {
    Fields status = Fields.of(object).at("status");
    return new RayClusterState(
        Fields.metadata(object.getMetadata()),
        (int) status.number("desiredWorkerReplicas"),
        (int) status.number("availableWorkerReplicas"),
        Optional.ofNullable(object.getMetadata().getAnnotations())
            .map(a -> a.get("ray.io/kuberay-version"))
            .orElse(""),
        status.conditions());
  }

  public static WarningEvent event(GenericKubernetesResource object) {
    Fields event = Fields.of(object);
    Fields about = event.at("involvedObject");
    return new WarningEvent(
        Fields.metadata(object.getMetadata()),
        about.text("name"),
        event.text("reason"),
        event.text("message"),
        // The events API writes only the second, and a series in a third place.
        event
            .at("series")
            .time("lastObservedTime")
            .or(() -> event.time("lastTimestamp"))
            .or(() -> event.time("eventTime")));
  }

  public static IngressState ingress(GenericKubernetesResource object) {
    Fields status = Fields.of(object).at("status");
    return new IngressState(
        Fields.metadata(object.getMetadata()),
        Fields.of(object).at("spec").text("ingressClassName"),
        status.at("loadBalancer").items("ingress").stream()
            .map(i -> i.optionalText("hostname").orElse(i.text("ip")))
            .toList());
  }

  public static IngressClassState ingressClass(GenericKubernetesResource object) {
    return new IngressClassState(Fields.metadata(object.getMetadata()));
  }

  public static ResourceGraphDefinitionState graph(GenericKubernetesResource object) {
    Fields status = Fields.of(object).at("status");
    return new ResourceGraphDefinitionState(
        Fields.metadata(object.getMetadata()), status.text("state"), status.conditions());
  }
}
