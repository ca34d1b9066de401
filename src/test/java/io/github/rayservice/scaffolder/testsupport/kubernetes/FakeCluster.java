package io.github.rayservice.scaffolder.testsupport.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A fake Kubernetes API server with lists and watches over HTTP. It can forbid a kind, not know a
 * kind, answer 410, cut all watches and stop answering. fabric8's mock server cannot do that for a
 * single kind.
 */
public final class FakeCluster implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Event(long version, String type, ObjectNode object) {}

  private final Map<String, ObjectNode> objects = new TreeMap<>();
  private final List<Event> events = new ArrayList<>();
  private final Map<String, Integer> refused = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final int port;
  private HttpServer server;
  private long version = 100;
  private long forgotten;
  private int generation;

  public FakeCluster() {
    this.server = serve(0);
    this.port = server.getAddress().getPort();
  }

  private HttpServer serve(int wanted) {
    try {
      HttpServer fresh =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 0);
      fresh.createContext("/", this::answer);
      fresh.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      fresh.start();
      return fresh;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Paths and queries of all requests so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Creates or replaces an object; the server sets its uid and resource version. */
  public synchronized void put(Object object) {
    ObjectNode node = JSON.valueToTree(object);
    ObjectNode metadata = (ObjectNode) node.get("metadata");
    @Nullable ObjectNode before = objects.put(key(node), node);
    metadata.put("resourceVersion", String.valueOf(++version));
    metadata.put(
        "uid",
        before == null
            ? UUID.randomUUID().toString()
            : before.path("metadata").path("uid").asText());
    events.add(new Event(version, before == null ? "ADDED" : "MODIFIED", node));
    notifyAll();
  }

  public synchronized void delete(Object object) {
    ObjectNode gone = objects.remove(key(JSON.<ObjectNode>valueToTree(object)));
    if (gone != null) {
      ObjectNode last = gone.deepCopy();
      last.withObject("/metadata").put("resourceVersion", String.valueOf(++version));
      events.add(new Event(version, "DELETED", last));
      notifyAll();
    }
  }

  /**
   * Answers every request about a kind, such as {@code pods} or {@code rayservices.ray.io}, with
   * this status.
   */
  public void refuse(String kind, int status) {
    refused.put(kind, status);
    cut();
  }

  public void allow(String kind) {
    refused.remove(kind);
  }

  /** Closes all watches; a client can continue from its resource version. */
  public synchronized void cut() {
    generation++;
    notifyAll();
  }

  /** Closes all watches with 410 Gone: the earlier events are no longer available. */
  public synchronized void forget() {
    forgotten = version;
    events.clear();
    cut();
  }

  public void leave() {
    server.stop(0);
    cut();
  }

  public void comeBack() {
    server = serve(port);
  }

  @Override
  public void close() {
    leave();
  }

  private static String key(ObjectNode node) {
    return node.path("apiVersion").asText()
        + " "
        + node.path("kind").asText()
        + " "
        + node.path("metadata").path("namespace").asText()
        + "/"
        + node.path("metadata").path("name").asText();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(exchange.getRequestURI().toString());
      Query query = Query.of(exchange.getRequestURI());
      int status = refused.getOrDefault(query.groupResource(), 200);
      if (status != 200) {
        send(exchange, status, status(status));
      } else if (exchange.getRequestHeaders().containsKey("Upgrade")) {
        // The client tries a web socket first and accepts plain HTTP.
        send(exchange, 200, "{}");
      } else if (query.watch()) {
        watch(exchange, query);
      } else if (!query.name().isEmpty()) {
        String object = get(query);
        send(exchange, object.isEmpty() ? 404 : 200, object.isEmpty() ? status(404) : object);
      } else {
        send(exchange, 200, list(query));
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String status(int code) {
    return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":%d,\"message\":\"fake %d\",\"reason\":\"%s\"}"
        .formatted(code, code, code == 410 ? "Expired" : "Refused");
  }

  /** Empty when there is no object of that name. */
  private synchronized String get(Query query) {
    return objects.values().stream()
        .filter(query::selects)
        .filter(o -> o.path("metadata").path("name").asText().equals(query.name()))
        .map(ObjectNode::toString)
        .findFirst()
        .orElse("");
  }

  private synchronized String list(Query query) {
    ObjectNode list = JSON.createObjectNode();
    list.put("apiVersion", query.apiVersion()).put("kind", "List");
    list.putObject("metadata").put("resourceVersion", String.valueOf(version));
    objects.values().stream().filter(query::selects).forEach(list.withArray("items")::add);
    return list.toString();
  }

  private void watch(HttpExchange exchange, Query query) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    long seen = query.resourceVersion();
    // Without web sockets, the client regards the first bytes as the start of the watch.
    write(out, "BOOKMARK", bookmark(query, seen));
    int began = generation;
    while (true) {
      List<Event> news = await(seen, began);
      if (seen < forgotten) {
        write(out, "ERROR", status(410));
        return;
      }
      if (news.isEmpty()) {
        return;
      }
      for (Event event : news) {
        seen = event.version();
        if (query.selects(event.object())) {
          write(out, event.type(), event.object().toString());
        }
      }
    }
  }

  private static String bookmark(Query query, long version) {
    ObjectNode bookmark = JSON.createObjectNode();
    bookmark.put("apiVersion", query.apiVersion()).put("kind", "Bookmark");
    bookmark.putObject("metadata").put("resourceVersion", String.valueOf(version));
    return bookmark.toString();
  }

  /** Empty when the watch was closed. */
  private synchronized List<Event> await(long seen, int began) {
    while (true) {
      List<Event> news = events.stream().filter(e -> e.version() > seen).toList();
      if (!news.isEmpty() || began != generation || seen < forgotten) {
        return began == generation ? news : List.of();
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return List.of();
      }
    }
  }

  private static void write(OutputStream out, String type, String object) throws IOException {
    out.write("{\"type\":\"%s\",\"object\":%s}\n".formatted(type, object).getBytes(UTF_8));
    out.flush();
  }

  /** The kind and namespace of a request. */
  private record Query(
      String apiVersion,
      String plural,
      String namespace,
      String name,
      Map<String, String> parameters) {
    static Query of(URI uri) {
      String[] path = uri.getPath().substring(1).split("/", -1);
      int start = path[0].equals("api") ? 2 : 3;
      String apiVersion = path[0].equals("api") ? path[1] : path[1] + "/" + path[2];
      boolean namespaced = path.length > start + 1 && path[start].equals("namespaces");
      Map<String, String> parameters = new TreeMap<>();
      for (String pair : String.valueOf(uri.getQuery()).split("&", -1)) {
        String[] parts = pair.split("=", 2);
        parameters.put(parts[0], parts.length > 1 ? parts[1] : "");
      }
      int kind = namespaced ? start + 2 : start;
      return new Query(
          apiVersion,
          path[kind],
          namespaced ? path[start + 1] : "",
          path.length > kind + 1 ? path[kind + 1] : "",
          parameters);
    }

    String groupResource() {
      return apiVersion.contains("/")
          ? plural + "." + apiVersion.substring(0, apiVersion.indexOf('/'))
          : plural;
    }

    boolean watch() {
      return "true".equals(parameters.get("watch"));
    }

    long resourceVersion() {
      return Long.parseLong(parameters.getOrDefault("resourceVersion", "0"));
    }

    boolean selects(ObjectNode object) {
      return object.path("apiVersion").asText().equals(apiVersion)
          && plural.matches(object.path("kind").asText().toLowerCase(Locale.ROOT) + "(es|s)")
          && (namespace.isEmpty()
              || object.path("metadata").path("namespace").asText().equals(namespace))
          && hasLabels(object);
    }

    private boolean hasLabels(ObjectNode object) {
      String selector = parameters.getOrDefault("labelSelector", "");
      if (selector.isEmpty()) {
        return true;
      }
      String[] parts = selector.split("=", 2);
      String value = object.path("metadata").path("labels").path(parts[0]).asText(null);
      return value != null && (parts.length == 1 || parts[1].equals(value));
    }
  }
}
