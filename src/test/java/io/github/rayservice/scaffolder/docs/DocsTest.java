package io.github.rayservice.scaffolder.docs;

import static io.restassured.RestAssured.given;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages show is what happens. */
@QuarkusTest
class DocsTest {
  private final List<Fence> fences =
      Page.all().stream().flatMap(page -> page.fences().stream()).toList();

  @ConfigProperty(name = "scaffolder.git.directory")
  Path repository;

  @TestHTTPResource URI service;

  DocsTest() throws IOException {}

  @Test
  void everyExampleSaysWhetherItIsRun() {
    assertThat(fences)
        .isNotEmpty()
        .allSatisfy(fence -> assertThat(fence.hasMarker()).as(fence.place()).isTrue());
  }

  @Test
  void everyExampleThatIsRunDoesWhatThePageSays(@TempDir Path folder) {
    String address = service.toString().replaceFirst("/$", "");
    Examples examples = new Examples(folder, URI.create(address), repository);
    Map<String, Examples.Check> checks = examples.checks();
    List<Fence> marked = fences.stream().filter(fence -> fence.run().isPresent()).toList();

    assertThat(marked.stream().map(fence -> fence.run().orElseThrow()).collect(toSet()))
        .as("names in the pages, and checks")
        .isEqualTo(checks.keySet());
    for (Fence fence : marked) {
      assertThatCode(() -> checks.get(fence.run().orElseThrow()).run(fence))
          .as(fence.place())
          .doesNotThrowAnyException();
    }
  }

  @AfterEach
  void leaveTheExampleToOtherTests() {
    given().delete("/api/v1/ray-services/team-ml/text-ml-service");
  }

  @Test
  void theReferenceNamesEveryRequest() {
    JsonNode paths =
        given().accept("application/json").get("/q/openapi").as(JsonNode.class).path("paths");
    Set<String> expected = new TreeSet<>();
    paths
        .properties()
        .forEach(path ->
            path.getValue()
                .fieldNames()
                .forEachRemaining(method ->
                    expected.add(
                        "`" + method.toUpperCase(Locale.ROOT) + " " + path.getKey() + "`")));

    assertThat(Page.docs("reference/api.md").rows("Request"))
        .allSatisfy(row -> assertThat(row.get(1)).isNotBlank())
        .extracting(List::getFirst)
        .containsExactlyInAnyOrderElementsOf(expected);
  }
}
