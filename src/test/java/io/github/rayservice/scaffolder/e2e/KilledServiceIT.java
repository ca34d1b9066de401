package io.github.rayservice.scaffolder.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.git.Gate;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The service's process is killed with SIGKILL while one request to GitLab is blocked. It is then
 * started again on the same directories and gets the same request again. All tests share one
 * service, and each test kills it once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class KilledServiceIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATH = "/api/v1/ray-services";

  private Path folder;
  private FakeGitlab gitlab;
  private Gate gate;
  private ServiceProcess service;

  /** Mostly nothing but the request may call GitLab. */
  private String pollInterval = "off";

  /** The step at which the service is killed, and what exists in Git and GitLab then. */
  enum Moment {
    BEFORE_THE_COMMIT(
        Gate.Moment.BEFORE, "GET .*/info/refs\\?service=git-receive-pack", false, false, false),
    BEFORE_THE_PUSH_ARRIVES(Gate.Moment.BEFORE, "POST .*/git-receive-pack", true, false, false),
    BEFORE_THE_PUSH_IS_ANSWERED(Gate.Moment.AFTER, "POST .*/git-receive-pack", true, true, false),
    AFTER_THE_PUSH(Gate.Moment.BEFORE, "POST .*/merge_requests", true, true, false),
    AFTER_THE_MERGE_REQUEST(Gate.Moment.AFTER, "POST .*/merge_requests", true, true, true);

    private final Gate.Moment side;
    private final String call;
    private final boolean committed;
    private final boolean pushed;
    private final boolean proposed;

    Moment(Gate.Moment side, String call, boolean committed, boolean pushed, boolean proposed) {
      this.side = side;
      this.call = call;
      this.committed = committed;
      this.pushed = pushed;
      this.proposed = proposed;
    }
  }

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    folder = root;
    gitlab = FakeGitlab.start(folder.resolve("gitlab"));
    gate = Gate.before(gitlab.url());
    service = run();
  }

  @AfterAll
  void stop() {
    service.close();
    gate.close();
    gitlab.close();
    gitlab.git().check();
  }

  private ServiceProcess run() throws IOException {
    return ServiceProcess.start(
        Files.createDirectories(folder.resolve("service")),
        Map.of(
            "scaffolder.gitlab.url",
            gate.url(),
            "scaffolder.gitlab.project",
            FakeGitlab.PROJECT,
            "scaffolder.gitlab.poll-interval",
            pollInterval),
        Map.of("scaffolder.gitlab.token", FakeGitlab.TOKEN));
  }

  private CompletableFuture<HttpResponse<String>> create(
      String name, boolean withKey, String requestId) {
    ObjectNode document = FormFixture.minimal("team-ml", name);
    List<String> headers =
        withKey
            ? List.of("X-Request-Id", requestId, "Idempotency-Key", "key-of-" + name)
            : List.of("X-Request-Id", requestId);
    return service.send("POST", PATH, document.toString(), headers.toArray(String[]::new));
  }

  private void killAt(Gate.Moment side, String call, String name, boolean withKey)
      throws Exception {
    Gate.Stop stop = gate.stop(side, call);
    CompletableFuture<HttpResponse<String>> lost = create(name, withKey, "first");
    // The request was answered, so the expected call to GitLab never came.
    CompletableFuture.anyOf(stop.reached(), lost).get(60, TimeUnit.SECONDS);
    assertThat(lost).as("answered before it was killed").isNotDone();
    service.kill();
    stop.release();
    assertThat(lost).failsWithin(Duration.ofSeconds(60));
  }

  private static JsonNode created(HttpResponse<String> answer) throws JsonProcessingException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body());
  }

  private List<JsonNode> mergeRequests(String name) {
    return gitlab.mergeRequests().stream()
        .filter(mr -> mr.path("source_branch").asText().equals(branch(name)))
        .toList();
  }

  private List<String> commits(String name) {
    return gitlab.git().lines("for-each-ref", "refs/heads/" + branch(name)).isEmpty()
        ? List.of()
        : gitlab.git().lines("log", "--format=%H", "main.." + branch(name));
  }

  private static String branch(String name) {
    return "rayservice/team-ml/" + name;
  }

  /** Whether the mirror contains the commit, reachable or not. */
  private boolean isCommitted(String name) throws IOException {
    try (Stream<Path> mirrors = Files.list(folder.resolve("service/data/mirrors"))) {
      GitCommand mirror = new GitCommand(mirrors.findFirst().orElseThrow());
      return mirror
          .run("cat-file", "--batch-all-objects", "--batch")
          .contains("Create Ray Service team-ml/" + name + "\n");
    }
  }

  private static String name(Object moment, boolean withKey) {
    return String.valueOf(moment).toLowerCase(Locale.ROOT).replace("_", "-")
        + (withKey ? "-key" : "");
  }

  /**
   * There is one branch, one commit and one merge request, and another repetition gets the same
   * answer.
   */
  private void assertSameRequestEndsInOne(String name, boolean withKey, String requestId)
      throws Exception {
    JsonNode again = created(create(name, withKey, "again").get(60, TimeUnit.SECONDS));
    JsonNode once = created(create(name, withKey, "once-more").get(60, TimeUnit.SECONDS));

    assertThat(once).isEqualTo(again);
    assertThat(commits(name)).containsExactly(again.path("commit").asText());
    assertThat(mergeRequests(name)).hasSize(1);
    assertThat(again.at("/mergeRequest/number").asInt())
        .isEqualTo(mergeRequests(name).getFirst().path("iid").asInt());
    assertThat(again.path("branch").asText()).isEqualTo(branch(name));
    assertThat(again.path("requestId").asText()).isEqualTo(requestId);
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE_THE_COMMIT, true",
    "BEFORE_THE_COMMIT, false",
    "BEFORE_THE_PUSH_ARRIVES, true",
    "BEFORE_THE_PUSH_ARRIVES, false",
    "BEFORE_THE_PUSH_IS_ANSWERED, true",
    "BEFORE_THE_PUSH_IS_ANSWERED, false",
    "AFTER_THE_PUSH, true",
    "AFTER_THE_PUSH, false",
    "AFTER_THE_MERGE_REQUEST, true",
    "AFTER_THE_MERGE_REQUEST, false"
  })
  void aRequestRepeatedAfterAKillAtAnyStepHasOneMergeRequest(Moment moment, boolean withKey)
      throws Exception {
    String name = name(moment, withKey);

    killAt(moment.side, moment.call, name, withKey);
    assertThat(isCommitted(name)).isEqualTo(moment.committed);
    assertThat(commits(name)).hasSize(moment.pushed ? 1 : 0);
    assertThat(mergeRequests(name)).hasSize(moment.proposed ? 1 : 0);

    service = run();
    // The pushed commit is of the first request, and so is createdBy in the answer.
    assertSameRequestEndsInOne(name, withKey, moment.pushed ? "first" : "again");
  }

  @Test
  void aRequestRepeatedAfterTheAnswerAndAKillGetsTheSameAnswer() throws Exception {
    JsonNode first = created(create("answered", true, "first").get(60, TimeUnit.SECONDS));
    service.kill();

    service = run();
    assertThat(created(create("answered", true, "again").get(60, TimeUnit.SECONDS)))
        .isEqualTo(first);
    assertSameRequestEndsInOne("answered", true, "first");
  }

  /** The bound only ends a test that would wait for ever. */
  @Test
  @Timeout(60)
  void aMergeRequestLostByAKillAfterThePushIsOpenedWithoutAnotherRequest() throws Exception {
    killAt(Gate.Moment.BEFORE, "POST .*/merge_requests", "lost", false);
    assertThat(commits("lost")).hasSize(1);
    assertThat(mergeRequests("lost")).isEmpty();

    pollInterval = "1s";
    service = run();
    while (mergeRequests("lost").isEmpty()) {
      Thread.sleep(50);
    }
    service.close();
    pollInterval = "off";
    service = run();

    assertThat(mergeRequests("lost").getFirst().path("description").asText())
        .contains("Merging this creates the Ray Service.")
        .contains("+++ b/rayservices/team-ml/lost/rayservice.yaml");
    assertSameRequestEndsInOne("lost", false, "first");
  }
}
