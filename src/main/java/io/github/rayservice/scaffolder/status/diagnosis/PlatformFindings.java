package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.PolicyRefusal;
import io.github.rayservice.scaffolder.status.resource.ResourceGraphDefinitionState;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the platform lacks or refuses: operators, definitions, the target namespace. */
final class PlatformFindings {
  private PlatformFindings() {}

  static List<Finding> of(
      Observation seen, Phase phase, DiagnosisContext context, Deadlines deadlines) {
    List<Finding> findings = new ArrayList<>();
    missing(context.instances())
        .map(why -> finding(Problem.KRO_MISSING, Problem.KRO_MISSING.meaning(), why))
        .ifPresent(findings::add);
    missing(context.rayServices())
        .map(why -> finding(Problem.KUBERAY_MISSING, Problem.KUBERAY_MISSING.meaning(), why))
        .ifPresent(findings::add);
    graph(context.definition()).ifPresent(findings::add);
    teamMissing(seen).ifPresent(findings::add);
    taken(seen).or(() -> refusedByPolicy(seen)).ifPresent(findings::add);
    DeletionFindings.namespace(context, deadlines).ifPresent(findings::add);
    findings.addAll(secretsMissing(seen));
    suspended(seen).ifPresent(findings::add);
    refused(seen).ifPresent(findings::add);
    overlooked(seen, phase).ifPresent(findings::add);
    idle(seen, deadlines).ifPresent(findings::add);
    return findings;
  }

  private static Optional<String> missing(SourceState state) {
    return state instanceof SourceState.Unavailable unavailable
            && unavailable.cause() == SourceState.Cause.NOT_INSTALLED
        ? Optional.of(unavailable.why())
        : Optional.empty();
  }

  private static Optional<Finding> graph(Observed<ResourceGraphDefinitionState> graph) {
    if (graph.isAbsent()) {
      return Optional.of(
          finding(
              Problem.GRAPH_MISSING,
              Problem.GRAPH_MISSING.meaning(),
              "kro knows no such definition"));
    }
    return graph
        .present()
        .filter(g -> !g.isActive())
        .map(g ->
            finding(
                Problem.GRAPH_INACTIVE,
                Problem.GRAPH_INACTIVE.meaning(),
                g.conditions().stream()
                    .filter(StatusCondition::isFalse)
                    .map(c -> c.type() + ": " + c.message())
                    .findFirst()
                    .orElse("state " + g.state())));
  }

  private static Optional<Finding> teamMissing(Observation seen) {
    String team = seen.id().namespace();
    return seen.argoCd()
        .present()
        .flatMap(ArgoApplication::syncError)
        .filter(words -> words.contains("namespaces \"%s\" not found".formatted(team)))
        .map(words ->
            finding(
                Problem.TEAM_NAMESPACE_MISSING,
                "the team's namespace %s is not in the cluster".formatted(team),
                words,
                Map.of("namespace", team)));
  }

  /** Those that the instance names and its namespace does not have with the label. */
  static List<Finding> secretsMissing(Observation seen) {
    return missingSecrets(seen).stream()
        .map(name -> {
          String secret = seen.id().namespace() + "/" + name;
          return finding(
              Problem.SECRET_MISSING,
              "the Secret %s is not there, or not released by its label".formatted(secret),
              "status.missingSecrets of the kro instance: "
                  + String.join(", ", missingSecrets(seen)),
              Map.of("namespace", seen.id().namespace(), "secret", name));
        })
        .toList();
  }

  static List<String> missingSecrets(Observation seen) {
    return seen.kro()
        .present()
        .filter(KroInstance::isCurrent)
        .map(KroInstance::missingSecrets)
        .orElse(List.of());
  }

  /** kro finds the children of another instance, or a policy finds the namespace. */
  private static Optional<Finding> taken(Observation seen) {
    Optional<String> words =
        seen.kro()
            .present()
            .flatMap(KroInstance::failure)
            .map(StatusCondition::message)
            .filter(m -> m.contains("ApplySet") || m.contains("rayservice-kro-namespaces"))
            .or(() ->
                ofArgoCd(seen)
                    .filter(m -> m.contains("spec.namespace") && m.contains("exists already"))
                    .findFirst());
    return words.map(w -> finding(Problem.NAMESPACE_TAKEN, Problem.NAMESPACE_TAKEN.meaning(), w));
  }

