package io.github.rayservice.scaffolder;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.access.AccessConfig;
import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.gitlab.GitlabConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.github.rayservice.scaffolder.status.StatusConfig;
import io.github.rayservice.scaffolder.template.TemplateConfig;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.ConfigMappings;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples of the README are what the service does. */
@QuarkusTest
class ReadmeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String EXAMPLE = "/api/v1/ray-services/team-ml/text-ml-service";

  private final String readme = Files.readString(Path.of("README.md"), UTF_8);

  ReadmeTest() throws IOException {}

  @Test
  void theFirstRequestGetsTheAnswerOfTheReadme() throws JsonProcessingException {
    String answer =
        given()
            .contentType("application/yaml")
            .body(block("```yaml\n(apiVersion.*?)```").getBytes(UTF_8))
            .post("/api/v1/ray-services")
            .then()
            .statusCode(201)
            .extract()
            .asString();

    JsonNode shown = JSON.readTree(block("\n(\\{\"result\":\"created\".*?)\n"));
    assertThat(withoutNames(JSON.readTree(answer))).isEqualTo(withoutNames(shown));
  }

  @AfterEach
  void leaveTheExampleToOtherTests() {
    given().delete(EXAMPLE);
  }

  /** Commits and request ids differ each time. */
  private static JsonNode withoutNames(JsonNode answer) {
    assertThat(answer.path("commit").asText()).matches("[0-9a-f]{40}");
    assertThat(answer.path("requestId").asText()).isNotBlank();
    return ((ObjectNode) answer).without(List.of("commit", "requestId"));
  }

  @Test
  void theInvalidRequestGetsTheViolationsOfTheReadme() throws JsonProcessingException {
    String answer =
        given()
            .contentType("application/json")
            .body(block("-d '(\\{.*?\\})' \\| python3"))
            .post("/api/v1/ray-services")
            .then()
            .statusCode(422)
            .extract()
            .asString();

    assertThat(JSON.readTree(answer)).isEqualTo(JSON.readTree(block("```json\n(.*?)```")));
  }

  private String block(String pattern) {
    Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(readme);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  @Test
  void everySettingIsInTheTableWithItsDefault() {
    Stream.of(
            GitopsConfig.class,
            GitlabConfig.class,
            FormConfig.class,
            CatalogConfig.class,
            StatusConfig.class,
            TemplateConfig.class,
            AccessConfig.class)
        .map(ConfigMappings.ConfigClass::configClass)
        .map(ConfigMappings::getProperties)
        .peek(properties -> assertThat(properties).isNotEmpty())
        .forEach(properties ->
            properties.forEach((name, property) ->
                assertThat(readme)
                    .contains(
                        property.hasDefaultValue()
                            ? "| `%s` | `%s` |".formatted(plain(name), property.getDefaultValue())
                            : "| `%s` | – |".formatted(plain(name)))));
  }

  /** The default of a setting as text: a list with commas; of several values the first. */
  private static String plain(String name) {
    return name.replaceAll("\\[\\*]$", "").replace("[*]", "[0]");
  }

  @Test
  void everyFieldIsInTheTableWithItsDefault() {
    assertFields(RayServiceForm.class, "");
  }

  private void assertFields(Class<?> form, String prefix) {
    for (RecordComponent component : form.getRecordComponents()) {
      String path = prefix + component.getName();
      if (component.getType().isRecord()) {
        assertFields(component.getType(), path + ".");
        continue;
      }
      Schema schema = component.getAccessor().getAnnotation(Schema.class);
      String fallback =
          component.getAccessor().isAnnotationPresent(NotNull.class)
              ? "–"
              : schema.defaultValue().isEmpty() ? "empty" : "`" + schema.defaultValue() + "`";
      String type = component.getType() == int.class ? "integer" : "string";
      assertThat(readme).contains("| `%s` | %s | %s |".formatted(path, type, fallback));
    }
  }
}
