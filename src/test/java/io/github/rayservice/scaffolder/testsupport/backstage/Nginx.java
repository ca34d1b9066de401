package io.github.rayservice.scaffolder.testsupport.backstage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.rayservice.scaffolder.testsupport.process.Debian;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A real NGINX with TLS before a server, with the settings of Debian's nginx.conf and the types to
 * compress that it proposes: answers are buffered and compressed, and requests go on as HTTP/1.0.
 */
public final class Nginx implements AutoCloseable {
  private final Path folder;
  private final int port;
  private final Process process;

  private Nginx(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts before a server that need not be there yet.
   *
   * @param folder an empty directory of its own
   */
  public static Nginx before(URI server, Path folder) throws IOException {
    Path program =
        Debian.program("nginx-light", () -> Debian.onPath(List.of("nginx", "/usr/sbin/nginx")));
    Path openssl = Debian.program("openssl", () -> Debian.onPath(List.of("openssl")));
    run(
        openssl.toString(),
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        folder.resolve("key.pem").toString(),
        "-out",
        folder.resolve("certificate.pem").toString());
    int port = Postgres.freePort();
    Path configuration =
        Files.writeString(folder.resolve("nginx.conf"), configuration(folder, port, server));
    Process process =
        new ProcessBuilder(program.toString(), "-e", "stderr", "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.log").toFile())
            .start();
    Nginx nginx = new Nginx(folder, port, process);
    nginx.awaitStart();
    return nginx;
  }

  private static String configuration(Path folder, int port, URI server) {
    return """
    daemon off;
    pid %1$s/nginx.pid;
    error_log %1$s/error.log;
    worker_processes 1;
    events { worker_connections 768; }
    http {
      sendfile on;
      tcp_nopush on;
      types_hash_max_size 2048;
      include /etc/nginx/mime.types;
      default_type application/octet-stream;
      ssl_prefer_server_ciphers on;
      access_log %1$s/access.log;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      gzip on;
      gzip_vary on;
      gzip_proxied any;
      gzip_types text/plain text/css application/json application/javascript text/xml application/xml application/xml+rss text/javascript text/event-stream application/yaml application/problem+json;
      server {
        listen 127.0.0.1:%2$d ssl;
        ssl_certificate %1$s/certificate.pem;
        ssl_certificate_key %1$s/key.pem;
        location / {
          proxy_pass %3$s;
          proxy_set_header Host $http_host;
          proxy_set_header X-Real-IP $remote_addr;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Forwarded-Proto $scheme;
        }
      }
    }
    """
        .formatted(folder, port, server);
  }

  private void awaitStart() throws IOException {
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (ConnectException e) {
        if (!process.isAlive()) {
          throw new AssertionError(Files.readString(folder.resolve("output.log")), e);
        }
        Thread.onSpinWait();
      }
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(output);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Where clients find the server. */
  public URI url() {
    return URI.create("https://127.0.0.1:" + port);
  }

  /** What clients have to trust. */
  public Path certificate() {
    return folder.resolve("certificate.pem");
  }

  /** One line for each request that was answered. */
  public List<String> requests() throws IOException {
    return Files.readAllLines(folder.resolve("access.log"));
  }

  /** Ends it with its workers. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
