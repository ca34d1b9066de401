package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Applies k8s/platform as the README describes: with an edited values.yaml, all files at once. */
final class PlatformFiles {
  /** Where this machine serves Git and receives notifications for the lab. */
  static final int GIT_PORT = 9480;

  static final int SERVICE_PORT = 9481;

  static final String GITLAB = "http://" + Lab.HOST + ":" + GIT_PORT;

  static final String REPOSITORY = GITLAB + "/" + FakeGitlab.PROJECT + ".git";

  static final String BACKSTAGE = "https://backstage.lab";

  /** It is Docker Hub itself, by its own name, under which the lab's images are known. */
  static final String IMAGE_REGISTRY = "docker.io";

  static final String HOSTS =
      "gitlab.example.com, gitlab.company.com, git.example.com, models.example.com, known.example.com, applications.example.com,"
          + " scale.example.com, cache.example.com, changes.example.com, secrets.example.com, ml.example.com, *.models.lab";

  static final String INGRESS_CLASSES = "nginx, internal, traefik, unserved, nowhere";

  static final String IMAGES =
      "docker.io/rayproject, registry.local, registry.invalid, registry.gitlab.com/datascience";

  static final String SERVE_FILE_HOSTS =
      "models.lab, github.com, opened.lab, closed.lab, unnamed.lab, nowhere.invalid, models.example.com";

  private static final Map<String, String> VALUES =
      Map.ofEntries(
          Map.entry("repository", REPOSITORY),
          Map.entry("backstage", BACKSTAGE),
          Map.entry("service", "http://" + Lab.HOST + ":" + SERVICE_PORT),
          Map.entry("packageIndex", Lab.PACKAGES),
          Map.entry("imageRegistry", IMAGE_REGISTRY),
          Map.entry("maxCpu", "64"),
          Map.entry("maxMemory", "8Ti"),
          Map.entry("maxDevices", "8"),
          Map.entry("hosts", HOSTS),
          Map.entry("ingressClasses", INGRESS_CLASSES),
          Map.entry("images", IMAGES),
          Map.entry("serveFileHosts", SERVE_FILE_HOSTS),
          Map.entry("dnsAddresses", Lab.NODE + "/32"),
          Map.entry("egress", Lab.OPENED + "/32"));

  private static final Path FILES = Path.of("k8s/platform");
  private static final Path COPY = Path.of("target/cluster-platform");

  private PlatformFiles() {}

  static void apply(Cluster cluster) {
    try {
      copy();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.print(
        cluster.kubectl("apply", "--server-side", "-k", COPY.resolve("lab").toString()));
    cluster.await(
        "kro accepts the ResourceGraphDefinition",
        () -> cluster.kubectl("get", "rgd", "rayservice.kro.run", "-o", "jsonpath={.status}"),
        status -> status.contains("\"state\":\"Active\""));
  }

  private static void copy() throws IOException {
    try (var files = Files.walk(FILES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = COPY.resolve("base").resolve(FILES.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path values = COPY.resolve("base/values.yaml");
    String text = Files.readString(values);
    for (Map.Entry<String, String> value : VALUES.entrySet()) {
      Pattern line = Pattern.compile("(?m)^  " + value.getKey() + ": .*$");
      Matcher found = line.matcher(text);
      assertThat(found.find()).as(value.getKey()).isTrue();
      text =
          found.replaceFirst(
              Matcher.quoteReplacement("  " + value.getKey() + ": \"" + value.getValue() + "\""));
    }
    Files.writeString(values, text);
    Files.createDirectories(COPY.resolve("lab"));
    // Argo CD 3.6 misses a webhook that arrives while it handles the previous one, and the tests do
    // not wait for its poll interval of three minutes.
    Files.writeString(
        COPY.resolve("lab/kustomization.yaml"),
        """
        resources: [../base]
        patches:
          - target: {kind: ApplicationSet, name: rayservices}
            patch: |
              - {op: replace, path: /spec/generators/0/git/requeueAfterSeconds, value: 10}
        """);
  }
}
