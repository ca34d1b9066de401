package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which calls a request makes with default settings: of the Git server, then of GitLab's API. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    // Longer than the default, so that a slow machine does not add a look of the clock's.
    initArgs = @ResourceArg(name = "scaffolder.git.staleness", value = "10M"))
class CallCountTest extends MergeRequestScenario {
  private static final String LOOK = "GET /platform/gitops.git/info/refs?service=git-receive-pack";
  private static final String PUSH = "POST /platform/gitops.git/git-receive-pack";
  private static final String FETCH_REFS =
      "GET /platform/gitops.git/info/refs?service=git-upload-pack";

  /** Twice: for the refs, as protocol version 2 asks for them, and for the objects. */
  private static final String FETCH = "POST /platform/gitops.git/git-upload-pack";

  private static final String LIST = "GET /projects/platform%2Fgitops/merge_requests";
  private static final String OPEN = "POST /projects/platform%2Fgitops/merge_requests";

  /** What this process does once is none of the requests' cost. */
  @BeforeEach
  void settle() {
    create("settled");
  }

  private List<String> callsOf(int status, Supplier<Response> request) {
    gitlab.server().forgetRequests();
    int before = gitlab.requests().size();
    request.get().then().statusCode(status);
    List<String> calls = new ArrayList<>(gitlab.server().requests());
    calls.addAll(gitlab.requests().subList(before, gitlab.requests().size()));
    return calls;
  }

  private String edit(String name) {
    return "PUT /projects/platform%2Fgitops/merge_requests/"
        + of(name).getFirst().path("iid").asInt();
  }

  @Test
  void aNewRayServiceIsOneLookOnePushAndOneCallOfTheApi() {
    assertThat(callsOf(201, () -> create("new"))).containsExactly(LOOK, PUSH, OPEN);
  }

  @Test
  void anUpdateOfAnOpenProposalIsOneListAndOneEditMore() {
    create("grow");

    assertThat(callsOf(202, () -> update("grow", 7)))
        .containsExactly(LOOK, PUSH, LIST, edit("grow"));
  }

  @Test
  void aRepeatWritesNothing() {
    create("again");

    assertThat(callsOf(201, () -> create("again"))).containsExactly(LOOK, LIST);
  }

  @Test
  void aRepeatedUpdateWritesNothing() {
    create("twice");
    update("twice", 7).then().body("result", equalTo("updated"));

    assertThat(
            callsOf(
                202,
                () -> {
                  Response again = update("twice", 7);
                  again.then().body("result", equalTo("unchanged"));
                  return again;
                }))
        .containsExactly(LOOK, LIST);
  }

  @Test
  void aRepeatWithAnIdempotencyKeyWritesNothing() {
    Supplier<Response> request =
        () -> json(minimal(TEAM, "key")).header("Idempotency-Key", "one").post(PATH);
    assertThat(callsOf(201, request)).containsExactly(LOOK, PUSH, OPEN);

    assertThat(callsOf(201, request)).containsExactly(LOOK, LIST);
  }

  @Test
  void aPreviewOfANewRayServiceMakesNoCall() {
    assertThat(callsOf(200, () -> json(minimal(TEAM, "dry")).post(PATH + "?dryRun=All"))).isEmpty();
  }

  @Test
  void aBranchThatAnotherWriterHasMovedIsCheckedBeforeItIsBuiltUpon() {
    create("moved");
    commitByHand("moved", "rayservice/team-ml/moved");

    assertThat(callsOf(202, () -> update("moved", 7)))
        .containsExactly(LOOK, FETCH_REFS, FETCH, FETCH, LOOK, PUSH, LIST, LIST, edit("moved"));
    assertThat(commits("moved")).hasSize(3);
  }

  @Test
  void aBranchThatAnotherWriterHasMadeIsNotBuiltUponWhenItsProposalIsClosed() {
    commitByHand("foreign", "main");
    openByHand("foreign");
    gitlab.close(of("foreign").getFirst().path("iid").asInt());

    assertThat(callsOf(201, () -> create("foreign")))
        .containsExactly(LOOK, FETCH_REFS, FETCH, FETCH, LOOK, PUSH, LIST, OPEN);
    assertThat(commits("foreign")).containsExactly("Create Ray Service team-ml/foreign");
  }

  @Test
  void aMergeRequestOpenedMeanwhileIsAdopted() {
    int[] pushes = {1};
    gitlab.afterPush(() -> {
      if (pushes[0]-- == 1) {
        openByHand("meanwhile");
      }
    });

    assertThat(callsOf(201, () -> create("meanwhile")))
        .containsExactly(LOOK, PUSH, OPEN, OPEN, LIST, edit("meanwhile"));
    assertThat(of("meanwhile")).hasSize(1);
  }

  @Test
  void aMergeRequestOpenedAndMergedMeanwhileIsTheAnswer() {
    int[] pushes = {1};
    gitlab.afterPush(() -> {
      if (pushes[0]-- == 1) {
        openByHand("merged");
        gitlab.merge(of("merged").getFirst().path("iid").asInt());
      }
    });

    // The first call to open it is this test's. The status may read Git once more, for the merge.
    assertThat(callsOf(201, () -> create("merged")))
        .startsWith(LOOK, PUSH)
        .endsWith(OPEN, OPEN, LIST);
    assertThat(of("merged")).hasSize(1);
    given()
        .get(PATH + "/team-ml/merged")
        .then()
        .statusCode(200)
        .body("status.proposal.mergeRequest.state", equalTo("merged"));
  }

  private void commitByHand(String name, String on) {
    String tree = gitlab.git().run("rev-parse", on + "^{tree}");
    String commit = gitlab.git().run("commit-tree", "-p", on, "-m", "By hand", tree);
    gitlab.git().run("update-ref", "refs/heads/rayservice/team-ml/" + name, commit);
  }

  private void openByHand(String name) {
    given()
        .header("PRIVATE-TOKEN", FakeGitlab.TOKEN)
        .contentType("application/json")
        .body(
            """
            {"source_branch": "rayservice/team-ml/%s", "target_branch": "main", "title": "By hand",
             "remove_source_branch": true}
            """
                .formatted(name))
        .urlEncodingEnabled(false)
        .post(gitlab.url() + "/api/v4/projects/platform%2Fgitops/merge_requests")
        .then()
        .statusCode(201);
  }
}
