package io.github.rayservice.scaffolder.form;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What is made of the form's record, and is in Git: kro's schema, the actions' input, the table of
 * the docs, the OpenAPI document. {@code -Dgolden.rewrite=true} writes it again. The Backstage
 * forms, too, which {@code TemplateResourceTest} compares.
 */
@QuarkusTest
class GeneratedFilesTest {
  @Test
  void theSchemaOfTheDefinition() throws IOException {
    compare(
        Path.of("k8s/platform/resource-graph-definition.yaml"),
        "    # Generated from the form: begin",
        "    # Generated from the form: end",
        KroSchema.text());
  }

  @Test
  void theTableOfTheDocs() throws IOException {
    compare(
        Path.of("docs/ml-engineer/form.md"),
        "<!-- generated from the form: begin -->",
        "<!-- generated from the form: end -->",
        FieldTable.text());
  }

  @Test
  void theInputOfTheActions() throws IOException {
    compare(Path.of("src/main/backstage/src/actions/spec.ts"), ZodSchema.text());
  }

  @Test
  void theOpenApiDocument() throws IOException {
    compare(
        Path.of("docs/reference/openapi.yaml"),
        given().accept("application/yaml").get("/q/openapi").asString());
  }

  /** Compares the lines between two marks. */
  private static void compare(Path file, String begin, String end, String text) throws IOException {
    String before = Files.readString(file, UTF_8);
    Matcher marked =
        Pattern.compile(
                "(?<=^" + Pattern.quote(begin) + "\n).*?(?=^" + Pattern.quote(end) + "$)",
                Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(before);
    assertThat(marked.find()).as("the marks in " + file).isTrue();
    compare(file, before.substring(0, marked.start()) + text + before.substring(marked.end()));
  }

  private static void compare(Path file, String text) throws IOException {
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(file, text, UTF_8);
    }
    assertThat(Files.readString(file, UTF_8)).as(file.toString()).isEqualTo(text);
  }
}
