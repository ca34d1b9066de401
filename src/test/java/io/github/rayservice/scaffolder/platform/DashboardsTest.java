package io.github.rayservice.scaffolder.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.render.RenderFixture;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the Ray dashboards are, by the platform's settings. */
class DashboardsTest {
  private static Dashboards dashboards(String mode, @Nullable String domain) {
    return RenderFixture.dashboards(
        domain == null
            ? Map.of("scaffolder.dashboard.mode", mode)
            : Map.of("scaffolder.dashboard.mode", mode, "scaffolder.dashboard.domain", domain));
  }

  @ParameterizedTest
  @CsvSource({
    "token, , https://models.company.com/ray-dashboard/text-ml/, ",
    "guarded, dashboards.company.com, https://ray-team-ml--text-ml.dashboards.company.com/, ",
    "none, , , kubectl -n ray-team-ml--text-ml port-forward service/text-ml-head-svc 8265",
  })
  void itIsWhereTheModeSays(
      String mode, @Nullable String domain, @Nullable String url, @Nullable String portForward) {
    Dashboard dashboard =
        dashboards(mode, domain)
            .of("models.company.com", "text-ml", "ray-team-ml--text-ml")
            .orElseThrow();

    assertThat(dashboard.url().orElse(null)).isEqualTo(url);
    assertThat(dashboard.portForwardCommand().orElse(null)).isEqualTo(portForward);
    assertThat(dashboard.tokenCommand())
        .startsWith("kubectl -n ray-team-ml--text-ml get secrets -l ray.io/cluster ");
  }

  @Test
  void theUsualModeIsToken() {
    assertThat(RenderFixture.dashboards(Map.of()).of("h", "a", "b").orElseThrow().url())
        .contains("https://h/ray-dashboard/a/");
  }

  /** People paste commands into a shell; a file in Git may say anything. */
  @ParameterizedTest
  @CsvSource({"text-ml, ray; rm -rf ~", "text$(id), ray-text-ml", "'', ray-text-ml"})
  void whatIsNoNameIsInNoCommand(String name, String targetNamespace) {
    assertThat(dashboards("none", null).of("models.company.com", name, targetNamespace)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "guarded | | scaffolder.dashboard.domain is not set: scaffolder.dashboard.mode guarded needs it",
        "guarded | https://dashboards.company.com | scaffolder.dashboard.domain: \"https://dashboards.company.com\" is no domain",
        "guarded | *.company.com | scaffolder.dashboard.domain: \"*.company.com\" is no domain",
        "token | dashboards.company.com | scaffolder.dashboard.domain is of no use unless scaffolder.dashboard.mode is guarded",
      })
  void aSettingThatCannotBeIsNamed(String mode, @Nullable String domain, String words) {
    assertThatThrownBy(() -> dashboards(mode, domain))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(words);
  }
}
