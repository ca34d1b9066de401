package io.github.rayservice.scaffolder;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * The one rule for an address to which a token goes, or whose keys prove one: https. Plain http is
 * for loopback, and for the cluster's own names where the platform says so.
 */
public final class TokenAddress {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private TokenAddress() {}

  /** Whether a host, with or without the brackets of an IPv6 address, is this machine. */
  public static boolean isLoopback(String host) {
    return LOOPBACK.contains(host.toLowerCase(Locale.ROOT));
  }

  /**
   * Checks an address at the start.
   *
   * @param setting its name, for the message
   * @throws IllegalStateException with the setting, its scheme and host, and the rule; user name,
   *     password and query are not repeated
   */
  public static void require(String setting, URI address, TransportConfig transport) {
    String host = address.getHost() == null ? "" : address.getHost().toLowerCase(Locale.ROOT);
    boolean plain =
        address.getRawUserInfo() == null
            && address.getRawQuery() == null
            && address.getRawFragment() == null;
    if (!plain || host.isEmpty() || !isSafe(address.getScheme(), host, transport)) {
      throw new IllegalStateException(
          ("%s must be an https URL without user name, password and query, because a token goes there or its keys prove one, not %s://%s. "
                  + "http is for 127.0.0.1 and localhost, and with scaffolder.transport.http-in-cluster=true for hosts that end in .svc or .svc.cluster.local")
              .formatted(setting, address.getScheme(), host));
    }
  }

  private static boolean isSafe(String scheme, String host, TransportConfig transport) {
    if (!"http".equalsIgnoreCase(scheme)) {
      return "https".equalsIgnoreCase(scheme);
    }
    boolean ofTheCluster = host.endsWith(".svc") || host.endsWith(".svc.cluster.local");
    return isLoopback(host) || (transport.httpInCluster() && ofTheCluster);
  }
}
