package io.github.rayservice.scaffolder.status.resource;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an admission policy or an admission webhook said in place of the API server, found in the
 * message of whoever was refused.
 *
 * @param policy its name
 * @param words its message, without what Argo CD adds
 */
public record PolicyRefusal(String policy, String words) {
  private static final Pattern DENIED =
      Pattern.compile(
          "(ValidatingAdmissionPolicy|admission webhook) ['\"](?<policy>[^'\"]+)['\"].*? denied (the )?request(: | )(?<words>.+)",
          Pattern.DOTALL);

  /** What Argo CD adds. */
  private static final Pattern RETRIES =
      Pattern.compile(
          "([.] Retrying attempt #.*| \\(retried [0-9]+ times?\\)[.]?)$", Pattern.DOTALL);

  /** The first refusal in a message. */
  public static Optional<PolicyRefusal> of(String message) {
    Matcher found = DENIED.matcher(message);
    return found.find()
        ? Optional.of(
            new PolicyRefusal(
                found.group("policy"), RETRIES.matcher(found.group("words")).replaceFirst("")))
        : Optional.empty();
  }

  /**
   * Whether the policy could not be evaluated, in the API server's words (Kubernetes 1.36): it has
   * no parameters, or an expression failed. Then it refuses whatever comes.
   */
  public boolean isBroken() {
    return words.startsWith("failed to configure ") || words.contains(" resulted in error: ");
  }
}
