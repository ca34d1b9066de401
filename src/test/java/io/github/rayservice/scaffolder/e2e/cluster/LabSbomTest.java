package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.testsupport.sbom.LicencePolicy;
import io.github.rayservice.scaffolder.testsupport.sbom.Sbom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What the lab's own programs are made of: Go modules that nothing of ours is built from. */
@ClusterTest
@Order(4)
class LabSbomTest {
  private static final Path FOLDER = Path.of("target/sbom/lab").toAbsolutePath();

  @Test
  void theProgramsOfTheLabHaveLicencesThatAreAllowed(Lab lab) throws IOException {
    lab.listPrograms(FOLDER);

    List<Sbom.Part> parts = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(FOLDER)) {
      files = all.filter(file -> file.toString().endsWith(".cdx.json")).toList();
    }
    for (Path file : files) {
      parts.addAll(Sbom.read(file).parts());
    }

    assertThat(files)
        .extracting(file -> file.getFileName().toString())
        .contains("controller.cdx.json", "ray-operator.cdx.json", "argo-cd.cdx.json");
    assertThat(LicencePolicy.load().forTests().violations("golang", new Sbom(parts))).isEmpty();
  }
}
