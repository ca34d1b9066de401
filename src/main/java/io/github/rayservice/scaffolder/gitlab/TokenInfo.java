package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * GitLab's description of the token that a request is sent with.
 *
 * @param expiresAt a date, {@code YYYY-MM-DD}; null when the token never expires
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record TokenInfo(String name, List<String> scopes, @Nullable String expiresAt) {
  private static final String FINE_GRAINED = "granular";

  /** Whether it has permissions of its own, which GitLab does not tell, in place of scopes. */
  public boolean isFineGrained() {
    return scopes.contains(FINE_GRAINED);
  }
}
