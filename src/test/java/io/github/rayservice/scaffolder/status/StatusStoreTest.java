package io.github.rayservice.scaffolder.status;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.RayServiceStatus.Transition;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.diagnosis.Problem;
import io.github.rayservice.scaffolder.status.phase.DesiredState;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.resource.ClusterError;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.SpecFingerprint;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the store keeps, and what its subscribers receive. */
public class StatusStoreTest {
  private static final DesiredState ACCEPTED =
      new DesiredState(
          Optional.of(new DesiredState.Accepted("tree", Optional.empty(), SpecFingerprint.NONE)),
          Optional.empty());

  private static final DesiredState PROPOSED =
      new DesiredState(
          Optional.empty(),
          Optional.of(
              new DesiredState.MergeRequest(
                  DesiredState.MergeRequest.State.OPEN,
                  "https://git.example.com/1",
                  Optional.empty())));

  private final StatusStore statusStore = StatusStores.live();

  @Test
  void anOlderResourceVersionChangesNothing() {
    statusStore.desired(Map.of(ID, ACCEPTED));
    ClusterObjects.of("running").forEach(this::see);
    GenericKubernetesResource late = ClusterObjects.of("running", "ray.io/v1", "RayService");
    late.getMetadata().setResourceVersion("99");
    ClusterObjects.with(late, 0, "status", "observedGeneration");

    statusStore.apply(WatchedKind.RAY_SERVICE, late);

    assertThat(phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void aDeletedObjectDoesNotComeBack() {
    statusStore.desired(Map.of(ID, ACCEPTED));
    ClusterObjects.of("running").forEach(this::see);
    GenericKubernetesResource service = ClusterObjects.of("running", "ray.io/v1", "RayService");
    statusStore.delete(WatchedKind.RAY_SERVICE, service);

    statusStore.apply(WatchedKind.RAY_SERVICE, service);

    assertThat(phase()).isEqualTo(Phase.PROVISIONING);
  }

  @Test
  void theDeletionOfAnOlderUidDoesNotDeleteTheNewObject() {
    statusStore.desired(Map.of(ID, ACCEPTED));
    ClusterObjects.of("running").forEach(this::see);
    GenericKubernetesResource old = ClusterObjects.of("running", "ray.io/v1", "RayService");
    old.getMetadata().setUid("older");

    statusStore.delete(WatchedKind.RAY_SERVICE, old);

    assertThat(phase()).isEqualTo(Phase.RUNNING);
  }

  /** Argo CD is told of a push at once; Git is read every few seconds. */
  private void argoCdIsFirst(Map<RayServiceId, DesiredState> git) {
    statusStore.desired(git);
    see(ClusterObjects.of("running", "argoproj.io/v1alpha1", "Application"));
    statusStore.desired(git);
  }

  @Test
  void whatArgoCdKnowsBeforeGitWasReadIsNotDeleting() {
    argoCdIsFirst(Map.of());
    assertThat(statusStore.find(ID)).isEmpty();

    statusStore.desired(Map.of(ID, ACCEPTED));

    assertThat(statusStore.find(ID).orElseThrow().history())
        .extracting(Transition::phase)
        .doesNotContain(Phase.DELETING);
  }

  @Test
  void whatArgoCdKnowsToBeMergedBeforeGitWasReadIsNotDeleting() {
    argoCdIsFirst(Map.of(ID, PROPOSED));
    assertThat(phase()).isEqualTo(Phase.PROPOSED);

    statusStore.desired(Map.of(ID, ACCEPTED));

    assertThat(statusStore.find(ID).orElseThrow().history())
        .extracting(Transition::phase)
        .startsWith(Phase.PROPOSED)
        .doesNotContain(Phase.DELETING);
  }

  @Test
  void whatIsStillOnlyProposedAfterGitWasReadAgainIsDeleting() {
    argoCdIsFirst(Map.of(ID, PROPOSED));

    statusStore.desired(Map.of(ID, PROPOSED));

    assertThat(phase()).isEqualTo(Phase.DELETING);
  }

  @Test
  void whatRanAndIsRemovedFromGitIsDeletingAtOnce() {
    statusStore.desired(Map.of(ID, ACCEPTED));
    ClusterObjects.of("running").forEach(this::see);

    statusStore.desired(Map.of());

    assertThat(phase()).isEqualTo(Phase.DELETING);
  }

  @Test
  void whatGitDoesNotKnowAfterItWasReadAgainIsDeleting() {
    argoCdIsFirst(Map.of());

    statusStore.desired(Map.of());

    assertThat(phase()).isEqualTo(Phase.DELETING);
  }

  /** Whatever the order, the newest state of each object decides. */
  @Test
  void anyOrderOfEventsEndsInTheSamePhase() {
    Random random = new Random(23);
    for (int round = 0; round < 50; round++) {
      StatusStore shuffled = StatusStores.live();
      shuffled.desired(Map.of(ID, ACCEPTED));
      List<GenericKubernetesResource> all = new ArrayList<>(ClusterObjects.of("running"));
      for (GenericKubernetesResource older : ClusterObjects.of("running")) {
        older.getMetadata().setResourceVersion("5");
        older.getAdditionalProperties().remove("status");
        all.add(older);
      }
      Collections.shuffle(all, random);

      all.forEach(object -> shuffled.apply(kind(object), object));

      assertThat(shuffled.find(ID).orElseThrow().phaseStatus().phase()).isEqualTo(Phase.RUNNING);
    }
  }

  @Test
  void goneFromGitAndTheClusterIsGoneFromTheStore() {
    statusStore.desired(Map.of(ID, ACCEPTED));

    statusStore.desired(Map.of());

    assertThat(statusStore.current()).isEmpty();
  }

  /** Informers tell of an end with what they keep, which is the name. */
  @Test
  void anEndWithoutLabelsIsStillTheOwners() {
    statusStore.desired(Map.of());
    see(ClusterObjects.of("running", "ray.io/v1", "RayService"));
    GenericKubernetesResource name = ClusterObjects.of("running", "ray.io/v1", "RayService");
    name.getMetadata().setLabels(Map.of());

    statusStore.delete(WatchedKind.RAY_SERVICE, name);

    assertThat(statusStore.current()).isEmpty();
  }

  @Test
  void aNeighboursPodsAreNotMine() {
    RayServiceId thief = new RayServiceId("team-x", "thief");
    ClusterObjects.of("running").forEach(this::see);
    GenericKubernetesResource second =
        ClusterObjects.of("running", "kro.run/v1alpha1", "RayService");
    second.getMetadata().setNamespace("team-x");
    second.getMetadata().setName("thief");
    second.getMetadata().setUid("k9");
    statusStore.apply(WatchedKind.INSTANCE, second);

    statusStore.desired(Map.of());

    assertThat(statusStore.find(thief).orElseThrow().phaseStatus().message())
        .doesNotContain("1 pod");
    assertThat(statusStore.find(ID).orElseThrow().phaseStatus().message()).contains("1 pod");
  }

  @Test
  void historyIsBounded() {
    for (int i = 0; i < 40; i++) {
      statusStore.desired(Map.of(ID, i % 2 == 0 ? ACCEPTED : proposed()));
    }

    List<Transition> history = statusStore.find(ID).orElseThrow().history();

    assertThat(history).hasSize(StatusStores.CONFIG.history());
    assertThat(history.getLast().phase()).isEqualTo(Phase.PROPOSED);
  }

  @Test
  @Timeout(60)
  void aNewSubscriberReceivesEverythingAndThenWhatChanges() throws InterruptedException {
    statusStore.desired(Map.of(ID, proposed()));
    Recorder subscriber = new Recorder(Long.MAX_VALUE);
    statusStore.follow(Optional.empty(), id -> true).subscribe(subscriber);
    subscriber.next(StatusEvent.Reset.class);
    subscriber.next(StatusEvent.Updated.class);
    subscriber.next(StatusEvent.Complete.class);

    statusStore.desired(Map.of(ID, ACCEPTED));

    StatusEvent.Updated shown = subscriber.next(StatusEvent.Updated.class);
    assertThat(shown.status().phaseStatus().phase()).isEqualTo(Phase.ACCEPTED);
    assertThat(shown.position()).isPresent();
  }

  /** A subscriber that waits for a change sees which version the phase is about. */
  @Test
  @Timeout(60)
  void anotherVersionIsToldThoughThePhaseStays() throws InterruptedException {
    statusStore.desired(Map.of(ID, ACCEPTED));
    Recorder subscriber = new Recorder(Long.MAX_VALUE);
    statusStore.follow(Optional.empty(), id -> true).subscribe(subscriber);
    subscriber.next(StatusEvent.Reset.class);
    subscriber.next(StatusEvent.Updated.class);
    subscriber.next(StatusEvent.Complete.class);
    DesiredState newer =
        new DesiredState(
            Optional.of(new DesiredState.Accepted("newer", Optional.empty(), SpecFingerprint.NONE)),
            Optional.empty());

    statusStore.desired(Map.of(ID, newer));

    assertThat(subscriber.next(StatusEvent.Updated.class).status().desired()).isEqualTo(newer);
  }

  @Test
  @Timeout(60)
  void aSubscriberThatComesBackReceivesWhatItMissed() throws InterruptedException {
    Recorder first = new Recorder(Long.MAX_VALUE);
    statusStore.follow(Optional.empty(), id -> true).subscribe(first);
    first.next(StatusEvent.Reset.class);
    String position = first.next(StatusEvent.Complete.class).position();
    first.subscription.cancel();
    statusStore.desired(Map.of(ID, ACCEPTED));
    statusStore.desired(Map.of());

    Recorder second = new Recorder(Long.MAX_VALUE);
    statusStore.follow(Optional.of(position), id -> true).subscribe(second);

    second.next(StatusEvent.Updated.class);
    assertThat(second.next(StatusEvent.Deleted.class).id()).isEqualTo(ID);
  }

  @Test
  @Timeout(60)
  void aPositionOfAnotherProcessStartsAgain() throws InterruptedException {
    Recorder subscriber = new Recorder(Long.MAX_VALUE);

    statusStore.follow(Optional.of("0123abcd-1"), id -> true).subscribe(subscriber);

    subscriber.next(StatusEvent.Reset.class);
  }

  @Test
  @Timeout(60)
  void aSlowSubscriberSlowsNoOtherAndStartsAgain() throws InterruptedException {
    Recorder slow = new Recorder(0);
    statusStore.follow(Optional.empty(), id -> true).subscribe(slow);
    slow.subscription.request(2);
    slow.next(StatusEvent.Reset.class);
    slow.next(StatusEvent.Complete.class);
    Recorder quick = new Recorder(Long.MAX_VALUE);
    statusStore.follow(Optional.empty(), id -> true).subscribe(quick);
    quick.next(StatusEvent.Reset.class);
    quick.next(StatusEvent.Complete.class);

    for (int i = 0; i <= StatusEventLog.KEPT; i++) {
      statusStore.desired(Map.of(ID, i % 2 == 0 ? ACCEPTED : proposed()));
      quick.next(StatusEvent.Updated.class);
    }
    slow.subscription.request(Long.MAX_VALUE);

    slow.next(StatusEvent.Reset.class);
    slow.next(StatusEvent.Updated.class);
    slow.next(StatusEvent.Complete.class);
    assertThat(slow.events).isEmpty();
  }

  private static DesiredState proposed() {
    return new DesiredState(
        Optional.empty(),
        Optional.of(
            new DesiredState.MergeRequest(
                DesiredState.MergeRequest.State.OPEN, "https://git", Optional.empty())));
  }

  private Phase phase() {
    return statusStore.find(ID).orElseThrow().phaseStatus().phase();
  }

  private void see(GenericKubernetesResource object) {
    statusStore.apply(kind(object), object);
  }

  public static WatchedKind kind(GenericKubernetesResource object) {
    return Arrays.stream(WatchedKind.values())
        .filter(kind -> object.getApiVersion().startsWith(kind.group()))
        .filter(kind -> kind.context().getKind().equals(object.getKind()))
        .filter(kind -> !kind.group().isEmpty() || !object.getApiVersion().contains("/"))
        .findFirst()
        .orElseThrow();
  }

  private static final class Recorder implements Flow.Subscriber<StatusEvent> {
    final LinkedBlockingQueue<StatusEvent> events = new LinkedBlockingQueue<>();
    private final long demand;

    @SuppressWarnings("NullAway.Init")
    Flow.Subscription subscription;

    Recorder(long demand) {
      this.demand = demand;
    }

    <T extends StatusEvent> T next(Class<T> type) throws InterruptedException {
      StatusEvent event = events.take();
      assertThat(event).isInstanceOf(type);
      return type.cast(event);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      if (demand > 0) {
        given.request(demand);
      }
    }

    @Override
    public void onNext(StatusEvent event) {
      events.add(event);
    }

    @Override
    public void onError(Throwable problem) {
      throw new AssertionError(problem);
    }

    @Override
    public void onComplete() {
      throw new AssertionError("a store never ends");
    }
  }

  @Test
  void theInitialSyncIsPublishedAsAWhole() {
    StatusStore fresh = StatusStores.watching();
    fresh.desired(Map.of(ID, ACCEPTED));
    for (WatchedKind kind : WatchedKind.values()) {
      assertThat(fresh.hasSynced()).isFalse();
      assertThat(fresh.find(ID)).isEmpty();
      ClusterObjects.of("running").stream()
          .filter(object -> kind(object) == kind)
          .forEach(object -> fresh.apply(kind, object));
      fresh.markAvailable(kind);
    }

    assertThat(fresh.hasSynced()).isTrue();
    assertThat(fresh.find(ID).orElseThrow().history())
        .extracting(Transition::phase)
        .containsExactly(Phase.RUNNING);
  }

  @Test
  void aKindThatCannotBeReadDoesNotBlockTheInitialSync() {
    StatusStore fresh = StatusStores.watching();
    fresh.desired(Map.of(ID, ACCEPTED));
    for (WatchedKind kind : WatchedKind.values()) {
      fresh.markUnavailable(kind, ClusterError.NOT_READ_YET);
    }
    assertThat(fresh.hasSynced()).isFalse();

    for (WatchedKind kind : WatchedKind.values()) {
      fresh.markUnavailable(kind, new ClusterError(SourceState.Cause.UNREACHABLE, "refused"));
    }

    assertThat(fresh.hasSynced()).isTrue();
    assertThat(fresh.find(ID).orElseThrow().phaseStatus().phase()).isEqualTo(Phase.UNKNOWN);
  }

  @Test
  void theInitialSyncEndsAfterThePatience() {
    Instant[] now = {Instant.parse("2026-11-27T00:00:00Z")};
    StatusStore fresh = StatusStores.watching(() -> now[0]);
    fresh.desired(Map.of(ID, ACCEPTED));
    now[0] = now[0].plusSeconds(59);
    fresh.reevaluateDue();
    assertThat(fresh.hasSynced()).isFalse();

    now[0] = now[0].plusSeconds(2);
    fresh.reevaluateDue();

    assertThat(fresh.hasSynced()).isTrue();
    assertThat(fresh.find(ID).orElseThrow().phaseStatus().reason()).isEqualTo("kroUnreadable");
  }

  @Test
  void anIngressWithoutAControllerIsFoundOfARunningRayServiceToo() {
    Instant made = Instant.parse("2026-11-20T08:01:05Z");
    Instant[] now = {made.plusSeconds(10)};
    StatusStore fresh = StatusStores.watching(() -> now[0]);
    for (WatchedKind kind : WatchedKind.values()) {
      fresh.markAvailable(kind);
    }
    fresh.desired(Map.of(ID, ACCEPTED));
    for (String file : List.of("running", "diagnosis/ingress-address")) {
      ClusterObjects.of(file).forEach(object -> fresh.apply(kind(object), object));
    }
    fresh.apply(
        WatchedKind.INGRESS_CLASS,
        ClusterObjects.of("starting", "networking.k8s.io/v1", "IngressClass"));
    assertThat(fresh.find(ID).orElseThrow().diagnosis()).isEmpty();

    now[0] = made.plusSeconds(59);
    fresh.reevaluateDue();
    assertThat(fresh.find(ID).orElseThrow().diagnosis()).isEmpty();
    now[0] = made.plusSeconds(61);
    fresh.reevaluateDue();

    assertThat(fresh.find(ID).orElseThrow().phaseStatus().phase()).isEqualTo(Phase.RUNNING);
    assertThat(fresh.find(ID).orElseThrow().diagnosis())
        .extracting(Finding::problem)
        .containsExactly(Problem.NO_INGRESS_ADDRESS);
  }

  @Test
  void aRayServiceThatNothingIsStoredOfIsDerivedAndStaysUnstored() {
    RayServiceStatus status = statusStore.statusOf(ID, PROPOSED);

    assertThat(status.phaseStatus().phase()).isEqualTo(Phase.PROPOSED);
    assertThat(status.desired()).isEqualTo(PROPOSED);
    assertThat(statusStore.current()).isEmpty();
  }

  @Test
  void aDerivedStatusKnowsWhatTheClusterShows() {
    StatusStore fresh = StatusStores.watching();
    ClusterObjects.of("running").forEach(object -> fresh.apply(kind(object), object));

    assertThat(fresh.statusOf(ID, ACCEPTED).phaseStatus().reason()).isEqualTo("kroUnreadable");
    assertThat(fresh.current()).isEmpty();
  }

  @Test
  void whatArgoCdShowsBeforeGitWasReadIsNoDeletionForWhoAsks() {
    argoCdIsFirst(Map.of());

    assertThat(statusStore.statusOf(ID, PROPOSED).phaseStatus().phase()).isEqualTo(Phase.PROPOSED);
    assertThat(statusStore.current()).isEmpty();
  }

  @Test
  void theStoredStatusIsGivenWhereItIsOfTheSameDesiredState() {
    statusStore.desired(Map.of(ID, ACCEPTED));

    assertThat(statusStore.statusOf(ID, ACCEPTED)).isSameAs(statusStore.find(ID).orElseThrow());
  }

  @Test
  void aNewerDesiredStateIsDerivedWithoutBeingStored() {
    statusStore.desired(Map.of(ID, PROPOSED));
    RayServiceStatus stored = statusStore.find(ID).orElseThrow();

    RayServiceStatus derived = statusStore.statusOf(ID, ACCEPTED);

    assertThat(derived.phaseStatus().phase()).isEqualTo(Phase.ACCEPTED);
    assertThat(derived.history()).extracting(Transition::phase).contains(Phase.PROPOSED);
    assertThat(statusStore.find(ID)).containsSame(stored);
  }

  @Test
  void aBranchWithoutAMergeRequestIsProposed() {
    DesiredState pushed = new DesiredState(Optional.empty(), Optional.empty(), true);

    assertThat(statusStore.statusOf(ID, pushed).phaseStatus().reason())
        .isEqualTo("AwaitingMergeRequest");
  }
}
