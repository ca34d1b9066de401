package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.resource.ShownText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The phase of a Ray Service.
 *
 * @param reason one word in CamelCase, upstream's own where there is one
 * @param message for people; never empty, and at most 1,000 characters
 * @param since when phase and reason became so
 * @param source whose word decided: what the Ray Service waits for is there
 * @param conditions one for each source, in the order of {@link Source}
 */
public record PhaseStatus(
    Phase phase,
    String reason,
    String message,
    Instant since,
    Source source,
    List<SourceCondition> conditions) {
  /** The reason of a phase in which Argo CD has not compared since Git changed. */
  public static final String NOT_YET_SEEN = "NotYetSeen";

  /** Characters of a message here: there are many of them, and whole texts are in the diagnosis. */
  private static final int LONGEST = 1_000;

  public PhaseStatus {
    message = ShownText.cut(message, LONGEST);
  }

  /**
   * What one source says.
   *
   * @param state whether the source is content; {@code UNKNOWN} when it cannot be read, or what it
   *     says cannot be believed
   * @param message its own words; at most 1,000 characters
   * @param since of what it says; empty when it does not tell
   */
  public record SourceCondition(
      Source source, State state, String reason, String message, Optional<Instant> since) {
    public SourceCondition {
      message = ShownText.cut(message, LONGEST);
    }
  }

  public enum State {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String label;

    State(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  /** Whether a person would see a difference. */
  public boolean saysTheSame(PhaseStatus other) {
    return phase == other.phase
        && reason.equals(other.reason)
        && message.equals(other.message)
        && conditions.equals(other.conditions);
  }
}
