package io.github.rayservice.scaffolder.backstage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.deploy.GitopsBench;
import io.github.rayservice.scaffolder.e2e.backstage.Portal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Many Ray Services in one push, in seconds until the catalog of a real Backstage lists all of
 * them. The measured path is: push, the service's read of Git, its event, and this project's
 * Backstage module. The alternative is the minimum of the catalog itself: the same number of
 * similar entities in one delta. Only the first iteration of a fork measures, because afterwards
 * all entities exist.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@Fork(3)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class CatalogBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Param("500")
  public int entities;

  private Portal portal;
  private GitopsBench pushed;

  @Setup
  public void setUp() throws IOException {
    pushed = GitopsBench.with(entities, 50);
    portal = Portal.start();
  }

  @Benchmark
  public void service() throws InterruptedException {
    portal.gitlab().git().run("fetch", "-q", pushed.copy().toString(), "+main:main");
    await("ray-service");
  }

  @Benchmark
  public void deltaMutation() throws IOException, InterruptedException {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < entities; i++) {
      all.add(entity(i));
    }
    Path file = portal.backstage().floor();
    Path unfinished = Files.writeString(file.resolveSibling("floor.tmp"), all.toString());
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    await("floor");
  }

  /** An entity with the same number of fields as one of the service. */
  private static JsonNode entity(int number) throws IOException {
    String name = "service-" + number;
    ObjectNode entity =
        (ObjectNode)
            JSON.readTree(
                """
                {"apiVersion":"backstage.io/v1alpha1","kind":"Component","metadata":{
                 "description":"Ray Serve application","tags":["phase:accepted"],
                 "labels":{"rayservice-scaffolder/phase":"Accepted"},
                 "annotations":{"argocd/app-name":"ray.team.name","backstage.io/kubernetes-id":"name",
                  "backstage.io/kubernetes-namespace":"ray-team-name",
                  "backstage.io/managed-by-location":"url:https://example.com/",
                  "backstage.io/managed-by-origin-location":"url:https://example.com/",
                  "rayservice-scaffolder/status":"{\\"phase\\":\\"Accepted\\"}"},
                 "links":[{"title":"Ray Serve endpoint","url":"https://example.com/a/","icon":"web"},
                  {"title":"Ray dashboard","url":"https://example.com/b/","icon":"dashboard"}]},
                 "spec":{"type":"floor","lifecycle":"production","system":"system:default/ray-services",
                  "rayService":{"phase":"Accepted"}}}
                """);
    ((ObjectNode) entity.get("metadata"))
        .put("name", name)
        .put("namespace", GitopsBench.namespace(number / 50));
    ((ObjectNode) entity.get("spec"))
        .put("owner", "group:default/" + GitopsBench.namespace(number / 50));
    return entity;
  }

  private void await(String type) throws InterruptedException {
    while (portal.api().count("spec.type", type) < entities) {
      Thread.sleep(50);
    }
  }

  @TearDown
  public void tearDown() throws IOException {
    portal.close();
    pushed.close();
  }
}
