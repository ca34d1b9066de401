package io.github.rayservice.scaffolder.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.nio.file.Path;
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
      })
  void aSettingThatCannotBeIsNamed(
      String setting, String value, String words, @TempDir Path folder) {
    assertThatThrownBy(() -> ServiceProcess.start(folder, Map.of(setting, value), Map.of()))
        .hasMessageContaining(setting)
        .hasMessageContaining(words);
  }
}
