package io.github.rayservice.scaffolder.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The packaged service with memory and options of k8s/service, which watches a cluster. */
final class WatchingProcess implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 300_000;

  private final ServiceProcess process;

  /**
   * Starts it.
   *
   * @param git the GitOps repository, in which the same Ray Services stand
   */
  WatchingProcess(CrowdedCluster cluster, Path git) throws IOException {
    this(cluster, git, List.of());
  }

  /**
   * Starts a variant of it.
   *
   * @param machine options of the Java virtual machine, which win over those of k8s/service
   */
  WatchingProcess(CrowdedCluster cluster, Path git, List<String> machine) throws IOException {
    JsonNode container = container();
    Map<String, String> environment = new HashMap<>();
    environment.put("kubernetes.master", cluster.url());
    for (String name : List.of("JAVA_TOOL_OPTIONS", "MALLOC_ARENA_MAX")) {
      environment.put(name, variable(container, name));
    }
    String limit = container.at("/resources/limits/memory").asText();
    List<String> options = new ArrayList<>(machine);
    // A container would tell Java by its limit.
    options.add("-XX:MaxRAM=" + limit.replace("Mi", "m"));
    this.process =
        ServiceProcess.start(
            Files.createTempDirectory("status-benchmark"),
            Map.of(
                "scaffolder.status.enabled", "true",
                // The endpoints are nowhere, which would be found with each.
                "scaffolder.status.dependencies-interval", "off",
                "scaffolder.git.directory", git.toString()),
            environment,
            options);
  }

  private static JsonNode container() throws IOException {
    return new YAMLMapper()
        .readTree(Path.of("k8s/service/deployment.yaml").toFile())
        .at("/spec/template/spec/containers/0");
  }

  private static String variable(JsonNode container, String name) {
    return container
        .path("env")
        .valueStream()
        .filter(variable -> variable.path("name").asText().equals(name))
        .map(variable -> variable.path("value").asText())
        .findFirst()
        .orElseThrow();
  }

  /** Waits until all Ray Services are known to run. */
  void awaitRunning(int services) throws InterruptedException {
    String wanted = "scaffolder_ray_services{phase=\"Running\"} " + services + ".0";
    long end = System.currentTimeMillis() + PATIENCE_MILLIS;
    String metrics = metrics();
    while (!metrics.contains(wanted)) {
      if (System.currentTimeMillis() > end) {
        throw new IllegalStateException(wanted + " in vain:\n" + metrics + process.log());
      }
      Thread.sleep(50);
      metrics = metrics();
    }
  }

  private String metrics() {
    return process.send("GET", "/q/metrics", "").join().body();
  }

  long pid() {
    return process.pid();
  }

  /** Asks for all that changes from now on. */
  HttpRequest events() throws IOException, InterruptedException {
    RayServiceId any = CrowdedCluster.id(0);
    String own = "/api/v1/ray-services/" + any.namespace() + "/" + any.name() + "/events";
    try (Stream<String> lines = process.follow(own)) {
      String position =
          lines
              .filter(line -> line.startsWith("id:"))
              .findFirst()
              .orElseThrow()
              .substring("id:".length())
              .strip();
      return process.events("/api/v1/events").header("Last-Event-ID", position).build();
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
