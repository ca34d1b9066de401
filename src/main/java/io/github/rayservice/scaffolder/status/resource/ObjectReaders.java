package io.github.rayservice.scaffolder.status.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.status.resource.KubeRayService.Application;
import io.github.rayservice.scaffolder.status.resource.KubeRayService.Cluster;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
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

  private static final Predicate<String> COMMIT =
      Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}").asMatchPredicate();

  /** kro's word, and the one that it had before (0.9.0). It reads both in any case. */
  private static final Set<String> SUSPENDED = Set.of("suspended", "disabled");

  /**
   * Of a Ray cluster, and deployments of each. KubeRay copies what the head answers, and code of
   * the tenant may answer in its place.
   */
  private static final int MOST_APPLICATIONS = 50;

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
    String operationPhase = operation.text("phase");
    return new ArgoApplication(
        Fields.metadata(object.getMetadata()),
        sync.optionalText("status").orElse("Unknown"),
        health.optionalText("status").orElse("Unknown"),
        health.message("message"),
        sync.optionalText("revision"),
        operationPhase,
        operation.message("message"),
        operationPhase.equals("Succeeded")
            ? Optional.empty()
            : operation
                .at("operation")
                .at("sync")
                .optionalText("revision")
                .or(() -> operation.at("syncResult").optionalText("revision"))
                // A person may have named a branch.
                .filter(COMMIT),
        operation.time("startedAt"),
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
        Stream.of(status.text("missingSecrets").split(",")).filter(n -> !n.isEmpty()).toList(),
        SUSPENDED.contains(
            annotations.getOrDefault("kro.run/reconcile", "").toLowerCase(Locale.ROOT)),
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
                    .limit(MOST_APPLICATIONS)
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
            .limit(MOST_APPLICATIONS)
            .map(deployment -> deployment.message("message"))
            .toList();
    String message = status.message("message");
    Optional<String> exception = containing("Traceback", deployments);
    return new Application(
        ShownText.word(name),
        status.word("status"),
        message.contains("Traceback")
            ? message
            : ShownText.message(
                Stream.concat(Stream.of(message), exception.stream())
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining("\n"))),
        // The other deployments often wait because of the one that raises.
        exception.or(() -> containing("have taken more than", deployments)).orElse(""));
  }

  private static Optional<String> containing(String words, List<String> messages) {
    return messages.stream().filter(message -> message.contains(words)).findFirst();
  }

  /** {@code status.history} of an Application: commit to the first time that it was deployed. */
  public static Map<String, Instant> syncTimes(GenericKubernetesResource application) {
    Map<String, Instant> times = new HashMap<>();
    for (Fields sync : Fields.of(application).at("status").items("history")) {
      sync.time("deployedAt")
          .ifPresent(at -> times.merge(sync.text("revision"), at, (a, b) -> a.isBefore(b) ? a : b));
    }
    return times;
  }

  public static RayClusterState rayCluster(GenericKubernetesResource object) {
    Fields status = Fields.of(object).at("status");
    return new RayClusterState(
        Fields.metadata(object.getMetadata()),
        (int) status.number("desiredWorkerReplicas"),
        (int) status.number("availableWorkerReplicas"),
        workerCpus(Fields.of(object).at("spec")),
        Optional.ofNullable(object.getMetadata().getAnnotations())
            .map(a -> a.get("ray.io/kuberay-version"))
            .orElse(""),
        status.conditions());
  }

  /** As KubeRay gives it to {@code ray start --num-cpus}. */
  private static int workerCpus(Fields spec) {
    return spec.items("workerGroupSpecs").stream()
        .limit(1)
        .flatMap(group -> group.at("template").at("spec").items("containers").stream().limit(1))
        .map(container -> container.at("resources"))
        .flatMap(resources ->
            Stream.of("limits", "requests")
                .flatMap(kind -> resources.at(kind).optionalText("cpu").stream())
                .limit(1))
        .mapToInt(cpu ->
            PodReader.quantity(cpu)
                .getNumericalAmount()
                .setScale(0, RoundingMode.CEILING)
                .intValue())
        .findFirst()
        .orElse(0);
  }

  public static WarningEvent event(GenericKubernetesResource object) {
    Fields event = Fields.of(object);
    Fields about = event.at("involvedObject");
    return new WarningEvent(
        Fields.metadata(object.getMetadata()),
        about.text("name"),
        about.text("uid"),
        event.word("reason"),
        event.message("message"),
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

  public static NamespaceState namespace(GenericKubernetesResource object) {
    return new NamespaceState(
        Fields.metadata(object.getMetadata()),
        object.getMetadata().getDeletionTimestamp() == null
            ? List.of()
            : Fields.of(object).at("status").conditions().stream()
                .filter(StatusCondition::isTrue)
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
