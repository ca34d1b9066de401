package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.Proposal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Title and text of a merge request, in GitLab's Markdown. Values that people typed in are in code
 * spans and fences that they cannot end, so that they format nothing, mention nobody and run no
 * quick action.
 */
final class MergeRequestText {
  /** Reviewers scroll no further, and GitLab folds a longer text anyway. */
  private static final int LONGEST_DIFF = 60_000;

  private static final Pattern INVISIBLE =
      Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029&&[^\\n\\t]]");

  private static final int PICTURES = 0x2400;
  private static final char UNKNOWN = '\ufffd';

  private static final Pattern BACKTICKS = Pattern.compile("`+");

  private MergeRequestText() {}

  static String title(Proposal proposal, boolean draft) {
    String verb =
        switch (proposal.outcome()) {
          case CREATED -> "Create";
          case UPDATED, UNCHANGED -> "Update";
          case DELETED -> "Delete";
        };
    return "%s%s Ray Service %s".formatted(draft ? "Draft: " : "", verb, proposal.id());
  }

  static String text(Proposal proposal, MergeRequestDetails details) {
    StringBuilder text = new StringBuilder();
    text.append(sentence(proposal.outcome()))
        .append(" Asked for by ")
        .append(code(proposal.author()))
        .append(".\n\n");
    if (!details.parameters().isEmpty()) {
      text.append("| Parameter | Value |\n|---|---|\n");
      details
          .parameters()
          .forEach((field, value) ->
              text.append("| ")
                  .append(code(field))
                  .append(" | ")
                  .append(cell(value))
                  .append(" |\n"));
      text.append('\n');
    }
    if (!details.changes().isEmpty()) {
      text.append("| Change | From | To | Effect |\n|---|---|---|---|\n");
      details
          .changes()
          .forEach(change ->
              text.append("| ")
                  .append(code(change.field()))
                  .append(" | ")
                  .append(cell(change.before()))
                  .append(" | ")
                  .append(cell(change.after()))
                  .append(" | ")
                  .append(change.effect())
                  .append(" |\n"));
      text.append('\n');
    }
    details
        .secondCluster()
        .ifPresent(resources ->
            text.append("KubeRay makes a second Ray cluster and goes over to it when it serves. ")
                .append("Until then the cluster needs room for both: ")
                .append(resources)
                .append(" more.\n\n"));
    details
        .monthlyCost()
        .ifPresent(cost ->
            text.append("Estimated monthly cost of the hardware: ").append(cost).append(".\n\n"));
    details
        .modelCache()
        .ifPresent(cache ->
            text.append(
                (cache.deleted()
                        ? "Merging this deletes its model cache of %s.\n\n"
                        : "Its model cache of %s is deleted together with the Ray Service.\n\n")
                    .formatted(code(cache.size()))));
    details.endpoints().forEach((name, url) -> text.append(item(name, code(url))));
    details.pages().forEach((name, url) -> text.append(item(name, "<" + url + ">")));
    if (!proposal.diff().isEmpty()) {
      text.append("\n<details><summary>Rendered difference</summary>\n\n")
          .append(fenced(proposal.diff()))
          .append("\n</details>\n");
    }
    return text.toString();
  }

  private static String sentence(CommitResult.Outcome result) {
    return switch (result) {
      case CREATED -> "Merging this creates the Ray Service.";
      case UPDATED -> "Merging this changes the Ray Service.";
      case DELETED ->
          "Merging this deletes the Ray Service and its target namespace, with all that runs there.";
      case UNCHANGED -> "Everything that this proposed is accepted already.";
    };
  }

  private static String item(String name, String content) {
    return "- " + name + ": " + content + "\n";
  }

  private static String cell(String value) {
    return value.isEmpty() ? "" : code(value);
  }

  /** A code span; a bar would end a table's cell even there. */
  private static String code(String value) {
    String line = value.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ").replace("|", "\\|");
    String fence = "`".repeat(longestRun(line) + 1);
    // Blanks keep a backtick at either end apart from the fence; Markdown takes one pair away.
    return line.contains("`") ? fence + " " + line + " " + fence : fence + line + fence;
  }

  private static String fenced(String diff) {
    String shown =
        visible(
            diff.length() > LONGEST_DIFF
                ? diff.substring(0, LONGEST_DIFF)
                    + "\n… cut here; see the changes of this merge request\n"
                : diff);
    String fence = "`".repeat(Math.max(3, longestRun(shown) + 1));
    return fence + "diff\n" + shown + (shown.endsWith("\n") ? "" : "\n") + fence + "\n";
  }

  /**
   * Control characters as Unicode's pictures of them; GitLab refuses some, and others end lines.
   */
  private static String visible(String text) {
    return INVISIBLE
        .matcher(text)
        .replaceAll(found -> {
          char control = found.group().charAt(0);
          return String.valueOf(control < ' ' ? (char) (PICTURES + control) : UNKNOWN);
        });
  }

  private static int longestRun(String text) {
    Matcher runs = BACKTICKS.matcher(text);
    int longest = 0;
    while (runs.find()) {
      longest = Math.max(longest, runs.group().length());
    }
    return longest;
  }
}
