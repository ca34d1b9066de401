package io.github.rayservice.scaffolder.status.platform;

import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.form.policy.EndpointHosts;
import io.github.rayservice.scaffolder.status.StatusConfig;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Checks whether the hosts of the endpoints have an address, by this process' own resolver. People
 * write these hosts, so only names that the platform lists are looked up; a look-up that takes long
 * holds up neither the others nor the round.
 */
@ApplicationScoped
public class DnsProbe {
  /** getaddrinfo's message when the name server does not answer; the name may exist. */
  private static final String NO_ANSWER = "Temporary failure";

  /** A resolver asks two servers for five seconds each; those that answer do so at once. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Look-ups at a time. One that waits for its name server holds its thread. */
  private static final int THREADS = 16;

  private final StatusConfig config;
  private final StatusStore statusStore;
  private final EndpointHosts hosts;
  private final Function<String, Optional<String>> resolver;
  private final Duration patience;
  private final ExecutorService threads;

  /** Those of earlier rounds that have not ended: a name is looked up once at a time. */
  private final Map<String, CompletableFuture<Optional<String>>> running = new HashMap<>();

  /** What was found last; kept while a later look-up runs. */
  private final Map<String, Optional<String>> found = new HashMap<>();

  @Inject
  DnsProbe(StatusConfig config, StatusStore statusStore, FormConfig form) {
    this(config, statusStore, form, DnsProbe::unresolvedReason, PATIENCE);
  }

  /**
   * For a test.
   *
   * @param resolver why a host has no address; empty when it has one
   * @param patience how long a round waits for all its look-ups together
   */
  DnsProbe(
      StatusConfig config,
      StatusStore statusStore,
      FormConfig form,
      Function<String, Optional<String>> resolver,
      Duration patience) {
    this.config = config;
    this.statusStore = statusStore;
    this.hosts = EndpointHosts.of(form.hosts());
    this.resolver = resolver;
    this.patience = patience;
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("dns-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    this.threads = pool;
  }

  @PreDestroy
  void close() {
    threads.shutdownNow();
  }

  @Scheduled(
      every = "{scaffolder.status.dependencies-interval}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  synchronized void probe() {
    if (!config.enabled()) {
      return;
    }
    Set<String> wanted = hosts.allowed(statusStore.hosts());
    for (String host : wanted) {
      running.computeIfAbsent(
          host, name -> CompletableFuture.supplyAsync(() -> resolver.apply(name), threads));
    }
    CompletableFuture.allOf(running.values().toArray(CompletableFuture<?>[]::new))
        .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(failed -> null)
        .join();
    running.forEach((host, lookup) -> {
      if (lookup.isDone()) {
        found.put(host, lookup.exceptionally(failed -> Optional.empty()).join());
      }
    });
    running.values().removeIf(CompletableFuture::isDone);
    found.keySet().retainAll(wanted);
    TreeMap<String, String> unresolved = new TreeMap<>();
    found.forEach((host, reason) -> reason.ifPresent(why -> unresolved.put(host, why)));
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
