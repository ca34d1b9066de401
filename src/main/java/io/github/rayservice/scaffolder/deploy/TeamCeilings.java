package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.Ceiling;
import io.github.rayservice.scaffolder.form.FormConfig;
import io.github.rayservice.scaffolder.form.InvalidFormException;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.github.rayservice.scaffolder.gitops.model.Demand;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.TeamPolicy;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What all Ray Services of a team may ask for together. A change that asks for no more than before
 * is always possible, so that a lower ceiling stops no team from giving something back.
 */
@ApplicationScoped
public class TeamCeilings {
  /** How many of those who hold something are named. */
  private static final int MOST_NAMED = 5;

  private final FormConfig policy;

  public TeamCeilings(FormConfig policy) {
    this.policy = policy;
  }

  /** The policy for one change, whose form names the fields. */
  TeamPolicy of(RayServiceForm form) {
    return (before, wanted, others) -> {
      List<Violation> violations = new ArrayList<>();
      for (Ceiling ceiling : Ceiling.values()) {
        check(ceiling, form, before, wanted, others).ifPresent(violations::add);
      }
      if (!violations.isEmpty()) {
        throw new InvalidFormException(violations);
      }
    };
  }

  private Optional<Violation> check(
      Ceiling ceiling,
      RayServiceForm form,
      List<InstanceSummary> before,
      InstanceSummary wanted,
      List<TeamPolicy.Held> others) {
    Optional<BigDecimal> limit = ceiling.ofTeam(policy);
    BigDecimal amount = amount(ceiling, wanted);
    boolean asksForMore =
        before.stream().allMatch(had -> amount.compareTo(amount(ceiling, had)) > 0);
    if (limit.isEmpty() || !asksForMore) {
      return Optional.empty();
    }
    Map<RayServiceId, Share> held = new TreeMap<>();
    for (TeamPolicy.Held other : others) {
      Share share = new Share(amount(ceiling, other.summary()), other.proposed());
      held.merge(other.id(), share, Share::larger);
    }
    BigDecimal sum =
        held.values().stream().map(Share::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    if (sum.add(amount).compareTo(limit.get()) <= 0) {
      return Optional.empty();
    }
    BigDecimal left = limit.get().subtract(sum).max(BigDecimal.ZERO);
    return Optional.of(
        ceiling.violationOfTeam(
            form,
            amount,
            "must be at most %s, what is left of the team's %s: %s"
                .formatted(
                    ceiling.words(left),
                    ceiling.words(limit.get()),
                    held.isEmpty() ? "no other holds any" : holders(ceiling, held))));
  }

  private static BigDecimal amount(Ceiling ceiling, InstanceSummary summary) {
    Optional<Demand> demand = summary.demand();
    return switch (ceiling) {
      case CPU -> demand.map(Demand::cpu).orElse(BigDecimal.ZERO);
      case MEMORY -> demand.map(Demand::memory).orElse(BigDecimal.ZERO);
      case DEVICES ->
          demand.map(some -> BigDecimal.valueOf(some.devices())).orElse(BigDecimal.ZERO);
    };
  }

  /**
   * What another Ray Service holds.
   *
   * @param proposed whether it is that of a proposal
   */
  private record Share(BigDecimal amount, boolean proposed) {
    static Share larger(Share one, Share other) {
      return other.amount.compareTo(one.amount) > 0 ? other : one;
    }
  }

  /** The largest first. */
  private static String holders(Ceiling ceiling, Map<RayServiceId, Share> held) {
    List<Map.Entry<RayServiceId, Share>> largest =
        held.entrySet().stream()
            .filter(one -> one.getValue().amount().signum() > 0)
            .sorted(Comparator.comparing(one -> one.getValue().amount(), Comparator.reverseOrder()))
            .toList();
    List<String> words = new ArrayList<>();
    largest.stream()
        .limit(MOST_NAMED)
        .forEach(one ->
            words.add(
                "%s holds %s%s"
                    .formatted(
                        one.getKey(),
                        ceiling.words(one.getValue().amount()),
                        one.getValue().proposed() ? " (proposed)" : "")));
    List<BigDecimal> rest =
        largest.stream().skip(MOST_NAMED).map(one -> one.getValue().amount()).toList();
    if (!rest.isEmpty()) {
      words.add(
          "%d more hold %s"
              .formatted(
                  rest.size(),
                  ceiling.words(rest.stream().reduce(BigDecimal.ZERO, BigDecimal::add))));
    }
    return String.join(", ", words);
  }
}
