package io.github.rayservice.scaffolder.template;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.api.http.QueryParameters;
import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.form.hardware.HardwareConfig;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.quarkus.qute.Engine;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    BackstageTemplates platform =
        templates("scaffolder.catalog.system", "system:default/machine-learning");

    assertThat(templates.file("location.yaml").orElseThrow()).contains("./system.yaml");
    assertThat(platform.file("location.yaml").orElseThrow())
        .doesNotContain("system.yaml")
        .contains("    - ./rayservice/template.yaml\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {BackstageTemplates.DEPLOY, "rayservice-language-model/template.yaml"})
  void theFormsSayWhichImagesThePlatformAllows(String form) {
    BackstageTemplates platform =
        templates("scaffolder.form.images", "registry.company.com/ml,docker.io/rayproject");

    String help = "This platform allows images of registry.company.com/ml, docker.io/rayproject.";
    assertThat(platform.file(form).orElseThrow()).contains(help);
    assertThat(templates.file(form).orElseThrow()).doesNotContain("This platform allows images");
  }

  @ParameterizedTest
  @ValueSource(strings = {BackstageTemplates.DEPLOY, "rayservice-language-model/template.yaml"})
  void theFormsOfferTheHostsThatThereAre(String form) throws IOException {
    BackstageTemplates platform =
        templates("scaffolder.form.hosts", "models.company.com,lab.company.com");

    JsonNode host = read(platform, form).at(HOST);

    assertThat(host.path("enum")).hasToString("[\"models.company.com\",\"lab.company.com\"]");
    assertThat(host.path("default").asText()).isEqualTo("models.company.com");
    assertThat(read(templates, form).at(HOST).has("enum")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', true",
    "models.company.com, true",
    "text-team-ml.models.company.com, true",
    "a.b.models.company.com, false",
    "models-company.com, false",
    "-.models.company.com, false",
    "company.com, false",
  })
  void belowAWildcardAPersonTypesAHost(String typed, boolean allowed) throws IOException {
    BackstageTemplates platform =
        templates("scaffolder.form.hosts", "*.models.company.com,models.company.com");

    JsonNode host = read(platform, BackstageTemplates.DEPLOY).at(HOST);

    assertThat(Pattern.matches(host.path("pattern").asText(), typed)).isEqualTo(allowed);
    assertThat(host.has("enum")).isFalse();
    assertThat(host.path("default").asText("-")).isEmpty();
    assertThat(host.path("ui:help").asText())
        .isEqualTo(
            "Left empty, the Ray Service gets a host of its own, <name>-<team>.models.company.com (recommended). This platform allows *.models.company.com, models.company.com.");
  }

  @Test
  void anEmptyHostIsTheFirstAlsoBeforeAWildcard() throws IOException {
    BackstageTemplates platform =
        templates("scaffolder.form.hosts", "lab.company.com,*.models.company.com");

    assertThat(read(platform, BackstageTemplates.DEPLOY).at(HOST).path("ui:help").asText())
        .startsWith(
            "Left empty, the Ray Service gets the host lab.company.com, which Ray Services share.");
  }

  @Test
  void theFormsOfferTheIngressClasses() throws IOException {
    BackstageTemplates platform = templates("scaffolder.form.ingress-classes", "internal,nginx");
    String field = HOST.replace("host", "className");

    JsonNode className = read(platform, BackstageTemplates.DEPLOY).at(field);

    assertThat(className.path("enum")).hasToString("[\"internal\",\"nginx\"]");
    assertThat(className.path("default").asText()).isEqualTo("internal");
    assertThat(read(templates, BackstageTemplates.DEPLOY).at(field).path("enum"))
        .hasToString("[\"nginx\"]");
  }

  private static final String HOST = "/spec/parameters/1/properties/ingress/properties/host";

  private static final Map<String, String> PROFILES =
      Map.of(
          "scaffolder.hardware.currency", "EUR",
          "scaffolder.hardware.profiles[0].name", "cpu",
          "scaffolder.hardware.profiles[1].name", "a10g",
          "scaffolder.hardware.profiles[1].title", "NVIDIA A10G 24 GB",
          "scaffolder.hardware.profiles[1].resource", "nvidia.com/gpu",
          "scaffolder.hardware.profiles[1].count", "4",
          "scaffolder.hardware.profiles[1].price-per-hour", "1.21");

  @ParameterizedTest
  @CsvSource({
    "rayservice/template.yaml, /spec/parameters/2/properties/resources/properties/head/properties/profile",
    "rayservice/template.yaml, /spec/parameters/2/properties/resources/properties/worker/properties/profile",
    "rayservice-update/template.yaml, /spec/parameters/1/properties/resources/properties/worker/properties/profile",
  })
  void theFormsOfferTheProfilesByTitleAndPrice(String form, String field) throws IOException {
    JsonNode profile = read(templates(PROFILES), form).at(field);

    assertThat(profile.path("enum")).hasToString("[\"cpu\",\"a10g\"]");
    assertThat(profile.path("ui:enumNames"))
        .hasToString("[\"cpu\",\"NVIDIA A10G 24 GB, 1.21 EUR per hour\"]");
    assertThat(profile.has("default")).isFalse();
    assertThat(read(templates, form).at(field).isMissingNode()).isTrue();
    assertThat(templates(PROFILES).file(form).orElseThrow()).doesNotContain("hardware:");
  }

  /** A language model needs GPUs: hardware without them is not offered. */
  @Test
  void aLanguageModelIsOnAProfileWithGpus() throws IOException {
    String form = "rayservice-language-model/template.yaml";
    JsonNode template = read(templates(PROFILES), form);
    JsonNode page = template.at("/spec/parameters/2");
    JsonNode spec = template.at("/spec/steps/0/input/spec");

    assertThat(page.path("required")).hasToString("[\"profile\"]");
    assertThat(page.at("/properties/profile/enum")).hasToString("[\"a10g\"]");
    assertThat(page.at("/properties").has("gpus")).isFalse();
    assertThat(spec.at("/args/llm_configs/0/engine_kwargs/tensor_parallel_size").asText())
        .isEqualTo("${{ {'a10g': 4}[parameters.profile] }}");
    assertThat(spec.at("/resources/worker/profile").asText())
        .isEqualTo("${{ parameters.profile }}");
    assertThat(spec.at("/resources/worker").has("gpu")).isFalse();
  }

  @Test
  void withoutGpusInTheProfilesALanguageModelHasANumberOfThem() throws IOException {
    BackstageTemplates cpu = templates("scaffolder.hardware.profiles[0].name", "cpu");

    assertThat(cpu.file("rayservice-language-model/template.yaml"))
        .isEqualTo(templates.file("rayservice-language-model/template.yaml"));
  }

  private static JsonNode read(BackstageTemplates templates, String form) throws IOException {
    return StrictYaml.read(templates.file(form).orElseThrow());
  }

  private BackstageTemplates templates(String setting, String value) {
    return templates(Map.of(setting, value));
  }

  private BackstageTemplates templates(Map<String, String> settings) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .withMapping(TemplateConfig.class)
            .withMapping(CatalogConfig.class)
            .withMapping(FormConfig.class)
            .withMapping(HardwareConfig.class)
            .withDefaultValues(settings)
            .build();
    return new BackstageTemplates(
        engine,
        config.getConfigMapping(TemplateConfig.class),
        config.getConfigMapping(CatalogConfig.class),
        config.getConfigMapping(FormConfig.class),
        new HardwareProfiles(config.getConfigMapping(HardwareConfig.class)));
  }

  /** Qute takes {@code {40}} for a value, which leaves 40 of a pattern's count. */
  @Test
  void noCountOfAPatternIsTakenForAnExpression() throws IOException {
    try (Stream<Path> sources = Files.list(Path.of("src/main/resources/templates/backstage"))) {
      for (Path source : sources.toList()) {
        assertThat(Files.readString(source))
            .as(source.toString())
            .doesNotContainPattern("(?<!\\\\)\\{[0-9]");
      }
    }
    given()
        .get(PATH + "rayservice-rollback/template.yaml")
        .then()
        .body(containsString("pattern: \"" + QueryParameters.COMMIT_PATTERN + "\""));
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
