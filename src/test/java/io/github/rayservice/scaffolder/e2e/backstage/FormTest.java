package io.github.rayservice.scaffolder.e2e.backstage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.rayservice.scaffolder.testsupport.backstage.Browser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A user creates, updates and deletes Ray Services in the browser. */
@PortalTest
class FormTest {
  private static final String ADVANCED =
      "Packages, environment, secrets, cloud identity, model cache, Serve deployments, autoscaling";

  private static final String NAME = "text-ml-service";
  private static final String REF = "component:team-ml/" + NAME;
  private static final ObjectMapper YAML = new YAMLMapper();

  private final Portal portal;

  FormTest(Portal portal) {
    this.portal = portal;
  }

  private JsonNode newest(int howMany) {
    List<JsonNode> all = portal.mergeRequestsOf(NAME);
    assertThat(all).hasSize(howMany);
    return all.getLast();
  }

  private void merge(JsonNode mergeRequest) {
    portal.gitlab().merge(mergeRequest.path("iid").asInt());
  }

  private void untilPhase(String phase) throws InterruptedException {
    until(entity -> entity.at("/spec/rayService/phase").asText().equals(phase));
  }

  /** The page shows the entity of the moment in which it is opened. */
  private void until(Predicate<JsonNode> wanted) throws InterruptedException {
    while (portal.api().entity(REF).filter(wanted).isEmpty()) {
      Thread.sleep(200);
    }
  }

  @Test
  void aUserCreatesUpdatesAndDeletesARayService() throws Exception {
    try (Browser browser = portal.browser()) {
      fillIn(browser);
      browser.press("Propose").see("Finished step Propose the Ray Service").shot("task");
      JsonNode created = newest(1);
      assertThat(browser.link("Merge request")).isEqualTo(created.path("web_url").asText());
      JsonNode written =
          YAML.readTree(portal.file("rayservice/team-ml/" + NAME, NAME, "rayservice.yaml"));
      assertThat(written.path("spec")).isEqualTo(with(example(), written.path("spec")));

      inTheCatalog(browser, created);
      update(browser);
      restart(browser);
      rollBack(browser, created.path("sha").asText());
      delete(browser);
    }
  }

  /** What most forms do not need is folded until a user asks for it. */
  @Test
  void aUserChoosesHardwareUnfoldsTheRestAndNamesASecret() throws Exception {
    try (Browser browser = portal.browser()) {
      browser.open("/create/templates/default/ray-service").see("Import path");
      browser.fill("Name", "gated").press("Next").see("Target namespace");
      browser.fill("Team", "team-ml").fill("Host name", "gitlab.company.com");
      browser.fill("User name", "ml-team").press("Next").see("Workers");
      browser.pick("Worker hardware", "Spot nodes, 0.05 USD per hour").shot("hardware");
      browser.press("Next").see("Packages, environment");
      assertThat(browser.text()).doesNotContain("Route prefix");
      browser.tick(ADVANCED);
      browser.see("it is deleted together with the Ray Service").fill("Size", "100Gi");
      browser.fill("Route prefix", "/v1").add("Secrets");
      browser.fill("Name", "hugging-face").pick("Use", "environment").shot("secret");
      browser.press("Review").see("hugging-face").press("Propose");
      browser.see("Finished step Propose the Ray Service");
    }

    assertThat(portal.mergeRequestsOf("gated"))
        .singleElement()
        .satisfies(
            request -> assertThat(request.path("description").asText()).contains("73.00 USD"));
    JsonNode spec =
        YAML.readTree(portal.file("rayservice/team-ml/gated", "gated", "rayservice.yaml"))
            .path("spec");
    assertThat(spec.path("routePrefix").asText()).isEqualTo("/v1");
    assertThat(spec.at("/resources/worker/profile").asText()).isEqualTo("spot");
    assertThat(spec.at("/resources/worker/hardware"))
        .isEqualTo(YAML.readTree("{nodeSelector: {pool: spot}}"));
    assertThat(spec.path("secrets"))
        .isEqualTo(YAML.readTree("[{name: hugging-face, use: environment}]"));
    assertThat(spec.at("/modelCache/size").asText()).isEqualTo("100Gi");

    chooseTheSecret();
    assertThat(
            YAML.readTree(
                    portal.file("rayservice/team-ml/gated-too", "gated-too", "rayservice.yaml"))
                .at("/spec/secrets"))
        .isEqualTo(spec.path("secrets"));
  }

  /** The name that the other form has typed is in the catalog. */
  private void chooseTheSecret() throws IOException, InterruptedException {
    while (portal.api().entity("resource:team-ml/secret.hugging-face").isEmpty()) {
      Thread.sleep(200);
    }
    try (Browser browser = portal.browser()) {
      browser.open("/create/templates/default/ray-service").see("Import path");
      browser.fill("Name", "gated-too").press("Next").see("Target namespace");
      browser.fill("Team", "team-ml").fill("Host name", "gitlab.company.com");
      browser.fill("User name", "ml-team").press("Next").see("Workers");
      browser.press("Next").see("Packages, environment").tick(ADVANCED).see("Route prefix");
      browser.add("Secrets").pick("Name", "hugging-face (team-ml)").pick("Use", "environment");
      browser.press("Review").see("secret.hugging-face").press("Propose");
      browser.see("Finished step Propose the Ray Service");
    }
  }

