package io.github.rayservice.scaffolder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.Browser;
import io.github.rayservice.scaffolder.testsupport.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.NpmProject;
import io.github.rayservice.scaffolder.testsupport.RealBackstage;
import io.github.rayservice.scaffolder.testsupport.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The product as a person has it, in a browser: a real Backstage with this project's package, the
 * packaged service, a real Git server, and GitLab's fake. Only the profile backstage runs it.
 */
@Tag("backstage")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class BackstageIT {
  private static final Path PACKAGE = Path.of("src/main/backstage");
  private static final Path SHOTS = Path.of("target/screenshots");

  private FakeGitlab gitlab;
  private ServiceProcess service;
  private RealBackstage backstage;
  private Browser browser;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    NpmProject packed = NpmProject.install(PACKAGE, Path.of("target/backstage"), Map.of());
    String archive = packed.run("npm", "pack", "--silent").lines().toList().getLast();
    backstage = RealBackstage.install(Path.of("target/backstage", archive));
    gitlab = FakeGitlab.start(folder.resolve("gitlab"));
    int port = RealBackstage.freePort();
    String address = "http://127.0.0.1:" + port;
    service =
        ServiceProcess.start(
            Files.createDirectories(folder.resolve("service")),
            Map.of(
                "quarkus.http.port",
                String.valueOf(port),
                // Persons write for the teams that they are in.
                "scaffolder.access.grants[0].group",
                "group:default/platform",
                "scaffolder.access.backstage.url",
                backstage.url().toString(),
                "scaffolder.access.backstage.audience",
                address,
                "scaffolder.gitlab.url",
                gitlab.url(),
                "scaffolder.gitlab.project",
                FakeGitlab.PROJECT,
                "scaffolder.gitlab.poll-interval",
                "1s"),
            Map.of("scaffolder.gitlab.token", FakeGitlab.TOKEN));
    backstage.start(URI.create(address));
    browser = new Browser(backstage.url().toString(), backstage.modules(), SHOTS);
    browser.open("/create").see("Enter as a Guest User").press("Enter");
    browser.see("Deploy a Ray Service");
  }

  @AfterAll
  void stop() {
    browser.close();
    backstage.close();
    service.close();
    gitlab.close();
    gitlab.git().check();
  }

  private JsonNode mergeRequestOf(String name) {
    return gitlab.mergeRequests().stream()
        .filter(mr -> mr.path("source_branch").asText().equals("rayservice/team-ml/" + name))
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  @Test
  void fromTheFormToAMergeRequest() {
    browser.open("/create/templates/default/ray-service").see("Import path");
    browser.fill("Name", "Text_ML").press("Next").see("must match pattern").shot("refused");
    browser.fill("Name", "text-ml").shot("what").press("Next").see("Target namespace");
    browser.fill("Team", "team-ml");
    browser.fill("Host name", "gitlab.company.com").fill("User name", "ml-team").shot("where");
    browser.press("Next").see("Workers").fill("Workers", "3").shot("how-much");
    browser.press("Review").see("gitlab.company.com").shot("review");

    browser.press("Propose").see("Finished step Propose the Ray Service").shot("task");

    JsonNode mr = mergeRequestOf("text-ml");
    assertThat(browser.link("Merge request")).isEqualTo(mr.path("web_url").asText());
    assertThat(browser.text()).contains("created on rayservice/team-ml/text-ml");
    assertThat(
            gitlab
                .git()
                .run(
                    "show",
                    "rayservice/team-ml/text-ml:rayservices/team-ml/text-ml/rayservice.yaml"))
        .contains("replicas: 3")
        .contains("hostname: \"gitlab.company.com\"");
  }
}
