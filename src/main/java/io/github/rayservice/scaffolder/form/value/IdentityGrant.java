package io.github.rayservice.scaffolder.form.value;

import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Roles in a cloud that some teams may take. In both texts {@code *} matches any characters, also a
 * slash.
 *
 * @param team the team's namespace
 * @param role what {@link Grammar#CLOUD_IDENTITY} names
 */
public record IdentityGrant(String team, String role) {
  private static final Pattern TEAM = Pattern.compile("[a-z0-9*]([-a-z0-9*]*[a-z0-9*])?");

  /** As {@link Grammar#CLOUD_IDENTITY}, with {@code *} behind what tells the cloud. */
  private static final Pattern ROLE =
      Pattern.compile(
          "\\*"
              + "|arn:aws[a-z-]*:iam::([0-9]{12}|[0-9]{0,11}\\*[0-9]{0,11}):role/[A-Za-z0-9+=,.@_/*-]+"
              + "|[a-z0-9.*-]+@[a-z0-9.*-]+[.]gserviceaccount[.]com"
              + "|[0-9A-Fa-f-]{36}|[0-9A-Fa-f-]{1,35}\\*");

  /**
   * The grant that a setting means.
   *
   * @throws IllegalArgumentException when it is not written {@code team=role}
   */
  public static IdentityGrant of(String setting) {
    String text = setting.strip();
    int equals = text.indexOf('=');
    String team = equals < 0 ? "" : text.substring(0, equals).strip();
    String role = text.substring(equals + 1).strip();
    if (!TEAM.matcher(team).matches() || !ROLE.matcher(role).matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is not written team=role, such as team-ml=arn:aws:iam::123456789012:role/team-ml-*: a namespace, and an AWS role's ARN, a Google service account's address or an Azure client id, in which * matches any characters"
              .formatted(text));
    }
    return new IdentityGrant(team, role);
  }

  /** Whether it lets the team take the role. */
  public boolean allows(String otherTeam, String otherRole) {
    return isOf(otherTeam) && matches(comparable(role), comparable(otherRole));
  }

  /** Whether it is about the team. */
  public boolean isOf(String otherTeam) {
    return matches(team, otherTeam);
  }

  /** A client id is the same in capitals; the names of AWS and Google are not. */
  private static String comparable(String identity) {
    return identity.contains(":") || identity.contains("@")
        ? identity
        : identity.toLowerCase(Locale.ROOT);
  }

  private static boolean matches(String wildcards, String text) {
    return Pattern.matches(Pattern.quote(wildcards).replace("*", "\\E.*\\Q"), text);
  }

  /** Reads a grant from the configuration, as {@link ImagePrefix.Reader} does. */
  public static final class Reader implements Converter<IdentityGrant> {
    @Override
    public IdentityGrant convert(String setting) {
      return of(setting);
    }
  }
}
