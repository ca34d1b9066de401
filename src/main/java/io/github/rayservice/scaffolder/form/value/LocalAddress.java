package io.github.rayservice.scaffolder.form.value;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Hosts that mean the machine itself or its link: from a pod there is nothing to download there,
 * but the metadata of a cloud with the credentials of the node. In private networks there may be.
 */
public final class LocalAddress {
  /** Hosts that programs read as an address: 127.1, 0x7f000001, 2130706433. */
  private static final Pattern NUMERIC = Pattern.compile("(.*[.])?([0-9]++|0x[0-9a-f]*+)[.]?");

  /** The one way to write an address that all programs read alike. */
  private static final Pattern PLAIN =
      Pattern.compile("(0|[1-9][0-9]{0,2})([.](0|[1-9][0-9]{0,2})){3}");

  /** This host, loopback, link-local, multicast and reserved. */
  private static final Pattern LOCAL =
      Pattern.compile("(0|127|22[4-9]|23[0-9]|24[0-9]|25[0-5])[.].*|169[.]254[.].*");

  private LocalAddress() {}

  /**
   * Whether no download may be there.
   *
   * @param host of a URI; an IPv6 address is in brackets
   */
  public static boolean is(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.startsWith("[")
        || name.equals("localhost")
        || name.endsWith(".localhost")
        || (NUMERIC.matcher(name).matches()
            && (!PLAIN.matcher(name).matches() || LOCAL.matcher(name).matches()));
  }
}
