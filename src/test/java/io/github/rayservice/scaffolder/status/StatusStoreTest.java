package io.github.rayservice.scaffolder.status;

import static io.github.rayservice.scaffolder.status.phase.ObservationFixture.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.RayServiceStatus.Transition;
import io.github.rayservice.scaffolder.status.diagnosis.Finding;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.Wanted;
import io.github.rayservice.scaffolder.status.resource.Access;
import io.github.rayservice.scaffolder.status.resource.ClusterObjects;
import io.github.rayservice.scaffolder.status.resource.Kind;
import io.github.rayservice.scaffolder.status.resource.SpecValues;
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

/** What the board keeps, and what its followers are told. */
public class StatusStoreTest {
  private static final Wanted ACCEPTED =
      new Wanted(
          Optional.of(new Wanted.Accepted("tree", Optional.empty(), SpecValues.NONE)),
          Optional.empty());

  private static final Wanted PROPOSED =
      new Wanted(
          Optional.empty(),
          Optional.of(
              new Wanted.Review(
                  Wanted.Review.State.OPEN, "https://git.example.com/1", Optional.empty())));

  private final Board board = StatusStores.live();

  @Test
  void trustCase23WhatArrivesLateChangesNothing() {
    board.gitSays(Map.of(ID, ACCEPTED));
    ClusterObjects.of("running").forEach(this::see);
    GenericKubernetesResource late = ClusterObjects.of("running", "ray.io/v1", "RayService");
    late.getMetadata().setResourceVersion("99");
    ClusterObjects.with(late, 0, "status", "observedGeneration");

    board.see(Kind.RAY_SERVICE, late);

    assertThat(phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void trustCase23WhatHasEndedDoesNotComeBack() {
    board.gitSays(Map.of(ID, ACCEPTED));
    ClusterObjects.of("running").forEach(this::see);
    GenericKubernetesResource service = ClusterObjects.of("running", "ray.io/v1", "RayService");
    board.end(Kind.RAY_SERVICE, service);

    board.see(Kind.RAY_SERVICE, service);

    assertThat(phase()).isEqualTo(Phase.PROVISIONING);
  }

  @Test
  void trustCase23TheEndOfAnObjectThatWasMadeAgainIsOfTheOldOne() {
    board.gitSays(Map.of(ID, ACCEPTED));
    ClusterObjects.of("running").forEach(this::see);
    GenericKubernetesResource old = ClusterObjects.of("running", "ray.io/v1", "RayService");
    old.getMetadata().setUid("older");

    board.end(Kind.RAY_SERVICE, old);

    assertThat(phase()).isEqualTo(Phase.RUNNING);
  }

  /** Argo CD is told of a push at once; Git is read every few seconds. */
  private void argoCdIsFirst(Map<RayServiceId, Wanted> git) {
    board.gitSays(git);
    see(ClusterObjects.of("running", "argoproj.io/v1alpha1", "Application"));
    board.gitSays(git);
  }

  @Test
  void whatArgoCdKnowsBeforeGitWasReadIsNotDeleting() {
    argoCdIsFirst(Map.of());
    assertThat(board.find(ID)).isEmpty();

    board.gitSays(Map.of(ID, ACCEPTED));

    assertThat(board.find(ID).orElseThrow().history())
        .extracting(Transition::phase)
        .doesNotContain(Phase.DELETING);
  }

  @Test
  void whatArgoCdKnowsToBeMergedBeforeGitWasReadIsNotDeleting() {
    argoCdIsFirst(Map.of(ID, PROPOSED));
    assertThat(phase()).isEqualTo(Phase.PROPOSED);

    board.gitSays(Map.of(ID, ACCEPTED));

    assertThat(board.find(ID).orElseThrow().history())
        .extracting(Transition::phase)
        .startsWith(Phase.PROPOSED)
        .doesNotContain(Phase.DELETING);
  }

  @Test
  void whatIsStillOnlyProposedAfterGitWasReadAgainIsDeleting() {
    argoCdIsFirst(Map.of(ID, PROPOSED));

    board.gitSays(Map.of(ID, PROPOSED));

    assertThat(phase()).isEqualTo(Phase.DELETING);
  }

  @Test
  void whatRanAndIsRemovedFromGitIsDeletingAtOnce() {
    board.gitSays(Map.of(ID, ACCEPTED));
    ClusterObjects.of("running").forEach(this::see);

    board.gitSays(Map.of());

    assertThat(phase()).isEqualTo(Phase.DELETING);
  }

  @Test
  void whatGitDoesNotKnowAfterItWasReadAgainIsDeleting() {
    argoCdIsFirst(Map.of());

    board.gitSays(Map.of());

    assertThat(phase()).isEqualTo(Phase.DELETING);
  }

  /** Whatever the order, the newest state of each object decides. */
  @Test
  void trustCase23AnyOrderEndsTheSame() {
    Random random = new Random(23);
    for (int round = 0; round < 50; round++) {
      Board shuffled = StatusStores.live();
      shuffled.gitSays(Map.of(ID, ACCEPTED));
      List<GenericKubernetesResource> all = new ArrayList<>(ClusterObjects.of("running"));
      for (GenericKubernetesResource older : ClusterObjects.of("running")) {
        older.getMetadata().setResourceVersion("5");
        older.getAdditionalProperties().remove("status");
        all.add(older);
      }
      Collections.shuffle(all, random);

      all.forEach(object -> shuffled.see(kind(object), object));

      assertThat(shuffled.find(ID).orElseThrow().standing().phase()).isEqualTo(Phase.RUNNING);
    }
  }

  @Test
  void goneFromGitAndTheClusterIsGoneFromTheBoard() {
    board.gitSays(Map.of(ID, ACCEPTED));

    board.gitSays(Map.of());

    assertThat(board.current()).isEmpty();
  }

  /** Informers tell of an end with what they keep, which is the name. */
  @Test
  void anEndWithoutLabelsIsStillTheOwners() {
    board.gitSays(Map.of());
    see(ClusterObjects.of("running", "ray.io/v1", "RayService"));
    GenericKubernetesResource name = ClusterObjects.of("running", "ray.io/v1", "RayService");
    name.getMetadata().setLabels(Map.of());

    board.end(Kind.RAY_SERVICE, name);

    assertThat(board.current()).isEmpty();
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
    board.see(Kind.INSTANCE, second);

    board.gitSays(Map.of());

    assertThat(board.find(thief).orElseThrow().standing().message()).doesNotContain("1 pod");
    assertThat(board.find(ID).orElseThrow().standing().message()).contains("1 pod");
  }

  @Test
  void historyIsBounded() {
    for (int i = 0; i < 40; i++) {
      board.gitSays(Map.of(ID, i % 2 == 0 ? ACCEPTED : proposed()));
    }

    List<Transition> history = board.find(ID).orElseThrow().history();

    assertThat(history).hasSize(StatusStores.CONFIG.history());
    assertThat(history.getLast().phase()).isEqualTo(Phase.PROPOSED);
  }

  @Test
  @Timeout(60)
  void aNewFollowerIsToldEverythingAndThenWhatChanges() throws InterruptedException {
    board.gitSays(Map.of(ID, proposed()));
    Follower follower = new Follower(Long.MAX_VALUE);
    board.follow(Optional.empty(), id -> true).subscribe(follower);
    follower.next(BoardEvent.Reset.class);
    follower.next(BoardEvent.Shown.class);
    follower.next(BoardEvent.Complete.class);

    board.gitSays(Map.of(ID, ACCEPTED));

    BoardEvent.Shown shown = follower.next(BoardEvent.Shown.class);
    assertThat(shown.status().standing().phase()).isEqualTo(Phase.ACCEPTED);
    assertThat(shown.position()).isPresent();
  }

  /** Who waits for a change sees by it which version the phase is about. */
  @Test
  @Timeout(60)
  void anotherVersionIsToldThoughThePhaseStays() throws InterruptedException {
    board.gitSays(Map.of(ID, ACCEPTED));
    Follower follower = new Follower(Long.MAX_VALUE);
    board.follow(Optional.empty(), id -> true).subscribe(follower);
    follower.next(BoardEvent.Reset.class);
    follower.next(BoardEvent.Shown.class);
    follower.next(BoardEvent.Complete.class);
    Wanted newer =
        new Wanted(
            Optional.of(new Wanted.Accepted("newer", Optional.empty(), SpecValues.NONE)),
            Optional.empty());

    board.gitSays(Map.of(ID, newer));

    assertThat(follower.next(BoardEvent.Shown.class).status().wanted()).isEqualTo(newer);
  }

  @Test
  @Timeout(60)
  void whoComesBackIsToldWhatHeMissed() throws InterruptedException {
    Follower first = new Follower(Long.MAX_VALUE);
    board.follow(Optional.empty(), id -> true).subscribe(first);
    first.next(BoardEvent.Reset.class);
    String position = first.next(BoardEvent.Complete.class).position();
    first.subscription.cancel();
    board.gitSays(Map.of(ID, ACCEPTED));
    board.gitSays(Map.of());

    Follower second = new Follower(Long.MAX_VALUE);
    board.follow(Optional.of(position), id -> true).subscribe(second);

    second.next(BoardEvent.Shown.class);
    assertThat(second.next(BoardEvent.Gone.class).id()).isEqualTo(ID);
  }

  @Test
  @Timeout(60)
  void aPositionOfAnotherProcessBeginsAnew() throws InterruptedException {
    Follower follower = new Follower(Long.MAX_VALUE);

    board.follow(Optional.of("0123abcd-1"), id -> true).subscribe(follower);

    follower.next(BoardEvent.Reset.class);
  }

  @Test
  @Timeout(60)
  void aSlowFollowerSlowsNobodyAndBeginsAnew() throws InterruptedException {
    Follower slow = new Follower(0);
    board.follow(Optional.empty(), id -> true).subscribe(slow);
    slow.subscription.request(2);
    slow.next(BoardEvent.Reset.class);
    slow.next(BoardEvent.Complete.class);
    Follower quick = new Follower(Long.MAX_VALUE);
    board.follow(Optional.empty(), id -> true).subscribe(quick);
    quick.next(BoardEvent.Reset.class);
    quick.next(BoardEvent.Complete.class);

    for (int i = 0; i <= Changes.KEPT; i++) {
      board.gitSays(Map.of(ID, i % 2 == 0 ? ACCEPTED : proposed()));
      quick.next(BoardEvent.Shown.class);
    }
    slow.subscription.request(Long.MAX_VALUE);

    slow.next(BoardEvent.Reset.class);
    slow.next(BoardEvent.Shown.class);
    slow.next(BoardEvent.Complete.class);
    assertThat(slow.events).isEmpty();
  }

  private static Wanted proposed() {
    return new Wanted(
        Optional.empty(),
        Optional.of(new Wanted.Review(Wanted.Review.State.OPEN, "https://git", Optional.empty())));
  }

  private Phase phase() {
    return board.find(ID).orElseThrow().standing().phase();
  }

  private void see(GenericKubernetesResource object) {
    board.see(kind(object), object);
  }

  public static Kind kind(GenericKubernetesResource object) {
    return Arrays.stream(Kind.values())
        .filter(kind -> object.getApiVersion().startsWith(kind.group()))
        .filter(kind -> kind.context().getKind().equals(object.getKind()))
        .filter(kind -> !kind.group().isEmpty() || !object.getApiVersion().contains("/"))
        .findFirst()
        .orElseThrow();
  }

  private static final class Follower implements Flow.Subscriber<BoardEvent> {
    final LinkedBlockingQueue<BoardEvent> events = new LinkedBlockingQueue<>();
    private final long demand;

    @SuppressWarnings("NullAway.Init")
    Flow.Subscription subscription;

    Follower(long demand) {
      this.demand = demand;
    }

    <T extends BoardEvent> T next(Class<T> type) throws InterruptedException {
      BoardEvent event = events.take();
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
    public void onNext(BoardEvent event) {
      events.add(event);
    }

    @Override
    public void onError(Throwable problem) {
      throw new AssertionError(problem);
    }

    @Override
    public void onComplete() {
      throw new AssertionError("a board never ends");
    }
  }

  @Test
  void aFirstLookIsToldAsAWhole() {
    Board fresh = StatusStores.watching();
    fresh.gitSays(Map.of(ID, ACCEPTED));
    for (Kind kind : Kind.values()) {
      assertThat(fresh.isSettled()).isFalse();
      assertThat(fresh.find(ID)).isEmpty();
      ClusterObjects.of("running").stream()
          .filter(object -> kind(object) == kind)
          .forEach(object -> fresh.see(kind, object));
      fresh.readable(kind);
    }

    assertThat(fresh.isSettled()).isTrue();
    assertThat(fresh.find(ID).orElseThrow().history())
        .extracting(Transition::phase)
        .containsExactly(Phase.RUNNING);
  }

  @Test
  void aKindThatCannotBeReadHoldsNothingUp() {
    Board fresh = StatusStores.watching();
    fresh.gitSays(Map.of(ID, ACCEPTED));
    for (Kind kind : Kind.values()) {
      fresh.away(kind, Access.NOT_YET);
    }
    assertThat(fresh.isSettled()).isFalse();

    for (Kind kind : Kind.values()) {
      fresh.away(kind, "the cluster cannot be reached: refused");
    }

    assertThat(fresh.isSettled()).isTrue();
    assertThat(fresh.find(ID).orElseThrow().standing().phase()).isEqualTo(Phase.UNKNOWN);
  }

  @Test
  void aFirstLookIsNotWaitedForForEver() {
    Instant[] now = {Instant.parse("2026-11-27T00:00:00Z")};
    Board fresh = StatusStores.watching(() -> now[0]);
    fresh.gitSays(Map.of(ID, ACCEPTED));
    now[0] = now[0].plusSeconds(59);
    fresh.timePasses();
    assertThat(fresh.isSettled()).isFalse();

    now[0] = now[0].plusSeconds(2);
    fresh.timePasses();

    assertThat(fresh.isSettled()).isTrue();
    assertThat(fresh.find(ID).orElseThrow().standing().reason()).isEqualTo("kroUnreadable");
  }

  @Test
  void anIngressThatNobodyServesIsFoundOfARunningRayServiceToo() {
    Instant made = Instant.parse("2026-11-20T08:01:05Z");
    Instant[] now = {made.plusSeconds(10)};
    Board fresh = StatusStores.watching(() -> now[0]);
    for (Kind kind : Kind.values()) {
      fresh.readable(kind);
    }
    fresh.gitSays(Map.of(ID, ACCEPTED));
    for (String file : List.of("running", "diagnosis/ingress-address")) {
      ClusterObjects.of(file).forEach(object -> fresh.see(kind(object), object));
    }
    fresh.see(
        Kind.INGRESS_CLASS, ClusterObjects.of("starting", "networking.k8s.io/v1", "IngressClass"));
    assertThat(fresh.find(ID).orElseThrow().diagnosis()).isEmpty();

    now[0] = made.plusSeconds(59);
    fresh.timePasses();
    assertThat(fresh.find(ID).orElseThrow().diagnosis()).isEmpty();
    now[0] = made.plusSeconds(61);
    fresh.timePasses();

    assertThat(fresh.find(ID).orElseThrow().standing().phase()).isEqualTo(Phase.RUNNING);
    assertThat(fresh.find(ID).orElseThrow().diagnosis())
        .extracting(Finding::problem)
        .containsExactly("NoIngressAddress");
  }
}
