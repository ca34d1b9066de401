package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.form.InvalidFormException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The platform's files, applied at once by {@link PlatformFiles}. */
@ClusterTest
@Order(4)
class PlatformFilesTest {
  private static final ObjectMapper YAML = new YAMLMapper();

  private static final String KRO = "kro-system:kro";
  private static final String ARGO_CD = "argocd:argocd-application-controller";

  private static final Map<String, String> SETTINGS =
      Map.of(
          "scaffolder.hardware.profiles[0].name",
          "a10g",
          "scaffolder.form.cloud-identities",
          "*=*",
          "scaffolder.form.hosts",
          PlatformFiles.HOSTS,
          "scaffolder.form.ingress-classes",
          PlatformFiles.INGRESS_CLASSES,
          "scaffolder.form.images",
          PlatformFiles.IMAGES,
          "scaffolder.form.serve-file-hosts",
          PlatformFiles.SERVE_FILE_HOSTS);

  @Test
  void kroServesTheKind(Cluster cluster) {
    String columns = cluster.kubectl("get", "rayservices.kro.run", "-A");

    assertThat(columns).isNotNull();
    assertThat(
            cluster.kubectl("get", "rgd", "rayservice.kro.run", "-o", "jsonpath={.status.state}"))
        .isEqualTo("Active");
  }

  @Test
  void argoCdKeepsItsOtherConfiguration(Cluster cluster) {
    String config = cluster.kubectl("-n", "argocd", "get", "cm", "argocd-cm", "-o", "yaml");

    assertThat(config)
        .contains(
            "resource.customizations.health.kro.run_RayService",
            "resource.customizations.health.ray.io_RayService",
            "resource.links",
            "application.links");
  }

  @Test
  void theValuesOfThePlatformAreInAllManifests(Cluster cluster) {
    String set =
        cluster.kubectl("-n", "argocd", "get", "applicationset", "rayservices", "-o", "json");
    String project =
        cluster.kubectl("-n", "argocd", "get", "appproject", "rayservices", "-o", "json");
    String hooks =
        cluster.kubectl("-n", "argocd", "get", "cm", "argocd-notifications-cm", "-o", "json");

    assertThat(set)
        .contains(PlatformFiles.REPOSITORY, PlatformFiles.BACKSTAGE)
        .doesNotContain("set by");
    assertThat(project).contains(PlatformFiles.REPOSITORY).doesNotContain("set by");
    assertThat(hooks).contains(":" + PlatformFiles.SERVICE_PORT).doesNotContain("set-by");
  }

