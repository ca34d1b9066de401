package io.github.rayservice.scaffolder.e2e.cluster;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;

/**
 * The only GitOps repository of the lab's Argo CD, for all tests of a run: a project of GitLab,
 * which the lab reaches at {@link PlatformFiles#REPOSITORY}.
 */
final class ClusterGitRepository implements AutoCloseable {
  private final FakeGitlab gitlab;
  private final GitServer forArgo;

  private ClusterGitRepository(FakeGitlab gitlab, GitServer forArgo) {
    this.gitlab = gitlab;
    this.forArgo = forArgo;
  }

  /** Configures Argo CD's credentials and a notification of each push. */
  static ClusterGitRepository start(Cluster cluster, Lab lab) {
    FakeGitlab gitlab;
    GitServer forArgo;
    try {
      Path root = lab.repositories();
      InetSocketAddress address = new InetSocketAddress(Lab.HOST, PlatformFiles.GIT_PORT);
      gitlab = FakeGitlab.start(root);
      forArgo = GitServer.start(root, address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    gitlab.externalUrl(PlatformFiles.GITLAB);
    cluster
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("gitops")
                .withNamespace("argocd")
                .addToLabels("argocd.argoproj.io/secret-type", "repository")
                .endMetadata()
                .addToStringData(
                    Map.of(
                        "type",
                        "git",
                        "url",
                        PlatformFiles.REPOSITORY,
                        "username",
                        "argocd",
                        "password",
                        FakeGitlab.TOKEN))
                .build())
        .serverSideApply();
    addWebhook(gitlab, Lab.ARGO_CD);
    addWebhook(gitlab, Lab.APPLICATION_SETS);
    // Argo CD found no Git server when the platform was applied, and would retry only after
    // minutes.
    cluster.kubectl(
        "-n",
        "argocd",
        "annotate",
        "--overwrite",
        "applicationset",
        "rayservices",
        "argocd.argoproj.io/application-set-refresh=true");
    return new ClusterGitRepository(gitlab, forArgo);
  }

  private static void addWebhook(FakeGitlab gitlab, String server) {
    RestAssured.given()
        .header("PRIVATE-TOKEN", FakeGitlab.TOKEN)
        .contentType("application/json")
        .body(Map.of("url", server + "/api/webhook", "push_events", true))
        .urlEncodingEnabled(false)
        .post(
            gitlab.url() + "/api/v4/projects/" + FakeGitlab.PROJECT.replace("/", "%2F") + "/hooks")
        .then()
        .statusCode(201);
  }

  FakeGitlab gitlab() {
    return gitlab;
  }

  /** A work tree, to edit by hand. */
  GitCommand cloneInto(Path workTree) {
    String url =
        gitlab
            .server()
            .urlOf(FakeGitlab.PROJECT)
            .replace("//", "//oauth2:" + FakeGitlab.TOKEN + "@");
    gitlab.git().run("clone", "-q", url, workTree.toAbsolutePath().toString());
    return new GitCommand(workTree);
  }

  /** Commits everything in a work tree and pushes it, rebased onto other merges. */
  void publish(GitCommand workTree, String message) {
    workTree.run("add", "-A");
    workTree.run("commit", "-q", "-m", message);
    for (int tries = 1; ; tries++) {
      workTree.run("pull", "-q", "--rebase", "origin", "main");
      try {
        workTree.run("push", "-q", "origin", "HEAD:main");
        return;
      } catch (AssertionError e) {
        // Another merge came in between.
        if (tries == 3 || !e.getMessage().contains("[rejected]")) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() {
    forArgo.close();
    gitlab.close();
  }
}
