package io.github.rayservice.scaffolder.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A cluster with KubeRay, kro and the platform's files. */
final class Cluster implements AutoCloseable {
  private static final String RAY_SERVICE = "kro.run/v1alpha1";

  /** Timeout of every wait. On a busy machine the start of Ray alone takes minutes. */
  private static final Duration PATIENCE = Duration.ofMinutes(8);

  private final Set<String> addedFields = ConcurrentHashMap.newKeySet();
  private final KubernetesClient client;
  private final Path kubeconfig;
  private final Optional<Lab> lab;

  private Cluster(Path kubeconfig, Optional<Lab> lab) {
    this.kubeconfig = kubeconfig;
    this.lab = lab;
    Config config = Config.fromKubeconfig(kubeconfig.toFile());
    // Timeout of one request on a busy machine.
    config.setRequestTimeout((int) Duration.ofMinutes(1).toMillis());
    this.client = new KubernetesClientBuilder().withConfig(config).build();
  }

  /** Whether -Dcluster.kubeconfig is set. */
  static boolean isGiven() {
    return !System.getProperty("cluster.kubeconfig", "").isEmpty();
  }

  /** The cluster of -Dcluster.kubeconfig, or else the lab. */
  static Cluster start() {
    Cluster cluster;
    if (!isGiven()) {
      Lab lab = Lab.start();
      cluster = new Cluster(lab.kubeconfig(), Optional.of(lab));
    } else {
      cluster = new Cluster(Path.of(System.getProperty("cluster.kubeconfig")), Optional.empty());
    }
    try {
      PlatformFiles.apply(cluster);
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  KubernetesClient client() {
    return client;
  }

  Optional<Lab> lab() {
    return lab;
  }

  /**
   * Runs kubectl and returns its output. A failure is an error with the complete output. A timeout
   * is a failure, too, such as a wait for an object that no operator deletes.
   */
  String kubectl(String... arguments) {
    List<String> command = new ArrayList<>(program());
    command.addAll(List.of(arguments));
    Instant began = Instant.now();
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var unused =
          process
              .onExit()
              .orTimeout(PATIENCE.toMillis(), MILLISECONDS)
              .exceptionally(late -> process.destroyForcibly());
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(
            "%s: exit %d after %s (timeout %s)%n%s"
                .formatted(
                    String.join(" ", command),
                    process.exitValue(),
                    Duration.between(began, Instant.now()),
                    PATIENCE,
                    output));
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Creates a Ray Service with kubectl, and its team's namespace if it does not exist. */
  void create(GenericKubernetesResource rayService) {
    createNamespace(rayService.getMetadata().getNamespace());
    client.resource(rayService).create();
  }

  /** A team's own namespace, which is not deleted. */
  void createNamespace(String name) {
    client
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .serverSideApply();
  }

  /** The lab has its own kubectl; another cluster uses the kubectl of the machine. */
  private List<String> program() {
    return lab.isPresent()
        ? List.of(Lab.SCRIPT, "kubectl")
        : List.of("kubectl", "--kubeconfig", kubeconfig.toString());
  }

  Resource<GenericKubernetesResource> rayService(String namespace, String name) {
    return client
        .genericKubernetesResources(RAY_SERVICE, "RayService")
        .inNamespace(namespace)
        .withName(name);
  }

  /** One value of a Ray Service as text; empty when it is absent. */
  String read(String namespace, String name, Object... path) {
    GenericKubernetesResource found = rayService(namespace, name).get();
    Object value = found == null ? null : found.get(path);
    return value == null ? "" : String.valueOf(value);
  }

  /** One value of a KubeRay RayService as text; empty when it is absent. */
  String readKubeRay(String namespace, String name, Object... path) {
    GenericKubernetesResource found = kubeRay(namespace, name).get();
    Object value = found == null ? null : found.get(path);
    return value == null ? "" : String.valueOf(value);
  }

  Resource<GenericKubernetesResource> kubeRay(String namespace, String name) {
    return client
        .genericKubernetesResources("ray.io/v1", "RayService")
        .inNamespace(namespace)
        .withName(name);
  }

  void awaitActive(String namespace, String name) {
    await(
        namespace + "/" + name + " is ACTIVE",
        () -> read(namespace, name, "status"),
        status -> status.contains("state=ACTIVE") && status.contains("rayClusterReady=true"));
  }

  /** The uids of all pods in a namespace; a replaced pod has another uid. */
  Set<String> pods(String namespace) {
    PodList pods = client.pods().inNamespace(namespace).list();
    return pods.getItems().stream()
        .map(Pod::getMetadata)
        .map(m -> m.getUid())
        .collect(Collectors.toSet());
  }

  /**
   * Adds an optional field to the kind, as an upgrade of the platform does. kro does not allow to
   * remove it again.
   */
  void addField(String name) {
    addedFields.add(name);
    kubectl(
        "patch",
        "rgd",
        "rayservice.kro.run",
        "--type=merge",
        "-p",
        "{\"spec\":{\"schema\":{\"spec\":{\"%s\":\"string | default=\\\"none\\\"\"}}}}"
            .formatted(name));
  }

  /** The fields that classes of tests have added to the kind. */
  Set<String> addedFields() {
    return Set.copyOf(addedFields);
  }

  /** A pod of the Ray workers. */
  Pod worker(String namespace) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("ray.io/node-type", "worker")
        .list()
        .getItems()
        .getFirst();
  }

  /** The token of the Ray cluster that answers. */
  String rayToken(String namespace, String rayService) {
    return Objects.requireNonNull(
        rayTokens(namespace)
            .get(
                readKubeRay(
                    namespace, rayService, "status", "activeServiceStatus", "rayClusterName")));
  }

  /** The token of each Ray cluster, as people get them with the command of the docs. */
  Map<String, String> rayTokens(String namespace) {
    String label = "ray.io/cluster";
    return client.secrets().inNamespace(namespace).withLabel(label).list().getItems().stream()
        .collect(
            Collectors.toMap(
                secret -> secret.getMetadata().getLabels().get(label),
                secret ->
                    new String(
                        Base64.getDecoder().decode(secret.getData().get("auth_token")), UTF_8)));
  }

  /** Number of workers by Ray cluster. */
  Map<String, Long> workers(String namespace) {
    PodList workers =
        client.pods().inNamespace(namespace).withLabel("ray.io/node-type", "worker").list();
    return workers.getItems().stream()
        .map(pod -> pod.getMetadata().getLabels().get("ray.io/cluster"))
        .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
  }

  /** Deletes a Ray Service and waits until it and its target namespace are deleted. */
  void delete(String namespace, String name) {
    String target = read(namespace, name, "spec", "namespace");
    rayService(namespace, name).delete();
    awaitGone(namespace, name, target);
  }

  void awaitGone(String namespace, String name, String target) {
    await(
        namespace + "/" + name + " and its namespace " + target + " are gone",
        () ->
            rayService(namespace, name).get() == null
                && client.namespaces().withName(target).get() == null,
        gone -> gone);
  }

  /** Waits until a value is as expected. The error contains the last value. */
  <T> T await(String what, Supplier<T> value, Predicate<T> wanted) {
    Instant end = Instant.now().plus(PATIENCE);
    while (true) {
      T seen = value.get();
      if (wanted.test(seen)) {
        return seen;
      }
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(
            "timed out waiting until %s; last value: %s; not ready: %s; load: %s"
                .formatted(what, seen, unready(), load()));
      }
      pause();
    }
  }

  /** The state that helps to explain a failure. */
  private List<String> unready() {
    return client.pods().inAnyNamespace().list().getItems().stream()
        .filter(pod -> !Readiness.isPodReady(pod))
        .map(pod ->
            "%s/%s %s since %s"
                .formatted(
                    pod.getMetadata().getNamespace(),
                    pod.getMetadata().getName(),
                    pod.getStatus().getPhase(),
                    pod.getMetadata().getCreationTimestamp()))
        .toList();
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(500));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A Ray Service from a file of src/test/resources. */
  static GenericKubernetesResource document(String file) {
    try {
      return parse(Files.readString(Path.of("src/test/resources", file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GenericKubernetesResource parse(String yaml) {
    return Serialization.unmarshal(yaml, GenericKubernetesResource.class);
  }

  @Override
  public void close() {
    client.close();
    lab.ifPresent(Lab::close);
  }
}
