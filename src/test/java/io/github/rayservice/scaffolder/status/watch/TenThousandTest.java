package io.github.rayservice.scaffolder.status.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.RayServiceStatus;
import io.github.rayservice.scaffolder.status.RayServiceStatus.Transition;
import io.github.rayservice.scaffolder.status.StatusEvent;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.StatusStores;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import io.github.rayservice.scaffolder.testsupport.kubernetes.FakeCluster;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** 10,000 Ray Services, one of them malformed, and an API server that forgets its events. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Timeout(300)
class TenThousandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int COUNT = 10_000;
  private static final RayServiceId BROKEN = id(5_000);

  private final FakeCluster cluster = new FakeCluster();
  private final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(
              new ConfigBuilder()
                  .withMasterUrl(cluster.url())
                  .withRequestRetryBackoffLimit(0)
                  .withWatchReconnectInterval(50)
                  .build())
          .build();
  private final StatusStore statusStore = StatusStores.watching();
  private final ClusterWatch watch =
      new ClusterWatch(StatusStores.CONFIG, new StatusStores.Just<>(client), statusStore);

  /** The objects of one Ray Service as text; what tells it from others is {@code text-ml}. */
  private final List<String> objects =
      List.of(
          text("argoproj.io/v1alpha1", "Application"),
          text("kro.run/v1alpha1", "RayService"),
          text("ray.io/v1", "RayService"));

  /** The phases that a subscriber was told, without doubts and repetitions. */
  private final Map<RayServiceId, List<Phase>> told = new ConcurrentHashMap<>();

  private static RayServiceId id(int number) {
    return new RayServiceId("team-ml", name(number) + "-service");
  }

  private static String name(int number) {
    return "m%05d".formatted(number);
  }

  private static String text(String apiVersion, String kind) {
    try {
      return JSON.writeValueAsString(ClusterObjects.of("running", apiVersion, kind));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private ObjectNode object(int kind, int number) {
    try {
      return (ObjectNode)
          JSON.readTree(
              objects
                  .get(kind)
                  .replace("text-ml", name(number))
                  .replace("ray-system", "ray-" + name(number)));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  void start() throws InterruptedException {
    Map<RayServiceId, DesiredState> accepted = new HashMap<>();
    for (int number = 0; number < COUNT; number++) {
      accepted.put(
          id(number),
          new DesiredState(
              Optional.of(
                  new DesiredState.Accepted("tree", Optional.empty(), SpecFingerprint.NONE)),
              Optional.empty()));
      for (int kind = 0; kind < objects.size(); kind++) {
        ObjectNode object = object(kind, number);
        if (kind == 1 && id(number).equals(BROKEN)) {
          object.put("spec", "?");
        }
        cluster.put(object);
      }
    }
    statusStore.desired(accepted);
    watch.begin();
    until(() -> statusStore.hasSynced());
  }

  @AfterAll
  void end() {
    watch.stop();
    client.close();
    cluster.close();
  }

  @Test
  @Order(1)
  void oneMalformedObjectLeavesTheOthersReported() {
    Map<RayServiceId, Phase> phases = new HashMap<>();
    statusStore.current().forEach((id, status) -> phases.put(id, status.phaseStatus().phase()));

    assertThat(phases).hasSize(COUNT).containsEntry(BROKEN, Phase.UNKNOWN);
    phases.remove(BROKEN);
    assertThat(phases.values()).containsOnly(Phase.RUNNING);
    assertThat(statusStore.find(BROKEN).orElseThrow().phaseStatus().message())
        .contains("spec is no object: ?");
  }

  /** Every hundredth loses its KubeRay RayService while the watches are cut. */
  @Test
  @Order(2)
  void afterAResyncNoTransitionIsMissedOrDoubled() throws InterruptedException {
    Set<RayServiceId> changed = ConcurrentHashMap.newKeySet();
    Cancellable following =
        Multi.createFrom()
            .publisher(statusStore.follow(Optional.empty(), id -> true))
            .subscribe()
            .with(this::note);
    until(() -> told.size() == COUNT - 1);

    synchronized (cluster) {
      IntStream.range(0, COUNT / 100)
          .map(number -> 100 * number)
          .filter(number -> !id(number).equals(BROKEN))
          .forEach(number -> {
            changed.add(id(number));
            cluster.delete(object(2, number));
          });
      cluster.forget();
    }

    List<Phase> before = List.of(Phase.RUNNING);
    List<Phase> after = List.of(Phase.RUNNING, Phase.PROVISIONING);
    until(() ->
        told.entrySet().stream()
            .allMatch(e -> e.getValue().equals(changed.contains(e.getKey()) ? after : before)));
    following.cancel();
    statusStore
        .current()
        .forEach((id, status) -> {
          if (!id.equals(BROKEN)) {
            assertThat(withoutDoubts(status.history())).isEqualTo(told.get(id));
          }
        });
  }

  private void note(StatusEvent event) {
    if (event instanceof StatusEvent.Updated updated) {
      RayServiceStatus status = updated.status();
      Phase phase = status.phaseStatus().phase();
      // While kinds are listed again, one after the other, there may be a doubt between.
      if (phase != Phase.UNKNOWN) {
        told.merge(status.id(), List.of(phase), TenThousandTest::then);
      }
    }
  }

  private static List<Phase> then(List<Phase> before, List<Phase> next) {
    if (before.getLast() == next.getFirst()) {
      return before;
    }
    List<Phase> all = new ArrayList<>(before);
    all.addAll(next);
    return List.copyOf(all);
  }

  private static List<Phase> withoutDoubts(List<Transition> history) {
    return history.stream()
        .map(Transition::phase)
        .filter(phase -> phase != Phase.UNKNOWN)
        .map(List::of)
        .reduce(TenThousandTest::then)
        .orElseThrow();
  }

  /** The bound only ends a test that would wait for ever. */
  private void until(BooleanSupplier reached) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(statusStore.sources() + " " + told.size());
      }
      watch.check();
      Thread.sleep(20);
    }
  }
}
