package io.github.rayservice.scaffolder.status;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.NOW;
import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.status.StatusDerivation.Derived;
import io.github.rayservice.scaffolder.status.diagnosis.DiagnosisContext;
import io.github.rayservice.scaffolder.status.diagnosis.ProbeResults;
import io.github.rayservice.scaffolder.status.phase.AllObservations;
import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.resource.IngressState;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.NamespaceState;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.PodState;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** A status holds until the moment that it names, and for ever when it names none. */
class StatusDerivationTest {
  /** Every deadline in the rules is a minute or ten seconds after something. */
  private static final int MOST_CHANGES = 10;

  /** A prime number: no dimension of the observations is met in step. */
  private static final int EVERY = 211;

  private static final SourceState AVAILABLE = new SourceState.Available();

  private final Random random = new Random(29);
  private int taken;
  private int cases;
  private final Map<Change, Integer> changes = new EnumMap<>(Change.class);

  private enum Change {
    PHASE,
    REASON,
    DIAGNOSIS,
    NOTHING
  }

  @Test
  void aStatusHoldsUntilItsRequeueTime(TestReporter reporter) {
    AllObservations.gits().forEach(git -> AllObservations.forEach(git, this::follow));

    reporter.publishEntry("cases", String.valueOf(cases));
    reporter.publishEntry("changes by time", changes.toString());
    assertThat(cases).isGreaterThan(11_000);
    assertThat(changes).containsKeys(Change.PHASE, Change.REASON, Change.DIAGNOSIS);
  }

  private void follow(Observation seen) {
    if (taken++ % EVERY == 0) {
      followToItsEnd(withYoungObjects(seen), context());
      cases++;
    }
  }

  private void followToItsEnd(Observation seen, DiagnosisContext context) {
    Instant now = NOW;
    Derived derived = derive(seen, context, Optional.empty(), now);
    for (int i = 0; derived.requeueAt().isPresent(); i++) {
      Instant until = derived.requeueAt().get();
      requireThat(i < MOST_CHANGES && !until.isBefore(now), seen, derived, until);
      requireSame(seen, context, derived, between(now, until));
      requireSame(seen, context, derived, until);
      now = until.plusNanos(1);
      Derived next = derive(seen, context, Optional.of(derived.status()), now);
      changes.merge(change(derived.status(), next.status()), 1, Integer::sum);
      derived = next;
    }
    requireSame(seen, context, derived, now.plus(Duration.ofSeconds(1)));
    requireSame(seen, context, derived, now.plus(Duration.ofDays(400)));
  }

  private static Change change(RayServiceStatus before, RayServiceStatus after) {
    if (before.phaseStatus().phase() != after.phaseStatus().phase()) {
      return Change.PHASE;
    }
    if (!before.phaseStatus().reason().equals(after.phaseStatus().reason())) {
      return Change.REASON;
    }
    return before.diagnosis().equals(after.diagnosis()) ? Change.NOTHING : Change.DIAGNOSIS;
  }

  private void requireSame(Observation seen, DiagnosisContext context, Derived before, Instant at) {
    Derived again = derive(seen, context, Optional.of(before.status()), at);
    requireThat(again.equals(before), seen, before, at);
  }

  private static void requireThat(boolean truth, Observation seen, Derived before, Instant at) {
    if (!truth) {
      throw new AssertionError("%s of %s is not so at %s".formatted(before, seen, at));
    }
  }

  private static Derived derive(
      Observation seen, DiagnosisContext context, Optional<RayServiceStatus> before, Instant at) {
    return StatusDerivation.derive(seen, context, before, at, StatusStores.CONFIG);
  }

  private Instant between(Instant from, Instant to) {
    return from.plusMillis(random.nextLong(Duration.between(from, to).toMillis() + 1));
  }

  /** Up to a quarter more than the patience ago, so that deadlines lie behind and ahead. */
  private Optional<Instant> recently() {
    return Optional.of(NOW.minusMillis(random.nextLong(PATIENCE.toMillis() * 5 / 4)));
  }

  private Observation withYoungObjects(Observation seen) {
    return new Observation(
        seen.id(),
        seen.git(),
        seen.argoCd(),
        seen.kro().map(this::young),
        seen.kubeRay().map(this::young),
        seen.clusters(),
        pods());
  }

  private KroInstance young(KroInstance instance) {
    return new KroInstance(
        young(instance.metadata()),
        instance.targetNamespace(),
        instance.host(),
        instance.ingressClass(),
        instance.tracked(),
        instance.missingSecrets(),
        instance.suspended(),
        instance.state(),
        instance.conditions(),
        instance.spec());
  }

  private KubeRayService young(KubeRayService ray) {
    return new KubeRayService(
        young(ray.metadata()),
        ray.observedGeneration(),
        Optional.of(NOW.minusMillis(random.nextLong(15_000))),
        ray.endpoints(),
        random.nextInt(4) == 0 ? List.of() : ray.conditions(),
        ray.active(),
        ray.pending());
  }

  private ObjectMetadata young(ObjectMetadata metadata) {
    return new ObjectMetadata(
        metadata.namespace(),
        metadata.name(),
        metadata.uid(),
        metadata.resourceVersion(),
        metadata.generation(),
        recently(),
        metadata.deleted(),
        metadata.owner(),
        metadata.finalizers());
  }

  private ObjectMetadata ended(ObjectMetadata metadata) {
    return new ObjectMetadata(
        metadata.namespace(),
        metadata.name(),
        metadata.uid(),
        metadata.resourceVersion(),
        metadata.generation(),
        metadata.created(),
        recently(),
        metadata.owner(),
        metadata.finalizers());
  }

  private ObjectMetadata object(String name) {
    return young(
        new ObjectMetadata(
            "ray-system",
            name,
            name,
            "1",
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of()));
  }

  private List<PodState> pods() {
    List<PodState> pods = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      pods.add(pod("head" + i, true, random.nextBoolean()));
      pods.add(pod("worker" + i, false, false));
    }
    return pods;
  }

  private PodState pod(String name, boolean head, boolean ready) {
    return new PodState(
        object(name),
        "cluster",
        head,
        head ? "Running" : "Pending",
        ready,
        Optional.empty(),
        Optional.empty(),
        head ? Optional.empty() : recently(),
        Map.of(),
        List.of(),
        head
            ? List.of(
                new PodState.Container(
                    "ray", "image", ready, 0, recently(), "", "", Optional.empty()))
            : List.of());
  }

  private DiagnosisContext context() {
    List<IngressState> ingresses = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      ingresses.add(
          new IngressState(
              object("ingress" + i), "nginx", i == 1 ? List.of() : List.of("192.0.2.1")));
    }
    return new DiagnosisContext(
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(new NamespaceState(ended(object("ray-system")), List.of())),
        List.of(),
        ingresses,
        AVAILABLE,
        AVAILABLE,
        new Observed.Absent<>(),
        new Observed.Unavailable<>("away", NOW, Optional.empty()),
        ProbeResults.NOTHING);
  }
}
