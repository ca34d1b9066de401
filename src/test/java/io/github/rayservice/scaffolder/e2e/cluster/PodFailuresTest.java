package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the scheduler and a real node say of pods that do not come up. Most faults cannot come from
 * the form. They come from a policy that changes pods, as platforms use it to add volumes, init
 * containers and runtime classes.
 */
@ClusterTest
@Order(7)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodFailuresTest {
  private static final String TEAM = "team-pods";
  private static final String PREFIX = "pods-";

  /** In each of these namespaces, the policy of that name changes every pod of Ray. */
  private static final Map<String, String> CHANGES =
      Map.of(
          "volume",
          """
          JSONPatch{op: "add", path: "/spec/volumes/-", value: {"name": dyn("passwords"), "secret": dyn({"secretName": "no-such-secret"})}},
          JSONPatch{op: "add", path: "/spec/containers/0/volumeMounts/-", value: {"name": "passwords", "mountPath": "/passwords"}}
          """,
          "claim",
          """
          JSONPatch{op: "add", path: "/spec/volumes/-", value: {"name": dyn("models"), "persistentVolumeClaim": dyn({"claimName": "no-such-claim"})}}
          """,
          "sandbox",
          """
          JSONPatch{op: "add", path: "/spec/runtimeClassName", value: "handled-by-nobody"}
          """,
          "gate",
          """
          JSONPatch{op: "add", path: "/spec/schedulingGates", value: [{"name": "example.com/queue"}]}
          """,
          "selector",
          """
          JSONPatch{op: "add", path: "/spec/nodeSelector", value: {"example.com/pool": "ray"}}
          """,
          "name",
          """
          JSONPatch{op: "replace", path: "/spec/containers/0/image", value: "registry.local/Team/Ray:1"}
          """,
          "never",
          """
          JSONPatch{op: "replace", path: "/spec/containers/0/imagePullPolicy", value: "Never"}
          """,
          "key",
          """
          JSONPatch{op: "add", path: "/spec/containers/0/env/-", value: {"name": dyn("HF_TOKEN"), "valueFrom": dyn({"secretKeyRef": {"name": "hf", "key": "token"}})}}
          """,
          "eater",
          """
          JSONPatch{op: "add", path: "/spec/initContainers", value: [{
            "name": dyn("warm-up"), "image": dyn("registry.local/no-ray:1"),
            "command": dyn(["/bin/bash", "-c", "printf -v all '%*d' 500000000 0"]),
            "resources": dyn({"limits": {"cpu": "1", "memory": "32Mi"}, "requests": {"cpu": "10m", "memory": "32Mi"}}),
            "securityContext": dyn({"allowPrivilegeEscalation": dyn(false), "capabilities": dyn({"drop": ["ALL"]})})}]}
          """,
          "waiter",
          """
          JSONPatch{op: "replace", path: "/spec/initContainers/0/image", value: "registry.invalid/no/such:1"}
          """);

  /** A policy that shows when all others are there. */
  private static final String PROBE = "probe";

  private Path policies;
  private Cluster cluster;
  private FakeGitlab gitlab;
  private WatchingService service;

  @BeforeAll
  void createFailures(Cluster given, Lab lab, @TempDir Path directory) throws IOException {
    cluster = given;
    WatchingService.install(cluster);
    gitlab = FakeGitlab.start(directory.resolve("gitlab"));
    service =
        WatchingService.start(
            cluster,
            lab,
            gitlab,
            directory.resolve("service"),
            Map.of("scaffolder.status.patience", "20s"));
    policies = Files.writeString(directory.resolve("policies.yaml"), policies());
    cluster.kubectl("apply", "-f", policies.toString());
    awaitPolicies();
    BrokenRayServices broken = new BrokenRayServices(cluster, TEAM, PREFIX);
    // Ray need not start, and the image is on the node.
    for (String name :
        List.of("volume", "claim", "sandbox", "gate", "selector", "key", "eater", "name")) {
      broken.create(name, "ray: {image: 'registry.local/pause:1'}");
    }
    broken.create("never", "ray: {image: 'registry.invalid/no/such:1'}");
    broken.create("waiter", "ray: {image: 'registry.local/pause:1'}", "replicas: 1");
  }

  /** The API server learns of policies a moment after it has taken them; of these, of the last. */
  private void awaitPolicies() {
    cluster.createNamespace(PREFIX + PROBE);
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(PROBE)
            .withNamespace(PREFIX + PROBE)
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName(PROBE)
            .withImage("registry.local/pause:1")
            .endContainer()
            .addNewVolume()
            .withName(PROBE)
            .withNewEmptyDir()
            .endEmptyDir()
            .endVolume()
            .endSpec()
            .build();
    cluster.await(
        "the policies change pods",
        () -> cluster.client().resource(pod).dryRun().create().getMetadata().getLabels(),
        labels -> labels != null && labels.containsKey(PROBE));
  }

  private static String policies() {
    StringBuilder all =
        new StringBuilder(
            """
            apiVersion: node.k8s.io/v1
            kind: RuntimeClass
            metadata: {name: handled-by-nobody}
            handler: no-such-handler
            """);
    CHANGES.forEach((name, change) -> all.append(policy(name, change)));
    all.append(
        policy(
            PROBE,
            """
            JSONPatch{op: "add", path: "/metadata/labels", value: {"%s": "seen"}}
            """
                .formatted(PROBE)));
    return all.toString();
  }

  /** Only pods that have what the change is to replace. */
  private static String policy(String name, String change) {
    String condition =
        name.equals("waiter") ? "has(object.spec.initContainers)" : "has(object.spec.volumes)";
    return """
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingAdmissionPolicy
    metadata: {name: %1$s%2$s}
    spec:
      failurePolicy: Fail
      reinvocationPolicy: Never
      matchConstraints:
        namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s%2$s}}
        resourceRules:
          - {apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}
      mutations:
        - patchType: JSONPatch
          jsonPatch:
            expression: >-
              !%3$s ? [] : [
                %4$s]
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingAdmissionPolicyBinding
    metadata: {name: %1$s%2$s}
    spec: {policyName: %1$s%2$s}
    """
        .formatted(PREFIX, name, condition, change.strip().replace("\n", "\n            "));
  }

  @AfterAll
  void tidyUp() {
    if (service != null) {
      service.close();
    }
    if (gitlab != null) {
      gitlab.close();
    }
    CHANGES.keySet().forEach(name -> cluster.rayService(TEAM, name).delete());
    cluster.client().namespaces().withName(PREFIX + PROBE).delete();
    cluster.kubectl("delete", "--ignore-not-found", "-f", policies.toString());
  }

  private JsonNode problem(String name, String problem) {
    return service.awaitProblem(TEAM + "/" + name, problem);
  }

  private static String evidence(JsonNode finding) {
    return finding.path("evidence").toString();
  }

  private static String nextStep(JsonNode finding) {
    return finding.path("nextStep").asText();
  }

  @Test
  void anImageNameThatNoNodeCanRead() {
    JsonNode finding = problem("name", "InvalidImageName");

    assertThat(finding.path("message").asText()).contains("registry.local/Team/Ray:1");
    assertThat(nextStep(finding)).contains("ray.image");
  }

  @Test
  void anImageThatMayNotBePulled() {
    JsonNode finding = problem("never", "ImagePull");

    assertThat(evidence(finding)).contains("ErrImageNeverPull");
    assertThat(nextStep(finding)).contains("imagePullPolicy");
  }

  @Test
  void anInitContainerWithTooLittleMemory() {
    JsonNode finding = problem("eater", "InitOutOfMemory");

    assertThat(finding.path("message").asText()).endsWith("init container warm-up)");
    assertThat(evidence(finding)).contains("OOMKilled");
  }

  @Test
  void anInitContainerWhoseImageCannotBePulled() {
    JsonNode finding = problem("waiter", "ImagePull");

    assertThat(finding.path("message").asText())
        .contains("registry.invalid/no/such:1")
        .endsWith("init container wait-gcs-ready)");
  }

  @Test
  void aVolumeWithoutItsSecret() {
    JsonNode finding = problem("volume", "VolumeNotMounted");

    assertThat(evidence(finding)).contains("FailedMount").contains("no-such-secret");
    assertThat(nextStep(finding)).contains("pods-volume");
  }

  @Test
  void aKeyWithoutItsSecret() {
    JsonNode finding = problem("key", "ContainerSetup");

    assertThat(evidence(finding)).contains("CreateContainerConfigError").contains("hf");
    assertThat(nextStep(finding)).startsWith("create in the namespace pods-key");
  }

  @Test
  void aSandboxThatCannotBeMade() {
    JsonNode finding = problem("sandbox", "SandboxFailed");

    assertThat(evidence(finding)).contains("FailedCreatePodSandBox").contains("no-such-handler");
  }

  @Test
  void aClaimThatIsNotThere() {
    assertThat(evidence(problem("claim", "VolumeNotBound"))).contains("no-such-claim");
  }

  @Test
  void aPodThatAGateHoldsBack() {
    assertThat(evidence(problem("gate", "SchedulingGated"))).contains("scheduling gates");
  }

  @Test
  void aSelectorThatNoNodeMatches() {
    assertThat(evidence(problem("selector", "Unschedulable"))).contains("node affinity/selector");
  }
}
