package io.github.rayservice.scaffolder.gitops;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.deletion;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.Claim;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.Preview;
import io.github.rayservice.scaffolder.gitops.model.TeamPolicy;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class GitopsRepositoryTest {
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");

  @TempDir Path folder;
  private GitopsFixture gitops;
  private GitCommand git;

  @BeforeEach
  void open() {
    gitops = GitopsFixture.in(folder.resolve("gitops.git"));
    git = gitops.git;
  }

  @AfterEach
  void close() {
    gitops.close();
    git.check();
  }

  private void restart() {
    gitops.close();
    open();
  }

  @Test
  void aNewRepositoryHasABranchToClone() {
    assertThat(git.run("symbolic-ref", "HEAD")).isEqualTo("refs/heads/main");
    assertThat(git.lines("ls-tree", "--name-only", "main")).containsExactly("README.md");
  }

  @Test
  void aCreationIsOneCommitByTheCallerAndTheService() {
    CommitResult result = gitops.commit(creation("team-ml", "text-ml"), request("4711"));

    assertThat(result.outcome()).isEqualTo(CommitResult.Outcome.CREATED);
    assertThat(result.branch()).isEqualTo("main");
    assertThat(result.commit()).isEqualTo(git.run("rev-parse", "main"));
    assertThat(result.version()).contains(git.run("rev-parse", "main:rayservices/team-ml/text-ml"));
    assertThat(result.files())
        .containsExactly(
            "rayservices/team-ml/text-ml/catalog-info.yaml",
            "rayservices/team-ml/text-ml/rayservice.yaml");
    assertThat(git.run("log", "-1", "--format=%an <%ae>, %cn <%ce>"))
        .isEqualTo(
            "Ann <ann@example.com>, rayservice-scaffolder <rayservice-scaffolder@users.noreply.localhost>");
    assertThat(git.lines("log", "-1", "--format=%s%n%(trailers)"))
        .containsExactly(
            "Create Ray Service team-ml/text-ml",
            "Ray-Service: team-ml/text-ml",
            "Request-Id: 4711");
    assertThat(git.run("show", "main:rayservices/team-ml/text-ml/catalog-info.yaml"))
        .isEqualTo("entity");
  }

  /** Access refuses such a subject; this is the wall behind it. */
  @Test
  void anAuthorIsOneLineOfTheCommit() {
    gitops.commit(creation("team-ml", "text-ml"));

    gitops.commit(
        deletion(ID),
        new CommitRequest(
            new CommitRequest.Author(
                "ann\r\nparent 0\n\nRequest-Id: x\u0000 <y>", "a\r\n@\u0000b>"),
            "4711",
            Optional.empty(),
            "digest"));

    assertThat(git.run("cat-file", "commit", "main")).doesNotContain("\r", "\0");
    assertThat(git.lines("cat-file", "commit", "main"))
        .extracting(line -> line.replaceFirst(" .*", ""))
        .containsExactly(
            "tree",
            "parent",
            "author",
            "committer",
            "",
            "Delete",
            "",
            "Ray-Service:",
            "Request-Id:");
    assertThat(git.lines("log", "-1", "--format=%(trailers:key=Request-Id)"))
        .contains("Request-Id: 4711");
  }

  @Test
  void theRepositorySurvivesARestart() {
    gitops.commit(creation("team-ml", "text-ml"));

    restart();

    assertThat(gitops.listed()).containsExactly("team-ml/text-ml");
    assertThat(gitops.repository.find(ID).stored().orElseThrow().files()).hasSize(2);
  }

  @Test
  void theSameCreationAgainGivesTheSameAnswerAndNoCommit() {
    CommitResult first = gitops.commit(creation("team-ml", "text-ml"), request("1"));

    CommitResult again = gitops.commit(creation("team-ml", "text-ml"), request("2"));

    assertThat(again).isEqualTo(first);
    assertThat(git.run("rev-list", "--count", "main")).isEqualTo("2");
  }

  @Test
  void theSameNameInAnotherNamespaceHasItsOwnDirectory() {
    gitops.commit(creation("team-a", "text-ml"));
    gitops.commit(creation("team-b", "text-ml"));

    assertThat(git.services()).containsExactly("team-a/text-ml", "team-b/text-ml");
  }

  @Test
  void anIdentityIsHeldByTheFirst() {
    gitops.commit(creation("team-ml", "text-ml"));
    InstanceSummary other = new InstanceSummary("other", "ray-other", "host", "bob");

    GitopsException.Conflict conflict = conflict(creation(ID, other));

    assertThat(conflict.claim()).isEqualTo(new Claim(Claim.Kind.IDENTITY, "team-ml/text-ml"));
    assertThat(conflict.heldBy()).isEqualTo(new GitopsException.Conflict.Holder(ID, "main", "ann"));
    assertThat(conflict).hasMessage("the Ray Service team-ml/text-ml exists already on main");
  }

  @Test
  void aUrlPathIsHeldByTheFirst() {
    gitops.commit(creation("team-ml", "text-ml"));
    InstanceSummary same = new InstanceSummary("team-ml-text-ml", "ray-other", "host", "bob");

    GitopsException.Conflict conflict = conflict(creation(new RayServiceId("team-b", "x"), same));

    assertThat(conflict.claim()).isEqualTo(new Claim(Claim.Kind.URL_PATH, "host/team-ml-text-ml"));
    assertThat(conflict.heldBy().id()).isEqualTo(ID);
  }

  @Test
  void aHostOfItsOwnIsHeldByTheFirst() {
    InstanceSummary alone = GitopsFixture.summary("a", "ray-a", "own.host", "ann");
    InstanceSummary other = GitopsFixture.summary("b", "ray-b", "own.host", "bob");
    gitops.commit(creation(ID, alone));

    GitopsException.Conflict conflict = conflict(creation(new RayServiceId("team-b", "x"), other));

    assertThat(conflict.claim()).isEqualTo(new Claim(Claim.Kind.OWN_HOST, "own.host"));
    assertThat(conflict)
        .hasMessage(
            "host own.host is held by the Ray Service team-ml/text-ml on main: it answers for that Ray Service alone");
  }

  /** As after a change of the platform's settings, or by hand. */
  @Test
  void aHostIsForOneOrForMany() {
    InstanceSummary alone = GitopsFixture.summary("a", "ray-a", "own.host", "ann");
    InstanceSummary shared = new InstanceSummary("b", "ray-b", "own.host", "bob");
    InstanceSummary ofMany = new InstanceSummary("c", "ray-c", "host", "bob");
    InstanceSummary grabbing = withOwnHost(GitopsFixture.summary("d", "ray-d", "host", "ann"));
    gitops.commit(creation(ID, alone));
    gitops.commit(creation(new RayServiceId("team-b", "c"), ofMany));
    gitops.commit(
        creation(
            new RayServiceId("team-b", "e"), new InstanceSummary("e", "ray-e", "host", "bob")));

    assertThat(conflict(creation(new RayServiceId("team-b", "b"), shared)).claim())
        .isEqualTo(new Claim(Claim.Kind.OWN_HOST, "own.host"));
    assertThat(conflict(creation(new RayServiceId("team-b", "d"), grabbing)))
        .hasMessage(
            "host host is held by the Ray Service team-b/c on main: it would answer for this Ray Service alone");
  }

  private static InstanceSummary withOwnHost(InstanceSummary summary) {
    return new InstanceSummary(
        summary.name(),
        summary.targetNamespace(),
        summary.host(),
        true,
        summary.createdBy(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void aTargetNamespaceIsHeldByTheFirst() {
    gitops.commit(creation("team-ml", "text-ml"));
    InstanceSummary same = new InstanceSummary("other", "ray-team-ml-text-ml", "host", "bob");

    GitopsException.Conflict conflict = conflict(creation(new RayServiceId("team-b", "x"), same));

    assertThat(conflict.claim())
        .isEqualTo(new Claim(Claim.Kind.TARGET_NAMESPACE, "ray-team-ml-text-ml"));
  }

  @Test
  void anUpdateCannotTakeWhatAnotherHolds() {
    gitops.commit(creation("team-ml", "text-ml"));
    gitops.commit(creation("team-ml", "other"));
    InstanceSummary taken = GitopsFixture.summary(new RayServiceId("team-ml", "other"));
    Change.Update grab =
        new Change.Update(
            ID,
            (stored, accepted) -> new Change.Edited(GitopsFixture.files(taken), taken),
            java.util.Set.of(),
            TeamPolicy.NONE);

    assertThat(conflict(grab).heldBy().id()).hasToString("team-ml/other");
    assertThat(git.run("rev-list", "--count", "main")).isEqualTo("3");
  }

  private GitopsException.Conflict conflict(Change change) {
    return catchThrowableOfType(GitopsException.Conflict.class, () -> gitops.commit(change));
  }

  /** It would be deleted together with the Ray Service whose target namespace it is. */
  @Test
  void aTeamsNamespaceIsNobodysTarget() {
    gitops.commit(creation("team-ml", "text-ml"));
    InstanceSummary onTeam = new InstanceSummary("other", "team-ml", "host", "bob");
    InstanceSummary onTarget = new InstanceSummary("third", "ray-third", "host", "bob");

    GitopsException.Conflict target =
        conflict(GitopsFixture.creation(new RayServiceId("team-b", "x"), onTeam));
    GitopsException.Conflict team =
        conflict(GitopsFixture.creation(new RayServiceId("ray-team-ml-text-ml", "x"), onTarget));

    assertThat(target)
        .hasMessage(
            "spec.namespace team-ml is held by the Ray Service team-ml/text-ml on main: it is the namespace of that team, and kro would delete it together with this Ray Service");
    assertThat(team)
        .hasMessage(
            "metadata.namespace ray-team-ml-text-ml is held by the Ray Service team-ml/text-ml on main: it is the target namespace of that one, and kro deletes it together with it");
  }

  /** Longer than any team's namespace. */
  @Test
  void aTargetNamespaceMayHaveEveryLengthThatKubernetesAllows() {
    InstanceSummary summary = new InstanceSummary("x", "n".repeat(63), "host", "bob");

    assertThat(
            gitops
                .commit(GitopsFixture.creation(new RayServiceId("team-b", "x"), summary))
                .outcome())
        .isEqualTo(CommitResult.Outcome.CREATED);
  }

  @Test
  void theClaimsOfADeletedOneAreFree() {
    gitops.commit(creation("team-ml", "text-ml"));
    gitops.commit(deletion(ID));
    InstanceSummary same = GitopsFixture.summary(ID);

    CommitResult result = gitops.commit(creation(new RayServiceId("team-b", "x"), same));

    assertThat(result.outcome()).isEqualTo(CommitResult.Outcome.CREATED);
  }

  @Test
  void whatItWasInACommitIsKnown() {
    CommitResult created = gitops.commit(creation("team-ml", "text-ml"));
    CommitResult updated = gitops.commit(handOver(ID, "bob"));
    String before = git.run("rev-parse", created.commit() + "^");
    String unknown = "0123456789012345678901234567890123456789";

    assertThat(gitops.repository.treeIdsAt(Map.of(ID, created.commit())))
        .containsExactly(Map.entry(ID, created.version().orElseThrow()));
    assertThat(gitops.repository.treeIdsAt(Map.of(ID, updated.commit())))
        .containsExactly(Map.entry(ID, updated.version().orElseThrow()));
    assertThat(created.version()).isNotEqualTo(updated.version());
    for (String commit : List.of(before, unknown, git.run("rev-parse", "main^{tree}"), "HEAD")) {
      assertThat(gitops.repository.treeIdsAt(Map.of(ID, commit))).as(commit).isEmpty();
    }
  }

  @Test
  void anUpdateChangesOnlyItsFiles() throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));
    GitCommand person = git.cloneInto(folder.resolve("clone"));
    Path directory = person.directory().resolve(ID.directory());
    Files.writeString(directory.resolve("values.txt"), "by hand\n");
    Files.createDirectories(directory.resolve("docs"));
    Files.writeString(directory.resolve("docs/index.md"), "docs\n");
    person.publish("Add files by hand");

    CommitResult result = gitops.commit(handOver(ID, "bob"));

    assertThat(result.outcome()).isEqualTo(CommitResult.Outcome.UPDATED);
    assertThat(result.files()).containsExactly("rayservices/team-ml/text-ml/rayservice.yaml");
    assertThat(git.run("show", "--stat", "--format=", "main"))
        .contains("1 file changed, 1 insertion(+), 1 deletion(-)");
    assertThat(git.lines("ls-tree", "-r", "--name-only", "main:rayservices/team-ml/text-ml"))
        .containsExactly("catalog-info.yaml", "docs/index.md", "rayservice.yaml", "values.txt");
  }

  @Test
  void anUpdateThatChangesNothingIsNoCommit() {
    CommitResult created = gitops.commit(creation("team-ml", "text-ml"));

    CommitResult result = gitops.commit(handOver(ID, "ann"));

    assertThat(result.outcome()).isEqualTo(CommitResult.Outcome.UNCHANGED);
    assertThat(result.commit()).isEqualTo(created.commit());
  }

  @Test
  void anUpdateOfANewerVersionIsRefused() {
    CommitResult first = gitops.commit(creation("team-ml", "text-ml"));
    String seen = first.version().orElseThrow();
    CommitResult second = gitops.commit(handOver(ID, "bob", seen));

    GitopsException.Stale stale =
        catchThrowableOfType(
            GitopsException.Stale.class, () -> gitops.commit(handOver(ID, "eve", seen)));

    assertThat(stale.current()).isEqualTo(second.version().orElseThrow());
    assertThatThrownBy(() -> gitops.commit(deletion(ID, seen)))
        .isInstanceOf(GitopsException.Stale.class);
  }

  @Test
  void whatIsNotThereCannotBeChanged() {
    assertThatThrownBy(() -> gitops.commit(handOver(ID, "bob")))
        .isInstanceOf(GitopsException.NotFound.class)
        .hasMessage("there is no Ray Service team-ml/text-ml on main");
    assertThatThrownBy(() -> gitops.commit(deletion(ID)))
        .isInstanceOf(GitopsException.NotFound.class);
    assertThat(gitops.repository.find(ID).lastChange()).isEmpty();
  }

  @Test
  void aDeletionTakesTheDirectoryWithAllInIt() throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));
    gitops.commit(creation("team-ml", "other"));
    GitCommand person = git.cloneInto(folder.resolve("clone"));
    Files.writeString(person.directory().resolve(ID.directory()).resolve("x.txt"), "by hand\n");
    person.publish("Add a file by hand");

    CommitResult result = gitops.commit(deletion(ID));

    assertThat(result.outcome()).isEqualTo(CommitResult.Outcome.DELETED);
    assertThat(result.version()).isEmpty();
    assertThat(result.files()).hasSize(3);
    assertThat(git.services()).containsExactly("team-ml/other");
    assertThat(gitops.repository.find(ID).stored()).isEmpty();
  }

  @Test
  void theLastDeletionLeavesNoEmptyDirectories() {
    gitops.commit(creation("team-ml", "text-ml"));

    gitops.commit(deletion(ID));

    assertThat(git.lines("ls-tree", "--name-only", "main")).containsExactly("README.md");
  }

  @Test
  void aPreviewShowsTheDifferenceAndWritesNothing() {
    gitops.commit(creation("team-ml", "text-ml"));
    String before = git.run("count-objects", "-v");

    Preview preview = gitops.preview(handOver(ID, "bob"));

    assertThat(preview.outcome()).isEqualTo(CommitResult.Outcome.UPDATED);
    assertThat(preview.files())
        .containsEntry(
            "rayservices/team-ml/text-ml/rayservice.yaml",
            "team-ml-text-ml ray-team-ml-text-ml host bob\n");
    assertThat(preview.diff())
        .isEqualTo(
            """
            --- a/rayservices/team-ml/text-ml/rayservice.yaml
            +++ b/rayservices/team-ml/text-ml/rayservice.yaml
            @@ -1 +1 @@
            -team-ml-text-ml ray-team-ml-text-ml host ann
            +team-ml-text-ml ray-team-ml-text-ml host bob
            """);
    assertThat(git.run("count-objects", "-v")).isEqualTo(before);
  }

  @Test
  void gitAppliesWhatAPreviewShows() {
    gitops.commit(creation("team-ml", "text-ml"));
    GitCommand person = git.cloneInto(folder.resolve("clone"));

    for (Change change :
        java.util.List.of(creation("team-ml", "other"), handOver(ID, "bob"), deletion(ID))) {
      String diff = gitops.preview(change).diff();
      person.runWith(diff, "apply", "--index", "-");
      person.run("commit", "-q", "-m", "By patch");
      gitops.commit(change);

      assertThat(person.run("rev-parse", "HEAD^{tree}"))
          .isEqualTo(git.run("rev-parse", "main^{tree}"));
    }
  }

  @Test
  void aPreviewIsRefusedLikeTheChangeItself() {
    gitops.commit(creation("team-ml", "text-ml"));
    InstanceSummary same = GitopsFixture.summary(ID);
    RayServiceId other = new RayServiceId("team-b", "x");

    assertThatThrownBy(() -> gitops.preview(creation(other, same)))
        .isInstanceOf(GitopsException.Conflict.class);
    assertThatThrownBy(() -> gitops.preview(deletion(other)))
        .isInstanceOf(GitopsException.NotFound.class);
  }

  @Test
  void theLastChangeIsFoundInOlderHistory() {
    CommitResult first = gitops.commit(creation("team-ml", "text-ml"), request("first"));
    gitops.commit(creation("team-ml", "other"), request("second"));

    restart();

    assertThat(gitops.repository.find(ID).lastChange()).contains(first);
    assertThat(first.requestId()).isEqualTo(Optional.of("first"));
  }

  @Test
  void aSecondProcessIsKeptOut() {
    try (GitopsFixture second = GitopsFixture.in(folder.resolve("other.git"))) {
      assertThatThrownBy(() -> GitopsFixture.in(folder.resolve("gitops.git")))
          .isInstanceOf(GitopsException.Unavailable.class)
          .hasMessageContaining("another rayservice-scaffolder uses it");
      second.repository.probe();
    }
  }

  @Test
  void manyChangesArePacked() {
    for (int i = 0; i < 300; i++) {
      gitops.commit(creation("team-ml", "s" + i), request("r" + i, "key-" + i, ""));
    }

    restart();

    assertThat(gitops.listed()).hasSize(300);
    assertThat(git.services()).hasSize(300);
  }

  @Test
  void theBranchIsConfigured() {
    try (GitopsFixture production =
        GitopsFixture.in(
            folder.resolve("production.git"),
            Map.of("scaffolder.git.branch", "production"),
            java.time.Clock.systemUTC(),
            upstream -> upstream)) {
      CommitResult result = production.commit(creation("team-ml", "text-ml"));

      assertThat(result.branch()).isEqualTo("production");
      assertThat(production.git.run("rev-parse", "HEAD", "production").lines())
          .containsExactly(result.commit(), result.commit());
    }
  }
}
