package io.github.rayservice.scaffolder.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each folder below {@code src/test/resources/golden} is a case: {@code request.yaml}, the rendered
 * files, and optionally {@code settings.properties}. {@code -Dgolden.rewrite=true} writes the
 * rendered files.
 */
class GoldenTest {
  private static final Path CASES = Path.of("src/test/resources/golden");
  private static final String REQUEST = "request.yaml";
  private static final String SETTINGS = "settings.properties";

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    try (Stream<Path> folders = Files.list(CASES)) {
      List<Path> sorted = folders.sorted().toList();
      assertThat(sorted).isNotEmpty();
      return sorted.stream()
          .map(folder ->
              DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
    }
  }

  private static void check(Path folder) throws IOException {
    Map<String, String> rendered =
        RenderFixture.renderer(settings(folder)).render(request(folder)).byName();
    if (Boolean.getBoolean("golden.rewrite")) {
      for (Map.Entry<String, String> file : rendered.entrySet()) {
        Files.writeString(folder.resolve(file.getKey()), file.getValue());
      }
    }

    assertThat(golden(folder)).isEqualTo(rendered);
  }

  private static RayServiceRequest request(Path folder) throws IOException {
    return FormFixture.reader(settings(folder))
        .read(StrictYaml.read(Files.readString(folder.resolve(REQUEST))));
  }

  private static Map<String, String> settings(Path folder) throws IOException {
    Properties settings = new Properties();
    if (Files.exists(folder.resolve(SETTINGS))) {
      try (var in = Files.newInputStream(folder.resolve(SETTINGS))) {
        settings.load(in);
      }
    }
    Map<String, String> result = new TreeMap<>();
    settings.forEach((key, value) -> result.put(key.toString(), value.toString()));
    return result;
  }

  /**
   * Every file of the folder except for the two input files. A file that the renderer does not
   * write fails the comparison.
   */
  private static Map<String, String> golden(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    Set<String> names = new TreeSet<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.map(f -> f.getFileName().toString()).forEach(names::add);
    }
    names.removeAll(Set.of(REQUEST, SETTINGS));
    for (String name : names) {
      files.put(name, Files.readString(folder.resolve(name)));
    }
    return files;
  }
}
