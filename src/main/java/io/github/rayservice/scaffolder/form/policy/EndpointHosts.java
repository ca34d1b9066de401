package io.github.rayservice.scaffolder.form.policy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.quarkus.runtime.LaunchMode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The hosts that endpoints may have; without patterns any. */
public final class EndpointHosts {
  /** The setting that names them. */
  public static final String SETTING = "scaffolder.form.hosts";

  private final List<HostPattern> patterns;

  private EndpointHosts(List<HostPattern> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  /** The hosts of the setting; empty for any. */
  public static EndpointHosts of(Optional<List<HostPattern>> setting) {
    return new EndpointHosts(setting.orElse(List.of()));
  }

  /**
   * Fails the start of a packaged service whose forms could claim the host of any other web page.
   *
   * @throws IllegalStateException with the setting to change
   */
  public void requireNamed(LaunchMode mode) {
    if (patterns.isEmpty() && mode == LaunchMode.NORMAL) {
      throw new IllegalStateException(
          SETTING
              + " is not set: name the hosts that endpoints may have, such as *.models.company.com; without it a form may take any host, also that of another web page");
    }
  }

  /** The host of a Ray Service whose form names none; empty without patterns. */
  public Optional<String> hostOf(RayServiceId id) {
    return patterns.stream().findFirst().map(first -> first.hostOf(id));
  }

  /**
   * Whether the host is for one Ray Service alone: it is one of a wildcard's, and no pattern of its
   * own makes it one for all.
   */
  public boolean isForOne(String host) {
    List<HostPattern> matching = patterns.stream().filter(p -> p.matches(host)).toList();
    return !matching.isEmpty() && matching.stream().allMatch(HostPattern::isWildcard);
  }

  /** Whether the host itself is in the list, for many Ray Services. */
  boolean isListed(String host) {
    return patterns.stream().anyMatch(p -> !p.isWildcard() && p.matches(host));
  }

  /** Those that a form may have; all of them without patterns. */
  public Set<String> allowed(Set<String> names) {
    return patterns.isEmpty()
        ? names
        : names.stream()
            .filter(name -> patterns.stream().anyMatch(p -> p.matches(name)))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** The rule that a host breaks; empty for one that a form may have. */
  public Optional<Violation> check(String field, String host) {
    return patterns.isEmpty() || patterns.stream().anyMatch(p -> p.matches(host))
        ? Optional.empty()
        : Optional.of(
            Violation.of(
                field, host, "must be one of " + this, BrokenRule.POLICY + ": " + SETTING));
  }

  /** In the order of the setting. */
  public List<HostPattern> patterns() {
    return patterns;
  }

  /** A regular expression, with anchors, for all hosts and for an empty text. */
  public String regexOrEmpty() {
    return patterns.stream().map(HostPattern::regex).collect(Collectors.joining("|", "^(|", ")$"));
  }

  /** The patterns, separated by commas. */
  @Override
  public String toString() {
    return patterns.stream().map(HostPattern::toString).collect(Collectors.joining(", "));
  }
}
