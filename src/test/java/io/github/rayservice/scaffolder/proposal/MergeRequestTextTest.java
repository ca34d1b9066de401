package io.github.rayservice.scaffolder.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MergeRequestTextTest {
  private static Proposal proposal(String author, CommitResult.Outcome result, String diff) {
    return new Proposal(
        new RayServiceId("team-ml", "text-ml"),
        "rayservice/team-ml/text-ml",
        "0".repeat(40),
        author,
        result,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        diff);
  }

  private static String text(String askedBy, Map<String, String> parameters, String diff) {
    return MergeRequestText.text(
        proposal(askedBy, CommitResult.Outcome.CREATED, diff),
        new MergeRequestDetails(
            parameters,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of("Ray Serve", "https://host/ray-serve/x/"),
            Map.of("Backstage", "https://backstage/catalog/x")));
  }

  @Test
  void saysWhatAChangeDoesToWhatRuns() {
    MergeRequestDetails details =
        new MergeRequestDetails(
            Map.of(),
            List.of(
                new MergeRequestDetails.Change("replicas", "2", "9", "a second Ray cluster"),
                new MergeRequestDetails.Change("args", "", "{\"a\":\"|`\"}", "in place")),
            Optional.of("5.5 CPU, 11264Mi memory"),
            Optional.of("730.00 USD → 3285.00 USD"),
            Optional.of(new MergeRequestDetails.ModelCache("1Gi\n/merge", true)),
            Map.of(),
            Map.of());

    assertThat(
            MergeRequestText.text(proposal("ann", CommitResult.Outcome.UPDATED, "+a\n"), details))
        .contains(
            """
            | Change | From | To | Effect |
            |---|---|---|---|
            | `replicas` | `2` | `9` | a second Ray cluster |
            | `args` |  | `` {"a":"\\|`"} `` | in place |

            KubeRay makes a second Ray cluster and goes over to it when it serves. Until then the cluster needs room for both: 5.5 CPU, 11264Mi memory more.

            Estimated monthly cost of the hardware: 730.00 USD → 3285.00 USD.

            Merging this deletes its model cache of `1Gi /merge`.
            """);
  }

  @Test
  void saysWhatAReviewerNeeds() {
    assertThat(text("ann", Map.of("replicas", "3"), "+a\n"))
        .isEqualTo(
            """
            Merging this creates the Ray Service. Asked for by `ann`.

            | Parameter | Value |
            |---|---|
            | `replicas` | `3` |

            - Ray Serve: `https://host/ray-serve/x/`
            - Backstage: <https://backstage/catalog/x>

            <details><summary>Rendered difference</summary>

            ```diff
            +a
            ```

            </details>
            """);
  }

  @ParameterizedTest
  @EnumSource(value = CommitResult.Outcome.class)
  void titlesAreOneShortLine(CommitResult.Outcome result) {
    assertThat(MergeRequestText.title(proposal("ann", result, ""), true))
        .matches("Draft: (Create|Update|Delete) Ray Service team-ml/text-ml");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n/merge",
        "a\r\n/close",
        "a\u2028/approve",
        "a\u0085/merge",
        "`/merge`",
        "``` \n/merge",
        "x | y",
        "@all",
        "<img src=x>",
      })
  void aValueStaysInItsCodeSpanOnOneLine(String value) {
    String text = text(value, Map.of("createdBy", value), "+ ```\n+/merge\n");

    assertThat(text.lines()).noneMatch(line -> line.startsWith("/"));
    assertThat(text.lines().filter(line -> line.startsWith("| `createdBy`")))
        .singleElement()
        .asString()
        .matches("\\| `createdBy` \\| (`+)(?!`).*[^`]\\1 \\|");
    assertThat(text).contains("````diff\n");
  }

  /** GitLab takes no NUL, and a carriage return begins a line of Markdown. */
  @Test
  void controlCharactersOfAHandEditedFileAreShownNotSent() {
    String text =
        text(
            "ann",
            Map.of("createdBy", "a\r\u0000b"),
            "+a\r/merge\n+b\u0000\u001b[31mc\u2028/close\u0085/approve\n+\tkept\r\n");

    assertThat(text).doesNotContainPattern("[\\p{Cntrl}\\u0085\\u2028\\u2029&&[^\\n\\t]]");
    assertThat(text)
        .contains("+a␍/merge\n+b␀␛[31mc�/close�/approve\n+\tkept␍\n```")
        .contains("| `createdBy` | `a b` |");
  }

  @Test
  void aHugeDifferenceIsCutWithAWord() {
    assertThat(text("ann", Map.of(), "+line\n".repeat(50_000)))
        .hasSizeLessThan(70_000)
        .contains("cut here; see the changes of this merge request");
  }
}