  /**
   * How often kustomization.yaml writes each value into which object. {@link DashboardModesTest}
   * looks at what comes of them.
   */
  @Test
  void everyValueArrives(Cluster cluster) throws IOException {
    List<String> keys =
        YAML
            .readTree(PlatformFiles.FILES.resolve("values.yaml").toFile())
            .path("data")
            .properties()
            .stream()
            .map(Map.Entry::getKey)
            .toList();

    String rendered =
        PlatformFiles.render(
            cluster,
            "every-value",
            keys.stream().collect(Collectors.toMap(key -> key, key -> "<" + key + ">")));

    assertThat(keys.stream().map(key -> key + ":" + places(rendered, "<" + key + ">")))
        .containsExactlyInAnyOrder(
            "repository: 1 AppProject rayservices, 2 ApplicationSet rayservices",
            "branch: 2 ApplicationSet rayservices",
            "backstage: 1 ApplicationSet rayservices",
            "service: 1 ConfigMap argocd-notifications-cm",
            "packageIndex: 2 ResourceGraphDefinition rayservice.kro.run",
            "imageRegistry: 2 ResourceGraphDefinition rayservice.kro.run",
            "maxCpu: 1 ResourceGraphDefinition rayservice.kro.run",
            "maxMemory: 1 ResourceGraphDefinition rayservice.kro.run",
            "maxDevices: 1 ResourceGraphDefinition rayservice.kro.run",
            "hosts: 1 ValidatingAdmissionPolicy rayservice-values",
            "ingressClasses: 1 ValidatingAdmissionPolicy rayservice-values",
            "images: 1 ValidatingAdmissionPolicy rayservice-values",
            "serveFileHosts: 1 ValidatingAdmissionPolicy rayservice-values",
            "dashboard: 1 ConfigMap argocd-cm, 7 ResourceGraphDefinition rayservice.kro.run",
            "dashboardDomain: 5 ResourceGraphDefinition rayservice.kro.run",
            "dashboardAuthUrl: 3 ResourceGraphDefinition rayservice.kro.run",
            "dashboardAuthSignin: 1 ResourceGraphDefinition rayservice.kro.run",
            "serveAuthUrl: 1 ResourceGraphDefinition rayservice.kro.run",
            "serveAuthSignin: 1 ResourceGraphDefinition rayservice.kro.run",
            "tlsSecret: 2 ResourceGraphDefinition rayservice.kro.run",
            "tlsIssuer: 4 ResourceGraphDefinition rayservice.kro.run",
            "ingressNamespaces: 1 ResourceGraphDefinition rayservice.kro.run",
            "ingressAddresses: 1 ResourceGraphDefinition rayservice.kro.run",
            "kuberayNamespace: 1 ResourceGraphDefinition rayservice.kro.run",
            "dnsAddresses: 1 ResourceGraphDefinition rayservice.kro.run",
            "internetPorts: 1 ResourceGraphDefinition rayservice.kro.run",
            "egress: 1 ResourceGraphDefinition rayservice.kro.run",
            "closed: 1 ResourceGraphDefinition rayservice.kro.run",
            "apiServerAddresses: 1 ResourceGraphDefinition rayservice.kro.run",
            "kroAccount: 1 ValidatingAdmissionPolicy rayservice-kro-namespaces,"
                + " 1 ValidatingAdmissionPolicy rayservice-metadata,"
                + " 1 ValidatingAdmissionPolicy rayservice-target-namespace,"
                + " 1 ValidatingAdmissionPolicy rayservice-values",
            "argocdAccount: 1 ValidatingAdmissionPolicy rayservice-directory,"
                + " 1 ValidatingAdmissionPolicy rayservice-metadata");
  }

  /** The kind and name of each object with a text, and how often it has it. */
  private static String places(String manifests, String text) {
    return documents(manifests)
        .filter(document -> document.contains(text))
        .map(document -> " " + (document.split(text, -1).length - 1) + " " + title(document))
        .sorted()
        .collect(Collectors.joining(","));
  }

  private static Stream<String> documents(String manifests) {
    return Stream.of(manifests.split("(?m)^---\n"));
  }

  /** Its kind and name. */
  private static String title(String manifest) {
    Matcher kind = Pattern.compile("(?m)^kind: (.*)$").matcher(manifest);
    Matcher name = Pattern.compile("(?m)^  name: (.*)$").matcher(manifest);
    assertThat(kind.find() && name.find()).as(manifest).isTrue();
    return kind.group(1) + " " + name.group(1);
  }

  @Test
  void existingNamespacesAreNotTakenOver(Cluster cluster) {
    assertThatThrownBy(() -> cluster.create(named("team-ml", "thief", "kube-system")))
        .hasMessageContaining("kube-system exists already")
        .hasMessageContaining("Choose a namespace that does not exist yet");
    assertThatThrownBy(() -> cluster.create(named("team-ml", "self", "team-ml")))
        .hasMessageContaining("team-ml");
  }

  /** As when it was suspended, or kro was down, while somebody else made the namespace. */
  @Test
  void aNamespaceThatCameLaterIsNeitherTakenOverNorDeleted(Cluster cluster) {
    GenericKubernetesResource instance = named("team-late", "late", "came-later");
    instance.getMetadata().setAnnotations(Map.of("kro.run/reconcile", "suspended"));
    cluster.create(instance);
    cluster.createNamespace("came-later");

    try {
      // The policy learns of a new namespace a moment later.
      cluster.await(
          "the namespace holds the Ray Service back",
          () -> {
            try {
              return goOn(cluster, "--dry-run=server");
            } catch (AssertionError refused) {
              return String.valueOf(refused.getMessage());
            }
          },
          words -> words.contains("came-later exists already"));
      // As if that policy had not known yet: kro itself is refused.
      goOn(cluster, "--as=system:serviceaccount:" + KRO);
      cluster.await(
          "kro is refused",
          () -> cluster.read("team-late", "late", "status"),
          status -> status.contains("was not made for a Ray Service"));
      assertThat(
              cluster.client().namespaces().withName("came-later").get().getMetadata().getLabels())
          .containsOnlyKeys("kubernetes.io/metadata.name");
    } finally {
      cluster.rayService("team-late", "late").delete();
    }
    cluster.await(
        "the Ray Service is gone",
        () -> cluster.rayService("team-late", "late").get() == null,
        gone -> gone);
    assertThat(cluster.client().namespaces().withName("came-later").get().getStatus().getPhase())
        .isEqualTo("Active");
    cluster.client().namespaces().withName("came-later").delete();
  }

