package io.github.rayservice.scaffolder.e2e.backstage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.git.Gate;
import io.github.rayservice.scaffolder.testsupport.git.Gate.Moment;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Failures of a task between the form and the merge request. */
@PortalTest
class TaskTest {
  private static final String PUSH = "POST .*/git-receive-pack";

  private final Portal portal;
  private final PortalApi api;

  TaskTest(Portal portal) {
    this.portal = portal;
    this.api = portal.api();
  }

  private static ObjectNode form(String team, String name) {
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    values.put("name", name).put("team", "group:default/" + team);
    values.putObject("gitlab").put("hostname", name + ".company.com").put("username", "ml-team");
    return values;
  }

  private String deploy(String name) {
    return api.start("ray-service", form("team-ml", name));
  }

  private static void reached(Gate.Stop stop) throws Exception {
    stop.reached().get(300, TimeUnit.SECONDS);
  }

  private void assertOneMergeRequest(String name) {
    assertThat(portal.mergeRequestsOf(name)).hasSize(1);
    assertThat(portal.gitlab().git().lines("rev-list", "main..rayservice/team-ml/" + name).size())
        .isEqualTo(1);
  }

  @Test
  void aTaskWaitsForAKilledServiceAndEndsInOneMergeRequest() throws Exception {
    Gate.Stop pushed = portal.gate().stop(Moment.AFTER, PUSH);
    String task = deploy("killed");
    reached(pushed);

    portal.killService();
    pushed.release();
    portal.startService();

    assertThat(api.end(task)).isEqualTo("completed");
    assertOneMergeRequest("killed");
    assertThat(api.log(task)).anyMatch(line -> line.contains("trying again in"));
  }

  @Test
  void aTaskRetriedByHandAfterAKilledServiceEndsInOneMergeRequest() throws Exception {
    Gate.Stop pushed = portal.gate().stop(Moment.AFTER, PUSH);
    String task = deploy("retried");
    reached(pushed);
    portal.killService();
    pushed.release();
    api.cancel(task);
    String cancelled = api.end(task);
    portal.startService();
    // Backstage reports a step as failed when it ended because of a cancellation.
    assertThat(cancelled).isIn("cancelled", "failed");

    api.retry(task);

    assertThat(api.end(task)).isEqualTo("completed");
    assertOneMergeRequest("retried");
  }

  @Test
  void aTaskContinuesAfterAKilledBackstageAndEndsInOneMergeRequest() throws Exception {
    Gate.Stop pushed = portal.gate().stop(Moment.AFTER, PUSH);
    String task = deploy("recovered");
    reached(pushed);

    portal.backstage().killAndStart();
    pushed.release();

    assertThat(api.end(task)).isEqualTo("completed");
    assertOneMergeRequest("recovered");
  }

  @Test
  void aDryRunShowsTheFilesAndWritesNothing() {
    int before = portal.gitlab().requests().size();
    List<String> branches = portal.gitlab().git().lines("for-each-ref");

    JsonNode run = api.dryRun("ray-service", form("team-ml", "dry"));

    assertThat(run.path("directoryContents").findValuesAsText("path"))
        .contains("rayservices/team-ml/dry/rayservice.yaml");
    assertThat(run.path("log").toString())
        .contains("+++ b/rayservices/team-ml/dry/rayservice.yaml");
    assertThat(portal.gitlab().git().lines("for-each-ref")).isEqualTo(branches);
    assertThat(portal.gitlab().requests().subList(before, portal.gitlab().requests().size()))
        .allMatch(request -> request.startsWith("GET"));
  }

  @Test
  void aHostileValueIsRejectedWithItsRule() throws Exception {
    ObjectNode values = form("team-ml", "hostile");
    values.put("namespace", "kube-system");

    String task = api.start("ray-service", values);

    assertThat(api.end(task)).isEqualTo("failed");
    assertThat(api.log(task))
        .anyMatch(line -> line.contains("spec.namespace: \"kube-system\" must not be"));
    assertThat(portal.mergeRequestsOf("hostile")).isEmpty();
  }

  /** Backstage checks the form's rules also for tasks that are started through its API. */
  @Test
  void aHostileValueThatTheFormRejectsStartsNoTask() {
    ObjectNode values = form("team-ml", "hostile");
    values.put("importPath", "a.b\n  evil: true");

    assertThatThrownBy(() -> api.start("ray-service", values))
        .hasMessageContaining("400")
        .hasMessageContaining("importPath");
  }

  @Test
  void aTaskForAnotherTeamIsRejectedBeforeAnyGitRequest() throws Exception {
    List<String> refs = portal.gitlab().git().lines("for-each-ref");

    String task = api.start("ray-service", form("team-other", "foreign"));

    assertThat(api.end(task)).isEqualTo("failed");
    assertThat(api.log(task)).anyMatch(line -> line.contains("user:default/ann"));
    assertThat(portal.gitlab().git().lines("for-each-ref")).isEqualTo(refs);
    assertThat(portal.gitlab().requests()).noneMatch(request -> request.contains("team-other"));
    assertThat(portal.service().log())
        .contains("denied create team-other/foreign by user:default/ann");
  }

  /** The tokens of users and plugins are JSON web tokens, which start with eyJ. */
  @Test
  void noTokenIsInAnyLog() throws Exception {
    String task = deploy("canary");
    assertThat(api.end(task)).isEqualTo("completed");
    String refused = api.start("ray-service", form("team-other", "canary"));
    assertThat(api.end(refused)).isEqualTo("failed");

    Stream<String> logs =
        Stream.of(
            String.join("\n", api.log(task)),
            String.join("\n", api.log(refused)),
            portal.service().log(),
            portal.backstage().log());

    assertThat(logs)
        .allSatisfy(log ->
            assertThat(log).isNotEmpty().doesNotContain("eyJ").doesNotContain(FakeGitlab.TOKEN));
    try (Stream<Path> files = Files.walk(portal.serviceFolder())) {
      for (Path config : files.filter(file -> file.endsWith("config")).toList()) {
        assertThat(config).content().doesNotContain(FakeGitlab.TOKEN);
      }
    }
  }
}
