package io.github.rayservice.scaffolder.e2e.cluster;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * How long a model takes from the merge to its first answer through its Service, and where each
 * second goes; beside it the least that Ray needs: {@code ray start} and {@code serve deploy} of
 * the same application in pods of the same image and size, on the same node. It prints both and
 * their ratio, and asserts no time. No other test runs meanwhile.
 */
@ClusterTest
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirstAnswerTest {
  private static final String PATH = "/api/v1/ray-services";
  private static final String TEAM = "team-first";
  private static final String NAME = "first";
  private static final String TARGET = "ray-team-first-first";
  private static final String FLOOR = "first-floor";
  private static final String ANSWER = "the first answer through the Service";

  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
  private Cluster cluster;
  private Lab lab;
  private FakeGitlab gitlab;
  private WatchingService service;

  @BeforeAll
  void start(Cluster given, Lab givenLab, ClusterGitRepository repository, @TempDir Path folder)
      throws IOException {
    cluster = given;
    lab = givenLab;
    gitlab = repository.gitlab();
    lab.serveModel("first.zip", "model");
    cluster.createNamespace(TEAM);
    WatchingService.install(cluster);
    service = WatchingService.start(cluster, lab, gitlab, folder);
  }

  @AfterAll
  void stop() {
    informers.forEach(SharedIndexInformer::close);
    if (service != null) {
      service.close();
    }
    cluster.client().namespaces().withName(FLOOR).delete();
  }

  @Test
  void fromTheMergeAndTheLeastThatRayNeeds() {
    Timeline product = product();
    List<Pod> pods = cluster.client().pods().inNamespace(TARGET).list().getItems();
    String config = cluster.readKubeRay(TARGET, NAME, "spec", "serveConfigV2");
    delete();

    Timeline floor = floor(pods, config);

    double ours = product.secondsTo(ANSWER).orElseThrow();
    double least = floor.secondsTo(ANSWER).orElseThrow();
    System.out.printf(
        "From the merge to the first answer:%n%s%nray start and serve deploy in such pods:%n%s%n"
            + "FirstAnswer [s]: service %.1f, rayStart %.1f, ratio %.2f%n",
        product, floor, ours, least, ours / least);
  }

  private Timeline product() {
    ObjectNode document = FormFixture.minimal(TEAM, NAME);
    document.withObject("/spec").put("rayServeFile", Lab.MODELS + "first.zip").put("replicas", 1);
    JsonNode created = service.send(201, "POST", PATH, document.toString());
    Timeline timeline = new Timeline();
    watch(timeline);

    timeline.seen("merge", "person");
    gitlab.merge(created.path("mergeRequest").path("number").asInt());

    CompletableFuture<Void> dashboard =
        CompletableFuture.runAsync(() -> {
          String address = address(TARGET, NAME + "-ray");
          String token =
              cluster
                  .await(
                      "KubeRay has made the token",
                      () -> cluster.rayTokens(TARGET),
                      tokens -> !tokens.isEmpty())
                  .values()
                  .iterator()
                  .next();
          String api =
              "curl -sf -m 2 -H 'Authorization: Bearer %s' http://%s:8265/api/"
                  .formatted(token, address);
          poll(api + "version");
          timeline.seen("the head's API answers", "Ray");
          poll(api + "serve/applications/ | grep -q '\"name\": *\"%s\"'".formatted(NAME));
          timeline.seen("Ray Serve has the application", "KubeRay");
          poll(api + "serve/applications/ | grep -q '\"status\": *\"RUNNING\"'");
          timeline.seen("Ray Serve says RUNNING", "Ray");
        });
    String address = address(TARGET, NAME + "-serve-svc");
    timeline.seen("the serve Service", "KubeRay");
    poll(ask(address));
    timeline.seen(ANSWER, "Kubernetes");
    dashboard.join();
    service.await(TEAM + "/" + NAME, "Running");
    return timeline;
  }

  private static String ask(String address) {
    return "curl -sf -m 5 -H 'Content-Type: text/plain' -d 'one two' http://%s:8000/"
        .formatted(address);
  }

  /** Returns when a command of the lab's shell has succeeded. */
  private void poll(String command) {
    lab.inside(
        "timeout", "480", "sh", "-c", "until " + command + " >/dev/null 2>&1; do sleep 0.1; done");
  }

  private String address(String namespace, String name) {
    Service found =
        cluster
            .client()
            .services()
            .inNamespace(namespace)
            .withName(name)
            .waitUntilCondition(Objects::nonNull, 8, MINUTES);
    return found.getSpec().getClusterIP();
  }

  private void watch(Timeline timeline) {
    var client = cluster.client();
    follow(
        client
            .genericKubernetesResources("argoproj.io/v1alpha1", "Application")
            .inNamespace("argocd")
            .withName("ray.%s.%s".formatted(TEAM, NAME)),
        any -> timeline.seen("the Application", "Argo CD"));
    follow(
        client
            .genericKubernetesResources("kro.run/v1alpha1", "RayService")
            .inNamespace(TEAM)
            .withName(NAME),
        any -> timeline.seen("the kro instance", "Argo CD"));
    follow(
        client
            .genericKubernetesResources("ray.io/v1", "RayService")
            .inNamespace(TARGET)
            .withName(NAME),
        rayService -> {
          timeline.seen("the KubeRay RayService", "kro");
          if (String.valueOf(rayService.<Object>get("status")).contains("RUNNING")) {
            timeline.seen("KubeRay says RUNNING", "KubeRay");
          }
        });
    follow(
        client.genericKubernetesResources("ray.io/v1", "RayCluster").inNamespace(TARGET),
        any -> timeline.seen("the RayCluster", "KubeRay"));
    follow(client.pods().inNamespace(TARGET), pod -> pod(timeline, pod));
  }

  private static void pod(Timeline timeline, Pod pod) {
    String type = pod.getMetadata().getLabels().get("ray.io/node-type");
    timeline.seen("the %s pod".formatted(type), "KubeRay");
    for (ContainerStatus init : pod.getStatus().getInitContainerStatuses()) {
      if (init.getState().getTerminated() != null) {
        timeline.seen("the %s's init container has ended".formatted(type), "KubeRay");
      }
    }
    for (ContainerStatus container : pod.getStatus().getContainerStatuses()) {
      if (container.getState().getRunning() != null) {
        timeline.seen("the %s's container runs".formatted(type), "kubelet");
      }
    }
    if (Readiness.isPodReady(pod)) {
      timeline.seen("the %s is Ready".formatted(type), "KubeRay");
    }
    if ("true".equals(pod.getMetadata().getLabels().get("ray.io/serve"))) {
      timeline.seen("the %s is labelled to serve".formatted(type), "KubeRay");
    }
  }

  private <T extends HasMetadata> void follow(Informable<T> objects, Consumer<T> seen) {
    informers.add(
        objects.inform(
            new ResourceEventHandler<T>() {
              @Override
              public void onAdd(T object) {
                seen.accept(object);
              }

              @Override
              public void onUpdate(T before, T object) {
                seen.accept(object);
              }

              @Override
              public void onDelete(T object, boolean unknown) {}
            }));
  }

  private void delete() {
    int number =
        service
            .send(202, "DELETE", PATH + "/" + TEAM + "/" + NAME, "")
            .path("mergeRequest")
            .path("number")
            .asInt();
    gitlab.merge(number);
    cluster.awaitGone(TEAM, NAME, TARGET);
  }

  /** The same containers without KubeRay's probes, init container and variables. */
  private Timeline floor(List<Pod> pods, String config) {
    cluster.createNamespace(FLOOR);
    Pod head = copy(pods, "head");
    Pod worker = copy(pods, "worker");
    cluster
        .client()
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName("serve")
                .withNamespace(FLOOR)
                .endMetadata()
                .withNewSpec()
                .addToSelector("node-type", "worker")
                .addNewPort()
                .withPort(8000)
                .endPort()
                .endSpec()
                .build())
        .create();
    String address = address(FLOOR, "serve");
    String headAddress = running(head);
    running(worker);

    Timeline timeline = new Timeline();
    CompletableFuture<Void> started =
        CompletableFuture.runAsync(() -> {
          exec(
              "worker",
              "until %s; do sleep 0.1; done".formatted(startCommand(pods, "worker", headAddress)));
          timeline.seen("ray start on the worker has ended", "Ray");
        });
    exec("head", startCommand(pods, "head", headAddress));
    timeline.seen("ray start on the head has ended", "Ray");
    exec(
        "head",
        "cat >/tmp/config.yaml <<'END'\n%s\nEND\nuntil serve deploy /tmp/config.yaml; do sleep 0.1; done"
            .formatted(config));
    timeline.seen("serve deploy has ended", "Ray");
    poll(ask(address));
    timeline.seen(ANSWER, "Ray");
    started.join();
    return timeline;
  }

  private static Pod find(List<Pod> pods, String type) {
    return pods.stream()
        .filter(pod -> type.equals(pod.getMetadata().getLabels().get("ray.io/node-type")))
        .findFirst()
        .orElseThrow();
  }

  private Pod copy(List<Pod> pods, String type) {
    Pod source = find(pods, type);
    Container container = source.getSpec().getContainers().getFirst();
    return cluster
        .client()
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName(type)
                .withNamespace(FLOOR)
                .addToLabels("node-type", type)
                .endMetadata()
                .withNewSpec()
                .withEnableServiceLinks(false)
                .withAutomountServiceAccountToken(false)
                .withTerminationGracePeriodSeconds(0L)
                .withSecurityContext(source.getSpec().getSecurityContext())
                .addAllToVolumes(
                    source.getSpec().getVolumes().stream()
                        .filter(volume -> volume.getName().equals("shared-mem"))
                        .toList())
                .addToContainers(
                    new ContainerBuilder()
                        .withName("ray")
                        .withImage(container.getImage())
                        .withCommand("sleep", "infinity")
                        .withResources(container.getResources())
                        .withSecurityContext(container.getSecurityContext())
                        .addAllToVolumeMounts(
                            container.getVolumeMounts().stream()
                                .filter(mount -> mount.getName().equals("shared-mem"))
                                .toList())
                        .build())
                .endSpec()
                .build())
        .create();
  }

  private String running(Pod pod) {
    Pod found =
        cluster
            .client()
            .resource(pod)
            .waitUntilCondition(seen -> seen != null && Readiness.isPodReady(seen), 8, MINUTES);
    return found.getStatus().getPodIP();
  }

  /** What KubeRay runs in such a pod, without the wait for its end. */
  private static String startCommand(List<Pod> pods, String type, String head) {
    String command =
        find(pods, type).getSpec().getContainers().getFirst().getEnv().stream()
            .filter(variable -> variable.getName().equals("KUBERAY_GEN_RAY_START_CMD"))
            .map(EnvVar::getValue)
            .findFirst()
            .orElseThrow();
    assertThat(command).startsWith("ray start").contains("--block");
    return command
        .replace("--block", "")
        .replaceAll("--address=\\S+", "--address=" + head + ":6379");
  }

  private void exec(String pod, String command) {
    cluster.kubectl("exec", "--namespace=" + FLOOR, pod, "--", "bash", "-c", command);
  }
}
