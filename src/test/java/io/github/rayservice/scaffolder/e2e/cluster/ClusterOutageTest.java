package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What the service reports while parts of the platform fail, on a real cluster: operators that
 * hang, no API server, a missing or wrong definition of the kind, a kind that the service may not
 * read, no kro, no KubeRay, a node without room for pods. These failures affect every test, so no
 * other test runs at the same time.
 */
@ClusterTest
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterOutageTest {
  private static final String TEAM = "team-outage";
  private static final String GRAPH = "rayservice.kro.run";
  private static final String STUCK = "stuck";
  private static final String FINE = "without-kuberay";
  private static final String LATE = "without-kro";
  private static final String REFUSED = "refused";
  private static final String WAITING = "waiting";
  private static final String AFTERWARDS = "afterwards";

  /** For Ray Services whose Ray need not get ready: the node only tries to start it. */
  private static final String NO_RAY = "ray: {image: 'registry.local/pause:1'}";

  private Path directory;
  private Cluster cluster;
  private Lab lab;
  private FakeGitlab gitlab;
  private WatchingService service;

  @BeforeAll
  void start(Cluster given, Lab givenLab, @TempDir Path folder) throws IOException {
    directory = folder;
    cluster = given;
    lab = givenLab;
    lab.serveModel("outage.zip", "model");
    WatchingService.install(cluster);
    gitlab = FakeGitlab.start(directory.resolve("gitlab"));
    service =
        WatchingService.start(
            cluster,
            lab,
            gitlab,
            directory.resolve("service"),
            Map.of("scaffolder.status.patience", "8s", "scaffolder.status.watch-grace", "5s"));
    create(STUCK, NO_RAY);
    awaitKubeRay(STUCK);
  }

  private void awaitKubeRay(String name) {
    cluster.await(
        "KubeRay has started " + name,
        () -> service.status(id(name)).path("reason").asText(),
        "Initializing"::equals);
  }

  private static String id(String name) {
    return TEAM + "/" + name;
  }

  /** No workers: the head serves. */
  private void create(String name, String... more) {
    createIn(name, "outage-" + name, more);
  }

  private void createIn(String name, String target, String... more) {
    cluster.create(
        Cluster.parse(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              name: %1$s
              namespace: %3$s
              rayServeFile: https://models.lab/outage.zip
              replicas: 0
              gitlab: {hostname: gitlab.example.com, username: ml-team}
              %4$s
            """
                .formatted(name, TEAM, target, String.join("", more))));
  }

  @AfterAll
  void tidyUp() {
    if (service != null) {
      service.close();
    }
    if (gitlab != null) {
      gitlab.close();
    }
    cluster.rayService(TEAM, AFTERWARDS).delete();
  }

  private void awaitGone(String name) {
    cluster.awaitGone(TEAM, name, "outage-" + name);
  }

  @Test
  @Order(1)
  void hangingOperatorsAreReportedUntilTheyWorkAgain() {
    lab.freeze(Lab.KUBERAY);
    try {
      create(FINE);
      cluster.await(
          "kro has created the KubeRay RayService",
          () -> service.status(id(FINE)).path("reason").asText(),
          "NotYetSeenByKubeRay"::equals);
      lab.freeze(Lab.KRO);
      create(LATE, NO_RAY);
      JsonNode kro = service.awaitProblem(id(LATE), "KroIdle");
      JsonNode kubeRay = service.awaitProblem(id(FINE), "KubeRayIdle");

      assertThat(kro.path("nextStep").asText()).contains("kro's controller runs");
      assertThat(kubeRay.path("evidence").toString())
          .contains("RayService outage-without-kuberay/without-kuberay has no status");
      assertThat(service.status(id(LATE)).path("phase").asText()).isEqualTo("Provisioning");
      assertThat(service.status(id(FINE)).path("phase").asText()).isEqualTo("Starting");
    } finally {
      lab.thaw(Lab.KRO);
      lab.thaw(Lab.KUBERAY);
    }

    service.await(id(FINE), "Running");
    service.await(id(LATE), "Starting");
  }

  /**
   * While kro is down, no namespace shows that it is asked for already. kro is refused the one that
   * it makes later, and its deletion takes nothing along.
   */
  @Test
  @Order(2)
  void ofTwoThatAskForOneNamespaceTheLoserTakesNothingAlong() {
    lab.freeze(Lab.KRO);
    try {
      createIn("first", "outage-of-both", NO_RAY);
      createIn("second", "outage-of-both", NO_RAY);
    } finally {
      lab.thaw(Lab.KRO);
    }
    String winner =
        cluster.await(
            "one of them has the namespace",
            () -> {
              Namespace both = cluster.client().namespaces().withName("outage-of-both").get();
              return both == null
                  ? ""
                  : both.getMetadata().getLabels().getOrDefault("kro.run/instance-name", "");
            },
            name -> !name.isEmpty());
    String loser = winner.equals("first") ? "second" : "first";
    String refused = "outage-of-both belongs to the RayService " + id(winner);
    cluster.await(
        "kro is refused for the other one",
        () -> cluster.read(TEAM, loser, "status"),
        status -> status.contains(refused));
    JsonNode finding = service.awaitProblem(id(loser), "NamespaceTaken");
    assertThat(finding.path("evidence").toString()).contains(refused);
    cluster.await(
        "KubeRay's resource of the winner is there",
        () -> cluster.readKubeRay("outage-of-both", winner, "spec"),
        spec -> !spec.isEmpty());

    cluster.rayService(TEAM, loser).delete();
    cluster.await(
        "the loser is gone", () -> cluster.rayService(TEAM, loser).get() == null, gone -> gone);

    assertThat(
            cluster.client().namespaces().withName("outage-of-both").get().getStatus().getPhase())
        .isEqualTo("Active");
    assertThat(cluster.kubeRay("outage-of-both", winner).get().getMetadata())
        .returns(null, ObjectMeta::getDeletionTimestamp);
    cluster.delete(TEAM, winner);
  }

  @Test
  @Order(3)
  void theDefaultsWorkWithoutWorkers() {
    new IngressNginx(cluster, lab).sync();

    assertThat(IngressNginx.ask("gitlab.example.com", FINE, "one two").jsonPath().getInt("words"))
        .isEqualTo(2);
  }

  @Test
  @Order(4)
  void anUnreachableApiServerIsReportedAndNoChangeIsMissed() {
    lab.killApiServer();
    JsonNode status;
    try {
      status = service.await(id(FINE), "Unknown");
    } finally {
      lab.startApiServer();
    }

    assertThat(status.path("message").asText()).matches("kro cannot be read since .*");
    service.await(id(FINE), "Running");
    // The new API server does not have the earlier events, so the watches start again.
    cluster.rayService(TEAM, LATE).delete();
    service.await(id(LATE), "Deleting");
  }

  @Test
  @Order(5)
  void aMissingDefinitionIsReported() throws IOException {
    String definition = takeAway("rgd", GRAPH);
    try {
      JsonNode finding = service.awaitProblem(id(STUCK), "GraphMissing");

      assertThat(finding.path("nextStep").asText()).contains("k8s/platform");
      assertThat(graph().path("state").asText()).isEqualTo("Problem");
      service.await(id(FINE), "Running");
    } finally {
      // The definition as before, with the fields that other tests added: kro does not allow to
      // remove them.
      cluster.kubectl("create", "-f", definition);
    }
    cluster.await("the definition is active", this::graph, this::isOk);
  }

  @Test
  @Order(6)
  void aDefinitionThatKroDoesNotAcceptIsReported() {
    String status = "{\"spec\":{\"schema\":{\"status\":{\"broken\":%s}}}}";
    patchGraph("merge", status.formatted("\"${rayService.spec.noSuchField}\""));
    try {
      cluster.await(
          "the evidence has the message of kro",
          () -> service.awaitProblem(id(STUCK), "GraphInactive").path("evidence").toString(),
          evidence -> evidence.contains("noSuchField"));
      assertThat(graph().path("found").asText()).contains("noSuchField");
    } finally {
      patchGraph("merge", status.formatted("null"));
    }
    cluster.await("the definition is accepted", this::graph, this::isOk);
  }

  @Test
  @Order(7)
  void aSpecThatKubeRayRefusesIsReportedWithItsMessage() {
    String path =
        "/spec/resources/%d/template/metadata/annotations/ray.io~1initializing-timeout"
            .formatted(rayServiceTemplate());
    patchGraph("json", "[{\"op\":\"add\",\"path\":\"%s\",\"value\":\"never\"}]".formatted(path));
    try {
      create(REFUSED);

      JsonNode finding = service.awaitProblem(id(REFUSED), "RefusedByKubeRay");

      assertThat(finding.path("evidence").toString()).contains("initializing-timeout");
      JsonNode status = service.await(id(REFUSED), "Failed");
      assertThat(status.path("reason").asText()).isEqualTo("ValidationFailed");
    } finally {
      patchGraph("json", "[{\"op\":\"remove\",\"path\":\"%s\"}]".formatted(path));
    }
    // Four definitions later. While kro reads a new definition it reports errors of its own, which
    // the service must not show.
    assertThat(service.status(id(FINE)).path("history").findValuesAsText("phase"))
        .as("%s", service.status(id(FINE)).path("history"))
        .doesNotContain("Failed");
    // Both are deleted while the next test waits for something else.
    for (String name : List.of(STUCK, FINE, REFUSED)) {
      cluster.rayService(TEAM, name).delete();
    }
  }

  @Test
  @Order(8)
  void aForbiddenKindIsReportedAndReadOnceItIsAllowed() throws IOException {
    String role = "clusterrole/rayservice-scaffolder";
    String rules = cluster.kubectl("get", role, "-o", "jsonpath={.rules}");
    String fewer = rules.replace("\"ingressclasses\"", "\"nothing\"");
    assertThat(fewer).isNotEqualTo(rules);
    patch(role, fewer);
    try (WatchingService second =
        WatchingService.start(cluster, lab, gitlab, directory.resolve("second"))) {
      String forbidden = "the cluster forbids to list and watch ingressclasses";
      cluster.await(
          "the forbidden kind is reported",
          () -> second.process().send("GET", "/q/health/ready", "").join().body(),
          ready -> ready.contains(forbidden));

      patch(role, rules);

      cluster.await(
          "it is read",
          () -> second.process().send("GET", "/q/health/ready", "").join().body(),
          ready -> !ready.contains("not read since"));
    }
  }

  @Test
  @Order(9)
  void missingKroAndKubeRayAreReportedUntilTheyAreInstalled() throws IOException {
    service.send(
        201, "POST", "/api/v1/ray-services", FormFixture.minimal(TEAM, WAITING).toString());
    gitlab.merge(1);
    // Deletes the instances before their definition, because without the definition kro deletes
    // none.
    List.of(STUCK, FINE, REFUSED, LATE).forEach(this::awaitGone);
    cluster.await(
        "no Ray Service of any test is left",
        () -> cluster.kubectl("get", "rayservices.kro.run", "-A", "-o", "name").strip(),
        String::isEmpty);
    cluster.await("nothing is left of it", () -> !service.knows(id(LATE)), gone -> gone);
    String graph = takeAway("rgd", GRAPH);
    takeAway("crd", "rayservices.kro.run");
    String kind = takeAway("crd", "rayservices.ray.io");
    try {
      JsonNode kro = service.awaitProblem(id(WAITING), "KroMissing");
      JsonNode kubeRay = service.awaitProblem(id(WAITING), "KubeRayMissing");

      assertThat(kro.path("nextStep").asText()).contains("install kro");
      assertThat(kubeRay.path("nextStep").asText()).contains("install the KubeRay operator");
    } finally {
      cluster.kubectl("create", "-f", kind);
      cluster.await(
          "the API server serves KubeRay's kind",
          () -> cluster.kubectl("get", "crd", "rayservices.ray.io", "-o", "jsonpath={.status}"),
          status -> status.contains("the initial names have been accepted"));
      cluster.kubectl("create", "-f", graph);
    }
    cluster.await("the definition is active", this::graph, this::isOk);
    cluster.await(
        "neither is missing",
        () -> service.status(id(WAITING)).path("diagnosis").findValuesAsText("problem"),
        problems -> !problems.contains("KroMissing") && !problems.contains("KubeRayMissing"));
    cluster.kubectl("taint", "node", "--all", "upgrade=now:NoSchedule");
    try {
      create(AFTERWARDS);

      JsonNode homeless = service.awaitProblem(id(AFTERWARDS), "UntoleratedTaint");

      assertThat(homeless.path("evidence").toString()).contains("untolerated taint");
    } finally {
      cluster.kubectl("taint", "node", "--all", "upgrade-");
    }
  }

  /** Deletes all objects of a kind, and returns a file to create them again. */
  private String takeAway(String kind, String name) throws IOException {
    Path file = directory.resolve(kind + "-" + name + ".json");
    Files.writeString(file, cluster.kubectl("get", kind, name, "-o", "json"));
    cluster.kubectl("delete", kind, name);
    return file.toString();
  }

  private void patch(String role, String rules) {
    cluster.kubectl("patch", role, "--type=merge", "-p", "{\"rules\":" + rules + "}");
  }

  private void patchGraph(String type, String patch) {
    cluster.kubectl("patch", "rgd", GRAPH, "--type=" + type, "-p", patch);
  }

  private int rayServiceTemplate() {
    JsonNode graph = WatchingService.json(cluster.kubectl("get", "rgd", GRAPH, "-o", "json"));
    JsonNode resources = graph.path("spec").path("resources");
    int index = 0;
    while (!resources.path(index).path("id").asText().equals("rayService")) {
      index++;
    }
    return index;
  }

  /** The service's dependency entry for the definition. */
  private JsonNode graph() {
    JsonNode items = service.send(200, "GET", "/api/v1/dependencies", "").path("items");
    for (JsonNode item : items) {
      if (item.path("name").asText().equals("ResourceGraphDefinition")) {
        return item;
      }
    }
    throw new AssertionError("not listed: " + items);
  }

  private boolean isOk(JsonNode dependency) {
    return dependency.path("state").asText().equals("Ok");
  }
}
