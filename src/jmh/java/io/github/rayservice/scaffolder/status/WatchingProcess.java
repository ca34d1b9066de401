package io.github.rayservice.scaffolder.status;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.testsupport.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The packaged service in the memory that k8s/service gives it, which watches a cluster. */
final class WatchingProcess implements AutoCloseable {
  /**
   * The limit of k8s/service; Java chooses heap and collector by it as it does in the container.
   */
  private static final List<String> MEMORY =
      List.of(
          "-XX:MaxRAM=512m",
          "-XX:MaxRAMPercentage=23",
          "-XX:NewRatio=5",
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:TieredStopAtLevel=1");

  private static final int PATIENCE_MILLIS = 300_000;

  private final ServiceProcess process;

  /**
   * Starts it.
   *
   * @param git the GitOps repository, in which the same Ray Services stand
   */
  WatchingProcess(CrowdedCluster cluster, Path git) throws IOException {
    this.process =
        ServiceProcess.start(
            Files.createTempDirectory("status-benchmark"),
            Map.of("scaffolder.status.enabled", "true", "scaffolder.git.directory", git.toString()),
            Map.of("kubernetes.master", cluster.url(), "malloc.arena.max", "2"),
            MEMORY);
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
