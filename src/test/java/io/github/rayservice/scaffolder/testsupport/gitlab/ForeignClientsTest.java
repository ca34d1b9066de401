package io.github.rayservice.scaffolder.testsupport.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs clients that were written for GitLab against {@link FakeGitlab}: {@code -Pclients}. */
@Tag("clients")
class ForeignClientsTest {
  @TempDir Path folder;
  private FakeGitlab gitlab;

  @BeforeEach
  void start() throws IOException {
    gitlab = FakeGitlab.start(folder.resolve("server"));
  }

  @AfterEach
  void stop() {
    gitlab.close();
  }

  @Test
  void pythonGitlabWorksWithBranchesCommitsAndMergeRequests() throws IOException {
    ForeignClients.installPython();
    gitlab.grant("glpat-reader", "read_api");

    ForeignClients.Outcome outcome =
        ForeignClients.python(gitlab.url(), FakeGitlab.PROJECT, FakeGitlab.TOKEN, "glpat-reader");

    assertThat(outcome.status()).describedAs(outcome.output()).isZero();
    assertThat(gitlab.mergeRequests())
        .extracting(mr -> mr.path("title").asText() + " " + mr.path("state").asText())
        .containsExactly("Another title merged", "To be closed closed");
    assertThat(gitlab.git().lines("ls-tree", "-r", "--name-only", "main"))
        .containsExactly("docs/a.txt", "docs/c.txt");
    assertThat(gitlab.git().lines("branch", "--format=%(refname:short)")).containsExactly("main");
    gitlab.git().check();
  }

  @Test
  void backstagePublishesAMergeRequestOnceForABranch() throws IOException {
    ForeignClients.installNode();
    GitCommand person = gitlab.git().cloneInto(folder.resolve("person"));
    Files.writeString(person.directory().resolve("README.md"), "by a person\n");
    person.publish("First file");
    ObjectNode mergeRequest = GitlabResponse.JSON.createObjectNode();
    mergeRequest.put("owner", "platform").put("repo", "gitops").put("title", "From Backstage");
    mergeRequest.put("branchName", "backstage/first").put("targetPath", "rayservices/team-ml/text");
    mergeRequest.put("sourcePath", ".").put("removeSourceBranch", true).put("assignee", "ann");
    mergeRequest.putArray("labels").add("ray-service");
    mergeRequest
        .putObject("files")
        .put("rayservice.yaml", "kind: RayService\n")
        .put("a/ü.txt", "ü\n");

    JsonNode first;
    JsonNode second;
    try (ForeignClients.Publisher publisher =
        new ForeignClients.Publisher(gitlab.url(), FakeGitlab.TOKEN)) {
      first = GitlabResponse.JSON.readTree(publisher.publish(mergeRequest.toString()));
      second = GitlabResponse.JSON.readTree(publisher.publish(mergeRequest.toString()));
    }

    JsonNode mr = gitlab.mergeRequests().getFirst();
    assertThat(first.path("output").path("mergeRequestUrl").asText())
        .describedAs(first.toString())
        .isEqualTo(mr.path("web_url").asText());
    assertThat(second.path("error").asText())
        .contains("the branch already exists at: " + gitlab.url())
        .contains("there is a Merge Request for this branch: " + mr.path("web_url").asText());
    assertThat(gitlab.mergeRequests()).hasSize(1);
    assertThat(mr.path("title").asText()).isEqualTo("From Backstage");
    assertThat(mr.path("labels").toString()).isEqualTo("[\"ray-service\"]");
    assertThat(mr.path("assignees").findValuesAsText("username")).containsExactly("ann");
    assertThat(mr.path("force_remove_source_branch").asBoolean()).isTrue();
    assertThat(
            gitlab
                .git()
                .lines(
                    "-c", "core.quotePath=off", "ls-tree", "-r", "--name-only", "backstage/first"))
        .containsExactly(
            "README.md",
            "rayservices/team-ml/text/a/ü.txt",
            "rayservices/team-ml/text/rayservice.yaml");
    assertThat(gitlab.git().run("show", "backstage/first:rayservices/team-ml/text/a/ü.txt"))
        .isEqualTo("ü");
    gitlab.git().check();
  }

  @Test
  void aPushPrintsTheMergeRequestUrlAndProtectedBranches() throws IOException {
    gitlab.protect("main");
    GitCommand person = new GitCommand(Files.createDirectories(folder.resolve("person")));
    String url = gitlab.server().urlOf(FakeGitlab.PROJECT);
    person.run("clone", "-q", url.replace("//", "//oauth2:" + FakeGitlab.TOKEN + "@"), ".");
    person.run("commit", "-q", "--allow-empty", "-m", "By a person");

    assertThatThrownBy(() -> person.run("push", "origin", "HEAD:main"))
        .hasMessageContaining(
            "GitLab: You are not allowed to push code to protected branches on this project.")
        .hasMessageContaining("pre-receive hook declined");
    assertThat(remoteLines(person.run("push", "origin", "HEAD:a/b")))
        .containsSequence(
            "To create a merge request for a/b, visit:",
            gitlab.page("merge_requests/new?merge_request%5Bsource_branch%5D=a%2Fb"));
    person.run("push", "origin", "HEAD:feature-0");
    gitlab.openUnrelated(1);
    person.run("commit", "-q", "--allow-empty", "-m", "Again");
    assertThat(remoteLines(person.run("push", "origin", "HEAD:feature-0")))
        .containsSequence("View merge request for feature-0:", gitlab.page("merge_requests/1"));
  }

  private static List<String> remoteLines(String output) {
    return output.lines().map(line -> line.replaceFirst("^remote:", "").strip()).toList();
  }
}
