package io.github.rayservice.scaffolder.deploy;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a team holds, accepted and proposed, against what the platform lets it hold. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = {
      @ResourceArg(name = "scaffolder.form.team-max-cpu", value = "6"),
      @ResourceArg(name = "scaffolder.form.team-max-memory", value = "12Gi"),
      @ResourceArg(name = "scaffolder.form.team-max-devices", value = "4")
    })
class TeamCeilingsTest {
  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  /** A head of 1 CPU and 2Gi, and workers of 500m and 1Gi. */
  private static ValidatableResponse create(String team, String name, int replicas) {
    return json(withReplicas(team, name, replicas)).post(PATH).then();
  }

  private static ValidatableResponse update(String team, String name, int replicas) {
    return json(withReplicas(team, name, replicas)).put(PATH + "/" + team + "/" + name).then();
  }

  @Test
  void whatIsLeftAndWhoHoldsTheRestIsTold() {
    int accepted =
        create("team-told", "accepted", 2).statusCode(201).extract().path("mergeRequest.number");
    gitlab.merge(accepted);
    create("team-told", "proposed", 5).statusCode(201);

    create("team-told", "third", 0)
        .statusCode(422)
        .body("violations.field", contains("spec.resources.head.cpu", "spec.resources.head.memory"))
        .body("violations.value", contains("1 in all", "2048Mi in all"))
        .body(
            "violations.rule",
            contains(
                "must be at most 0.5, what is left of the team's 6: team-told/proposed holds 3.5 (proposed), team-told/accepted holds 2",
                "must be at most 1024Mi, what is left of the team's 12288Mi: team-told/proposed holds 7168Mi (proposed), team-told/accepted holds 4096Mi"));
  }

  @Test
  void anotherTeamHasItsOwn() {
    create("team-one", "all", 10).statusCode(201);
    create("team-other", "all", 10).statusCode(201);
    create("team-one", "more", 0)
        .statusCode(422)
        .body(
            "violations.rule",
            contains(
                "must be at most 0, what is left of the team's 6: team-one/all holds 6 (proposed)",
                "must be at most 0Mi, what is left of the team's 12288Mi: team-one/all holds 12288Mi (proposed)"))
        .body(
            "violations.source",
            contains(
                "policy of this platform: scaffolder.form.team-max-cpu",
                "policy of this platform: scaffolder.form.team-max-memory"));
  }

  @Test
  void anUpdateCountsOnce() {
    create("team-update", "one", 4).statusCode(201);
    create("team-update", "other", 2).statusCode(201);

    update("team-update", "one", 7)
        .statusCode(422)
        .body(
            "violations[0].rule",
            equalTo(
                "must be at most 4, what is left of the team's 6: team-update/other holds 2 (proposed)"))
        .body("violations[0].value", equalTo("4.5 in all"));
    update("team-update", "one", 6).statusCode(202);
  }

  /** As after the platform has lowered the ceiling. */
  @Test
  void whoHoldsTooMuchMayGiveBackAndNotTakeMore(@TempDir Path folder) throws IOException {
    int number =
        create("team-over", "one", 4).statusCode(201).extract().path("mergeRequest.number");
    gitlab.merge(number);
    GitCommand clone = gitlab.git().cloneInto(folder.resolve("clone"));
    Path file = clone.directory().resolve("rayservices/team-over/one/rayservice.yaml");
    Files.writeString(file, Files.readString(file).replace("replicas: 4\n", "replicas: 90\n"));
    clone.publish("More than the ceiling");

    update("team-over", "one", 91).statusCode(422);
    update("team-over", "one", 40).statusCode(202);
    // What is accepted counts, not only what was proposed last.
    update("team-over", "one", 60).statusCode(202);
    update("team-over", "one", 91).statusCode(422);
  }

  @Test
  void devicesAreCountedAndManyHoldersAreSummedUp() {
    ObjectNode all = FormFixture.minimal("team-many", "all");
    all.withObject("/spec").put("replicas", 2).withObject("/resources/worker").put("gpu", 2);
    json(all.toString()).post(PATH).then().statusCode(201);
    ObjectNode more = FormFixture.minimal("team-many", "more");
    more.withObject("/spec").put("replicas", 1).withObject("/resources/worker").put("gpu", 1);
    json(more.toString())
        .post(PATH)
        .then()
        .statusCode(422)
        .body("violations.field", contains("spec.resources.worker.gpu"))
        .body(
            "violations.rule",
            contains(
                "must be at most 0, what is left of the team's 4: team-many/all holds 4 (proposed)"));

    for (int i = 1; i <= 6; i++) {
      ObjectNode small = FormFixture.minimal("team-small", "no" + i);
      small.withObject("/spec").put("replicas", 0);
      small.withObject("/spec/resources/head").put("memory", "1Gi").put("cpu", i + "00m");
      json(small.toString()).post(PATH).then().statusCode(201);
    }
    create("team-small", "large", 8)
        .statusCode(422)
        .body(
            "violations[0].rule",
            equalTo(
                "must be at most 3.9, what is left of the team's 6: team-small/no6 holds 0.6 (proposed), team-small/no5 holds 0.5 (proposed), team-small/no4 holds 0.4 (proposed), team-small/no3 holds 0.3 (proposed), team-small/no2 holds 0.2 (proposed), 1 more hold 0.1"));
  }

  /** Each has a branch of its own, so Git alone would take both. */
  @Test
  void ofTwoAtOnceOnlyOneGetsTheLast() {
    Map<Integer, Long> answers =
        Stream.of("left", "right", "middle", "other")
            .map(name ->
                CompletableFuture.supplyAsync(
                    () -> create("team-race", name, 10).extract().statusCode()))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .collect(Collectors.groupingBy(status -> status, Collectors.counting()));

    assertThat(answers).isEqualTo(Map.of(201, 1L, 422, 3L));
  }

  @Test
  void theMostWorkersOfAnAutoscalerCount() {
    ObjectNode document = FormFixture.minimal("team-auto", "one");
    document.withObject("/spec/autoscaling").put("minReplicas", 1).put("maxReplicas", 10);

    json(document.toString())
        .post(PATH)
        .then()
        .statusCode(422)
        .body(
            "violations[0].rule",
            equalTo("must be at most 6, what is left of the team's 6: no other holds any"))
        .body("violations[0].value", equalTo("6.2 in all"));
  }

  @Test
  void aDryRunTellsTheSame() {
    create("team-dry", "all", 10).statusCode(201);

    given()
        .contentType("application/json")
        .body(minimal("team-dry", "more"))
        .queryParam("dryRun", "All")
        .post(PATH)
        .then()
        .statusCode(422);
    assertThat(gitlab.mergeRequests().toString()).doesNotContain("team-dry/more");
  }
}
