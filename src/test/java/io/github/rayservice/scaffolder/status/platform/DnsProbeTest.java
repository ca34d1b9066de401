package io.github.rayservice.scaffolder.status.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.status.RayServiceStatus;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.StatusStores;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.diagnosis.Problem;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which hosts are looked up, and what a slow name server does to the others. */
@Timeout(120)
class DnsProbeTest {
  private final StatusStore statusStore = StatusStores.live();
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final CountDownLatch slowServerAnswers = new CountDownLatch(1);

  @AfterEach
  void release() {
    slowServerAnswers.countDown();
  }

  private DnsProbe probe(
      Map<String, String> settings,
      Duration patience,
      Function<String, Optional<String>> resolver) {
    FormConfig form = FormFixture.config(settings);
    return new DnsProbe(
        StatusStores.CONFIG,
        statusStore,
        form,
        host -> {
          asked.add(host);
          return resolver.apply(host);
        },
        patience);
  }

  /** An instance for each host; the hosts are also their names. */
  private void hosts(String... hosts) {
    for (String host : hosts) {
      GenericKubernetesResource instance =
          ClusterObjects.with(
              ClusterObjects.of("running", "kro.run/v1alpha1", "RayService"),
              Map.of("host", host),
              "spec",
              "ingress");
      instance.getMetadata().setName(host.replace('.', '-'));
      instance.getMetadata().setUid(host);
      statusStore.apply(WatchedKind.INSTANCE, instance);
    }
  }

  private List<String> unknown() {
    return statusStore.current().values().stream()
        .map(RayServiceStatus::diagnosis)
        .flatMap(List::stream)
        .filter(finding -> finding.problem() == Problem.HOST_UNKNOWN)
        .map(Finding::message)
        .toList();
  }

  @Test
  void onlyHostsThatThePlatformListsAreLookedUp() {
    hosts("a.models.example.com", "vault.internal", "lab.example.com", "a.b.models.example.com");

    probe(
            Map.of("scaffolder.form.hosts", "*.models.example.com,lab.example.com"),
            Duration.ofMinutes(1),
            host -> Optional.of("no such name"))
        .probe();

    assertThat(asked).containsExactlyInAnyOrder("a.models.example.com", "lab.example.com");
  }

  @Test
  void aSlowNameServerHoldsUpNoOther() {
    hosts("slow.example.com", "gone.example.com");
    DnsProbe probe =
        probe(
            Map.of(),
            Duration.ofMillis(500),
            host -> {
              if (host.startsWith("slow")) {
                await();
              }
              return Optional.of("no such name");
            });

    while (unknown().isEmpty()) {
      probe.probe();
    }

    assertThat(unknown()).containsExactly("the host gone.example.com has no address in DNS");
    assertThat(asked).containsOnlyOnce("slow.example.com");
  }

  @Test
  void aLateAnswerCountsInTheNextRound() {
    hosts("slow.example.com");
    DnsProbe probe =
        probe(
            Map.of(),
            Duration.ZERO,
            host -> {
              await();
              return Optional.of("no such name");
            });
    probe.probe();
    assertThat(unknown()).isEmpty();

    slowServerAnswers.countDown();
    while (unknown().isEmpty()) {
      probe.probe();
    }

    assertThat(unknown()).containsExactly("the host slow.example.com has no address in DNS");
  }

  /** A resolver that breaks says nothing of the host. */
  @Test
  void aLookUpThatBreaksIsNoMissingHost() {
    hosts("odd.example.com", "gone.example.com");

    probe(
            Map.of(),
            Duration.ofMinutes(1),
            host -> {
              if (host.startsWith("odd")) {
                throw new IllegalStateException("broken");
              }
              return Optional.of("no such name");
            })
        .probe();

    assertThat(unknown()).containsExactly("the host gone.example.com has no address in DNS");
  }

  private void await() {
    try {
      slowServerAnswers.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
