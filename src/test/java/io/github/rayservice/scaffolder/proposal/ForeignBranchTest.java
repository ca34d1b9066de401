package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A Developer of the project may push to the branches of proposals. The service may merge; what it
 * asks to be merged must be its own.
 */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = @ResourceArg(name = "scaffolder.gitlab.auto-merge", value = "true"))
class ForeignBranchTest extends MergeRequestScenario {
  private static final String OTHERS = "rayservices/team-b/model/rayservice.yaml";

  @TempDir Path folder;

  enum Operation {
    CREATE,
    UPDATE,
    DELETE
  }

  @AfterEach
  void likeBefore() {
    gitlab.merging().allow(true);
  }

  private static String branch(String name) {
    return "rayservice/" + TEAM + "/" + name;
  }

  private String main() {
    return gitlab.git().run("rev-parse", "main");
  }

  private GitCommand person() throws IOException {
    return gitlab.git().cloneInto(Files.createTempDirectory(folder, "person").resolve("clone"));
  }

  /** A person commits a file to the branch, which may not be there yet; returns the commit. */
  private String push(String branch, String file) throws IOException {
    GitCommand person = person();
    boolean there = !person.lines("branch", "-r", "--list", "origin/" + branch).isEmpty();
    person.run("checkout", "-q", "-B", branch, there ? "origin/" + branch : "origin/main");
    Path written = person.directory().resolve(file);
    Files.createDirectories(written.getParent());
    Files.writeString(written, "theirs\n");
    person.run("add", "-A");
    person.run("commit", "-q", "-m", "Theirs");
    person.run("push", "-q", "origin", branch);
    return person.run("rev-parse", "HEAD");
  }

  private static Response send(Operation operation, String name) {
    return switch (operation) {
      case CREATE -> create(name);
      case UPDATE -> update(name, 7);
      case DELETE -> given().delete(PATH + "/" + TEAM + "/" + name);
    };
  }

  private static void refused(Response response, String branch, String commit) {
    response
        .then()
        .statusCode(409)
        .body("type", equalTo("urn:rayservice-scaffolder:problem:foreign-branch"))
        .body("branch", equalTo(branch))
        .body("path", equalTo(OTHERS))
        .body("commit", equalTo(commit))
        .body("detail", containsString("take that commit off the branch"));
  }

  @ParameterizedTest
  @EnumSource
  void aBranchThatOthersSeededIsNotBuiltUpon(Operation operation) throws IOException {
    String name = "seeded-" + operation.name().toLowerCase(Locale.ROOT);
    if (operation != Operation.CREATE) {
      create(name).then().statusCode(201).body("mergeRequest.state", equalTo("merged"));
    }
    int requests = of(name).size();
    String before = main();
    String theirs = push(branch(name), OTHERS);

    refused(send(operation, name), branch(name), theirs);

    assertThat(main()).isEqualTo(before);
    assertThat(of(name)).hasSize(requests);
    assertThat(gitlab.git().run("rev-parse", branch(name))).isEqualTo(theirs);
    gitlab.git().run("update-ref", "-d", "refs/heads/" + branch(name));
    send(operation, name).then().body("mergeRequest.state", equalTo("merged"));
    assertThat(gitlab.git().run("ls-tree", "-r", "--name-only", "main")).doesNotContain(OTHERS);
  }

  @Test
  void aDryRunSaysSo() throws IOException {
    String theirs = push(branch("dry"), OTHERS);

    refused(json(minimal(TEAM, "dry")).post(PATH + "?dryRun=All"), branch("dry"), theirs);
  }

  /** What came onto the branch after the answer is not merged by sending the request again. */
  @Test
  void aRepeatedRequestMergesNothingOfOthers() throws IOException {
    gitlab.merging().allow(false);
    keyed("repeated").statusCode(201).body("mergeRequest.state", equalTo("opened"));
    String theirs = push(branch("repeated"), OTHERS);
    String before = main();
    gitlab.merging().allow(true);

    refused(create("repeated"), branch("repeated"), theirs);
    refused(keyed("repeated").extract().response(), branch("repeated"), theirs);

    assertThat(main()).isEqualTo(before);
  }

  private static ValidatableResponse keyed(String name) {
    return json(minimal(TEAM, name)).header("Idempotency-Key", name).post(PATH).then();
  }

  /** People may amend a proposal by hand. They merge it then. */
  @Test
  void whatPeopleEditedInTheDirectoryIsKeptAndNotMergedByItself() throws IOException {
    String notes = "rayservices/" + TEAM + "/amended/notes.txt";
    gitlab.merging().allow(false);
    create("amended").then().statusCode(201);
    String before = main();
    push(branch("amended"), notes);
    gitlab.merging().allow(true);

    create("amended")
        .then()
        .statusCode(202)
        .body("result", equalTo("unchanged"))
        .body("mergeRequest.state", equalTo("opened"))
        .body("mergeRequest.autoMergeProblem", containsString("others have committed"));
    update("amended", 7)
        .then()
        .statusCode(202)
        .body("mergeRequest.state", equalTo("opened"))
        .body("mergeRequest.autoMergeProblem", containsString("others have committed"));

    assertThat(main()).isEqualTo(before);
    assertThat(gitlab.git().run("show", branch("amended") + ":" + notes)).isEqualTo("theirs");
  }

  @Test
  void whatMainGotMeanwhileIsNoChangeOfTheBranch() throws IOException {
    gitlab.merging().allow(false);
    create("behind").then().statusCode(201);
    create("merged-in").then().statusCode(201);
    gitlab.git().editByHand(folder.resolve("main"), OTHERS, "of main");
    GitCommand person = person();
    person.run("checkout", "-q", branch("merged-in"));
    person.run("merge", "-q", "-m", "Merge main", "origin/main");
    person.run("push", "-q", "origin", branch("merged-in"));
    gitlab.merging().allow(true);

    update("behind", 3).then().statusCode(202).body("mergeRequest.state", equalTo("merged"));
    update("merged-in", 3)
        .then()
        .statusCode(202)
        .contentType(ContentType.JSON)
        .body("mergeRequest.state", equalTo("opened"))
        .body("mergeRequest.autoMergeProblem", containsString("others have committed"));
  }
}
