package io.github.rayservice.scaffolder.gitlab;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rule of a project that protects branches.
 *
 * @param name of a branch, or a pattern in which {@code *} is any characters
 * @param allowForcePush whether who may push may also replace what is there
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProtectedBranch(
    String name, @Nullable List<AccessLevel> pushAccessLevels, @Nullable Boolean allowForcePush) {
  private static final int DEVELOPER = 30;

  /** Have no character in common but those before them, so that only a wildcard matches both. */
  private static final List<String> SAMPLES = List.of("a/b", "8/9");

  /**
   * Who may push: everybody with a role, or one user, group or deploy key.
   *
   * @param accessLevel 0 nobody, 30 Developers and above, 40 Maintainers and above
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record AccessLevel(
      @Nullable Integer accessLevel,
      @Nullable Long userId,
      @Nullable Long groupId,
      @Nullable Long deployKeyId) {
    private boolean isOfDevelopers() {
      return userId == null
          && groupId == null
          && deployKeyId == null
          && accessLevel != null
          && accessLevel == DEVELOPER;
    }
  }

  private boolean matches(String branch) {
    String pattern =
        Arrays.stream(name.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    return branch.matches(pattern);
  }

  /**
   * Why the branches below a prefix are not this service's alone; empty when they are. Of several
   * rules that match a branch, GitLab takes the one that allows most.
   *
   * @param prefix with its slash
   */
  public static Optional<String> problem(List<ProtectedBranch> rules, String prefix) {
    List<ProtectedBranch> all =
        rules.stream()
            .filter(rule -> SAMPLES.stream().allMatch(name -> rule.matches(prefix + name)))
            .toList();
    if (all.isEmpty()) {
      return Optional.of(
          "%s* is no protected branch: whoever may push to the project may push there"
              .formatted(prefix));
    }
    return all.stream()
        .filter(rule ->
            rule.pushAccessLevels() != null
                && rule.pushAccessLevels().stream().anyMatch(AccessLevel::isOfDevelopers))
        .findFirst()
        .map(rule -> "the protected branch %s lets all Developers push".formatted(rule.name()))
        .or(() ->
            all.stream().anyMatch(rule -> Boolean.TRUE.equals(rule.allowForcePush()))
                ? Optional.empty()
                : Optional.of(
                    "the protected branch %s allows no force push, by which a proposal begins again where one was closed"
                        .formatted(all.getFirst().name())));
  }
}
