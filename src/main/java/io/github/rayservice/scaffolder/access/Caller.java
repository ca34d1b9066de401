package io.github.rayservice.scaffolder.access;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who calls, as far as it is proven.
 *
 * @param subject an entity reference of Backstage, the subject of an issuer, or the name of a
 *     token; empty where the service is open
 * @param groups entity references, in lower case as Backstage compares them
 * @param namesOthers whether it may say that somebody else asked
 */
public record Caller(Optional<String> subject, Set<String> groups, boolean namesOthers) {
  /** Where the service is open: nobody is known and everybody may do everything. */
  public static final Caller ANYBODY = new Caller(Optional.empty(), Set.of(), true);

  public Caller {
    groups = groups.stream().map(Caller::reference).collect(Collectors.toUnmodifiableSet());
  }

  static Caller person(String subject, Set<String> groups) {
    return new Caller(Optional.of(subject), groups, false);
  }

  /** A bare name, as issuers write it, is the group of that name. */
  static String reference(String group) {
    String lower = group.toLowerCase(Locale.ROOT);
    return lower.contains(":") ? lower : "group:default/" + lower;
  }
}
