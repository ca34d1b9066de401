package io.github.rayservice.scaffolder.e2e.backstage;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.testsupport.backstage.Browser;
import io.github.rayservice.scaffolder.testsupport.backstage.Nginx;
import io.github.rayservice.scaffolder.testsupport.backstage.NpmProject;
import io.github.rayservice.scaffolder.testsupport.backstage.RealBackstage;
import io.github.rayservice.scaffolder.testsupport.git.Gate;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The product as a platform team installs it: a real Backstage with this project's package, the
 * packaged service behind a real NGINX, a real Git server, and a fake GitLab behind a gate.
 */
public final class Portal implements AutoCloseable {
  private static final Path PACKAGE = Path.of("src/main/backstage");
  private static final Path SHOTS = Path.of("target/screenshots");

  private final Path folder;
  private final RealBackstage backstage;
  private final FakeGitlab gitlab;
  private final Gate gate;
  private final URI address;
  private final Nginx nginx;
  private final PortalApi api;
  private ServiceProcess service;

  private Portal(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    NpmProject packed = NpmProject.install(PACKAGE, Path.of("target/backstage"), Map.of());
    String archive = packed.run("npm", "pack", "--silent").lines().toList().getLast();
    backstage = RealBackstage.install(Path.of("target/backstage", archive));
    gitlab = FakeGitlab.start(folder.resolve("gitlab"));
    gate = Gate.before(gitlab.url());
    address = URI.create("http://127.0.0.1:" + RealBackstage.freePort());
    nginx = Nginx.before(address, Files.createDirectories(folder.resolve("nginx")));
    service = launch();
    backstage.start(nginx.url(), nginx.certificate());
    api = new PortalApi(backstage.url());
    for (String form :
        List.of(
            "ray-service",
            "ray-service-language-model",
            "ray-service-update",
            "ray-service-restart",
            "ray-service-rollback",
            "ray-service-delete")) {
      while (api.entity("template:default/" + form).isEmpty()) {
        Thread.sleep(200);
      }
    }
  }

  public static Portal start() {
    try {
      return new Portal(Files.createTempDirectory("portal-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private ServiceProcess launch() throws IOException {
    return ServiceProcess.start(
        Files.createDirectories(folder.resolve("service")),
        Map.ofEntries(
            Map.entry("quarkus.http.port", String.valueOf(address.getPort())),
            // Users may write only for the teams that they are in.
            Map.entry("scaffolder.access.grants[0].group", "group:default/platform"),
            Map.entry("scaffolder.access.tokens[0].groups", "group:default/platform"),
            Map.entry("scaffolder.access.backstage.url", backstage.url().toString()),
            Map.entry("scaffolder.access.backstage.audience", nginx.url().toString()),
            Map.entry("scaffolder.gitlab.url", gate.url()),
            Map.entry("scaffolder.gitlab.project", FakeGitlab.PROJECT),
            Map.entry(
                "scaffolder.form.hosts",
                "gitlab.company.com,models.company.com,*.models.company.com"),
            // There is no webhook.
            Map.entry("scaffolder.gitlab.poll-interval", "1s"),
            Map.entry("scaffolder.status.git-interval", "1s"),
            Map.entry("scaffolder.hardware.profiles[0].name", "spot"),
            Map.entry("scaffolder.hardware.profiles[0].title", "Spot nodes"),
            Map.entry("scaffolder.hardware.profiles[0].node-selector", "pool=spot"),
            Map.entry("scaffolder.hardware.profiles[0].price-per-hour", "0.05")),
        Map.of("scaffolder.gitlab.token", FakeGitlab.TOKEN));
  }

  /** A browser in which a user has signed in. */
  Browser browser() throws IOException {
    Browser browser = new Browser(backstage.url().toString(), SHOTS);
    browser.open("/create").see("Enter as a Guest User").press("Enter");
    browser.see("Deploy a Ray Service");
    return browser;
  }

  public RealBackstage backstage() {
    return backstage;
  }

  /** The proxy between Backstage and the service. */
  Nginx nginx() {
    return nginx;
  }

  public FakeGitlab gitlab() {
    return gitlab;
  }

  /** The gate between the service and GitLab. */
  Gate gate() {
    return gate;
  }

  ServiceProcess service() {
    return service;
  }

  public PortalApi api() {
    return api;
  }

  /** Kills the service with SIGKILL. */
  void killService() throws InterruptedException {
    service.kill();
  }

  void startService() throws IOException {
    service = launch();
  }

  /** The service's working directory. */
  Path serviceFolder() {
    return folder.resolve("service");
  }

  /** All merge requests for a Ray Service of the team team-ml, oldest first. */
  List<JsonNode> mergeRequestsOf(String name) {
    return gitlab.mergeRequests().stream()
        .filter(mr -> mr.path("source_branch").asText().equals("rayservice/team-ml/" + name))
        .toList();
  }

  /** A file of a Ray Service of the team team-ml. */
  String file(String branch, String name, String file) {
    return gitlab.git().run("show", branch + ":rayservices/team-ml/" + name + "/" + file);
  }

  @Override
  public void close() {
    backstage.close();
    nginx.close();
    service.close();
    gate.close();
    gitlab.close();
    gitlab.git().check();
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
