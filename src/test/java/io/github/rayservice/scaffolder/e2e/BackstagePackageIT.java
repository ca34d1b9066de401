package io.github.rayservice.scaffolder.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rayservice.scaffolder.testsupport.backstage.NpmProject;
import io.github.rayservice.scaffolder.testsupport.sbom.LicencePolicy;
import io.github.rayservice.scaffolder.testsupport.sbom.Sbom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The Backstage package passes its own checks: lint, types, unit tests, build. It is copied below
 * target/, so that no build writes into the sources.
 */
class BackstagePackageIT {
  private static final Path SOURCES = Path.of("src/main/backstage");
  private static final Path TEMPLATES = Path.of("backstage-templates");
  private static final Path COPY = Path.of("target/backstage");
  private static final Path SBOM = Path.of("target/sbom/npm.cdx.json");
  private static final int OLDEST_NODE = 20;

  @Test
  void thePackagePassesItsOwnChecks() throws IOException, InterruptedException {
    assumeTrue(
        hasNode(),
        "the Backstage package was not tested: that needs Node " + OLDEST_NODE + " or newer");
    NpmProject project =
        NpmProject.install(
            SOURCES, COPY, Map.of("BACKSTAGE_TEMPLATES", TEMPLATES.toAbsolutePath().toString()));

    String said = project.run("npm", "run", "verify");

    assertThat(said).contains("# fail 0");
  }

  /** npm reads the lock file only: nothing is installed for it. */
  @Test
  void whatThePackageNeedsAtRunTimeHasLicencesThatAreAllowed() throws Exception {
    assumeTrue(hasNode(), "the Backstage package was not listed: that needs Node " + OLDEST_NODE);
    Files.createDirectories(SBOM.getParent());
    Process npm =
        new ProcessBuilder(
                List.of(
                    "npm", "sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--omit=dev"))
            .directory(SOURCES.toFile())
            .redirectOutput(SBOM.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();

    assertThat(npm.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(npm.exitValue()).isZero();
    assertThat(LicencePolicy.load().violations("npm", Sbom.read(SBOM))).isEmpty();
  }

  private static boolean hasNode() throws InterruptedException {
    try {
      Process node = new ProcessBuilder("node", "--version").start();
      String version = new String(node.getInputStream().readAllBytes(), UTF_8).strip();
      node.waitFor();
      return version.matches("v\\d+[.].*")
          && Integer.parseInt(version.substring(1, version.indexOf('.'))) >= OLDEST_NODE;
    } catch (IOException e) {
      return false;
    }
  }
}