  @Test
  void aUserDeploysALanguageModel() throws Exception {
    try (Browser browser = portal.browser()) {
      browser.open("/create/templates/default/ray-service-language-model").see("Context length");
      browser.fill("Name", "qwen").fill("Model", "Qwen/Qwen2.5-7B-Instruct");
      browser.fill("Source", "s3://models/qwen2.5-7b-instruct").fill("Context length", "8192");
      browser.pick("Quantisation", "fp8").shot("language-model").press("Next");
      browser.see("Target namespace").fill("Team", "team-ml").fill("Host", "models.company.com");
      browser.fill("Host name", "gitlab.company.com").fill("User name", "ml-team");
      browser.press("Next").see("Kind of GPU");
      browser.fill("Fewest replicas", "2").fill("Most replicas", "2");
      browser.pick("Kind of GPU", "L40S").shot("replicas");
      browser.press("Review").see("models.company.com").press("Propose");
      browser.see("Finished step Propose the language model");
    }

    assertThat(portal.mergeRequestsOf("qwen")).hasSize(1);
    assertThat(
            YAML.readTree(portal.file("rayservice/team-ml/qwen", "qwen", "rayservice.yaml"))
                .path("spec"))
        .isEqualTo(
            YAML.readTree(
                    Path.of("src/test/resources/golden/language-model/rayservice.yaml").toFile())
                .path("spec"));
  }

  /** The README's second example, requested by the signed-in user. */
  private static JsonNode example() throws IOException {
    JsonNode request =
        YAML.readTree(Path.of("src/test/resources/golden/readme-example/request.yaml").toFile());
    return ((ObjectNode) request.get("spec")).put("createdBy", "user:default/ann");
  }

  /** The same with further fields. */
  private static JsonNode with(JsonNode fields, JsonNode others) throws IOException {
    return YAML.readerForUpdating(others.deepCopy()).readValue(fields);
  }

  private static void fillIn(Browser browser) {
    browser.open("/create/templates/default/ray-service").see("Import path");
    browser.fill("Name", "Text_ML").press("Next").see("must match pattern").shot("refused");
    browser.fill("Name", "text-ml").shot("what").press("Next").see("Target namespace");
    browser.fill("Team", "team-ml").fill("Name in the catalog", NAME);
    browser.fill("Target namespace", "ray-system");
    browser.fill("Host name", "gitlab.company.com").fill("User name", "ml-team").shot("where");
    browser.press("Next").see("Workers").fill("Workers", "3");
    browser.fill("Head CPU", "2").fill("Head memory", "4Gi");
    browser.fill("Worker CPU", "1").fill("Worker memory", "2Gi").shot("how-much");
    browser.press("Next").see("Packages, environment").shot("advanced");
    browser.press("Review").see("gitlab.company.com").shot("review");
  }

  private void inTheCatalog(Browser browser, JsonNode created) throws InterruptedException {
    untilPhase("Proposed");
    // The branch is there, and so the phase, before its merge request is.
    until(entity -> entity.at("/metadata/links").toString().contains("Merge request !"));
    browser.open("/catalog/team-ml/component/" + NAME).see("Merge request !").shot("proposed");
    assertThat(browser.text()).contains("Proposed");

    merge(created);

    untilPhase("Accepted");
    browser.open("/catalog/team-ml/component/" + NAME).see("Accepted").shot("accepted");
    assertThat(browser.text()).doesNotContain("Merge request !");
  }

  private void update(Browser browser) throws InterruptedException {
    browser.open("/create/templates/default/ray-service-update").see("Ray Service");
    browser
        .pick("Ray Service", NAME)
        .shot("which")
        .press("Next")
        .see("A field that you leave empty");
    browser.fill("Workers", "5").shot("changes").press("Review").press("Propose the change");
    browser.see("Finished step Propose the change").shot("updated");
    JsonNode updated = newest(2);
    merge(updated);
    awaitInGit("replicas: 5");
    assertThat(portal.file("main", NAME, "rayservice.yaml"))
        .contains("hostname: \"gitlab.company.com\"");
  }

  private void restart(Browser browser) throws InterruptedException {
    browser.open("/create/templates/default/ray-service-restart").see("Ray Service");
    browser.pick("Ray Service", NAME).tick("A second Ray cluster runs until it serves");
    browser.shot("restart").press("Review").press("Propose the restart");
    browser.see("Finished step Propose the restart").shot("restarted");
    merge(newest(3));
    awaitInGit("restartedAt: \"20");
  }

  private void rollBack(Browser browser, String commit) throws InterruptedException {
    browser.open("/create/templates/default/ray-service-rollback").see("Ray Service");
    browser.pick("Ray Service", NAME).fill("Commit", commit);
    browser.shot("rollback").press("Review").press("Propose the earlier form");
    browser.see("Finished step Propose the earlier form").shot("rolled-back");
    merge(newest(4));
    awaitInGit("replicas: 3");
    assertThat(portal.file("main", NAME, "rayservice.yaml")).contains("restartedAt: \"20");
  }

  private void awaitInGit(String text) throws InterruptedException {
    while (!portal.file("main", NAME, "rayservice.yaml").contains(text)) {
      Thread.sleep(100);
    }
  }

  private void delete(Browser browser) throws InterruptedException {
    browser.open("/create/templates/default/ray-service-delete").see("Ray Service");
    browser
        .pick("Ray Service", NAME)
        .tick("Delete its target namespace and everything in it, a model cache included");
    browser.shot("delete").press("Review").press("Propose the deletion");
    browser.see("Finished step Propose the deletion").shot("deleted");

    merge(newest(5));

    while (portal.api().entity(REF).isPresent()) {
      Thread.sleep(200);
    }
  }
}
