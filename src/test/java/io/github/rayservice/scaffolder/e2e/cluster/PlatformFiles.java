package io.github.rayservice.scaffolder.e2e.cluster;

import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

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
    for (var value :
        Map.of(
                "https://gitlab.example.com/platform/gitops.git",
                REPOSITORY,
                "https://backstage.example.com",
                BACKSTAGE,
                "http://rayservice-scaffolder.rayservice-scaffolder.svc",
                "http://" + Lab.HOST + ":" + SERVICE_PORT,
                "packageIndex: \"\"",
                "packageIndex: " + Lab.PACKAGES,
                "imageRegistry: \"\"",
                "imageRegistry: " + IMAGE_REGISTRY,
                "maxCpu: \"\"",
                "maxCpu: \"64\"",
                "maxMemory: \"\"",
                "maxMemory: 8Ti",
                "maxDevices: \"\"",
                "maxDevices: \"8\"")
            .entrySet()) {
      text = text.replace(value.getKey(), value.getValue());
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
