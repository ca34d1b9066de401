package io.github.rayservice.scaffolder.testsupport.git;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * A proxy between the service and a server. It can block one request right before or right after
 * the server carried it out; that request then gets no answer.
 */
public final class Gate implements AutoCloseable {
  /** Headers of a single connection, and headers that the HTTP client writes itself. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "date",
          "expect",
          "host",
          "http2-settings",
          "transfer-encoding",
          "upgrade");

  private final String server;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicReference<Optional<Stop>> stop = new AtomicReference<>(Optional.empty());
  private final Set<String> logins = ConcurrentHashMap.newKeySet();

  /** Whether a request is blocked before or after the server carries it out. */
  public enum Moment {
    BEFORE,
    AFTER
  }

  /** A request to block. */
  public static final class Stop {
    private final Moment moment;
    private final Pattern call;
    private final CompletableFuture<String> reached = new CompletableFuture<>();
    private final CountDownLatch released = new CountDownLatch(1);

    private Stop(Moment moment, Pattern call) {
      this.moment = moment;
      this.call = call;
    }

    /** Completes with the request, as soon as it is blocked. */
    public CompletableFuture<String> reached() {
      return reached;
    }

    /** Closes the connection of the blocked request. */
    public void release() {
      released.countDown();
    }
  }

  private Gate(String server, HttpServer http) {
    this.server = server;
    this.http = http;
  }

  public static Gate before(String server) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    Gate gate = new Gate(server, http);
    http.setExecutor(gate.threads);
    http.createContext("/", gate::serve);
    http.start();
    return gate;
  }

  public String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /**
   * Blocks the next request that matches.
   *
   * @param call a pattern of method, space, path and query
   */
  public Stop stop(Moment moment, String call) {
    Stop next = new Stop(moment, Pattern.compile(call));
    stop.set(Optional.of(next));
    return next;
  }

  /** All values of authentication headers so far. */
  public Set<String> logins() {
    return Set.copyOf(logins);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
      byte[] body = exchange.getRequestBody().readAllBytes();
      for (String header : List.of("Authorization", "PRIVATE-TOKEN")) {
        logins.addAll(exchange.getRequestHeaders().getOrDefault(header, List.of()));
      }
      if (isLost(Moment.BEFORE, call)) {
        return;
      }
      HttpResponse<byte[]> answer = forward(exchange, body);
      if (isLost(Moment.AFTER, call)) {
        return;
      }
      answer
          .headers()
          .map()
          .forEach((name, values) -> {
            if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
              values.forEach(value -> exchange.getResponseHeaders().add(name, value));
            }
          });
      int length = answer.body().length;
      exchange.sendResponseHeaders(answer.statusCode(), length == 0 ? -1 : length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isLost(Moment moment, String call) throws InterruptedException {
    Optional<Stop> here = stop.get();
    if (here.isEmpty()
        || here.get().moment != moment
        || !here.get().call.matcher(call).matches()
        || !stop.compareAndSet(here, Optional.empty())) {
      return false;
    }
    here.get().reached.complete(call);
    here.get().released.await();
    return true;
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> {
          if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> request.header(name, value));
          }
        });
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
