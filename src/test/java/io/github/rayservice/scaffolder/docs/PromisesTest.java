package io.github.rayservice.scaffolder.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Each promise of the page names a test that is there. */
class PromisesTest {
  private static final Pattern TESTS = Pattern.compile("`[\\w.]+`(<br>`[\\w.]+`)*");

  private final List<Source> tests = Source.ofTheTests();

  @Test
  void everyPromiseHasATest() {
    List<List<String>> rows = Page.docs("development/promises.md").rows("Promise");

    assertThat(rows)
        .isNotEmpty()
        .allSatisfy(row -> {
          assertThat(row.getFirst()).isNotBlank();
          assertThat(row.getLast()).matches(TESTS);
          assertThat(row.getLast().replace("`", "").split("<br>")).allSatisfy(this::assertIsATest);
        });
  }

  @Test
  void noTestIsNamedByANumber() {
    assertThat(tests)
        .flatExtracting(source -> List.of(source.type().getDeclaredMethods()))
        .extracting(Method::getName)
        .noneMatch(name -> name.matches("(?i).*case[0-9].*"));
  }

  /** {@code SomeTest.method}, with the package before it where two classes have the same name. */
  private void assertIsATest(String name) {
    int dot = name.lastIndexOf('.');
    List<Source> classes =
        tests.stream()
            .filter(source -> source.name().endsWith("." + name.substring(0, dot)))
            .toList();
    assertThat(classes).as("classes of " + name).hasSize(1);
    assertThat(classes.getFirst().type().getDeclaredMethods())
        .filteredOn(PromisesTest::isATest)
        .extracting(Method::getName)
        .contains(name.substring(dot + 1));
  }

  private static boolean isATest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class);
  }
}
