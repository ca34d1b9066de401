package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service itself watches: from the form to the answering model, through a change, to the end.
 */
@ClusterTest
@Order(1)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServiceTest {
  private static final String PATH = "/api/v1/ray-services";
  private static final String ID = "team-live/live-ml";
  private static final String TARGET = "ray-team-live-live-ml";

  /** As a start goes; none of them may come again. */
  private static final List<String> WAY =
      List.of("Proposed", "Accepted", "Syncing", "Provisioning", "Starting", "Running");

  /** Compiled while the lab starts. */
  private static final CompletableFuture<BackstageActions> ACTIONS =
      CompletableFuture.supplyAsync(BackstageActions::build, Thread::startVirtualThread);

  /** What the event stream told of the Ray Service, and when. */
  private record Told(Instant at, JsonNode status) {
    String phase() {
      return status.path("phase").asText();
    }

    String words() {
      return "%-12s %s: %s"
          .formatted(phase(), status.path("reason").asText(), status.path("message").asText());
    }
  }

  private final List<Told> events = new CopyOnWriteArrayList<>();
  private Cluster cluster;
  private Lab lab;
  private ClusterGitRepository repository;
  private GitCommand workTree;
  private FakeGitlab gitlab;
  private WatchingService service;
  private BackstageActions actions;
  private CompletableFuture<String> inVain;
  private CompletableFuture<String> deletion;

  @BeforeAll
  void start(Cluster given, Lab ofTheTests, ClusterGitRepository ofAllTests, @TempDir Path folder)
      throws IOException, InterruptedException {
    cluster = given;
    lab = ofTheTests;
    lab.serveModel("live.zip", "model");
    actions = ACTIONS.join();
    WatchingService.install(cluster);
    repository = ofAllTests;
    gitlab = repository.gitlab();
    workTree = repository.cloneInto(folder.resolve("work"));
    service = WatchingService.start(cluster, lab, gitlab, folder.resolve("service"));
    Stream<String> lines = service.process().follow(PATH + "/" + ID + "/events");
    // Its last line is cut off when the service ends.
    Thread.ofVirtual()
        .uncaughtExceptionHandler((thread, closed) -> {})
        .start(() ->
            lines
                .filter(line -> line.startsWith("data:") && line.contains("phase"))
                .map(line -> WatchingService.json(line.substring("data:".length())))
                .map(event -> new Told(Instant.now(), event.findParent("phase")))
                .forEach(events::add));
    inVain = deployWithoutZip();
  }

  /** Begins at once, so that its Ray cluster starts beside the other. */
  private CompletableFuture<String> deployWithoutZip() {
    ObjectNode input = input("no-zip").put("waitFor", "running");
    input.withObject("/spec").put("rayServeFile", Lab.MODELS + "nowhere.zip").put("replicas", 0);
    CompletableFuture<String> task = actions.start("deploy", service, input);
    service.await("team-live/no-zip", "Proposed");
    merge("no-zip");
    return task;
  }

  @AfterAll
  void stop() {
    if (service != null) {
      service.close();
    }
  }

  /** The newest merge request for this Ray Service is accepted by a person. */
  private void merge(String name) {
    JsonNode newest =
        gitlab.mergeRequests().stream()
            .filter(request -> request.path("source_branch").asText().endsWith("/" + name))
            .reduce((earlier, later) -> later)
            .orElseThrow();
    gitlab.merge(newest.path("iid").asInt());
  }

  private static ObjectNode document(String namespace, String name, int replicas) {
    ObjectNode document = FormFixture.minimal(namespace, name);
    ObjectNode spec = document.withObject("/spec");
    spec.put("rayServeFile", Lab.MODELS + "live.zip").put("replicas", replicas);
    return document;
  }

  @Test
  @Order(1)
  void itMayReadAllThatItNeedsAndItsPodsAreAdmitted() {
    cluster.await(
        "all is read",
        () -> service.process().send("GET", "/q/health/ready", "").join().body(),
        ready -> ready.contains("pods") && !ready.contains("not read since"));
    // A busy API server may not answer one of them in time.
    JsonNode dependencies =
        cluster.await(
            "the service may read each of them",
            () -> service.send(200, "GET", "/api/v1/dependencies", "").path("items"),
            items -> !items.findValuesAsText("state").contains("Unknown"));
    assertThat(dependencies.findValuesAsText("found"))
        .contains("it serves the kind RayService", "Active", "rayservices")
        .anyMatch(found -> found.startsWith("free on the 1 emptiest of 1 nodes: "));
    cluster.await(
        "the Deployment's pods are there",
        () -> cluster.pods("rayservice-scaffolder"),
        pods -> pods.size() == 2);
  }

  @Test
  @Order(2)
  void aFormBecomesAModelThatAnswersWhenTheServiceSaysSo() {
    Instant submitted = Instant.now();
    CompletableFuture<String> task =
        actions.start("deploy", service, input("live-ml").put("waitFor", "running"));
    service.await(ID, "Proposed");
    Instant merged = Instant.now();
    merge("live-ml");
    JsonNode missing = service.awaitProblem(ID, "TeamNamespaceMissing");
    assertThat(missing.path("evidence").toString()).contains("not found");
    cluster.createNamespace("team-live");
    Instant made = Instant.now();

    JsonNode status = service.await(ID, "Running");

    new IngressNginx(cluster, lab).sync();
    assertThat(
            IngressNginx.ask("gitlab.example.com", "live-ml", "one two").jsonPath().getInt("words"))
        .isEqualTo(2);
    timeline(submitted, merged, made);
    List<String> phases = status.path("history").findValuesAsText("phase");
    assertThat(phases)
        .as("%s", status.path("history"))
        .isSortedAccordingTo((a, b) -> WAY.indexOf(a) - WAY.indexOf(b));
    // Accepted is for as long as Argo CD has not looked, which may be shorter than a look at it.
    assertThat(phases).isSubsetOf(WAY).contains("Proposed", "Starting", "Running");
    cluster.await(
        "the events say the same",
        () -> events.stream().map(Told::phase).distinct().toList(),
        followed -> followed.equals(phases.stream().distinct().toList()));
    assertThat(task.join())
        .containsSubsequence(
            "Merge request !2 is open",
            "Merge request !2 is merged",
            "namespaces \"team-live\" not found",
            "Starting: ",
            "Running: all Serve applications run",
            "\"phase\":\"Running\"");
  }

  private static ObjectNode input(String name) {
    ObjectNode document = document("team-live", name, 1);
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input.put("namespace", "team-live").put("name", name).set("spec", document.get("spec"));
    input.putObject("timeout").put("minutes", 8);
    return input;
  }

  @Test
  @Order(3)
  void aTaskThatWaitsIsToldWhyItIsInVain() {
    assertThat(inVain.join())
        .contains("failed: ")
        .contains("404 Client Error: Not Found for url: https://models.lab/nowhere.zip");
    ObjectNode end =
        JsonNodeFactory.instance
            .objectNode()
            .put("entityRef", "component:team-live/no-zip")
            .put("waitFor", "gone");
    deletion = actions.start("delete", service, end);
    cluster.await(
        "its end is proposed",
        () -> gitlab.mergeRequests().getLast().path("title").asText(),
        title -> title.startsWith("Delete"));
    merge("no-zip");
  }

  /** For people, and for the README. */
  private void timeline(Instant submitted, Instant merged, Instant made) {
    SortedMap<Instant, String> lines = new TreeMap<>();
    events.forEach(event -> {
      if (!lines.containsValue(event.words())) {
        lines.put(event.at(), event.words());
      }
    });
    lines.put(submitted, "submitted");
    lines.put(merged, "merged by a person");
    lines.put(made, "the team's namespace made");
    System.out.println("The way of a Ray Service:");
    lines.forEach((at, words) ->
        System.out.printf(
            "%6.1f s  %s%n", Duration.between(submitted, at).toMillis() / 1000.0, words));
  }

  @Test
  @Order(4)
  void anotherNumberOfWorkersIsUpdatingAndThenRunning() {
    int before = service.status(ID).path("history").size();
    service.send(202, "PUT", PATH + "/" + ID, document("team-live", "live-ml", 2).toString());
    merge("live-ml");

    JsonNode status =
        cluster.await(
            "it runs with two workers",
            () -> service.status(ID),
            seen ->
                seen.path("phase").asText().equals("Running")
                    && cluster.workers(TARGET).containsValue(2L)
                    && seen.path("history").size() > before);

    List<String> phases = status.path("history").findValuesAsText("phase");
    assertThat(phases.subList(before, phases.size()))
        .as("%s", status.path("history"))
        .contains("Updating")
        // KubeRay itself says for a moment that nothing answers, when it goes over to the new
        // cluster.
        .isSubsetOf("Updating", "Degraded", "Running")
        .endsWith("Running");
  }

  /**
   * By hand, because no form lets it through. Argo CD (3.6) says that the cluster refuses it, and a
   * moment later calls it synced.
   */
  @Test
  @Order(5)
  void whatTheClusterRefusesIsNotCalledRunning() throws IOException {
    Path file = workTree.directory().resolve("rayservices").resolve(ID).resolve("rayservice.yaml");
    workTree.run("pull", "-q", "origin", "main");
    String accepted = Files.readString(file);
    Files.writeString(file, accepted.replace("replicas: 2", "replicas: -2"));
    repository.publish(workTree, "Less than nothing");

    JsonNode status =
        cluster.await(
            "the service finds what Argo CD overlooks",
            () -> service.status(ID),
            seen -> seen.path("reason").asText().equals("NotAsInGit"));

    assertThat(status.path("message").asText()).contains("spec.replicas");
    Files.writeString(file, accepted);
    repository.publish(workTree, "Two again");
    service.await(ID, "Running");
  }

  @Test
  @Order(6)
  void aTargetNamespaceThatIsTakenIsSaid() {
    cluster.createNamespace("somebody-elses");
    ObjectNode document = document("team-live", "taken", 0);
    document.withObject("/spec").put("namespace", "somebody-elses");
    service.send(201, "POST", PATH, document.toString());
    merge("taken");

    JsonNode finding = service.awaitProblem("team-live/taken", "NamespaceTaken");

    assertThat(finding.path("evidence").toString()).contains("somebody-elses exists already");
  }

  @Test
  @Order(7)
  void whatIsDeletedIsDeletingAndThenGone() {
    service.send(202, "DELETE", PATH + "/" + ID, "");
    merge("live-ml");

    cluster.awaitGone("team-live", "live-ml", TARGET);

    cluster.await("the service knows nothing of it", () -> !service.knows(ID), gone -> gone);
    assertThat(events.stream().map(Told::phase)).contains("Deleting");
  }

  @Test
  @Order(8)
  void aTaskThatWaitsForTheEndEndsWithIt() {
    assertThat(deletion.join()).contains("is merged").doesNotContain("failed: ");
    assertThat(service.knows("team-live/no-zip")).isFalse();
  }
}