  private static String goOn(Cluster cluster, String option) {
    return cluster.kubectl(
        "annotate",
        "rayservices.kro.run",
        "late",
        "--namespace=team-late",
        "kro.run/reconcile-",
        option);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "ray.team-ml.own:kro.run/RayService:team-ml/own | - | -",
        "ray.team-ml.own:kro.run/RayService:team-ml/own | argocd.argoproj.io/sync-options=SkipDryRunOnMissingResource=true | -",
        "ray.team-a.x:kro.run/RayService:team-ml/own | - | is not the Ray Service of the Application ray.team-a.x",
        "- | - | is not the Ray Service of the Application",
        "ray.team-ml.own:kro.run/RayService:team-ml/own | argocd.argoproj.io/sync-options=Prune=false | argocd.argoproj.io/sync-options is for Argo CD",
        "ray.team-ml.own:kro.run/RayService:team-ml/own | argocd.argoproj.io/hook=PreSync | argocd.argoproj.io/hook is for Argo CD",
        "ray.team-ml.own:kro.run/RayService:team-ml/own | kro.run/reconcile=suspended | kro.run/reconcile is for Argo CD",
      })
  void whatArgoCdBringsIsThatOfItsDirectory(
      @Nullable String id, @Nullable String annotation, @Nullable String words, Cluster cluster) {
    GenericKubernetesResource instance = named("team-ml", "own", "own-target");
    Map<String, String> annotations = new HashMap<>();
    if (id != null) {
      annotations.put("argocd.argoproj.io/tracking-id", id);
    }
    if (annotation != null) {
      String[] parts = annotation.split("=", 2);
      annotations.put(parts[0], parts[1]);
    }
    instance.getMetadata().setAnnotations(annotations);
    cluster.createNamespace("team-ml");
    ThrowingCallable create =
        () -> {
          try (KubernetesClient client = as(ARGO_CD, cluster)) {
            client.resource(instance).dryRun().create();
          }
        };

    if (words == null) {
      assertThatCode(create).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(create).hasMessageContaining(words);
    }
  }

  private static KubernetesClient as(String account, Cluster cluster) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(cluster.client().getConfiguration())
                .withImpersonateUsername("system:serviceaccount:" + account)
                .build())
        .build();
  }

  /** Who applies an instance with kubectl is told the same as who sends a form. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "replicas: -1",
        "replicas: 0",
        "replicas: 1000",
        "replicas: 1001",
        "importPath: 'text-ml:app'",
        "importPath: text_ml",
        "importPath: a b.c",
        "resources: {head: {cpu: 1e3}}",
        "resources: {head: {cpu: 1GB}}",
        "resources: {worker: {memory: '0'}}",
        "rayServeFile: ''",
        "rayServeFile: 'http://models.lab/a.zip'",
        "rayServeFile: 'https://models.lab/a.zip'",
        "rayServeFile: 'https://models.lab/a.zip?token=1'",
        "rayServeFile: 'https://other.lab/a.zip'",
        "rayServeFile: 'https://models.lab.evil.com/a.zip'",
        "routePrefix: /a/b",
        "routePrefix: /a/",
        "ray: {image: 'registry.gitlab.com/datascience/ray-text:2.60.0'}",
        "ray: {image: 'registry.gitlab.com/DataScience/Ray-Text:2.60.0'}",
        "ray: {image: 'ray@latest'}",
        "ray: {image: 'docker://rayproject/ray'}",
        "autoscaling: {minReplicas: 2, maxReplicas: 3}",
        "autoscaling: {minReplicas: 3, maxReplicas: 2}",
        "deployments: [{name: A, numReplicas: 1}]",
        "deployments: [{name: A}, {name: A}]",
        "deployments: [{name: A, numReplicas: 1, autoscalingConfig: {maxReplicas: 2}}]",
        "deployments: [{name: A, autoscalingConfig: {minReplicas: 3, maxReplicas: 2}}]",
        "deployments: [{name: A, autoscalingConfig: {minReplicas: 2, initialReplicas: 1, maxReplicas: 3}}]",
        "deployments: [{name: A, autoscalingConfig: {initialReplicas: 4, maxReplicas: 3}}]",
        "deployments: [{name: A, autoscalingConfig: {minReplicas: 1, initialReplicas: 2, maxReplicas: 3}}]",
        "deployments: [{name: A, maxQueuedRequests: 0}]",
        "deployments: [{name: A, maxQueuedRequests: -1}]",
        "deployments: [{name: A, rayActorOptions: {numCpus: -1}}]",
        "runtimeEnv: {pip: ['torch==2.9.1']}",
        "runtimeEnv: {pip: ['torch --index-url=https://h/']}",
        "runtimeEnv: {envVars: [{name: PATHS, value: \"${HOME}:/x\\n\"}]}",
        "runtimeEnv: {envVars: [{name: 1X, value: ''}]}",
        "secrets: [{name: hugging-face, use: environment}]",
        "secrets: [{name: hugging-face, use: other}]",
        "secrets: [{name: Hugging_Face, use: environment}]",
        "secrets: [{name: a, use: netrc}, {name: b, use: netrc}]",
        "resources: {worker: {profile: a10g}}",
        "resources: {worker: {profile: A10G}}",
        "resources: {head: {profile: a10g, hardware: {resource: nvidia.com/gpu, count: 64, nodeSelector: {pool: gpu}}}}",
        "resources: {worker: {profile: a10g, hardware: {resource: nvidia.com/gpu, count: 65}}}",
        "resources: {worker: {profile: a10g, hardware: {resource: gpu, count: 1}}}",
        "resources: {worker: {profile: a10g, hardware: {nodeSelector: {pool: 1}}}}",
        "resources: {worker: {profile: a10g, hardware: {tolerations: [{operator: Exists}]}}}",
        "resources: {worker: {profile: a10g, hardware: {tolerations: [{operator: Maybe}]}}}",
        "cloudIdentity: 'arn:aws:iam::123456789012:role/a'",
        "cloudIdentity: 'arn:aws:iam::123456789012:user/a'",
        "cloudIdentity: a@b.iam.gserviceaccount.com",
        "modelCache: {size: 1Gi}",
        "modelCache: {mountPath: /models}",
        "modelCache: {size: '0'}",
        "modelCache: {size: 1Gi, accessMode: ReadWriteOncePod}",
        "modelCache: {size: 1Gi, mountPath: models}",
        "modelCache: {size: 1Gi, mountPath: /etc/models}",
        "modelCache: {size: 1Gi, mountPath: /etcetera}",
        "modelCache: {size: 1Gi, mountPath: /home/ray}",
        "modelCache: {size: 1Gi, mountPath: /home/ray/models}",
        "resources: {worker: {ephemeralStorage: '0'}}",
        "ray: {version: 2.51.9}",
        "ray: {version: 2.52.0}",
        "ray: {version: 3.0.0}",
        "createdBy: \"a\\nb\"",
        "createdBy: '${schema.spec.name}'",
        "importPath: '${schema.spec.name}'",
        "routePrefix: '/${schema.spec.name}'",
        "ray: {image: '${schema.spec.name}'}",
        "cloudIdentity: '${schema.spec.name}'",
        "args: {word: '${schema.spec.name}'}",
        "runtimeEnv: {pip: ['${schema.spec.name}']}",
        "runtimeEnv: {envVars: [{name: A, value: '${schema.spec.name}'}]}",
        "restartedAt: yesterday",
        "restartedAt: '2026-11-29T09:00:00Z'",
        "ingress: {host: 'https://models.example.com'}",
        "ingress: {host: models.example.com}",
        "ingress: {host: other.example.com}",
        "ingress: {host: models.lab}",
        "ingress: {className: internal}",
        "ingress: {className: public}",
        "ray: {image: 'rayproject/ray:2.60.0'}",
        "ray: {image: 'index.docker.io/rayproject/ray:2.60.0'}",
        "ray: {image: 'rayprojects/ray:2.60.0'}",
        "ray: {image: 'Registry.Local/a/b:1'}",
        "ray: {image: 'registry.local:5000/a/b:1'}",
        "ray: {image: 'ray:2.60.0'}",
        "runtimeEnv: {pip: ['a @ https://models.lab/a-1-py3-none-any.whl']}",
        "runtimeEnv: {pip: ['a @ https://other.lab/a-1-py3-none-any.whl']}",
        "runtimeEnv: {pip: ['a @ git+https://other.lab/a.git']}",
        "serveConfig: {applications: [{name: a, import_path: 'a:b', runtime_env: {working_dir: 'https://models.lab/a.zip'}}]}",
        "serveConfig: {applications: [{name: a, import_path: 'a:b', runtime_env: {working_dir: 'https://other.lab/a.zip'}}]}",
        "serveConfig: {applications: [{name: a, import_path: 'a:b', runtime_env: {pip: {packages: ['a @ https://other.lab/a.whl']}}}]}",
        "serveConfig: {applications: [{name: a, import_path: 'a:b', runtime_env: {image_uri: 'evil/image:1'}}]}",
        "serveConfig: {applications: [{name: a, import_path: 'a:b', deployments: [{name: D, ray_actor_options: {runtime_env: {py_modules: ['https://other.lab/a.zip']}}}]}]}",
        "args: {llm_configs: [{runtime_env: {container: {image: 'evil/image:1'}}}]}",
        "args: {llm_configs: [{deployment_config: {ray_actor_options: {runtime_env: {working_dir: 'https://other.lab/a.zip'}}}}]}",
        "serveConfig: {applications: [{name: a, import_path: 'a:b', runtime_env: {working_dir: 'https://MODELS.lab/a.zip'}}]}",
        "serveConfig: {applications: [{name: a, import_path: 'a:b', runtime_env: {working_dir: 'https://other.lab#@models.lab/a.zip'}}]}",
        "serveConfig: {applications: [{name: a, import_path: 'a:b', runtime_env: {pip: [\"https://models.lab/x\\nhttps://other.lab/b.whl\"]}}]}",
        "serveConfig: {applications: [{name: a, import_path: 'a:b', runtime_env: {conda: {dependencies: [{pip: ['https://other.lab/b.whl']}]}}}]}"
      })
  void theApiServerTakesWhatTheServiceTakes(String fields, Cluster cluster) throws IOException {
    ObjectNode form = FormFixture.minimal("team-ml", "same");
    form.withObject("/spec").setAll((ObjectNode) YAML.readTree("{" + fields + "}"));
    cluster.createNamespace("team-ml");
    GenericKubernetesResource instance =
        Cluster.parse(
            form.put("apiVersion", "kro.run/v1alpha1").put("kind", "RayService").toString());

    assertThat(isTaken(() -> cluster.client().resource(instance).dryRun().create()))
        .isEqualTo(isTaken(() -> FormFixture.reader(SETTINGS).read(form)));
  }

  /** The service replaces what a form says of its hardware, so only kro judges these. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{resource: example.com/npu}",
        "{count: 1}",
        "{image: 'a/b:1', imageSuffix: -gpu}",
        "{tolerations: []}",
        "{nodeSelector: {}}",
      })
  void hardwareThatCannotBeIsRefused(String hardware, Cluster cluster) throws IOException {
    ObjectNode form = FormFixture.minimal("team-ml", "hardware");
    form.withObject("/spec/resources/worker").set("hardware", YAML.readTree(hardware));
    cluster.createNamespace("team-ml");
    GenericKubernetesResource instance =
        Cluster.parse(
            form.put("apiVersion", "kro.run/v1alpha1").put("kind", "RayService").toString());

    assertThatThrownBy(() -> cluster.client().resource(instance).dryRun().create())
        .hasMessageContaining("spec.resources.worker.hardware");
  }

  private static boolean isTaken(Runnable request) {
    try {
      request.run();
      return true;
    } catch (KubernetesClientException e) {
      assertThat(e.getCode()).as(e.getMessage()).isEqualTo(422);
      // An expression that fails refuses, too.
      assertThat(e.getMessage()).doesNotContain("resulted in error");
      return false;
    } catch (InvalidFormException e) {
      return false;
    }
  }

  private static GenericKubernetesResource named(String team, String name, String target) {
    return Cluster.parse(
        """
        apiVersion: kro.run/v1alpha1
        kind: RayService
        metadata: {name: %s, namespace: %s}
        spec:
          name: %s
          namespace: %s
          gitlab: {hostname: gitlab.example.com, username: ml-team}
        """
            .formatted(name, team, name, target));
  }
}
