package io.github.rayservice.scaffolder.docs;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.status.diagnosis.Problem;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
import org.junit.jupiter.api.Test;

/** The tables of the pages say what the code says: all of it, and nothing else. */
class TablesTest {
  /** Those with status 503 are made by a method of their own. */
  private static final Pattern PROBLEM =
      Pattern.compile(
          "(?:problem\\(\\s*(?<status>\\d{3}|[A-Z_]{2,}),|outage\\()\\s*(?<type>\"[a-z-]+\"|[A-Z_]{2,}),");

  private static final Pattern METER =
      Pattern.compile("(builder|counter|gauge)\\(\\s*\"(scaffolder\\.[a-z.]+)\"");

  @Test
  void everyRowHasItsCells() throws IOException {
    assertThat(Page.all())
        .flatMap(Page::tables)
        .isNotEmpty()
        .allSatisfy(table ->
            assertThat(table.rows())
                .allSatisfy(row -> assertThat(row).hasSameSizeAs(table.header())));
  }

  @Test
  void settings() {
    Map<String, String> expected = new TreeMap<>(Settings.defaults());

    Map<String, String> meanings = Settings.meanings();
    Map<String, String> shown = new TreeMap<>();
    for (List<String> row : Page.docs("platform/configuration.md").rows("Property")) {
      assertThat(row.getLast()).as(row.getFirst()).isNotBlank();
      if (!row.getFirst().contains("quarkus.")) {
        assertThat(row.getLast()).as(row.getFirst()).isEqualTo(meanings.get(code(row.getFirst())));
      }
      assertThat(shown.put(code(row.getFirst()), row.get(1))).as(row.getFirst()).isNull();
    }
    shown.keySet().removeIf(name -> name.startsWith("quarkus."));

    assertThat(shown).isEqualTo(expected);
  }

  private static String code(String cell) {
    return cell.replaceAll("^`|`$", "");
  }

  @Test
  void phases() {
    List<String> phases =
        Source.ofTheService().stream()
            .filter(source -> source.name().endsWith(".Phase"))
            .flatMap(source -> Arrays.stream(source.type().getEnumConstants()))
            .map(phase -> StringUtils.capitalize(phase.toString().toLowerCase(Locale.ROOT)))
            .toList();

    assertThat(Page.docs("ml-engineer/phases.md").rows("Phase"))
        .allSatisfy(row -> assertThat(row.getLast()).isNotBlank())
        .extracting(row -> code(row.getFirst()))
        .isNotEmpty()
        .containsExactlyElementsOf(phases);
  }

  @Test
  void problems() {
    Set<String> expected = new TreeSet<>();
    for (Source source : Source.ofTheService()) {
      if (source.text().contains("\"urn:rayservice-scaffolder:problem:\"")) {
        PROBLEM
            .matcher(source.text())
            .results()
            .map(found -> problem(found, source.text()))
            .forEach(expected::add);
      }
    }

    List<List<String>> rows = Page.docs("reference/api.md").rows("Status");
    assertThat(rows).allSatisfy(row -> assertThat(row.get(2)).isNotBlank());
    assertThat(expected).isNotEmpty();
    assertThat(
            rows.stream()
                .filter(row -> !row.get(1).isEmpty())
                .map(row -> row.getFirst() + " " + code(row.get(1))))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String problem(MatchResult found, String source) {
    String status = Objects.requireNonNullElse(found.group("status"), "503");
    return constant(status, source) + " " + constant(found.group("type"), source).replace("\"", "");
  }

  /** The value of a constant in this source. */
  private static String constant(String word, String source) {
    return Pattern.compile("\\b" + word + " = ([^;]+);")
        .matcher(source)
        .results()
        .findFirst()
        .map(found -> found.group(1))
        .orElse(word);
  }

  @Test
  void metrics() {
    Set<String> expected =
        Source.ofTheService().stream()
            .flatMap(source -> METER.matcher(source.text()).results())
            .map(found -> found.group(2).replace('.', '_'))
            .collect(toCollection(TreeSet::new));

    assertThat(expected).isNotEmpty();
    assertThat(Page.docs("platform/monitoring.md").rows("Metric"))
        .allSatisfy(row -> assertThat(row.getLast()).isNotBlank())
        .extracting(row -> code(row.getFirst()).replaceAll("_(total|seconds)$", ""))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void problemsOfTheDiagnosis() {
    List<List<String>> expected =
        Stream.of(Problem.values())
            .map(problem ->
                List.of(
                    '`' + problem.code() + '`',
                    problem.meaning(),
                    problem.nextStep(),
                    problem.owner().label()))
            .toList();

    assertThat(Page.docs("ml-engineer/when-it-fails.md").rows("`problem`")).isEqualTo(expected);
  }
}
