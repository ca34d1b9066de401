package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.status.phase.Standing.Condition;
import io.github.rayservice.scaffolder.status.phase.Standing.State;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Reading;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What each source says, side by side. */
final class Conditions {
  private Conditions() {}

  static List<Condition> of(Observation seen) {
    return List.of(
        condition(Source.GIT, seen.git(), Conditions::git),
        condition(Source.ARGO_CD, seen.argoCd(), Conditions::argoCd),
        condition(Source.KRO, seen.kro(), Conditions::kro),
        condition(Source.KUBERAY, seen.kubeRay(), Conditions::kubeRay));
  }

  private static <T> Condition condition(
      Source source, Reading<T> reading, Function<T, Said> said) {
    return switch (reading) {
      case Reading.Seen<T> seen -> said.apply(seen.value()).by(source);
      case Reading.Absent<T> absent ->
          new Condition(source, State.FALSE, "Absent", "has nothing of it", Optional.empty());
      case Reading.Garbled<T> garbled ->
          new Condition(source, State.UNKNOWN, "Garbled", garbled.why(), Optional.empty());
      case Reading.Unreadable<T> unreadable ->
          new Condition(
              source,
              State.UNKNOWN,
              "Unreadable",
              unreadable.why()
                  + unreadable
                      .last()
                      .map(said)
                      .map(s -> "; it said last: " + s.reason())
                      .orElse(""),
              Optional.of(unreadable.since()));
      case Reading.Unwatched<T> unwatched ->
          new Condition(source, State.UNKNOWN, "NotWatched", "is not watched", Optional.empty());
    };
  }

  private record Said(State state, String reason, String message, Optional<Instant> since) {
    Condition by(Source source) {
      return new Condition(source, state, reason, message, since);
    }
  }

  private static Said git(Wanted wanted) {
    String review =
        wanted
            .review()
            .map(r -> "merge request " + r.state().name().toLowerCase(Locale.ROOT))
            .orElse("");
    return wanted
        .accepted()
        .map(a -> new Said(State.TRUE, "Accepted", join("stands on the branch", review), a.since()))
        .orElse(
            new Said(
                State.FALSE,
                wanted.review().isPresent() ? "Proposed" : "Absent",
                join("does not stand on the branch", review),
                Optional.empty()));
  }

  private static Said argoCd(ArgoApplication application) {
    String words =
        join(
            "sync %s, health %s".formatted(application.sync(), application.health()),
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
    return new Said(state, application.sync(), words, application.reconciledAt());
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