  /**
   * The API server says it to Argo CD, when it compares or applies, or to kro, of what that makes.
   */
  private static Optional<Finding> refusedByPolicy(Observation seen) {
    Stream<String> ofKro =
        seen.kro().present().flatMap(KroInstance::failure).map(StatusCondition::message).stream();
    return Stream.concat(ofArgoCd(seen), ofKro)
        .flatMap(words -> PolicyRefusal.of(words).stream().map(found -> ofPolicy(found, words)))
        .findFirst();
  }

  private static Finding ofPolicy(PolicyRefusal refusal, String words) {
    return refusal.isBroken()
        ? finding(
            Problem.POLICY_BROKEN,
            "the policy %s cannot judge it: %s".formatted(refusal.policy(), refusal.words()),
            words)
        : finding(
            Problem.REFUSED_BY_POLICY,
            "the policy %s refuses it: %s".formatted(refusal.policy(), refusal.words()),
            words);
  }

  /** What Argo CD could not do, in its words; not what it says of a commit before Git's. */
  private static Stream<String> ofArgoCd(Observation seen) {
    return seen.argoCd().present().stream()
        .flatMap(application ->
            Stream.concat(
                application.errors().stream().map(StatusCondition::message),
                application.syncError().stream()
                    .filter(words -> application.earlierCommit().isEmpty())));
  }

  /** Said once it lasts: two watches may tell of one change in either order. */
  private static Optional<Finding> overlooked(Observation seen, Phase phase) {
    return seen.missingOfGit()
        .filter(path -> phase == Phase.DEGRADED)
        .filter(path -> seen.argoCd().present().filter(ArgoApplication::isSynced).isPresent())
        .map(path ->
            finding(
                Problem.NOT_AS_IN_GIT,
                Problem.NOT_AS_IN_GIT.meaning(),
                path + " differs between Git and the kro instance " + seen.id(),
                Map.of("application", seen.id().applicationName())));
  }

  /** A person holds the kro instance or KubeRay's RayService; no controller lets it go. */
  private static Optional<Finding> suspended(Observation seen) {
    return seen.kro()
        .present()
        .filter(KroInstance::suspended)
        .map(instance ->
            finding(
                Problem.SUSPENDED,
                "kro is told to leave it alone",
                "the kro instance %s has the annotation kro.run/reconcile".formatted(seen.id()),
                Map.of(
                    "command",
                    "kubectl annotate rayservices.kro.run %s --namespace %s kro.run/reconcile-"
                        .formatted(seen.id().name(), seen.id().namespace()))))
        .or(() ->
            seen.kubeRay()
                .present()
                .filter(rayService -> rayService.is("Suspended"))
                .map(rayService ->
                    finding(
                        Problem.SUSPENDED,
                        "KubeRay is told to stop it",
                        "the RayService %s/%s has the condition Suspended"
                            .formatted(
                                rayService.metadata().namespace(), rayService.metadata().name()),
                        Map.of(
                            "command",
                            "take spec.suspend out of it (kubectl edit rayservices.ray.io %s --namespace %s)"
                                .formatted(
                                    rayService.metadata().name(),
                                    rayService.metadata().namespace())))));
  }

  private static Optional<Finding> refused(Observation seen) {
    return seen.kubeRay()
        .present()
        .filter(KubeRayService::isRefused)
        .flatMap(r -> r.condition("Ready"))
        .map(c ->
            finding(Problem.REFUSED_BY_KUBERAY, Problem.REFUSED_BY_KUBERAY.meaning(), c.message()));
  }

  private static Optional<Finding> idle(Observation seen, Deadlines deadlines) {
    Optional<KroInstance> instance = seen.kro().present();
    if (instance.isPresent()
        && instance.get().conditions().isEmpty()
        && instance.get().metadata().isOverdue(deadlines)) {
      return Optional.of(
          finding(Problem.KRO_IDLE, Problem.KRO_IDLE.meaning(), "the kro instance has no status"));
    }
    return seen.kubeRay()
        .present()
        .filter(r -> r.conditions().isEmpty() && r.metadata().isOverdue(deadlines))
        .map(r ->
            finding(
                Problem.KUBERAY_IDLE,
                Problem.KUBERAY_IDLE.meaning(),
                "the RayService %s/%s has no status"
                    .formatted(r.metadata().namespace(), r.metadata().name())));
  }
}
