package io.github.rayservice.scaffolder.form.policy;

import io.github.rayservice.scaffolder.RayServiceId;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * A host that endpoints may have, or {@code *.models.company.com} for many: there {@code *} is one
 * DNS label, as in a certificate.
 */
public final class HostPattern {
  private static final String WILDCARD = "*.";
  private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
  private static final Pattern HOST = Pattern.compile(LABEL + "([.]" + LABEL + ")*");
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+([.][0-9]+)*");
  private static final int MAX_HOST = 253;

  /** In front of it the label of any Ray Service fits. */
  private static final int MAX_SUFFIX = MAX_HOST - (RayServiceId.MAX_LENGTH + 2);

  private final boolean wildcard;
  private final String name;
  private final Pattern pattern;

  private HostPattern(boolean wildcard, String name) {
    this.wildcard = wildcard;
    this.name = name;
    this.pattern = Pattern.compile(regex());
  }

  /**
   * The pattern that a setting means. Kubernetes takes hosts in lower case only, so that is how it
   * is read.
   *
   * @throws IllegalArgumentException when it is neither a host nor a wildcard below one
   */
  public static HostPattern of(String setting) {
    String text = setting.strip().toLowerCase(Locale.ROOT);
    boolean wildcard = text.startsWith(WILDCARD);
    String name = wildcard ? text.substring(WILDCARD.length()) : text;
    if (name.length() > (wildcard ? MAX_SUFFIX : MAX_HOST)
        || !HOST.matcher(name).matches()
        || NUMBERS.matcher(name).matches()
        || (wildcard && !name.contains("."))) {
      throw new IllegalArgumentException(
          "\"%s\" is neither a host, such as models.company.com, nor a wildcard, such as *.models.company.com: the * is one whole label at the beginning, with at least two labels and at most %d characters behind it; neither has a scheme, a port or a path, and neither is an IP address"
              .formatted(setting.strip(), MAX_SUFFIX));
    }
    return new HostPattern(wildcard, name);
  }

  /** Whether it is {@code *.} and a name. */
  public boolean isWildcard() {
    return wildcard;
  }

  /** Whether it is the host, or a wildcard for it. */
  public boolean matches(String host) {
    return pattern.matcher(host).matches();
  }

  /** The host, or that of one Ray Service below a wildcard. */
  String hostOf(RayServiceId id) {
    return wildcard ? id.name() + "-" + id.namespace() + "." + name : name;
  }

  /** All of its hosts as a regular expression, without anchors. */
  String regex() {
    String quoted = name.replace(".", "[.]");
    return wildcard ? LABEL + "[.]" + quoted : quoted;
  }

  /** The pattern as the setting writes it, in lower case. */
  @Override
  public String toString() {
    return wildcard ? WILDCARD + name : name;
  }

  /** Reads a pattern from the configuration, so that its error says the reason. */
  public static final class Reader implements Converter<HostPattern> {
    @Override
    public HostPattern convert(String setting) {
      return of(setting);
    }
  }
}
