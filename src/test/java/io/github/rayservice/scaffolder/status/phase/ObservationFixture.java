package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.KubeRayService.Application;
import io.github.rayservice.scaffolder.status.resource.KubeRayService.Cluster;
import io.github.rayservice.scaffolder.status.resource.Reading;
import io.github.rayservice.scaffolder.status.resource.SpecValues;
import io.github.rayservice.scaffolder.status.resource.Stamp;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

public
/** What the sources say, in short: a Ray Service that runs, and ways in which it does not. */
record ObservationFixture(
    Reading<Wanted> git,
    Reading<ArgoApplication> argoCd,
    Reading<KroInstance> kro,
    Reading<KubeRayService> kubeRay) {
  public static final RayServiceId ID = new RayServiceId("team-ml", "text-ml-service");
  static final Instant NOW = Instant.EPOCH.plus(Duration.ofDays(1));
  static final Instant EARLIER = NOW.minusSeconds(60);
  static final Instant LATER = NOW.plusSeconds(60);

  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** What stands in Git, and in the cluster. */
  static final SpecValues SPEC = SpecValues.of(Map.of("name", "text-ml", "replicas", 2));

  static final Reading<Wanted> ACCEPTED = git(Optional.of(EARLIER), null);
  static final Reading<ArgoApplication> SYNCED = argo("Synced", "Healthy", "Succeeded");
  static final Reading<KroInstance> ACTIVE = kro("ACTIVE", 2, 2, ready("True", "Ready"));
  static final Reading<KubeRayService> READY =
      ray(2, 2, "True", "NonZeroServeEndpoints", List.of(), "RUNNING", null);

  static ObservationFixture running() {
    return new ObservationFixture(ACCEPTED, SYNCED, ACTIVE, READY);
  }

  ObservationFixture git(Reading<Wanted> other) {
    return new ObservationFixture(other, argoCd, kro, kubeRay);
  }

  ObservationFixture argo(Reading<ArgoApplication> other) {
    return new ObservationFixture(git, other, kro, kubeRay);
  }

  ObservationFixture kro(Reading<KroInstance> other) {
    return new ObservationFixture(git, argoCd, other, kubeRay);
  }

  ObservationFixture ray(Reading<KubeRayService> other) {
    return new ObservationFixture(git, argoCd, kro, other);
  }

  Observation observation() {
    return new Observation(ID, git, argoCd, kro, kubeRay, List.of(), List.of());
  }

  Verdict verdict() {
    return Phases.verdict(observation());
  }

  static <T> Reading<T> seen(T value) {
    return new Reading.Seen<>(value);
  }

  static <T> Reading<T> absent() {
    return new Reading.Absent<>();
  }

  static <T> Reading<T> garbled() {
    return new Reading.Garbled<>("cannot be read: spec.name is no text");
  }

  static <T> Reading<T> unreadable(Reading<T> last) {
    return new Reading.Unreadable<>("forbidden", EARLIER, last.seen());
  }

  /** {@code review} is null where there never was a merge request. */
  static Reading<Wanted> git(
      Optional<Instant> acceptedSince, Wanted.Review.@Nullable State review) {
    return wanted(Optional.of(new Wanted.Accepted("tree", acceptedSince, SPEC)), review);
  }

  /** Argo CD has compared what stands in Git. */
  static Reading<Wanted> compared(Instant acceptedSince) {
    return wanted(
        Optional.of(new Wanted.Accepted("tree", Optional.of(acceptedSince), true, SPEC)), null);
  }

  /** Git holds that spec. */
  static Reading<Wanted> holding(Map<?, ?> spec) {
    return wanted(
        Optional.of(new Wanted.Accepted("tree", Optional.of(EARLIER), SpecValues.of(spec))), null);
  }

  static Reading<Wanted> proposed(Wanted.Review.State review) {
    return wanted(Optional.empty(), review);
  }

  private static Reading<Wanted> wanted(
      Optional<Wanted.Accepted> accepted, Wanted.Review.@Nullable State review) {
    return seen(
        new Wanted(
            accepted,
            Optional.ofNullable(review)
                .map(s -> new Wanted.Review(s, "https://git", Optional.of("waits for approval")))));
  }

  static Stamp stamp(long generation, boolean deleting) {
    return new Stamp(
        "ray-system",
        "text-ml",
        "uid",
        "7",
        generation,
        Optional.of(EARLIER),
        deleting ? Optional.of(NOW) : Optional.empty(),
        Optional.empty());
  }

  static Reading<ArgoApplication> argo(String sync, String health, String operation) {
    return seen(application(sync, health, operation, NOW, List.of(), false));
  }

  static ArgoApplication application(
      String sync,
      String health,
      String operation,
      Instant reconciled,
      List<StatusCondition> errors,
      boolean deleting) {
    return new ArgoApplication(
        stamp(0, deleting),
        sync,
        health,
        "",
        Optional.of("abc"),
        operation,
        "one or more objects failed to apply",
        Optional.of(reconciled),
        errors);
  }

  static StatusCondition condition(String type, String status, String reason, String message) {
    return new StatusCondition(
        type, status, reason, message, Optional.of(EARLIER), Optional.empty());
  }

  static StatusCondition ready(String status, String reason) {
    return condition("Ready", status, reason, "");
  }

  static Reading<KroInstance> kro(
      String state, long generation, long observed, StatusCondition... conditions) {
    return seen(instance(state, generation, observed, false, conditions));
  }

  static KroInstance instance(
      String state,
      long generation,
      long observed,
      boolean deleting,
      StatusCondition... conditions) {
    return new KroInstance(
        stamp(generation, deleting),
        "ray-system",
        "text-ml",
        "gitlab.company.com",
        "nginx",
        true,
        state,
        List.of(conditions).stream()
            .map(c ->
                new StatusCondition(
                    c.type(),
                    c.status(),
                    c.reason(),
                    c.message(),
                    c.since(),
                    Optional.of(observed)))
            .toList(),
        SPEC);
  }

  /**
   * {@code active} and {@code pending} are application statuses; null where there is no cluster.
   */
  static Reading<KubeRayService> ray(
      long generation,
      long observed,
      String ready,
      String reason,
      List<StatusCondition> more,
      @Nullable String active,
      @Nullable String pending) {
    List<StatusCondition> conditions = new ArrayList<>(more);
    conditions.add(condition("Ready", ready, reason, ""));
    return seen(
        new KubeRayService(
            stamp(generation, false),
            observed,
            Optional.of(EARLIER),
            active != null && active.equals("RUNNING") ? 2 : 0,
            conditions,
            cluster("one", active),
            cluster("two", pending)));
  }

  private static Optional<Cluster> cluster(String name, @Nullable String status) {
    return Optional.ofNullable(status)
        .map(s ->
            new Cluster(
                name,
                List.of(
                    new Application(
                        "text-ml",
                        s,
                        "Traceback (most recent call last):\nBadZipFile: no zip\n",
                        ""))));
  }
}
