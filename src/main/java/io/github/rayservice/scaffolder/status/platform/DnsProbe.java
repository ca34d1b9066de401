package io.github.rayservice.scaffolder.status.platform;

import io.github.rayservice.scaffolder.status.StatusConfig;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.TreeMap;

/** Checks whether the hosts of the endpoints have an address, by this process' own resolver. */
@ApplicationScoped
public class DnsProbe {
  /** getaddrinfo's message when the name server does not answer; the name may exist. */
  private static final String NO_ANSWER = "Temporary failure";

  private final StatusConfig config;
  private final StatusStore statusStore;

  DnsProbe(StatusConfig config, StatusStore statusStore) {
    this.config = config;
    this.statusStore = statusStore;
  }

  @Scheduled(
      every = "{scaffolder.status.dependencies-interval}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  void probe() {
    if (!config.enabled()) {
      return;
    }
    TreeMap<String, String> unresolved = new TreeMap<>();
    for (String host : statusStore.hosts()) {
      unresolvedReason(host).ifPresent(why -> unresolved.put(host, why));
    }
    statusStore.unresolvedHosts(unresolved);
  }

  public static Optional<String> unresolvedReason(String host) {
    try {
      InetAddress.getAllByName(host);
      return Optional.empty();
    } catch (UnknownHostException e) {
      String why = String.valueOf(e.getMessage());
      return why.contains(NO_ANSWER) ? Optional.empty() : Optional.of(why);
    }
  }
}
