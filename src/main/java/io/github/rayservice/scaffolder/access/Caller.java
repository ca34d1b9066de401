package io.github.rayservice.scaffolder.access;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An authenticated caller, or anyone where the service has no authentication.
 *
 * @param subject an entity reference of Backstage, the subject of an issuer, or the name of a
 *     token; empty where the service has no authentication
 * @param groups entity references, in lower case as Backstage compares them
 * @param namesOthers whether the caller may name another user in {@code createdBy}
 */
public record Caller(Optional<String> subject, Set<String> groups, boolean namesOthers) {
  /** Any caller of a service without authentication, which allows everything. */
  public static final Caller ANYBODY = new Caller(Optional.empty(), Set.of(), true);

  public Caller {
    groups = groups.stream().map(Caller::reference).collect(Collectors.toUnmodifiableSet());
  }

  static Caller user(String subject, Set<String> groups) {
    return new Caller(Optional.of(subject), groups, false);
  }

  /** An entity reference in lower case. A name without a kind, as issuers write it, is a group. */
  static String reference(String group) {
    String lower = group.toLowerCase(Locale.ROOT);
    return lower.contains(":") ? lower : "group:default/" + lower;
  }
}
