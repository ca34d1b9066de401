package io.github.rayservice.scaffolder.backstage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.Browser;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A Ray Service from its form to its end, as a person does it with a browser. */
@PortalTest
class FormTest {
  private static final String REF = "component:team-ml/text-ml";

  private final Portal portal;

  FormTest(Portal portal) {
    this.portal = portal;
  }

  private JsonNode newest(int howMany) {
    List<JsonNode> all = portal.mergeRequestsOf("text-ml");
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
  void fromTheFormToTheEnd() throws Exception {
    try (Browser browser = portal.browser()) {
      fillIn(browser);
      browser.press("Propose").see("Finished step Propose the Ray Service").shot("task");
      JsonNode created = newest(1);
      assertThat(browser.link("Merge request")).isEqualTo(created.path("web_url").asText());
      assertThat(portal.file("rayservice/team-ml/text-ml", "text-ml", "rayservice.yaml"))
          .contains("replicas: 3")
          .contains("hostname: \"gitlab.company.com\"")
          .contains("createdBy: \"user:default/ann\"");

      inTheCatalog(browser, created);
      update(browser);
      delete(browser);
    }
  }

  private static void fillIn(Browser browser) {
    browser.open("/create/templates/default/ray-service").see("Import path");
    browser.fill("Name", "Text_ML").press("Next").see("must match pattern").shot("refused");
    browser.fill("Name", "text-ml").shot("what").press("Next").see("Target namespace");
    browser.fill("Team", "team-ml");
    browser.fill("Host name", "gitlab.company.com").fill("User name", "ml-team").shot("where");
    browser.press("Next").see("Workers").fill("Workers", "3").shot("how-much");
    browser.press("Review").see("gitlab.company.com").shot("review");
  }

  private void inTheCatalog(Browser browser, JsonNode created) throws InterruptedException {
    untilPhase("Proposed");
    browser.open("/catalog/team-ml/component/text-ml").see("Merge request !").shot("proposed");
    assertThat(browser.text()).contains("Proposed");

    merge(created);

    untilPhase("Accepted");
    browser.open("/catalog/team-ml/component/text-ml").see("Accepted").shot("accepted");
    assertThat(browser.text()).doesNotContain("Merge request !");
  }

  private void update(Browser browser) throws InterruptedException {
    browser.open("/create/templates/default/ray-service-update").see("Ray Service");
    browser.pick("Ray Service", "text-ml").shot("which").press("Next").see("Leave out what");
    browser.fill("Workers", "5").shot("changes").press("Review").press("Propose the change");
    browser.see("Finished step Propose the change").shot("updated");
    JsonNode updated = newest(2);
    merge(updated);
    while (!portal.file("main", "text-ml", "rayservice.yaml").contains("replicas: 5")) {
      Thread.sleep(100);
    }
    assertThat(portal.file("main", "text-ml", "rayservice.yaml"))
        .contains("hostname: \"gitlab.company.com\"");
  }

  private void delete(Browser browser) throws InterruptedException {
    browser.open("/create/templates/default/ray-service-delete").see("Ray Service");
    browser.pick("Ray Service", "text-ml").tick("Its namespace and everything in it may go");
    browser.shot("delete").press("Review").press("Propose the deletion");
    browser.see("Finished step Propose the deletion").shot("deleted");

    merge(newest(3));

    while (portal.api().entity(REF).isPresent()) {
      Thread.sleep(200);
    }
  }
}
