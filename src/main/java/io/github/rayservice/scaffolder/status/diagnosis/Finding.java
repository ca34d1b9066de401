package io.github.rayservice.scaffolder.status.diagnosis;

import io.github.rayservice.scaffolder.status.resource.ShownText;
import java.util.List;
import java.util.Optional;

/**
 * Why a Ray Service does not run. Problem, message and next step are for all readers; evidence and
 * details may hold what the tenant's code has written, and are for those who may write.
 *
 * @param message what is wrong, for people; at most 1,000 characters
 * @param evidence what the cluster said, in its own words; at most 1,000 characters each
 * @param nextStep what can be done about it
 * @param details the whole text where the evidence is an extract, such as a Python traceback; at
 *     most some 8 KiB
 */
public record Finding(
    Problem problem,
    String message,
    List<String> evidence,
    String nextStep,
    Optional<String> details) {
  private static final int LONGEST = 1_000;

  public Finding {
    message = ShownText.cut(message, LONGEST);
    evidence = evidence.stream().map(line -> ShownText.cut(line, LONGEST)).toList();
  }

  /** About how many characters it holds. */
  public int textLength() {
    return message.length()
        + nextStep.length()
        + evidence.stream().mapToInt(String::length).sum()
        + details.map(String::length).orElse(0);
  }
}
