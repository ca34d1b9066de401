package io.github.rayservice.scaffolder.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.process.AttackScript;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attackers of docs/platform/security.md against the packaged service: {@code -Pclients}. */
@Tag("clients")
class AttackIT {
  @Test
  void theAttackersAreRefused(@TempDir Path folder) throws IOException {
    // The heap of k8s/service: what costs memory would be seen.
    List<String> machine = List.of("-Xmx112m", "-XX:+ExitOnOutOfMemoryError");
    try (ServiceProcess service =
        ServiceProcess.start(folder, AttackScript.SETTINGS, Map.of(), machine)) {
      service.send("POST", ApiFixture.PATH, ApiFixture.minimal("team-b", "victim")).join();

      String report = AttackScript.run(service, "team-b");

      assertThat(report.lines())
          .allMatch(line -> line.startsWith("refused ") || line.startsWith("allowed "))
          .hasSizeGreaterThan(60);
      assertThat(service.log()).doesNotContain("\"level\":\"ERROR\"");
    }
  }
}
