package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.process.AttackScript;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
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
 * The packaged service watches the cluster: from the form to a model that answers, through an
 * update, to the deletion.
 */
@ClusterTest
@Order(1)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServiceTest {
  private static final String PATH = "/api/v1/ray-services";
  private static final String ID = "team-live/live-ml";
  private static final String TARGET = "ray-team-live-live-ml";

  /** The phases of a start in their order; none may come twice. */
  private static final List<String> START_PHASES =
      List.of("Proposed", "Accepted", "Syncing", "Provisioning", "Starting", "Running");

  /** Its constructor raises, and Serve tries it again. */
  private static final String RAISING = "raising";

  private static final String EXCEPTION = "OSError: weights.bin is not there";

  /** Compiled while the lab starts. */
  private static final CompletableFuture<BackstageActions> ACTIONS =
      CompletableFuture.supplyAsync(BackstageActions::build, Thread::startVirtualThread);

  /** The events of the stream about the Ray Service, with their times. */
  private record PhaseEvent(Instant at, JsonNode status) {
    String phase() {
      return status.path("phase").asText();
    }

    String text() {
      return "%-12s %s: %s"
          .formatted(phase(), status.path("reason").asText(), status.path("message").asText());
    }
  }

  private final List<PhaseEvent> events = new CopyOnWriteArrayList<>();
  private final List<PhaseEvent> eventsOfRaising = new CopyOnWriteArrayList<>();
  private Cluster cluster;
  private Lab lab;
  private ClusterGitRepository repository;
  private GitCommand workTree;
  private FakeGitlab gitlab;
  private WatchingService service;
  private BackstageActions actions;
  private CompletableFuture<String> inVain;
  private CompletableFuture<String> deletion;
  private List<String> lists = List.of();

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
    service =
        WatchingService.start(
            cluster, lab, gitlab, folder.resolve("service"), AttackScript.SETTINGS);
    follow(ID, events);
    follow("team-live/" + RAISING, eventsOfRaising);
    inVain = deployRaising();
  }

  private void follow(String id, List<PhaseEvent> events) throws IOException, InterruptedException {
    Stream<String> lines = service.process().follow(PATH + "/" + id + "/events");
    // The last line is incomplete when the service ends.
    Thread.ofVirtual()
        .uncaughtExceptionHandler((thread, closed) -> {})
        .start(() ->
            lines
                .filter(line -> line.startsWith("data:") && line.contains("phase"))
                .map(line -> WatchingService.json(line.substring("data:".length())))
                .map(event -> new PhaseEvent(Instant.now(), event.findParent("phase")))
                .forEach(events::add));
  }

  /** Starts first, so that its Ray cluster starts together with the other one. */
  private CompletableFuture<String> deployRaising() {
    lab.serveModel("raising.zip", "raising-model");
    ObjectNode input = input(RAISING).put("waitFor", "running");
    input.withObject("/spec").put("rayServeFile", Lab.MODELS + "raising.zip").put("replicas", 0);
    CompletableFuture<String> task = actions.start("deploy", service, input);
    service.await("team-live/" + RAISING, "Proposed");
    merge(RAISING);
    return task;
  }

  @AfterAll
  void stop() {
    if (service != null) {
      service.close();
    }
    lists.forEach(list -> cluster.kubectl("delete", list));
  }

  /**
   * A person accepts the merge request for this Ray Service. The service may see the pushed branch,
   * and call it Proposed, before it has opened the merge request.
   *
   * @return the number of the merge request
   */
  private int merge(String name) {
    Optional<JsonNode> open =
        cluster.await(
            "the merge request for " + name + " is open",
            () ->
                gitlab.mergeRequests().stream()
                    .filter(request -> request.path("state").asText().equals("opened"))
                    .filter(request -> request.path("source_branch").asText().endsWith("/" + name))
                    .findFirst(),
            Optional::isPresent);
    int number = open.orElseThrow().path("iid").asInt();
    gitlab.merge(number);
    return number;
  }

  private static ObjectNode document(String namespace, String name, int replicas) {
    ObjectNode document = FormFixture.minimal(namespace, name);
    ObjectNode spec = document.withObject("/spec");
    spec.put("rayServeFile", Lab.MODELS + "live.zip").put("replicas", replicas);
    return document;
  }

  @Test
  @Order(1)
  void theServiceAccountMayReadEveryKindAndThePodsAreAdmitted() {
    cluster.await(
        "every kind is read",
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
  void theModelAnswersWhenTheServiceReportsRunning() {
    Instant submitted = Instant.now();
    CompletableFuture<String> task =
        actions.start("deploy", service, input("live-ml").put("waitFor", "running"));
    service.await(ID, "Proposed");
    Instant merged = Instant.now();
    int number = merge("live-ml");
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
        .isSortedAccordingTo((a, b) -> START_PHASES.indexOf(a) - START_PHASES.indexOf(b));
    // The phase is Accepted until Argo CD reads Git, which may be shorter than one poll of the
    // test.
    assertThat(phases).isSubsetOf(START_PHASES).contains("Proposed", "Starting", "Running");
    cluster.await(
        "the events have the same phases",
        () -> events.stream().map(PhaseEvent::phase).distinct().toList(),
        followed -> followed.equals(phases.stream().distinct().toList()));
    assertThat(task.join())
        .containsSubsequence(
            "Merge request !" + number + " is open",
            "Merge request !" + number + " is merged",
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

  /** The exception is in the message of one deployment only, and another one waits for CPUs. */
  @Test
  @Order(3)
  void anExceptionIsToldEverywhereAlsoWhileServeStillTries() {
    String log = inVain.join();

    assertThat(log).contains("failed: ");
    assertThat(log.substring(0, log.indexOf("failed: ")))
        .as("the task's log before its end")
        .contains(EXCEPTION);
    assertThat(eventsOfRaising)
        .filteredOn(event -> event.status().path("diagnosis").toString().contains(EXCEPTION))
        .extracting(PhaseEvent::phase)
        .contains("Starting", "Failed");
    assertThat(service.awaitProblem("team-live/" + RAISING, "ApplicationRaised").path("evidence"))
        .first()
        .extracting(JsonNode::asText)
        .isEqualTo(EXCEPTION);
    assertThat(cluster.read("team-live", RAISING, "status", "serveApplications"))
        .contains(EXCEPTION);
    cluster.await(
        "Argo CD shows the exception",
        () -> healthInArgoCd("ray.team-live." + RAISING),
        health -> health.contains("Degraded") && health.contains(EXCEPTION));
  }

  private String healthInArgoCd(String application) {
    return cluster.kubectl(
        "--namespace=argocd",
        "get",
        "application",
        application,
        "-o",
        "jsonpath={.status.resources}");
  }

  @Test
  @Order(3)
  void aTaskMayWaitForTheDeletion() {
    ObjectNode end =
        JsonNodeFactory.instance
            .objectNode()
            .put("entityRef", "component:team-live/" + RAISING)
            .put("waitFor", "gone");
    deletion = actions.start("delete", service, end);
    cluster.await(
        "its deletion is proposed",
        () -> gitlab.mergeRequests().getLast().path("title").asText(),
        title -> title.startsWith("Delete"));
    merge(RAISING);
  }

  @Test
  @Order(3)
  void whatKubectlPrintsCanBeSentBack() {
    String printed =
        cluster.kubectl(
            "get",
            "rayservices.kro.run",
            "live-ml",
            "--namespace=team-live",
            "-o",
            "yaml",
            "--show-managed-fields");
    String own = printed;
    for (String field : cluster.addedFields()) {
      own = own.replaceAll("(?m)^  " + field + ": none\n", "");
    }

    HttpResponse<String> answer =
        service
            .process()
            .send("PUT", PATH + "/" + ID, own, "Content-Type", "application/yaml")
            .join();

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode unchanged = WatchingService.json(answer.body());
    assertThat(unchanged.path("result").asText()).isEqualTo("unchanged");
    assertThat(unchanged.path("warnings").toString())
        .contains("managedFields", "kro.run/owned", "argocd.argoproj.io/tracking-id");
  }

  /** Printed for people and for the README. */
  private void timeline(Instant submitted, Instant merged, Instant made) {
    SortedMap<Instant, String> lines = new TreeMap<>();
    events.forEach(event -> {
      if (!lines.containsValue(event.text())) {
        lines.put(event.at(), event.text());
      }
    });
    lines.put(submitted, "submitted");
    lines.put(merged, "merged by a person");
    lines.put(made, "the team's namespace is created");
    System.out.println("The start of a Ray Service:");
    lines.forEach((at, text) ->
        System.out.printf(
            "%6.1f s  %s%n", Duration.between(submitted, at).toMillis() / 1000.0, text));
  }

  @Test
  @Order(4)
  void aChangedNumberOfWorkersIsUpdatingAndThenRunning() {
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
        // While KubeRay switches to the new cluster, it reports for a moment that nothing answers.
        .isSubsetOf("Updating", "Degraded", "Running")
        .endsWith("Running");
  }

  /**
   * By hand, because the form would reject the value. Argo CD 3.6 reports that the cluster refuses
   * it, and a moment later reports Synced.
   */
  @Test
  @Order(5)
  void aValueThatTheClusterRefusesIsNotReportedAsRunning() throws IOException {
    Path file = workTree.directory().resolve("rayservices").resolve(ID).resolve("rayservice.yaml");
    workTree.run("pull", "-q", "origin", "main");
    String accepted = Files.readString(file);
    Files.writeString(file, accepted.replace("replicas: 2", "replicas: -2"));
    repository.publish(workTree, "Less than nothing");

    JsonNode status =
        cluster.await(
            "the service reports the difference that Argo CD misses",
            () -> service.status(ID),
            seen -> seen.path("reason").asText().equals("NotAsInGit"));

    assertThat(status.path("message").asText()).contains("spec.replicas");
    Files.writeString(file, accepted);
    repository.publish(workTree, "Two again");
    service.await(ID, "Running");
  }

  /** What a dry run says of a change is what the change then does. */
  @Test
  @Order(6)
  void theHistoryLeadsBackInPlace() {
    // The one before the change of workers is removed a minute after it was replaced.
    Set<String> before =
        cluster.await(
            "there is one Ray cluster",
            () -> cluster.workers(TARGET).keySet(),
            names -> names.size() == 1);
    ObjectNode document = document("team-live", "live-ml", 2);
    document
        .withObject("/spec")
        .withArray("/deployments")
        .addObject()
        .put("name", "WordCount")
        .put("maxOngoingRequests", 3);
    change("PUT", PATH + "/" + ID, document.toString(), "inPlace");
    awaitServeConfig(config -> config.contains("\"max_ongoing_requests\":3"));

    JsonNode versions =
        cluster.await(
            "the newest version has run",
            () -> service.send(200, "GET", PATH + "/" + ID + "/history", "").path("items"),
            items -> items.path(0).has("syncedAt"));
    assertThat(versions.path(0).path("author").asText()).isNotBlank();
    assertThat(versions.path(0).path("mergeRequest").path("number").asInt())
        .isEqualTo(gitlab.mergeRequests().getLast().path("iid").asInt());
    assertThat(versions.path(0).path("changes").toString()).contains("\"field\":\"deployments\"");

    String earlier = versions.path(1).path("commit").asText();
    change("POST", PATH + "/" + ID + ":rollback", "{\"commit\":\"" + earlier + "\"}", "inPlace");
    awaitServeConfig(config -> !config.contains("max_ongoing_requests"));

    assertThat(cluster.workers(TARGET).keySet()).isEqualTo(before);
  }

  @Test
  @Order(7)
  void aRestartIsASecondRayCluster() {
    Set<String> before = cluster.workers(TARGET).keySet();

    change("POST", PATH + "/" + ID + ":restart", "", "newCluster");

    cluster.await(
        "the second Ray cluster has taken over",
        () -> cluster.workers(TARGET).keySet(),
        names -> names.size() == 1 && !names.equals(before));
    service.await(ID, "Running");
  }

  /** A dry run first, and then the change itself, accepted by a person. */
  private void change(String method, String path, String body, String effect) {
    JsonNode preview = service.send(200, method, path + "?dryRun=All", body);
    assertThat(preview.path("changes").findValuesAsText("effect")).containsOnly(effect);
    assertThat(preview.has("secondCluster")).isEqualTo(effect.equals("newCluster"));
    service.send(202, method, path, body);
    merge("live-ml");
  }

  private void awaitServeConfig(Predicate<String> expected) {
    cluster.await(
        "KubeRay's resource has the Serve config",
        () -> cluster.readKubeRay(TARGET, "live-ml", "spec", "serveConfigV2"),
        expected);
    cluster.await(
        "KubeRay has looked at it",
        () ->
            cluster.kubectl(
                "get",
                "rayservices.ray.io",
                "live-ml",
                "--namespace=" + TARGET,
                "-o",
                "jsonpath={.metadata.generation} {.status.observedGeneration} {.status.pendingServiceStatus.rayClusterName}"),
        words -> words.strip().matches("([0-9]+) \\1"));
    service.await(ID, "Running");
  }

  @Test
  @Order(8)
  void aTakenTargetNamespaceIsReported() {
    cluster.createNamespace("somebody-elses");
    ObjectNode document = document("team-live", "taken", 0);
    document.withObject("/spec").put("namespace", "somebody-elses");
    service.send(201, "POST", PATH, document.toString());
    merge("taken");

    JsonNode finding = service.awaitProblem("team-live/taken", "NamespaceTaken");

    assertThat(finding.path("evidence").toString()).contains("somebody-elses exists already");
  }

  /**
   * Lists for this team alone, beside those of the platform: a Ray Service that runs with what they
   * no longer have goes on and can be changed, but not to something else that they do not have. The
   * next test deletes it under them.
   */
  @Test
  @Order(9)
  void listsThatGotShorterHoldForWhatChanges() throws IOException {
    lists =
        PlatformFiles.addLists(
            cluster,
            "team-live",
            Map.of(
                "hosts", "elsewhere.example.com",
                "ingressClasses", "internal",
                "images", "registry.local",
                "serveFileHosts", "github.com"));
    awaitRefusal("must be one of elsewhere.example.com (hosts of the platform)");
    ObjectNode document = document("team-live", "live-ml", 2);
    document
        .withObject("/spec")
        .withArray("/deployments")
        .addObject()
        .put("name", "WordCount")
        .put("maxOngoingRequests", 4);

    change("PUT", PATH + "/" + ID, document.toString(), "inPlace");
    awaitServeConfig(config -> config.contains("\"max_ongoing_requests\":4"));

    Path file = workTree.directory().resolve("rayservices").resolve(ID).resolve("rayservice.yaml");
    workTree.run("pull", "-q", "origin", "main");
    String accepted = Files.readString(file);
    String moved = accepted.replaceFirst("host: \".*\"", "host: \"git.example.com\"");
    assertThat(moved).isNotEqualTo(accepted);
    Files.writeString(file, moved);
    repository.publish(workTree, "To another host");
    JsonNode finding = service.awaitProblem(ID, "RefusedByPolicy");

    assertThat(finding.path("evidence").toString())
        .contains("git.example.com must be one of elsewhere.example.com");
    // The model answers, else it were Failed. Argo CD 3.6 may report Synced a moment later.
    cluster.await(
        "it is degraded with the words of the policy",
        () -> events,
        all ->
            all.stream()
                .filter(event -> event.phase().equals("Degraded"))
                .anyMatch(event ->
                    event.text().contains("git.example.com must be one of elsewhere.example.com")));
    new IngressNginx(cluster, lab).sync();
    assertThat(IngressNginx.ask("gitlab.example.com", "live-ml", "a b").jsonPath().getInt("words"))
        .isEqualTo(2);
    Files.writeString(file, accepted);
    repository.publish(workTree, "Back again");
    service.await(ID, "Running");
  }

  /** The API server learns of lists a moment later. */
  private void awaitRefusal(String words) {
    cluster.await(
        "the API server refuses a new Ray Service of the team",
        () -> {
          try {
            return cluster.kubectl(
                "create",
                "--dry-run=server",
                "--filename=src/test/resources/cluster/refused-by-lists.yaml");
          } catch (AssertionError refused) {
            return String.valueOf(refused.getMessage());
          }
        },
        said -> said.contains(words));
  }

  /** The attackers of docs/platform/security.md, while the service watches the cluster. */
  @Test
  @Order(10)
  void theAttackersOfTheServiceAreRefused() throws IOException {
    assertThat(AttackScript.run(service.process(), "team-live").lines())
        .allMatch(line -> line.startsWith("refused ") || line.startsWith("allowed "))
        .hasSizeGreaterThan(60);
  }

  @Test
  @Order(11)
  void aDeletedRayServiceIsDeletingAndThenGone() {
    service.send(202, "DELETE", PATH + "/" + ID, "");
    merge("live-ml");

    cluster.awaitGone("team-live", "live-ml", TARGET);

    cluster.await("the service knows nothing of it", () -> !service.knows(ID), gone -> gone);
    assertThat(events.stream().map(PhaseEvent::phase)).contains("Deleting");
  }

  @Test
  @Order(12)
  void aTaskThatWaitsForTheDeletionEndsWithIt() {
    assertThat(deletion.join()).contains("is merged").doesNotContain("failed: ");
    assertThat(service.knows("team-live/" + RAISING)).isFalse();
  }
}
