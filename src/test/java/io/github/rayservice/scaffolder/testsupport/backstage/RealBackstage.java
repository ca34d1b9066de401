package io.github.rayservice.scaffolder.testsupport.backstage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real Backstage, backend and frontend, with this project's package installed as its README
 * describes. Its state is in a real PostgreSQL, so it can be killed and started again.
 */
public final class RealBackstage implements AutoCloseable {
  private static final Path SOURCES = Path.of("src/test/backstage");
  private static final Path COPY = Path.of("target/backstage-app");

  /** A start takes five seconds on an idle machine. */
  private static final int PATIENCE_SECONDS = 180;

  private final NpmProject project;
  private final Postgres postgres;
  private final int port;
  private final Path log;
  private URI service = URI.create("about:blank");
  private Path trusted = Path.of("");
  private Process process;

  private RealBackstage(NpmProject project, Postgres postgres, int port, Path log) {
    this.project = project;
    this.postgres = postgres;
    this.port = port;
    this.log = log;
  }

  /** Installs everything and starts the database only. */
  public static RealBackstage install(Path packed) throws IOException {
    NpmProject project = NpmProject.install(SOURCES, COPY, Map.of(), "--legacy-peer-deps");
    project.run(
        "npm",
        "install",
        "--no-save",
        "--ignore-scripts",
        "--legacy-peer-deps",
        packed.toAbsolutePath().toString());
    Path built = project.directory().resolve("app/dist/index.html");
    if (Files.notExists(built)) {
      project.run("npm", "run", "-s", "build");
    }
    Files.deleteIfExists(project.directory().resolve("floor.json"));
    return new RealBackstage(
        project, Postgres.start(), Postgres.freePort(), project.directory().resolve("backend.log"));
  }

  /** A free port. */
  public static int freePort() throws IOException {
    return Postgres.freePort();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /**
   * Starts Backstage and waits until it is ready.
   *
   * @param certificate what the service proves itself with, in PEM
   */
  public void start(URI rayServices, Path certificate) throws IOException {
    service = rayServices;
    trusted = certificate;
    ProcessBuilder builder =
        new ProcessBuilder("node", "backend.cjs", "--config", "app-config.yaml");
    builder.environment().put("BACKSTAGE_PORT", String.valueOf(port));
    builder.environment().put("POSTGRES_PORT", String.valueOf(postgres.port()));
    builder.environment().put("SERVICE_PORT", String.valueOf(service.getPort()));
    builder.environment().put("NODE_EXTRA_CA_CERTS", trusted.toAbsolutePath().toString());
    builder.environment().put("FLOOR_FILE", floor().toString());
    process =
        builder
            .directory(project.directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("Backstage did not start:\n" + log());
      }
    }
  }

  private boolean isReady() throws IOException {
    URI readiness = url().resolve("/.backstage/health/v1/readiness");
    try (HttpClient http = HttpClient.newHttpClient()) {
      Thread.sleep(200);
      return http.send(
                  HttpRequest.newBuilder(readiness).build(), HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (java.net.ConnectException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /**
   * The entities of this file are added to the catalog as soon as the file exists, by a separate
   * provider.
   */
  public Path floor() {
    return log.resolveSibling("floor.json").toAbsolutePath();
  }

  /** Kills Backstage with SIGKILL and starts it again. */
  public void killAndStart() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    start(service, trusted);
  }

  /** All output of the backend so far. */
  public String log() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
    postgres.close();
  }
}
