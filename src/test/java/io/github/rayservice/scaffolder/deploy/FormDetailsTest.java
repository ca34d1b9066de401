package io.github.rayservice.scaffolder.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import io.github.rayservice.scaffolder.render.RenderFixture;
import io.github.rayservice.scaffolder.render.Renderer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reviewers are told of the hardware's cost. */
class FormDetailsTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "scaffolder.hardware.profiles[0].name", "cpu",
          "scaffolder.hardware.profiles[1].name", "a10g",
          "scaffolder.hardware.profiles[1].price-per-hour", "1");

  private final Renderer renderer = RenderFixture.renderer();
  private final FormDetails details =
      new FormDetails(
          renderer,
          FormFixture.profiles(SETTINGS),
          new PlatformLinks(RenderFixture.catalog(Map.of())),
          RenderFixture.dashboards(Map.of()));

  /** A file with so many workers, on a profile where the text names one: {@code 2 a10g}. */
  private Optional<String> file(String workers) {
    if (workers.equals("none")) {
      return Optional.empty();
    }
    String[] parts = workers.split(" ", -1);
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec").put("replicas", Integer.parseInt(parts[0]));
    if (parts.length > 1) {
      document.withObject("/spec/resources/worker").put("profile", parts[1]);
    }
    return Optional.of(renderer.render(FormFixture.reader(SETTINGS).read(document)).instance());
  }

  @ParameterizedTest
  @CsvSource({
    "none, 2 a10g, 1460.00 USD",
    "2 a10g, 2 a10g, 1460.00 USD",
    "2 a10g, 3 a10g, 1460.00 USD → 2190.00 USD",
    "2 a10g, 2 cpu, 1460.00 USD → not known",
    "2 a10g, 2, 1460.00 USD → none",
    "2, 1 a10g, 730.00 USD",
    "2 cpu, 3 cpu, ",
    "2 a10g, none, ",
  })
  void theCostBeforeAndAfter(String accepted, String wanted, String cost) {
    Proposal proposal =
        new Proposal(
            new RayServiceId("team-ml", "text-ml"),
            "rayservice/team-ml/text-ml",
            "0".repeat(40),
            "ann",
            CommitResult.Outcome.UPDATED,
            Optional.empty(),
            Optional.empty(),
            file(accepted),
            file(wanted),
            "");

    assertThat(details.read(proposal).monthlyCost()).isEqualTo(Optional.ofNullable(cost));
  }
}
