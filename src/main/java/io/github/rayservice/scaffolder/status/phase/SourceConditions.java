package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.phase.PhaseStatus.SourceCondition;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus.State;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What each source says, side by side. */
final class SourceConditions {
  private SourceConditions() {}

  static List<SourceCondition> of(Observation seen) {
    return List.of(
        condition(Source.GIT, seen.git(), SourceConditions::git),
        condition(Source.ARGO_CD, seen.argoCd(), SourceConditions::argoCd),
        condition(Source.KRO, seen.kro(), SourceConditions::kro),
        condition(Source.KUBERAY, seen.kubeRay(), SourceConditions::kubeRay));
  }

  private static <T> SourceCondition condition(
      Source source, Observed<T> observed, Function<T, Said> said) {
    return switch (observed) {
      case Observed.Present<T> seen -> said.apply(seen.value()).by(source);
      case Observed.Absent<T> absent ->
          new SourceCondition(source, State.FALSE, "Absent", "has nothing of it", Optional.empty());
      case Observed.Malformed<T> malformed ->
          new SourceCondition(source, State.UNKNOWN, "Garbled", malformed.why(), Optional.empty());
      case Observed.Unavailable<T> unavailable ->
          new SourceCondition(
              source,
              State.UNKNOWN,
              "Unreadable",
              unavailable.why()
                  + unavailable
                      .last()
                      .map(said)
                      .map(s -> "; it said last: " + s.reason())
                      .orElse(""),
              Optional.of(unavailable.since()));
      case Observed.NotWatched<T> notWatched ->
          new SourceCondition(
              source, State.UNKNOWN, "NotWatched", "is not watched", Optional.empty());
    };
  }

  private record Said(State state, String reason, String message, Optional<Instant> since) {
    SourceCondition by(Source source) {
      return new SourceCondition(source, state, reason, message, since);
    }
  }

  private static Said git(DesiredState desired) {
    String review =
        desired
            .mergeRequest()
            .map(r -> "merge request " + r.state().name().toLowerCase(Locale.ROOT))
            .orElse("");
    return desired
        .accepted()
        .map(a -> new Said(State.TRUE, "Accepted", join("is on the branch", review), a.since()))
        .orElse(
            new Said(
                State.FALSE,
                desired.mergeRequest().isPresent() || desired.proposed() ? "Proposed" : "Absent",
                join("is not on the branch", review),
                Optional.empty()));
  }

  private static Said argoCd(ArgoApplication application) {
    String message =
        join(
            "sync " + application.sync() + ", health " + application.health(),
            application.errors().stream()
                .map(StatusCondition::message)
                .findFirst()
                .orElse(
                    application.syncFailed()
                        ? application.operationMessage()
                        : application.healthMessage()));
    State state =
        switch (application.sync()) {
          case "Synced" -> application.errors().isEmpty() ? State.TRUE : State.FALSE;
          case "OutOfSync" -> State.FALSE;
          default -> State.UNKNOWN;
        };
    return new Said(state, application.sync(), message, application.reconciledAt());
  }

  private static Said kro(KroInstance instance) {
    if (!instance.isCurrent()) {
      return new Said(
          State.UNKNOWN, "Stale", "kro has not looked at the newest spec yet", Optional.empty());
    }
    return of(instance.failure().or(() -> instance.condition("Ready")));
  }

  private static Said kubeRay(KubeRayService service) {
    return service.isCurrent() || service.isRefused()
        ? of(service.condition("Ready"))
        : new Said(
            State.UNKNOWN,
            "Stale",
            "KubeRay has not looked at the newest spec yet",
            Optional.empty());
  }

  private static Said of(Optional<StatusCondition> condition) {
    return condition
        .map(c ->
            new Said(
                c.isTrue() ? State.TRUE : c.isFalse() ? State.FALSE : State.UNKNOWN,
                c.reason().isEmpty() ? c.type() : c.reason(),
                c.message(),
                c.since()))
        .orElse(new Said(State.UNKNOWN, "Silent", "says nothing yet", Optional.empty()));
  }

  private static String join(String first, String second) {
    return second.isEmpty() ? first : first + "; " + second;
  }
}
