package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.stream.Stream;

/** GitLab's words for the state of a merge request. */
public enum MergeRequestState {
  OPENED,
  CLOSED,
  MERGED,
  /** While GitLab merges it. */
  LOCKED,
  /** A word of a later GitLab. It says neither that it is merged nor that it is closed. */
  UNKNOWN;

  @JsonCreator
  static MergeRequestState of(String word) {
    return Stream.of(values())
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElse(UNKNOWN);
  }

  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it has not ended. */
  public boolean isOpen() {
    return this != CLOSED && this != MERGED;
  }
}
