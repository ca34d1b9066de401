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
import org.junit.jupiter.api.Test;

/** A user creates, updates and deletes a Ray Service in the browser. */
@PortalTest
class FormTest {
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
    while (portal
        .api()
        .entity(REF)
        .filter(e -> e.at("/spec/rayService/phase").asText().equals(phase))
        .isEmpty()) {
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
      delete(browser);
    }
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
    while (!portal.file("main", NAME, "rayservice.yaml").contains("replicas: 5")) {
      Thread.sleep(100);
    }
    assertThat(portal.file("main", NAME, "rayservice.yaml"))
        .contains("hostname: \"gitlab.company.com\"");
  }

  private void delete(Browser browser) throws InterruptedException {
    browser.open("/create/templates/default/ray-service-delete").see("Ray Service");
    browser.pick("Ray Service", NAME).tick("Delete its target namespace and everything in it");
    browser.shot("delete").press("Review").press("Propose the deletion");
    browser.see("Finished step Propose the deletion").shot("deleted");

    merge(newest(3));

    while (portal.api().entity(REF).isPresent()) {
      Thread.sleep(200);
    }
  }
}
