package io.github.rayservice.scaffolder.form.value;

import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * A host or a bucket in a setting that applications may be downloaded from.
 *
 * @param name in lower case, without scheme, port and path
 */
public record DownloadHost(String name) {
  private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9]([a-z0-9._-]*[a-z0-9])?");

  /**
   * The host that a setting means.
   *
   * @throws IllegalArgumentException when no address can have it
   */
  public static DownloadHost of(String setting) {
    String name = setting.strip().toLowerCase(Locale.ROOT);
    if (!GRAMMAR.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is neither a host, such as github.com, nor a bucket; neither has a scheme, a port, a path or a *"
              .formatted(name));
    }
    return new DownloadHost(name);
  }

  /** Whether an address with this host is at it. */
  public boolean isHostOf(String host) {
    return name.equals(host.toLowerCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name;
  }

  /** Reads a host from the configuration, so that its error says the reason. */
  public static final class Reader implements Converter<DownloadHost> {
    @Override
    public DownloadHost convert(String setting) {
      return of(setting);
    }
  }
}
