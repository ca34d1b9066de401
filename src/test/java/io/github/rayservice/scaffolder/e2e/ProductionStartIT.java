package io.github.rayservice.scaffolder.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings with which the packaged service does not start. */
class ProductionStartIT {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scaffolder.form.hosts | '' | scaffolder.form.hosts is not set",
        "scaffolder.form.hosts | *.com | is neither a host",
        "scaffolder.dashboard.mode | guarded | scaffolder.dashboard.domain is not set",
        "scaffolder.access.backstage.url | http://backstage.company.com | must be an https URL",
        "scaffolder.gitlab.url | http://gitlab.company.com | must be an https URL",
        "quarkus.oidc.token.audience | any | quarkus.oidc.token.audience is not set",
        "quarkus.oidc.token.audience | '' | quarkus.oidc.token.audience is not set",
        "quarkus.oidc.auth-server-url | http://login.company.com | must be an https URL",
        "quarkus.oidc.other.auth-server-url | https://127.0.0.1:1 | is a second OIDC issuer",
        "scaffolder.access.tokens[0].sha256 | 12 | must have 64 hexadecimal digits",
      })
  void aSettingThatCannotBeIsNamed(
      String setting, String value, String words, @TempDir Path folder) {
    Map<String, String> settings = new HashMap<>();
    if (setting.startsWith("quarkus.oidc.")) {
      settings.put("quarkus.oidc.tenant-enabled", "true");
      settings.put("quarkus.oidc.auth-server-url", "http://127.0.0.1:1");
      settings.put("quarkus.oidc.token.audience", "rayservice-scaffolder");
    }
    settings.put(setting, value);

    assertThatThrownBy(() -> ServiceProcess.start(folder, settings, Map.of()))
        .hasMessageContaining(setting.replaceFirst("\\[0].*|[.]other[.].*", ""))
        .hasMessageContaining(words);
  }
}
