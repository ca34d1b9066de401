package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.withReplicas;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people do with merge requests, and what the service says of it then. */
@QuarkusTest
@WithTestResource(value = GitlabResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
class ProposalStateTest extends MergeRequestScenario {
  @Inject MergeRequestSweep sweep;

  private static ValidatableResponse read(String name) {
    return given().get(PATH + "/" + TEAM + "/" + name).then();
  }

  @Test
  void aClosedProposalIsNotExtendedAndReleasesItsClaims() {
    int closed = create("closed").then().extract().path("mergeRequest.number");
    gitlab.close(closed);
    json(withReplicas(TEAM, "closed", 4))
        .post(PATH + "?dryRun=All")
        .then()
        .statusCode(200)
        .body("result", equalTo("created"));

    int next =
        json(withReplicas(TEAM, "closed", 4))
            .post(PATH)
            .then()
            .statusCode(201)
            .extract()
            .path("mergeRequest.number");

    assertThat(next).isGreaterThan(closed);
    assertThat(commits("closed")).containsExactly("Create Ray Service team-ml/closed");
  }

  @Test
  void aProposedOneCanBeReadAndListed() {
    int number = create("pending").then().extract().path("mergeRequest.number");

    read("pending")
        .statusCode(200)
        .header("ETag", notNullValue())
        .body("status.phase", equalTo("Proposed"))
        .body("spec.name", equalTo("team-ml-pending"))
        .body("status.branch", equalTo("rayservice/team-ml/pending"))
        .body("status.proposal.result", equalTo("created"))
        .body("status.proposal.mergeRequest.number", equalTo(number))
        .body("status.proposal.mergeRequest.state", equalTo("opened"));
    given().get(PATH).then().body("items.metadata.name", hasItem("pending"));
  }

  @Test
  void anAnswerIsSentAgainOnlyWhenItsMergeRequestHasChanged() {
    int number = create("etag").then().extract().path("mergeRequest.number");
    String seen = read("etag").extract().header("ETag");
    // Until the status has read the write, each answer derives the phase again.
    for (String next = ""; !next.equals(seen); ) {
      next = seen;
      seen = read("etag").extract().header("ETag");
    }

    given().header("If-None-Match", seen).get(PATH + "/" + TEAM + "/etag").then().statusCode(304);
    gitlab.close(number);
    given()
        .header("If-None-Match", seen)
        .get(PATH + "/" + TEAM + "/etag")
        .then()
        .statusCode(200)
        .body("status.proposal.mergeRequest.state", equalTo("closed"));
  }

  @Test
  void anAcceptedServiceShowsWhatIsAcceptedAndWhatIsProposed() {
    gitlab.merge(create("both").then().extract().path("mergeRequest.number"));
    String accepted = read("both").extract().header("ETag");
    String version = read("both").extract().path("status.version");
    update("both", 8).then().statusCode(202);

    String proposed =
        read("both")
            .statusCode(200)
            .header("ETag", not(equalTo(accepted)))
            .body("status.version", equalTo(version))
            .body("spec.replicas", equalTo(2))
            .body("status.branch", equalTo("main"))
            .body("status.proposal.result", equalTo("updated"))
            .body("status.proposal.diff", containsString("+  replicas: 8"))
            .extract()
            .path("status.proposal.version");

    String again = withReplicas(TEAM, "both", 9);
    json(again)
        .header("If-Match", accepted)
        .put(PATH + "/team-ml/both")
        .then()
        .statusCode(412)
        .header("ETag", equalTo('"' + proposed + '"'));
    json(again)
        .header("If-Match", '"' + proposed + '"')
        .put(PATH + "/team-ml/both")
        .then()
        .statusCode(202);
  }

  @Test
  void aClosedProposalIsShownAsClosed() {
    gitlab.close(create("rejected").then().extract().path("mergeRequest.number"));

    read("rejected")
        .statusCode(200)
        .body("status.version", equalTo(null))
        .body("spec", equalTo(null))
        .body("status.branch", equalTo(null))
        .body("status.proposal.mergeRequest.state", equalTo("closed"));
    given().get(PATH).then().body("items.metadata.name", not(hasItem("rejected")));
  }

  @Test
  void aSweepReleasesTheClaimsOfAClosedProposalAndDeletesItsBranch() {
    gitlab.close(create("swept").then().extract().path("mergeRequest.number"));
    create("kept").then().statusCode(201);
    String rival = minimal(TEAM, "rival").replace("team-ml-rival", "team-ml-swept");

    sweep.sweep();

    assertThat(gitlab.git().run("for-each-ref", "refs/heads/rayservice/team-ml/swept")).isEmpty();
    assertThat(gitlab.git().run("for-each-ref", "refs/heads/rayservice/team-ml/kept")).isNotEmpty();
    json(rival).post(PATH).then().statusCode(201);
  }

  /**
   * GitLab deletes no protected branch by Git; a protected one is replaced by the next proposal.
   */
  @Test
  void aProtectedBranchThatCannotBeDeletedHindersNothing() {
    gitlab.protect("rayservice/*", 0, true);
    try {
      gitlab.close(create("stays").then().statusCode(201).extract().path("mergeRequest.number"));
      gitlab.close(create("too").then().statusCode(201).extract().path("mergeRequest.number"));

      sweep.sweep();

      for (String name : List.of("stays", "too")) {
        assertThat(gitlab.git().run("for-each-ref", "refs/heads/" + branch(name))).isNotEmpty();
        assertThat(statusOfRival(name)).isEqualTo(200);
        update(name, 2).then().statusCode(404);
        json(withReplicas(TEAM, name, 4)).post(PATH).then().statusCode(201);
        assertThat(commits(name)).containsExactly("Create Ray Service team-ml/" + name);
      }
    } finally {
      gitlab.unprotectPatterns();
    }
  }

  @Test
  void aSweepNoticesAMergeAfterWhichGitlabRemovedTheBranch() {
    int number = create("vanished").then().extract().path("mergeRequest.number");
    String listed = "items.find { it.metadata.name == 'vanished' }.mergeRequest.number";
    given().get(PATH).then().body(listed, equalTo(number));
    gitlab.merge(number);

    sweep.sweep();

    given()
        .get(PATH)
        .then()
        .body("items.metadata.name", hasItem("vanished"))
        .body(listed, equalTo(null));
  }

  @Test
  void aSweepAsksForPagesNotForEachBranch() {
    gitlab.openUnrelated(100);
    create("late").then().statusCode(201);
    sweep.sweep();
    int before = gitlab.requests().size();

    sweep.sweep();

    assertThat(gitlab.requests().size() - before).isEqualTo(2);
  }

  @Test
  void aSweepOpensAMergeRequestThatWasLost() {
    gitlab.fail("POST /projects/", 1, FAILURE);
    create("lost").then().statusCode(503);

    sweep.sweep();
    assertThat(of("lost")).as("a request may be about to open it").isEmpty();
    sweep.sweep();

    assertThat(of("lost")).hasSize(1);
    String description = of("lost").getFirst().path("description").asText();
    create("lost").then().statusCode(201).body("mergeRequest.state", equalTo("opened"));
    assertThat(of("lost").getFirst().path("description").asText())
        .contains("| `name` | `team-ml-lost` |")
        .isEqualTo(description);
  }

  @Test
  void aSweepOpensTheLostMergeRequestOfAnUpdateAfterAMerge() {
    gitlab.merge(create("later").then().extract().path("mergeRequest.number"));
    gitlab.fail("POST /projects/", 1, FAILURE);
    update("later", 7).then().statusCode(503);

    sweep.sweep();
    sweep.sweep();

    assertThat(of("later")).hasSize(2);
    assertThat(of("later").getLast().path("title").asText())
        .isEqualTo("Update Ray Service team-ml/later");
  }

  @Test
  void aSweepOpensNothingForACommitOfOthers() {
    gitlab.fail("POST /projects/", 1, FAILURE);
    create("foreign").then().statusCode(503);
    String branch = "rayservice/team-ml/foreign";
    String tree = gitlab.git().run("rev-parse", branch + "^{tree}");
    String commit = gitlab.git().run("commit-tree", "-p", branch, "-m", "By hand", tree);
    gitlab.git().run("update-ref", "refs/heads/" + branch, commit);

    sweep.sweep();
    sweep.sweep();

    assertThat(of("foreign")).isEmpty();
    assertThat(gitlab.git().run("for-each-ref", "refs/heads/" + branch)).isNotEmpty();
    gitlab.git().run("update-ref", "-d", "refs/heads/" + branch);
  }

  private static String branch(String name) {
    return "rayservice/" + TEAM + "/" + name;
  }

  /** A branch with a Ray Service whose newest commit is of others, so long ago. */
  private void pushByOthers(String name, Duration ago) {
    gitlab.fail("POST /projects/", 1, FAILURE);
    create(name).then().statusCode(503);
    String ref = "refs/heads/" + branch(name);
    String person =
        "A Person <person@example.com> " + Instant.now().minus(ago).getEpochSecond() + " +0000\n";
    String commit =
        "tree %s\nparent %s\nauthor %scommitter %s\nTheirs\n"
            .formatted(
                gitlab.git().run("rev-parse", ref + "^{tree}"),
                gitlab.git().run("rev-parse", ref),
                person,
                person);
    gitlab
        .git()
        .run(
            "update-ref",
            ref,
            gitlab.git().runWith(commit, "hash-object", "-t", "commit", "-w", "--stdin"));
  }

  /** The status of a request for the URL path that the branch proposes. */
  private static int statusOfRival(String name) {
    return json(minimal(TEAM, "rival-of-" + name)
            .replace("\"team-ml-rival-of-" + name, "\"team-ml-" + name))
        .post(PATH + "?dryRun=All")
        .statusCode();
  }

  /** What GitLab has not been asked about holds what it proposes, as after a start. */
  @ParameterizedTest
  @CsvSource({"PT2H, 200", "PT0S, 409", "-P1D, 200"})
  void aBranchOfOthersWithoutAMergeRequestHoldsItsClaimsForAnHour(Duration ago, int status) {
    String name = "squatter-" + status + "-" + ago.isNegative();
    pushByOthers(name, ago);
    assertThat(statusOfRival(name)).isEqualTo(409);

    sweep.sweep();

    assertThat(statusOfRival(name)).isEqualTo(status);
    gitlab.git().run("update-ref", "-d", "refs/heads/" + branch(name));
  }

  @Test
  void aBranchOfOthersWithAMergeRequestHoldsItsClaims() {
    pushByOthers("by-others", Duration.ofHours(2));
    sweep.sweep();
    assertThat(statusOfRival("by-others")).isEqualTo(200);

    gitlab.open(branch("by-others"));
    sweep.sweep();

    assertThat(statusOfRival("by-others")).isEqualTo(409);
  }

  @Test
  void aBranchWhoseClaimsHaveEndedClaimsAgainByARequest() {
    pushByOthers("idle", Duration.ofHours(2));
    sweep.sweep();

    create("idle").then().statusCode(202).body("mergeRequest.state", equalTo("opened"));

    assertThat(commits("idle"))
        .containsExactly(
            "Create Ray Service team-ml/idle", "Theirs", "Create Ray Service team-ml/idle");
    assertThat(statusOfRival("idle")).isEqualTo(409);
  }

  @Test
  void aBranchWhoseClaimsHaveEndedMayLoseThem() {
    pushByOthers("overtaken", Duration.ofHours(2));
    sweep.sweep();
    json(minimal(TEAM, "first").replace("\"team-ml-first", "\"team-ml-overtaken"))
        .post(PATH)
        .then()
        .statusCode(201);

    create("overtaken").then().statusCode(409).body("heldBy.name", equalTo("first"));

    assertThat(of("overtaken")).isEmpty();
    gitlab.git().run("update-ref", "-d", "refs/heads/" + branch("overtaken"));
  }

  @Test
  void branchesThatOthersLeftAloneCostNothing() {
    sweep.sweep();
    sweep.sweep();
    int before = gitlab.requests().size();
    sweep.sweep();
    int usual = gitlab.requests().size() - before;
    pushByOthers("left-alone", Duration.ofHours(2));
    sweep.sweep();
    before = gitlab.requests().size();

    sweep.sweep();

    assertThat(gitlab.requests().size() - before).isEqualTo(usual);
    gitlab.git().run("update-ref", "-d", "refs/heads/" + branch("left-alone"));
  }

  @Test
  void aProposalThatPeopleOpenAgainIsBuiltUponAgain() {
    int number = create("reopened").then().extract().path("mergeRequest.number");
    gitlab.close(number);
    read("reopened").body("spec", equalTo(null));
    gitlab.reopen(number);

    update("reopened", 6).then().statusCode(202).body("mergeRequest.number", equalTo(number));

    assertThat(commits("reopened"))
        .containsExactly(
            "Update Ray Service team-ml/reopened", "Create Ray Service team-ml/reopened");
  }

  @Test
  void aMergedProposalWithADeletedBranchStillHasItsStatus() {
    gitlab.merge(create("merged").then().extract().path("mergeRequest.number"));
    assertThat(gitlab.git().run("for-each-ref", "refs/heads/rayservice/team-ml/merged")).isEmpty();

    read("merged")
        .statusCode(200)
        .body("status.branch", equalTo("main"))
        .body("status.proposal.branch", equalTo(null))
        .body("status.proposal.mergeRequest.state", equalTo("merged"));
  }

  @Test
  void withoutGitlabTheAnswerHasTheStateOfGit() {
    gitlab.merge(create("alone").then().extract().path("mergeRequest.number"));
    gitlab.fail("GET /projects/", 4, FAILURE);

    read("alone")
        .statusCode(200)
        .body("spec.name", equalTo("team-ml-alone"))
        .body("status.proposalProblem", containsString("GitLab answers 500"));
  }
}
