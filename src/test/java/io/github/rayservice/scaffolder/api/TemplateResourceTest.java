package io.github.rayservice.scaffolder.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.github.rayservice.scaffolder.template.BackstageTemplates;
import io.github.rayservice.scaffolder.template.TemplateConfig;
import io.quarkus.qute.Engine;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The served files are those in {@code backstage-templates/}. {@code -Dgolden.rewrite=true} writes
 * the rendered files there.
 */
@QuarkusTest
class TemplateResourceTest {
  private static final String PATH = "/backstage-templates/";
  private static final Path FILES = Path.of("backstage-templates");

  @Inject BackstageTemplates templates;

  @Inject Engine engine;

  @Test
  void theFilesInTheRepositoryHaveTheDefaultSettings() throws IOException {
    for (String path : paths()) {
      String served =
          given()
              .get(PATH + path)
              .then()
              .statusCode(200)
              .header("Content-Type", startsWith("application/yaml"))
              .extract()
              .asString();
      Path file = FILES.resolve(path);
      if (Boolean.getBoolean("golden.rewrite")) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, served, UTF_8);
      }

      assertThat(served).as(path).isEqualTo(Files.readString(file, UTF_8));
    }
    assertThat(files()).isEqualTo(paths());
  }

  /** The location, and the files that it lists. */
  private List<String> paths() throws IOException {
    String location = "location.yaml";
    JsonNode targets = StrictYaml.read(templates.file(location).orElseThrow()).at("/spec/targets");
    return Stream.concat(
            Stream.of(location), targets.valueStream().map(t -> t.asText().replaceFirst("^./", "")))
        .sorted()
        .toList();
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(FILES)) {
      return all.filter(f -> f.toString().endsWith(".yaml"))
          .map(f -> FILES.relativize(f).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void anotherSystemIsNotInTheTemplates() {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .withMapping(TemplateConfig.class)
            .withMapping(CatalogConfig.class)
            .withMapping(FormConfig.class)
            .withDefaultValue("scaffolder.catalog.system", "system:default/machine-learning")
            .build();

    BackstageTemplates platform =
        new BackstageTemplates(
            engine,
            config.getConfigMapping(TemplateConfig.class),
            config.getConfigMapping(CatalogConfig.class),
            config.getConfigMapping(FormConfig.class));

    assertThat(templates.file("location.yaml").orElseThrow()).contains("./system.yaml");
    assertThat(platform.file("location.yaml").orElseThrow())
        .doesNotContain("system.yaml")
        .contains("    - ./rayservice/template.yaml\n");
  }

  @Test
  void anUnchangedFileGets304() {
    String tag = given().get(PATH + BackstageTemplates.DEPLOY).header("ETag");

    given()
        .header("If-None-Match", tag)
        .get(PATH + BackstageTemplates.DEPLOY)
        .then()
        .statusCode(304)
        .header("ETag", equalTo(tag));
  }

  @Test
  void theFormIsAlsoServedAsJsonSchema() {
    given()
        .get(PATH + "rayservice/schema.json")
        .then()
        .statusCode(200)
        .body("required", hasItems("name", "team", "gitlab"))
        .body("properties.replicas.maximum", equalTo(1000))
        .body("properties.name.'ui:help'", equalTo(null));
  }

  @Test
  void otherPathsGet404() {
    for (String path : List.of("README.md", "rayservice", "..%2Fapplication.properties")) {
      given().urlEncodingEnabled(false).get(PATH + path).then().statusCode(404);
    }
  }
}
