package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  /** Today's files. */
  static final Path FILES = Path.of("k8s/platform");

  /** The files of the first version whose kind is kept: all later ones must take over from it. */
  static final Path FIRST = Path.of("src/test/resources/upgrade/1.0.0/platform");

  private static final Path COPIES = Path.of("target/cluster-platform");

  private PlatformFiles() {}

  /** Applies the first version, and over it today's, as a platform does that upgrades. */
  static void apply(Cluster cluster) {
    for (Path files : List.of(FIRST, FILES)) {
      Path lab = copy(files, files.equals(FILES) ? "today" : "first", Map.of()).resolve("lab");
      write(
          lab.resolve("kustomization.yaml"),
          // Argo CD 3.6 misses a webhook that arrives while it handles the previous one, and the
          // tests do not wait for its poll interval of three minutes.
          """
          resources: [../base]
          patches:
            - target: {kind: ApplicationSet, name: rayservices}
              patch: |
                - {op: replace, path: /spec/generators/0/git/requeueAfterSeconds, value: 10}
          """);
      System.out.print(cluster.kubectl("apply", "--server-side", "-k", lab.toString()));
      awaitDefinition(cluster, "rayservice.kro.run");
    }
  }

  /** All manifests as YAML, with the lab's values and these. */
  static String render(Cluster cluster, String copy, Map<String, String> values) {
    return cluster.kubectl("kustomize", copy(FILES, copy, values).resolve("base").toString());
  }

  /**
   * Applies the definition alone, for a kind of its own beside that of the other tests.
   *
   * @param values values of the platform besides those of the lab
   * @param change of the definition, before it is applied
   */
  static void define(
      Cluster cluster,
      Path files,
      String kind,
      Map<String, String> values,
      Consumer<GenericKubernetesResource> change) {
    String plural = kind.toLowerCase(Locale.ROOT) + "s";
    cluster
        .client()
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("kro-" + plural)
                .addToLabels("rbac.kro.run/aggregate-to-controller", "true")
                .endMetadata()
                .addNewRule()
                .withApiGroups("kro.run")
                .withResources(plural, plural + "/status", plural + "/finalizers")
                .withVerbs("get", "list", "watch", "patch", "update")
                .endRule()
                .build())
        .serverSideApply();
    Path base = copy(files, plural, values).resolve("base");
    GenericKubernetesResource definition =
        document(
            cluster.kubectl("kustomize", base.toString()), "ResourceGraphDefinition", only -> true);
    String name = kind.toLowerCase(Locale.ROOT) + ".kro.run";
    definition.getMetadata().setName(name);
    Map<String, Object> schema = definition.get("spec", "schema");
    schema.put("kind", kind);
    change.accept(definition);
    cluster.client().resource(definition).forceConflicts().serverSideApply();
    awaitDefinition(cluster, name);
  }

  /**
   * A second policy beside that of the platform, with other lists, for one team only. The API
   * server learns of it a moment later.
   *
   * @return the names of what to delete, for kubectl
   */
  static List<String> addLists(Cluster cluster, String team, Map<String, String> lists) {
    String name = "lists-of-" + team;
    GenericKubernetesResource policy =
        document(
            render(cluster, name, lists),
            "ValidatingAdmissionPolicy",
            found -> found.getMetadata().getName().equals("rayservice-values"));
    policy.getMetadata().setName(name);
    cluster.client().resource(policy).serverSideApply();
    cluster
        .client()
        .resource(
            Cluster.parse(
                """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: %1$s}
                spec:
                  policyName: %1$s
                  validationActions: [Deny]
                  matchResources:
                    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %2$s}}
                """
                    .formatted(name, team)))
        .serverSideApply();
    return List.of("validatingadmissionpolicybinding/" + name, "validatingadmissionpolicy/" + name);
  }

  private static GenericKubernetesResource document(
      String manifests, String kind, Predicate<GenericKubernetesResource> wanted) {
    return Stream.of(manifests.split("(?m)^---$"))
        .filter(document -> document.contains("\nkind: " + kind + "\n"))
        .map(Cluster::parse)
        .filter(wanted)
        .findFirst()
        .orElseThrow();
  }

  private static void awaitDefinition(Cluster cluster, String name) {
    cluster.await(
        "kro accepts " + name,
        () ->
            cluster.kubectl(
                "get",
                "rgd",
                name,
                "-o",
                "jsonpath={.metadata.generation} {.status.conditions[?(@.type==\"Ready\")]}"),
        status ->
            status.contains("\"status\":\"True\"")
                && status.contains("\"observedGeneration\":" + status.split(" ", 2)[0] + ","));
  }

  /** A copy of the files, in base, with the lab's values and these. */
  private static Path copy(Path from, String to, Map<String, String> values) {
    Path copy = COPIES.resolve(to);
    try (var files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve("base").resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
      Path file = copy.resolve("base/values.yaml");
      Map<String, String> all = new HashMap<>(VALUES);
      all.putAll(values);
      String text = Files.readString(file);
      for (Map.Entry<String, String> value : all.entrySet()) {
        Matcher line = Pattern.compile("(?m)^  " + value.getKey() + ": .*$").matcher(text);
        boolean found = line.find();
        // A value may have come after the first version.
        assertThat(found || from.equals(FIRST)).as(value.getKey()).isTrue();
        if (!found) {
          continue;
        }
        text =
            line.replaceFirst(
                Matcher.quoteReplacement("  " + value.getKey() + ": \"" + value.getValue() + "\""));
      }
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
