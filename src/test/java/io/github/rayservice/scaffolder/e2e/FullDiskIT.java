package io.github.rayservice.scaffolder.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import io.github.rayservice.scaffolder.testsupport.process.SmallDisk;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged service while its data directory is on a disk that is full, or read-only. */
@SuppressWarnings("NullAway.Init")
class FullDiskIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATH = "/api/v1/ray-services";

  /** More than all files that one change writes. */
  private static final int PAGES_OF_A_CHANGE = 24;

  private FakeGitlab gitlab;
  private SmallDisk disk;
  private ServiceProcess service;
  private Path data;

  /** Where changes go, and which directory of the data that needs. */
  enum Repository {
    EMBEDDED("gitops.git", "gitops.git"),
    GITLAB("mirrors", "mirrors/*");

    private final String directory;
    private final String repository;

    Repository(String directory, String repository) {
      this.directory = directory;
      this.repository = repository;
    }
  }

  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    gitlab = FakeGitlab.start(folder.resolve("gitlab"));
    data = Files.createDirectories(folder.resolve("service/data"));
    Optional<SmallDisk> possible = SmallDisk.in(data);
    if (possible.isEmpty() && System.getenv("CI") == null) {
      abort("a full disk was not tested: this machine lets only root mount one");
    }
    disk = possible.orElseThrow();
  }

  @AfterEach
  void stop() {
    if (service != null) {
      service.close();
    }
    gitlab.close();
    gitlab.git().check();
  }

  private void start(Repository repository) throws Exception {
    Map<String, String> settings = new HashMap<>(Map.of("scaffolder.readiness.max-age", "0s"));
    Map<String, String> secrets = new HashMap<>();
    if (repository == Repository.GITLAB) {
      settings.put("scaffolder.gitlab.url", gitlab.url());
      settings.put("scaffolder.gitlab.project", FakeGitlab.PROJECT);
      settings.put("scaffolder.gitlab.poll-interval", "off");
      secrets.put("scaffolder.gitlab.token", FakeGitlab.TOKEN);
    }
    service = ServiceProcess.startOn(disk, data.getParent(), settings, secrets);
    assertThat(create("before").statusCode()).isEqualTo(201);
  }

  private HttpResponse<String> create(String name) throws Exception {
    return service
        .send(
            "POST",
            PATH,
            FormFixture.minimal("team-ml", name).toString(),
            "Idempotency-Key",
            "key-of-" + name)
        .get(60, TimeUnit.SECONDS);
  }

  private void assertOutage(HttpResponse<String> answer, Repository repository, String reason)
      throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.path("type").asText()).endsWith("repository-unavailable");
    assertThat(problem.path("detail").asText())
        .contains(data.resolve(repository.directory).toString())
        .contains(reason);
  }

  private void assertReady(boolean ready, String reason) throws Exception {
    HttpResponse<String> answer =
        service.send("GET", "/q/health/ready", "").get(60, TimeUnit.SECONDS);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(ready ? 200 : 503);
    assertThat(answer.body()).contains(reason);
  }

  /** The names on the accepted branch and in merge requests, as clients see them. */
  private List<String> names() throws Exception {
    HttpResponse<String> answer = service.send("GET", PATH, "").get(60, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("items").findValuesAsText("name").stream()
        .distinct()
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void aFullDiskIsAnOutageUntilThereIsRoom(Repository repository) throws Exception {
    start(repository);

    disk.fill(service, 0);
    assertOutage(create("second"), repository, "is full");
    assertReady(false, "is full");
    assertThat(gitlab.git().run("for-each-ref")).doesNotContain("second");
    assertThat(service.log()).doesNotContain("is made again");

    disk.free(service);
    assertReady(true, "UP");
    assertThat(create("second").statusCode()).isEqualTo(201);
    assertThat(names()).containsExactlyInAnyOrder("before", "second");
    disk.check(service, repository.repository);
  }

  /** The disk gets full at each step of a change. */
  @ParameterizedTest
  @EnumSource
  void aChangeIsMadeOrNotHoweverMuchRoomIsLeft(Repository repository) throws Exception {
    start(repository);

    for (int pages = 0; pages < PAGES_OF_A_CHANGE; pages += 2) {
      String name = "left-" + pages;
      disk.fill(service, pages);
      HttpResponse<String> answer = create(name);
      if (answer.statusCode() != 201) {
        assertOutage(answer, repository, "is full");
      }
      disk.free(service);
      assertThat(names().contains(name))
          .as("%d pages: %s", pages, answer.body())
          .isEqualTo(answer.statusCode() == 201);
      assertThat(create(name).statusCode()).isEqualTo(201);
    }
    disk.check(service, repository.repository);
  }

  @ParameterizedTest
  @EnumSource
  void aReadOnlyDiskIsAnOutageUntilItCanBeWritten(Repository repository) throws Exception {
    start(repository);

    disk.makeReadOnly(service, repository.repository + "/objects");
    assertOutage(create("second"), repository, "Read-only");
    assertReady(false, "Read-only");
    assertThat(service.log()).doesNotContain("is made again");

    disk.makeWritable(service, repository.repository + "/objects");
    assertReady(true, "UP");
    assertThat(create("second").statusCode()).isEqualTo(201);
  }
}
