package io.github.rayservice.scaffolder.access;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An authenticated caller, or anyone where the service has no authentication.
 *
 * @param subject one name for one caller, in logs, commits and keys: an entity reference of
 *     Backstage, or {@code oidc:}, {@code token:} or {@code plugin:} and the name that the source
 *     knows. It is one line of printable text that Git keeps as it is; empty where the service has
 *     no authentication
 * @param groups entity references, in lower case as Backstage compares them
 * @param namesOthers whether the caller may name another user in {@code createdBy}
 * @param everybody whether a grant to {@code *} is for this caller, too
 * @param notifies whether the caller may send Argo CD's notifications
 */
public record Caller(
    Optional<String> subject,
    Set<String> groups,
    boolean namesOthers,
    boolean everybody,
    boolean notifies) {
  /** Any caller of a service without authentication, which allows everything. */
  public static final Caller ANYBODY = new Caller(Optional.empty(), Set.of(), true, true, true);

  static final String OIDC = "oidc:";
  static final String TOKEN = "token:";
  static final String PLUGIN = "plugin:";

  /** No line, no look-alike blank, no end that Git cuts off: two subjects never become one. */
  private static final Pattern SUBJECT =
      Pattern.compile("[^\\p{C}\\p{Z}<>](?:[^\\p{C}\\p{Z}<>]| )*+");

  /** As long as {@code createdBy} may be. */
  private static final int LONGEST = 253;

  private static final String CUT_BY_GIT = " .,:;\"'\\";

  public Caller {
    subject.ifPresent(Caller::require);
    groups = groups.stream().map(Caller::reference).collect(Collectors.toUnmodifiableSet());
  }

  private static void require(String subject) {
    if (!isName(subject)) {
      throw new AccessException.Unproven(
          "the token's subject cannot be written into Git: it must have at most %d characters with its source, no control characters, blanks other than spaces, '<' or '>', and must not end in a blank or one of .,:;\"'\\"
              .formatted(LONGEST));
    }
  }

  /** Whether a text, as a subject with its source, stays what it is wherever it is written. */
  static boolean isName(String subject) {
    return subject.length() <= LONGEST
        && SUBJECT.matcher(subject).matches()
        && CUT_BY_GIT.indexOf(subject.charAt(subject.length() - 1)) < 0;
  }

  /**
   * A person of Backstage.
   *
   * @param entity entity reference
   * @throws AccessException.Unproven when it could be a caller of another source
   */
  static Caller ofBackstage(String entity, Set<String> groups) {
    String lower = entity.toLowerCase(Locale.ROOT);
    if (List.of(OIDC, TOKEN, PLUGIN).stream().anyMatch(lower::startsWith)) {
      throw new AccessException.Unproven("the token's subject is no user of Backstage");
    }
    return new Caller(Optional.of(entity), groups, false, true, false);
  }

  /** A plugin of Backstage that calls for itself. */
  static Caller ofPlugin(String id) {
    return new Caller(Optional.of(PLUGIN + id), Set.of(), false, false, false);
  }

  /** A user of the OIDC issuer. */
  static Caller ofIssuer(String subject, Set<String> groups) {
    return new Caller(Optional.of(OIDC + subject), groups, false, true, false);
  }

  static Caller of(AccessConfig.Token token) {
    return new Caller(
        Optional.of(TOKEN + token.subject()),
        Set.copyOf(token.groups().orElse(List.of())),
        token.namesOthers(),
        token.writes(),
        token.notifies());
  }

  /** An entity reference in lower case. A name without a kind, as issuers write it, is a group. */
  static String reference(String group) {
    String lower = group.toLowerCase(Locale.ROOT);
    return lower.contains(":") ? lower : "group:default/" + lower;
  }
}
