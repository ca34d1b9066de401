package io.github.rayservice.scaffolder.testsupport.sbom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LicencePolicyTest {
  private static final LicencePolicy POLICY =
      new LicencePolicy(
          Set.of("MIT", "EPL-2.0"),
          Set.of("MPL-2.0"),
          Map.of("pkg:npm/looked-at@1.0.0", "MIT, in its LICENSE file"));

  @TempDir Path folder;

  private Sbom read(String... components) throws IOException {
    Path file = folder.resolve("sbom.json");
    Files.writeString(
        file,
        "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [%s]}"
            .formatted(String.join(",", components)));
    return Sbom.read(file);
  }

  private static String component(String type, String name, String licences) {
    return "{\"type\": \"library\", \"name\": \"%s\", \"version\": \"1.0.0\", \"purl\": \"pkg:%s/%s@1.0.0\"%s}"
        .formatted(
            name.replaceFirst(".*/", ""),
            type,
            name,
            licences.isEmpty() ? "" : ", \"licenses\": [" + licences + "]");
  }

  private static String id(String spdx) {
    return "{\"license\": {\"id\": \"%s\"}}".formatted(spdx);
  }

  @Test
  void aForbiddenLicenceIsNamedWithItsPackage() throws IOException {
    Sbom sbom =
        read(
            component("npm", "good", id("MIT")),
            component("npm", "bad", id("GPL-3.0-only")),
            component("npm", "own-words", "{\"license\": {\"name\": \"Mine, all mine\"}}"),
            component("npm", "both", "{\"expression\": \"(MIT AND GPL-3.0-only)\"}"),
            component("npm", "silent", ""),
            component("npm", "looked-at", ""));

    assertThat(POLICY.violations("npm", sbom))
        .containsExactly(
            "pkg:npm/bad@1.0.0 has the licence GPL-3.0-only",
            "pkg:npm/both@1.0.0 has the licence (MIT AND GPL-3.0-only)",
            "pkg:npm/own-words@1.0.0 has the licence Mine, all mine",
            "pkg:npm/silent@1.0.0 has no licence that is known");
  }

  @Test
  void onlyMavenLeavesTheChoiceBetweenSeveralLicences() throws IOException {
    String both = id("EPL-2.0") + "," + id("GPL-2.0-with-classpath-exception");

    assertThat(POLICY.violations("maven", read(component("maven", "a/b", both)))).isEmpty();
    assertThat(POLICY.violations("golang", read(component("golang", "a/b", both))))
        .containsExactly(
            "pkg:golang/a/b@1.0.0 has the licence EPL-2.0, GPL-2.0-with-classpath-exception");
  }

  @Test
  void aLicenceForTestsIsForbiddenElsewhere() throws IOException {
    Sbom sbom = read(component("golang", "a/b", id("MPL-2.0")));

    assertThat(POLICY.forTests().violations("golang", sbom)).isEmpty();
    assertThat(POLICY.violations("golang", sbom))
        .containsExactly("pkg:golang/a/b@1.0.0 has the licence MPL-2.0");
  }

  @Test
  void anExceptionThatNothingNeedsIsReported() throws IOException {
    assertThat(POLICY.violations("npm", read(component("npm", "looked-at", id("MIT")))))
        .containsExactly("pkg:npm/looked-at@1.0.0 needs no exception");
  }

  @Test
  void aFileThatIsNotCycloneDxIsRefused() throws IOException {
    String nameless = "{\"type\": \"library\", \"version\": \"1.0.0\"}";
    String versionless =
        "{\"type\": \"library\", \"name\": \"good\", \"purl\": \"pkg:npm/good@1\"}";

    for (String component : List.of(nameless, versionless)) {
      assertThatThrownBy(() -> read(component)).isInstanceOf(AssertionError.class);
    }
  }
}
