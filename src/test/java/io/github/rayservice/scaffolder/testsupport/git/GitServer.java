package io.github.rayservice.scaffolder.testsupport.git;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * A real Git server over HTTP on a loopback port: Git's own {@code http-backend}. Like GitLab, it
 * uses Basic authentication with any user name and a token.
 */
public final class GitServer implements AutoCloseable {
  static {
    // Without this property the JDK's server delays small responses by 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final Path root;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Predicate<String> tokens = token -> true;
  private volatile Optional<Integer> failure = Optional.empty();
  private volatile Runnable afterPush = () -> {};
  private final Map<String, String> moved = new ConcurrentHashMap<>();
  private volatile Optional<Refusal> refusal = Optional.empty();

  /** An answer instead of Git's; {@code call} matches method, path and query. */
  private record Refusal(Pattern call, int status, Map<String, String> headers, String body) {}

  private GitServer(Path root, HttpServer http) {
    this.root = root;
    this.http = http;
  }

  public static GitServer start(Path root) throws IOException {
    return start(root, 0);
  }

  /** Starts on a port of the loopback address; 0 selects a free port. */
  public static GitServer start(Path root, int port) throws IOException {
    return start(root, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** Starts on an address of this machine. */
  public static GitServer start(Path root, InetSocketAddress address) throws IOException {
    Files.createDirectories(root);
    HttpServer http = HttpServer.create(address, 256);
    GitServer server = new GitServer(root, http);
    http.setExecutor(server.threads);
    http.createContext("/", server::serve);
    http.start();
    return server;
  }

  public String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** Adds another handler on the same port, such as GitLab's API. */
  public void also(String path, HttpHandler handler) {
    http.createContext(path, handler);
  }

  /** Sets the tokens that are accepted; the default is any token. */
  public void acceptTokens(Predicate<String> accepted) {
    tokens = accepted;
  }

  /** Runs after every push, before its response. */
  public void afterPush(Runnable action) {
    afterPush = action;
  }

  /** Answers every request with this status; 0 stops that. */
  public void fail(int status) {
    failure = status == 0 ? Optional.empty() : Optional.of(status);
  }

  /**
   * Answers requests of known callers with this instead.
   *
   * @param call a pattern of method, space, path and query
   */
  public void refuse(String call, int status, String type, String body) {
    refusal =
        Optional.of(new Refusal(Pattern.compile(call), status, Map.of("Content-Type", type), body));
  }

  /** Redirects requests of known callers, as a login page does. */
  public void redirect(String call, String location) {
    refusal =
        Optional.of(
            new Refusal(Pattern.compile(call), 302, Map.of("Location", location), "moved\n"));
  }

  /** Answers as Git does again. */
  public void refuseNothing() {
    refusal = Optional.empty();
  }

  /** Moves a repository; requests to its old path are redirected. */
  public void move(String from, String to) {
    moved.put("/" + from + ".git/", "/" + to + ".git/");
  }

  /** Method, path and query of all requests so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  public void forgetRequests() {
    requests.clear();
  }

  /** Creates a bare repository with a first commit on main, with GitLab's configuration. */
  public GitCommand create(String path) throws IOException {
    Path directory = root.resolve(path + ".git");
    Files.createDirectories(directory);
    GitCommand git = new GitCommand(directory);
    git.run("init", "-q", "--bare", "--initial-branch=main");
    Map.of(
            "http.receivepack", "true",
            "receive.advertiseAtomic", "true",
            "uploadpack.allowFilter", "true",
            "uploadpack.allowAnySHA1InWant", "true",
            // GitLab runs housekeeping in the background, not during a push.
            "receive.autogc", "false",
            "gc.auto", "0")
        .forEach((key, value) -> git.run("config", key, value));
    String tree = git.runWith("", "mktree");
    String commit = git.run("commit-tree", "-m", "Initial commit", tree);
    git.run("update-ref", "refs/heads/main", commit);
    return git;
  }

  public String urlOf(String path) {
    return url() + "/" + path + ".git";
  }

  /** Installs a hook: a shell script without its first line. */
  public static void hook(GitCommand repository, String name, String script) throws IOException {
    Path hook = repository.directory().resolve("hooks").resolve(name);
    Files.createDirectories(hook.getParent());
    Files.deleteIfExists(hook);
    Files.createFile(
        hook, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.writeString(hook, "#!/bin/sh\n" + script);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      if (failure.isPresent()) {
        refuse(exchange, failure.get(), "unavailable\n");
        return;
      }
      Optional<String> token = token(exchange.getRequestHeaders());
      if (token.isEmpty() || !tokens.test(token.get())) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"GitLab\"");
        refuse(exchange, 401, "HTTP Basic: Access denied.\n");
        return;
      }
      Optional<Refusal> instead =
          refusal.filter(refused ->
              refused
                  .call()
                  .matcher(exchange.getRequestMethod() + " " + exchange.getRequestURI())
                  .matches());
      if (instead.isPresent()) {
        instead.get().headers().forEach(exchange.getResponseHeaders()::add);
        refuseCompressed(exchange, instead.get().status(), instead.get().body());
        return;
      }
      for (Map.Entry<String, String> move : moved.entrySet()) {
        String uri = exchange.getRequestURI().toString();
        if (uri.startsWith(move.getKey())) {
          String here = url() + move.getValue() + uri.substring(move.getKey().length());
          exchange.getResponseHeaders().add("Location", here);
          refuse(exchange, 301, "moved\n");
          return;
        }
      }
      backend(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As the web server in front of GitLab does for callers that understand it. */
  private static void refuseCompressed(HttpExchange exchange, int status, String text)
      throws IOException {
    String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
    if (accepted == null || !accepted.contains("gzip")) {
      refuse(exchange, status, text);
      return;
    }
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().add("Content-Encoding", "gzip");
    exchange.sendResponseHeaders(status, 0);
    try (OutputStream body = new GZIPOutputStream(exchange.getResponseBody())) {
      body.write(text.getBytes(UTF_8));
    }
  }

  private static void refuse(HttpExchange exchange, int status, String text) throws IOException {
    exchange.getRequestBody().readAllBytes();
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static Optional<String> token(Headers headers) {
    String header = headers.getFirst("Authorization");
    if (header == null || !header.startsWith("Basic ")) {
      return Optional.empty();
    }
    String login = new String(Base64.getDecoder().decode(header.substring(6)), UTF_8);
    return Optional.of(login.substring(login.indexOf(':') + 1));
  }

  private void backend(HttpExchange exchange) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
    Map<String, String> environment = builder.environment();
    Headers headers = exchange.getRequestHeaders();
    environment.put("GIT_PROJECT_ROOT", root.toAbsolutePath().toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_CONFIG_SYSTEM", "/dev/null");
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    environment.put("PATH_INFO", pathOnDisk(exchange.getRequestURI().getPath()));
    environment.put(
        "QUERY_STRING", Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
    environment.put("REMOTE_USER", "oauth2");
    environment.put("REMOTE_ADDR", "127.0.0.1");
    put(environment, "CONTENT_TYPE", headers.getFirst("Content-Type"));
    put(environment, "HTTP_CONTENT_ENCODING", headers.getFirst("Content-Encoding"));
    put(environment, "GIT_PROTOCOL", headers.getFirst("Git-Protocol"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    byte[] body = exchange.getRequestBody().readAllBytes();
    environment.put("CONTENT_LENGTH", String.valueOf(body.length));
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(body);
    } catch (IOException e) {
      // The backend may answer before it has read the whole body.
    }
    try (InputStream out = new BufferedInputStream(process.getInputStream())) {
      int status = 200;
      for (String line = line(out); !line.isEmpty(); line = line(out)) {
        String[] header = line.split(": ", 2);
        if (header[0].equals("Status")) {
          status = Integer.parseInt(header[1].substring(0, 3));
        } else if (!header[0].equals("Content-Length")) {
          exchange.getResponseHeaders().add(header[0], header[1]);
        }
      }
      byte[] answer = out.readAllBytes();
      if (exchange.getRequestURI().getPath().endsWith("/git-receive-pack")) {
        afterPush.run();
      }
      exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
      exchange.getResponseBody().write(answer);
    }
    process.waitFor();
  }

  /** What was moved is still in its first directory. */
  private String pathOnDisk(String path) {
    return moved.entrySet().stream()
        .filter(move -> path.startsWith(move.getValue()))
        .map(move -> move.getKey() + path.substring(move.getValue().length()))
        .findFirst()
        .orElse(path);
  }

  private static void put(Map<String, String> environment, String name, String value) {
    if (value != null) {
      environment.put(name, value);
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(UTF_8);
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
