package io.github.rayservice.scaffolder.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.testsupport.sbom.LicencePolicy;
import io.github.rayservice.scaffolder.testsupport.sbom.Sbom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of what the packaged service is made of. */
class SbomIT {
  private static final Path FILE = Path.of("target/sbom/java.cdx.json");
  private static final Path LIBRARIES = Path.of("target/quarkus-app/lib");

  @Test
  void everyPackagedLibraryIsListed() throws IOException {
    List<String> listed =
        Sbom.read(FILE).parts().stream()
            .map(part -> part.purl().replaceFirst("^pkg:maven/", "").replaceFirst("@.*", ""))
            .map(name -> name.replace('/', '.'))
            .toList();

    try (Stream<Path> files = Files.walk(LIBRARIES)) {
      List<String> packaged =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".jar"))
              .toList();
      assertThat(packaged)
          .hasSizeGreaterThan(100)
          .allSatisfy(jar -> assertThat(listed).anyMatch(name -> jar.startsWith(name + "-")));
    }
  }

  @Test
  void everyPackagedLibraryHasALicenceThatIsAllowed() throws IOException {
    assertThat(LicencePolicy.load().violations("maven", Sbom.read(FILE))).isEmpty();
  }
}
