package io.github.rayservice.scaffolder.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.deploy.GitopsBench;
import io.github.rayservice.scaffolder.form.FormFixture;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A Kubernetes API server with any number of running Ray Services, as far as lists in chunks and
 * watches go. The objects of each are made from those of a real one, recorded in {@code
 * src/jmh/resources/running}, at the moment when they are asked for: nothing is kept of them here.
 */
final class CrowdedCluster implements AutoCloseable {
  /** What a running Ray Service consists of, by the address of the kind. */
  private static final Map<String, List<String>> OBJECTS =
      Map.of(
          "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications", List.of("application"),
          "/apis/kro.run/v1alpha1/rayservices", List.of("instance"),
          "/apis/ray.io/v1/rayservices", List.of("rayservice"),
          "/apis/ray.io/v1/rayclusters", List.of("raycluster"),
          "/api/v1/namespaces", List.of("namespace"),
          "/api/v1/pods", List.of("head", "worker", "worker"),
          "/apis/networking.k8s.io/v1/ingresses", List.of("ingress"));

  /** What there is once, by the address of the kind. */
  private static final Map<String, String> SINGLE =
      Map.of(
          "/apis/networking.k8s.io/v1/ingressclasses",
          """
          {"apiVersion":"networking.k8s.io/v1","kind":"IngressClass",\
          "metadata":{"name":"nginx","uid":"c1","resourceVersion":"1"},\
          "spec":{"controller":"k8s.io/ingress-nginx"}}\
          """,
          "/apis/kro.run/v1alpha1/resourcegraphdefinitions",
          """
          {"apiVersion":"kro.run/v1alpha1","kind":"ResourceGraphDefinition",\
          "metadata":{"name":"rayservice.kro.run","uid":"g1","resourceVersion":"1"},\
          "status":{"state":"Active"}}\
          """);

  private static final Pattern LIMIT = Pattern.compile("[?&]limit=(\\d+)");
  private static final Pattern CONTINUE = Pattern.compile("[?&]continue=(\\d+)");

  private static final String RECORDED_ON = "2026-11-27T";
  private static final String RECORDED_AT = RECORDED_ON + "07:50:";

  /** An API server's own default is none; its clients take 500. */
  private static final int ALL = Integer.MAX_VALUE;

  private final int services;
  private final Map<String, String> templates;
  private final Map<String, Set<BlockingQueue<String>>> watches = new ConcurrentHashMap<>();
  private final AtomicLong version = new AtomicLong(1_000_000);
  private final HttpServer server;

  CrowdedCluster(int services) throws IOException {
    this.services = services;
    this.templates = templates();
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2000);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private static Map<String, String> templates() throws IOException {
    Map<String, String> templates = new HashMap<>();
    for (String name :
        OBJECTS.values().stream().flatMap(List::stream).collect(Collectors.toSet())) {
      templates.put(
          name, Files.readString(Path.of("src/jmh/resources/running", name + ".json")).strip());
    }
    templates.computeIfPresent(
        "instance", (name, recorded) -> recorded.replace("\"@SPEC@\"", spec()));
    return templates;
  }

  /** As {@link GitopsBench} writes it to Git: what differs from there does not count as running. */
  private static String spec() {
    return new ObjectMapper()
        .valueToTree(FormFixture.request("team-ml", "text-ml").form())
        .toString()
        .replace("ray-team-ml-text-ml", "@TARGET@")
        .replace("\"text-ml\"", "\"@NAME@\"");
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  static RayServiceId id(int number) {
    return new RayServiceId(GitopsBench.namespace(number / 50), "service-" + number);
  }

  /** KubeRay says something else of one Ray Service; who watches or follows can see these words. */
  void change(int number, String words) {
    String kind = "/apis/ray.io/v1/rayservices";
    String event = event("MODIFIED", object("rayservice", number, words));
    watches.getOrDefault(kind, Set.of()).forEach(watch -> watch.add(event));
  }

  private static String event(String type, String object) {
    return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
  }

  private String object(String template, int number, String words) {
    RayServiceId id = id(number);
    return requireNonNull(templates.get(template))
        .replace("@NAMESPACE@", id.namespace())
        .replace("@NAME@", id.name())
        .replace("@TARGET@", "ray-" + id.namespace() + "-" + id.name())
        .replace("@UID@", new UUID(template.hashCode(), number).toString())
        .replace("@VERSION@", String.valueOf(version.incrementAndGet()))
        // Not all were made in the same minute.
        .replace(RECORDED_AT, RECORDED_ON + "%02d:%02d:".formatted(number / 60 % 24, number % 60))
        // Argo CD compared after the last commit.
        .replace("@NOW@", Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1).toString())
        .replace("@WORDS@", words);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      String path = exchange.getRequestURI().getPath();
      String query = "?" + exchange.getRequestURI().getQuery();
      if (exchange.getRequestHeaders().containsKey("Upgrade")) {
        // The client asks for a web socket first and is content without.
        exchange.sendResponseHeaders(200, 2);
        exchange.getResponseBody().write("{}".getBytes(UTF_8));
      } else if (query.contains("watch=true")) {
        watch(exchange, path);
      } else {
        list(exchange, path, query);
      }
    }
  }

  private void list(HttpExchange exchange, String path, String query) throws IOException {
    int first = number(CONTINUE, query, 0);
    List<String> each = OBJECTS.getOrDefault(path, List.of());
    int limit = number(LIMIT, query, ALL);
    int last =
        (int) Math.min(services, first + (long) Math.max(1, limit / Math.max(1, each.size())));
    String next = last < services && !each.isEmpty() ? String.valueOf(last) : "";
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.write(
        "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"%d\",\"continue\":\"%s\"},\"items\":["
            .formatted(version.get(), next)
            .getBytes(UTF_8));
    out.write(SINGLE.getOrDefault(path, "").getBytes(UTF_8));
    String separator = "";
    for (int i = first; i < last; i++) {
      for (int part = 0; part < each.size(); part++) {
        String object = object(each.get(part), i, "it runs").replace("@PART@", "part" + part);
        out.write((separator + object).getBytes(UTF_8));
        separator = ",";
      }
    }
    out.write("]}".getBytes(UTF_8));
  }

  private static int number(Pattern pattern, String query, int otherwise) {
    Matcher matcher = pattern.matcher(query);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : otherwise;
  }

  private void watch(HttpExchange exchange, String path) throws IOException {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    Set<BlockingQueue<String>> all =
        watches.computeIfAbsent(path, p -> ConcurrentHashMap.newKeySet());
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    events.add(
        event(
            "BOOKMARK",
            "{\"apiVersion\":\"v1\",\"kind\":\"Bookmark\",\"metadata\":{\"resourceVersion\":\"%d\"}}"
                .formatted(version.get())));
    all.add(events);
    try {
      while (true) {
        out.write(events.take().getBytes(UTF_8));
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      all.remove(events);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
