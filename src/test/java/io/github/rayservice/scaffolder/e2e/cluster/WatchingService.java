package io.github.rayservice.scaffolder.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.AuthInfoBuilder;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The packaged service with the rights of k8s/service. It runs outside the cluster, because the lab
 * cannot build its image.
 */
final class WatchingService implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Cluster cluster;
  private final ServiceProcess process;

  private WatchingService(Cluster cluster, ServiceProcess process) {
    this.cluster = cluster;
    this.process = process;
  }

  /** Applies k8s/service. */
  static void install(Cluster cluster) {
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-k", "k8s/service");
  }

  static WatchingService start(Cluster cluster, Lab lab, FakeGitlab gitlab, Path directory)
      throws IOException {
    return start(cluster, lab, gitlab, directory, Map.of());
  }

  /** Starts the service with the token of its ServiceAccount. */
  static WatchingService start(
      Cluster cluster, Lab lab, FakeGitlab gitlab, Path directory, Map<String, String> more)
      throws IOException {
    Path kubeconfig = Files.createDirectories(directory).resolve("kubeconfig");
    Files.writeString(kubeconfig, kubeconfig(cluster, lab));
    Map<String, String> settings = new HashMap<>(more);
    settings.put("scaffolder.status.enabled", "true");
    settings.put("scaffolder.gitlab.url", gitlab.url());
    settings.put("scaffolder.gitlab.project", FakeGitlab.PROJECT);
    // GitLab notifies Argo CD of pushes here, but not the service.
    settings.put("scaffolder.gitlab.poll-interval", "1s");
    settings.put("scaffolder.status.git-interval", "1s");
    return new WatchingService(
        cluster,
        ServiceProcess.start(
            directory,
            settings,
            Map.of(
                "scaffolder.gitlab.token",
                FakeGitlab.TOKEN,
                "KUBECONFIG",
                kubeconfig.toAbsolutePath().toString())));
  }

  private static String kubeconfig(Cluster cluster, Lab lab) throws IOException {
    String token =
        cluster
            .kubectl(
                "create",
                "token",
                "rayservice-scaffolder",
                "--namespace=rayservice-scaffolder",
                "--duration=2h")
            .strip();
    Config config = Serialization.unmarshal(Files.readString(lab.kubeconfig()), Config.class);
    config.getUsers().getFirst().setUser(new AuthInfoBuilder().withToken(token).build());
    return Serialization.asYaml(config);
  }

  ServiceProcess process() {
    return process;
  }

  /** Sends a request, checks the status and returns the body. */
  JsonNode send(int status, String method, String path, String body) {
    HttpResponse<String> answer = process.send(method, path, body).join();
    if (answer.statusCode() != status) {
      throw new AssertionError(method + " " + path + ": " + answer.statusCode() + answer.body());
    }
    return json(answer.body());
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  /** Whether the service knows the Ray Service. */
  boolean knows(String id) {
    return process.send("GET", "/api/v1/ray-services/" + id, "").join().statusCode() != 404;
  }

  /** The service's current answer about a Ray Service. */
  JsonNode status(String id) {
    return json(process.send("GET", "/api/v1/ray-services/" + id, "").join().body()).path("status");
  }

  /** Waits until the service reports this phase. */
  JsonNode await(String id, String phase) {
    return cluster.await(
        "the service reports " + phase + " for " + id,
        () -> status(id),
        status -> status.path("phase").asText().equals(phase));
  }

  /** Waits until the service reports this problem. */
  JsonNode awaitProblem(String id, String problem) {
    JsonNode status =
        cluster.await(
            "the service reports " + problem + " for " + id,
            () -> status(id),
            seen -> !find(seen, problem).isMissingNode());
    return find(status, problem);
  }

  private static JsonNode find(JsonNode status, String problem) {
    for (JsonNode finding : status.path("diagnosis")) {
      if (finding.path("problem").asText().equals(problem)) {
        return finding;
      }
    }
    return status.path("nothing");
  }

  @Override
  public void close() {
    process.close();
  }
}
