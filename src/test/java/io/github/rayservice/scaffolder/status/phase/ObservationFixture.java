package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.KubeRayService.Application;
import io.github.rayservice.scaffolder.status.resource.KubeRayService.Cluster;
import io.github.rayservice.scaffolder.status.resource.ObjectMetadata;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the sources say, in short: a Ray Service that runs, and ways in which it does not. */
public record ObservationFixture(
    Observed<DesiredState> git,
    Observed<ArgoApplication> argoCd,
    Observed<KroInstance> kro,
    Observed<KubeRayService> kubeRay) {
  public static final RayServiceId ID = new RayServiceId("team-ml", "text-ml-service");
  public static final Instant NOW = Instant.EPOCH.plus(Duration.ofDays(1));
  static final Instant EARLIER = NOW.minusSeconds(60);
  static final Instant LATER = NOW.plusSeconds(60);

  public static final Duration PATIENCE = Duration.ofMinutes(1);
  public static final Duration LONG_PATIENCE = Duration.ofMinutes(15);

  /** What is in Git, and in the cluster. */
  static final SpecFingerprint SPEC = SpecFingerprint.of(Map.of("name", "text-ml", "replicas", 2));

  static final Observed<DesiredState> ACCEPTED = git(Optional.of(EARLIER), null);
  static final Observed<ArgoApplication> SYNCED = argo("Synced", "Healthy", "Succeeded");
  static final Observed<KroInstance> ACTIVE = kro("ACTIVE", 2, 2, ready("True", "Ready"));
  static final Observed<KubeRayService> READY =
      ray(2, 2, "True", "NonZeroServeEndpoints", List.of(), "RUNNING", null);

  static ObservationFixture running() {
    return new ObservationFixture(ACCEPTED, SYNCED, ACTIVE, READY);
  }

  ObservationFixture git(Observed<DesiredState> other) {
    return new ObservationFixture(other, argoCd, kro, kubeRay);
  }

  ObservationFixture argo(Observed<ArgoApplication> other) {
    return new ObservationFixture(git, other, kro, kubeRay);
  }

  ObservationFixture kro(Observed<KroInstance> other) {
    return new ObservationFixture(git, argoCd, other, kubeRay);
  }

  ObservationFixture ray(Observed<KubeRayService> other) {
    return new ObservationFixture(git, argoCd, kro, other);
  }

  Observation observation() {
    return new Observation(ID, git, argoCd, kro, kubeRay, List.of(), List.of());
  }

  static PhaseStatus derive(Observation seen, Optional<PhaseStatus> before, Instant now) {
    return PhaseRules.derive(seen, before, new Deadlines(now, PATIENCE, LONG_PATIENCE));
  }

  Verdict verdict() {
    return PhaseRules.verdict(observation());
  }

  static <T> Observed<T> seen(T value) {
    return new Observed.Present<>(value);
  }

  static <T> Observed<T> absent() {
    return new Observed.Absent<>();
  }

  static <T> Observed<T> garbled() {
    return new Observed.Malformed<>("cannot be read: spec.name is no text");
  }

  static <T> Observed<T> unreadable(Observed<T> last) {
    return new Observed.Unavailable<>("forbidden", EARLIER, last.present());
  }

  /** {@code review} is null where there never was a merge request. */
  static Observed<DesiredState> git(
      Optional<Instant> acceptedSince, DesiredState.MergeRequest.@Nullable State review) {
    return wanted(Optional.of(new DesiredState.Accepted("tree", acceptedSince, SPEC)), review);
  }

  /** Argo CD has compared what is in Git. */
  static Observed<DesiredState> compared(Instant acceptedSince) {
    return wanted(
        Optional.of(new DesiredState.Accepted("tree", Optional.of(acceptedSince), true, SPEC)),
        null);
  }

  /** Git holds that spec. */
  static Observed<DesiredState> holding(Map<?, ?> spec) {
    return wanted(
        Optional.of(
            new DesiredState.Accepted("tree", Optional.of(EARLIER), SpecFingerprint.of(spec))),
        null);
  }

  static Observed<DesiredState> proposed(DesiredState.MergeRequest.State review) {
    return wanted(Optional.empty(), review);
  }

  private static Observed<DesiredState> wanted(
      Optional<DesiredState.Accepted> accepted, DesiredState.MergeRequest.@Nullable State review) {
    return seen(
        new DesiredState(
            accepted,
            Optional.ofNullable(review)
                .map(s ->
                    new DesiredState.MergeRequest(
                        s, "https://git", Optional.of("waits for approval")))));
  }

  static ObjectMetadata stamp(long generation, boolean deleting) {
    return new ObjectMetadata(
        "ray-system",
        "text-ml",
        "uid",
        "7",
        generation,
        Optional.of(EARLIER),
        deleting ? Optional.of(NOW) : Optional.empty(),
        Optional.empty(),
        List.of());
  }

  static Observed<ArgoApplication> argo(String sync, String health, String operation) {
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
        Optional.empty(),
        Optional.empty(),
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

  static Observed<KroInstance> kro(
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
        "gitlab.company.com",
        "nginx",
        true,
        List.of(),
        false,
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
  static Observed<KubeRayService> ray(
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
