package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What changes do to a model that runs, as {@code changes} of a dry run says: a client asks all the
 * while.
 */
@ClusterTest
@Order(3)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChangesTest {
  private static final String TEAM = "team-changes";
  private static final String NAME = "greeter";
  private static final String TARGET = "changes-greeter";
  private static final String HOST = "changes.example.com";

  /** So many that each replica has had its turn, because Serve chooses among them at random. */
  private static final int MANY = 60;

  /** Equal answers one after the other. */
  private record Streak(String word, int length) {
    static final Streak NONE = new Streak("", 0);

    Streak with(String next) {
      return new Streak(next, next.equals(word) ? length + 1 : 1);
    }
  }

  private final AtomicBoolean asks = new AtomicBoolean(true);
  private final AtomicReference<Streak> streak = new AtomicReference<>(Streak.NONE);
  private final AtomicLong answers = new AtomicLong();
  private final AtomicReference<Instant> lastAnswer = new AtomicReference<>(Instant.now());
  private final AtomicReference<Duration> longestGap = new AtomicReference<>(Duration.ZERO);
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private Cluster cluster;
  private IngressNginx nginx;
  private Thread client;

  @BeforeAll
  void start(Cluster given, Lab lab) {
    cluster = given;
    nginx = new IngressNginx(cluster, lab);
    lab.serveModel("greeting.zip", "greeting-model");
    lab.serveModel("other-greeting.zip", "other-greeting-model");
    cluster.create(
        Cluster.parse(
            """
            apiVersion: kro.run/v1alpha1
            kind: RayService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              name: %1$s
              namespace: %3$s
              rayServeFile: https://models.lab/greeting.zip
              replicas: 1
              deployments:
                - name: Greeter
                  numReplicas: 2
                  userConfig: {word: one}
                  rayActorOptions: {numCpus: 0.1}
              gitlab: {hostname: %4$s, username: ml-team}
            """
                .formatted(NAME, TEAM, TARGET, HOST)));
    cluster.awaitActive(TEAM, NAME);
    nginx.sync();
    client = Thread.startVirtualThread(this::ask);
    awaitAnswer("one");
    forget();
  }

  private void ask() {
    while (asks.get()) {
      Response response = IngressNginx.get(HOST, "/ray-serve/" + NAME + "/");
      if (response.statusCode() == 200) {
        note(response.body().asString());
      } else {
        streak.set(Streak.NONE);
        failures.add(response.statusCode() + " " + response.body().asString());
      }
    }
  }

  private void note(String body) {
    Instant now = Instant.now();
    Duration gap = Duration.between(lastAnswer.getAndSet(now), now);
    longestGap.accumulateAndGet(gap, (a, b) -> a.compareTo(b) > 0 ? a : b);
    answers.incrementAndGet();
    streak.updateAndGet(last -> last.with(body));
  }

  /** A new kind of change begins. */
  private void forget() {
    failures.clear();
    answers.set(0);
    longestGap.set(Duration.ZERO);
  }

  @AfterAll
  void stop() throws InterruptedException {
    asks.set(false);
    if (client != null) {
      client.join();
    }
    cluster.rayService(TEAM, NAME).delete();
  }

  /** Waits until the change has reached every replica. */
  private void awaitAnswer(String word) {
    streak.set(Streak.NONE);
    cluster.await(
        "all replicas say " + word,
        streak::get,
        last -> last.word().equals(word) && last.length() >= MANY);
  }

  private Set<String> rayClusters() {
    return cluster.workers(TARGET).keySet();
  }

  private void patch(String spec) {
    cluster.kubectl(
        "patch",
        "rayservices.kro.run",
        NAME,
        "--namespace=" + TEAM,
        "--type=merge",
        "-p",
        "{\"spec\":" + spec + "}");
  }

  /** Serve's actors of replicas, as Ray counts them in the pods. */
  private void awaitReplicas(int number) {
    cluster.await(
        number + " replicas run",
        () ->
            cluster.client().pods().inNamespace(TARGET).list().getItems().stream()
                .mapToInt(pod ->
                    Integer.parseInt(
                        cluster
                            .kubectl(
                                "exec",
                                "--namespace=" + TARGET,
                                pod.getMetadata().getName(),
                                "--container=" + pod.getSpec().getContainers().getFirst().getName(),
                                "--",
                                "sh",
                                "-c",
                                "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -c '^ray::ServeReplica:' || true")
                            .strip()))
                .sum(),
        running -> running == number);
  }

  private static String deployments(int replicas, String word) {
    return "{\"deployments\":[{\"name\":\"Greeter\",\"numReplicas\":%d,\"userConfig\":{\"word\":\"%s\"},\"rayActorOptions\":{\"numCpus\":0.1}}]}"
        .formatted(replicas, word);
  }

  @Test
  @Order(1)
  void settingsArriveInPlaceAndNoRequestFails() {
    Set<String> before = rayClusters();

    patch(deployments(2, "two"));
    awaitAnswer("two");
    patch(deployments(3, "three"));
    awaitAnswer("three");
    awaitReplicas(3);
    patch(deployments(2, "three"));
    awaitReplicas(2);
    awaitAnswer("three");

    assertThat(rayClusters()).isEqualTo(before);
    assertThat(failures).isEmpty();
  }

  @Test
  @Order(2)
  void newCodeArrivesInPlaceAndNoRequestFails() {
    Set<String> before = rayClusters();

    patch("{\"rayServeFile\":\"https://models.lab/other-greeting.zip\"}");
    awaitAnswer("three!");

    assertThat(rayClusters()).isEqualTo(before);
    assertThat(failures).isEmpty();
  }

  /**
   * Serve stops the one before it starts the next, and its proxies hold the requests meanwhile. But
   * a proxy without a replica on its node is drained, and KubeRay's probe takes its pod out of the
   * Service at the first failure: then NGINX reaches none, or waits for one that does not answer
   * any more.
   */
  @Test
  @Order(3)
  void withOneReplicaRequestsWaitOrFindNone() {
    Set<String> before = rayClusters();
    patch(deployments(1, "four"));
    awaitAnswer("four!");
    awaitReplicas(1);
    assertThat(failures).as("of fewer replicas").isEmpty();

    patch("{\"rayServeFile\":\"https://models.lab/greeting.zip\"}");
    awaitAnswer("four");

    assertThat(rayClusters()).isEqualTo(before);
    assertThat(failures).allMatch(failure -> failure.matches("(?s)50[234] .*"));
    print("New code with one replica");
    forget();
  }

  /** KubeRay's switch leaves the Service without an endpoint for a moment. */
  @Test
  @Order(4)
  void aRestartIsASecondRayClusterThatTakesOver() {
    Set<String> before = rayClusters();

    patch("{\"restartedAt\":\"2026-11-29T09:00:00Z\"}");

    cluster.await(
        "the second Ray cluster has taken over",
        this::rayClusters,
        names -> names.size() == 1 && !names.equals(before));
    awaitAnswer("four");
    assertThat(failures).allMatch(failure -> failure.matches("(?s)50[234] .*"));
    print("A restart");
  }

  /** For people: how long a client may have to try again. */
  private void print(String change) {
    System.out.printf(
        "%s: %d answers, %d failures, %.1f s between two answers at most%n",
        change, answers.get(), failures.size(), longestGap.get().toMillis() / 1000.0);
  }
}
