package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a profile's name to Git, with what it costs wherever a person decides about it. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = {
      @ResourceArg(name = "scaffolder.hardware.profiles[0].name", value = "cpu"),
      @ResourceArg(name = "scaffolder.hardware.profiles[0].node-selector", value = "pool=cpu"),
      @ResourceArg(name = "scaffolder.hardware.profiles[1].name", value = "a10g"),
      @ResourceArg(name = "scaffolder.hardware.profiles[1].resource", value = "nvidia.com/gpu"),
      @ResourceArg(name = "scaffolder.hardware.profiles[1].tolerations[0].key", value = "gpu"),
      @ResourceArg(name = "scaffolder.hardware.profiles[1].price-per-hour", value = "1.00")
    })
class HardwareTest {
  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  private static ObjectNode form(String name, String profile, int replicas) {
    ObjectNode document = FormFixture.minimal("team-ml", name);
    ObjectNode spec = document.withObject("/spec");
    spec.put("replicas", replicas);
    spec.withObject("/resources/worker").put("profile", profile);
    return document;
  }

  private static int proposed(ValidatableResponse response) {
    return response.extract().path("mergeRequest.number");
  }

  private String description(int number) {
    return gitlab.mergeRequests().stream()
        .filter(mr -> mr.path("iid").asInt() == number)
        .map(mr -> mr.path("description").asText())
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode component(String name) {
    return given()
        .get("/api/v1/catalog/entities?limit=5000")
        .as(JsonNode.class)
        .path("items")
        .valueStream()
        .filter(e -> e.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void answerMergeRequestAndEntitySayWhatItCosts() {
    int number =
        proposed(
            json(form("priced", "a10g", 2).toString())
                .post(PATH)
                .then()
                .statusCode(201)
                .body("estimatedMonthlyCost.minimum", equalTo(1460.0f))
                .body("estimatedMonthlyCost.maximum", equalTo(1460.0f))
                .body("estimatedMonthlyCost.currency", equalTo("USD")));
    assertThat(description(number))
        .contains("Estimated monthly cost of the hardware: 1460.00 USD.\n");
    assertThat(
            component("priced")
                .at("/metadata/annotations/rayservice-scaffolder~1estimated-monthly-cost")
                .asText())
        .isEqualTo("1460.00 USD");

    gitlab.merge(number);
    int update =
        proposed(
            json(form("priced", "a10g", 3).toString())
                .put(PATH + "/team-ml/priced")
                .then()
                .statusCode(202)
                .body("estimatedMonthlyCost.maximum", equalTo(2190.0f)));
    assertThat(description(update))
        .contains("Estimated monthly cost of the hardware: 1460.00 USD → 2190.00 USD.\n");
  }

  @Test
  void withoutAPriceNobodyIsToldACost() {
    int number =
        proposed(
            json(form("free", "cpu", 2).toString())
                .post(PATH)
                .then()
                .statusCode(201)
                .body("$", not(hasKey("estimatedMonthlyCost"))));

    assertThat(description(number)).doesNotContain("cost");
    assertThat(component("free").at("/metadata/annotations").toString()).doesNotContain("cost");
  }

  @Test
  void gitHasWhatTheProfileIsAndTheAnswerCanBeSentBack() {
    int number = proposed(json(form("sent", "a10g", 1).toString()).post(PATH).then());
    gitlab.merge(number);
    JsonNode stored = given().get(PATH + "/team-ml/sent").as(JsonNode.class);

    assertThat(stored.at("/spec/resources/worker/hardware").toString())
        .isEqualTo(
            "{\"resource\":\"nvidia.com/gpu\",\"count\":1,\"tolerations\":[{\"key\":\"gpu\",\"operator\":\"Exists\"}]}");
    assertThat(stored.at("/status/drift").asText()).isEmpty();
    json(stored.toString())
        .put(PATH + "/team-ml/sent")
        .then()
        .statusCode(200)
        .body("result", equalTo("unchanged"));
  }

  @Test
  void anotherProfileIsAnotherHardware() {
    int number = proposed(json(form("moved", "a10g", 1).toString()).post(PATH).then());
    gitlab.merge(number);

    String rendered =
        json(form("moved", "cpu", 1).toString())
            .queryParam("dryRun", "All")
            .put(PATH + "/team-ml/moved")
            .then()
            .statusCode(200)
            .body("secondCluster", hasEntry("cpu", "1.5"))
            .extract()
            .path("files['rayservices/team-ml/moved/rayservice.yaml']");
    assertThat(rendered)
        .contains(
            """
                  profile: "cpu"
                  hardware:
                    nodeSelector:
                      pool: "cpu"
            """)
        .doesNotContain("tolerations", "nvidia");
  }

  @Test
  void withoutTheProfileTheHardwareGoes() {
    int number = proposed(json(form("left", "a10g", 1).toString()).post(PATH).then());
    gitlab.merge(number);
    ObjectNode without = form("left", "a10g", 1);
    without.withObject("/spec").remove("resources");

    String rendered =
        json(without.toString())
            .queryParam("dryRun", "All")
            .put(PATH + "/team-ml/left")
            .then()
            .statusCode(200)
            .body("$", not(hasKey("estimatedMonthlyCost")))
            .extract()
            .path("files['rayservices/team-ml/left/rayservice.yaml']");
    assertThat(rendered).doesNotContain("profile", "hardware", "nvidia");
  }

  /** What a profile was when Git got it is what runs, until somebody changes the Ray Service. */
  @Test
  void aRestartKeepsTheHardwareAndAnUpdateRenewsIt(@TempDir Path folder) throws IOException {
    gitlab.merge(proposed(json(form("older", "a10g", 1).toString()).post(PATH).then()));
    GitCommand clone = gitlab.git().cloneInto(folder.resolve("clone"));
    Path file = clone.directory().resolve("rayservices/team-ml/older/rayservice.yaml");
    Files.writeString(file, Files.readString(file).replace("count: 1\n", "count: 4\n"));
    clone.publish("An older profile");

    String path = PATH + "/team-ml/older";
    String restarted =
        rendered(
            given().urlEncodingEnabled(false).queryParam("dryRun", "All").post(path + ":restart"));
    String updated =
        rendered(json(form("older", "a10g", 2).toString()).queryParam("dryRun", "All").put(path));

    assertThat(restarted).contains("restartedAt", "        count: 4\n");
    assertThat(updated).contains("  replicas: 2\n", "        count: 1\n");
  }

  private static String rendered(Response dryRun) {
    return dryRun
        .then()
        .statusCode(200)
        .extract()
        .path("files['rayservices/team-ml/older/rayservice.yaml']");
  }

  @Test
  void anUnknownProfileIsAViolationWithTheList() {
    json(form("unknown", "h100", 1).toString())
        .post(PATH)
        .then()
        .statusCode(422)
        .body("violations[0].field", equalTo("spec.resources.worker.profile"))
        .body("violations[0].rule", equalTo("must be one of cpu, a10g"));
  }

  @Test
  void theFormsOfferTheProfiles() {
    given()
        .get("/backstage-templates/rayservice/schema.json")
        .then()
        .body(
            "properties.resources.properties.worker.properties.profile.enum",
            equalTo(List.of("cpu", "a10g")));
  }
}
