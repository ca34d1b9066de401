package io.github.rayservice.scaffolder.status.diagnosis;

import static io.github.rayservice.scaffolder.status.diagnosis.DiagnosisRules.finding;

import io.github.rayservice.scaffolder.status.phase.Observation;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.PhaseRules;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.ClusterError;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.ResourceGraphDefinitionState;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the platform lacks or refuses: operators, definitions, the target namespace. */
final class PlatformFindings {
  private PlatformFindings() {}

  static List<Finding> of(
      Observation seen, Phase phase, DiagnosisContext context, Deadlines deadlines) {
    List<Finding> findings = new ArrayList<>();
    missing(context.instances())
        .map(why ->
            finding(
                "KroMissing",
                "kro's kind RayService is not in the cluster",
                why,
                "install kro and apply k8s/platform"))
        .ifPresent(findings::add);
    missing(context.rayServices())
        .map(why ->
            finding(
                "KubeRayMissing",
                "KubeRay is not in the cluster",
                why,
                "install the KubeRay operator with its CRDs"))
        .ifPresent(findings::add);
    graph(context.definition()).ifPresent(findings::add);
    teamMissing(seen).ifPresent(findings::add);
    taken(seen).ifPresent(findings::add);
    refused(seen).ifPresent(findings::add);
    overlooked(seen, phase).ifPresent(findings::add);
    idle(seen, deadlines).ifPresent(findings::add);
    return findings;
  }

  private static Optional<String> missing(SourceState state) {
    return state instanceof SourceState.Unavailable away
            && away.why().contains(ClusterError.NOT_INSTALLED)
        ? Optional.of(away.why())
        : Optional.empty();
  }

  private static Optional<Finding> graph(Observed<ResourceGraphDefinitionState> graph) {
    if (graph.isAbsent()) {
      return Optional.of(
          finding(
              "GraphMissing",
              "the ResourceGraphDefinition that makes the kind RayService is not in the cluster",
              "kro knows no such definition",
              "apply k8s/platform/resource-graph-definition.yaml"));
    }
    return graph
        .present()
        .filter(g -> !g.isActive())
        .map(g ->
            finding(
                "GraphInactive",
                "kro does not accept the ResourceGraphDefinition",
                g.conditions().stream()
                    .filter(StatusCondition::isFalse)
                    .map(c -> c.type() + ": " + c.message())
                    .findFirst()
                    .orElse("state " + g.state()),
                "mend what kro says; KubeRay's CRDs must be there before the definition"));
  }

  private static Optional<Finding> teamMissing(Observation seen) {
    String team = seen.id().namespace();
    return seen.argoCd()
        .present()
        .flatMap(ArgoApplication::syncError)
        .filter(words -> words.contains("namespaces \"%s\" not found".formatted(team)))
        .map(words ->
            finding(
                "TeamNamespaceMissing",
                "the team's namespace %s is not in the cluster".formatted(team),
                words,
                "let the platform make it (kubectl create namespace %s); Argo CD may not"
                    .formatted(team)));
  }

  /** kro finds the children of another instance, or the guard finds the namespace. */
  private static Optional<Finding> taken(Observation seen) {
    Optional<String> words =
        seen.kro()
            .present()
            .flatMap(KroInstance::failure)
            .map(StatusCondition::message)
            .filter(m -> m.contains("ApplySet"))
            .or(() ->
                seen.argoCd()
                    .present()
                    .flatMap(ArgoApplication::syncError)
                    .filter(m -> m.contains("spec.namespace") && m.contains("exists already")));
    return words.map(w ->
        finding(
            "NamespaceTaken",
            "its target namespace belongs to another Ray Service, or existed before",
            w,
            "delete this Ray Service in Git and create it with a spec.namespace of its own; remove nothing by hand, because kro deletes a namespace with whoever holds it"));
  }

  /** Said once it lasts: two watches may tell of one change in either order. */
  private static Optional<Finding> overlooked(Observation seen, Phase phase) {
    return seen.missingOfGit()
        .filter(path -> phase == Phase.DEGRADED)
        .filter(path -> seen.argoCd().present().filter(ArgoApplication::isSynced).isPresent())
        .map(path ->
            finding(
                PhaseRules.NOT_AS_IN_GIT,
                "the cluster does not have what Git says, though Argo CD calls it synced",
                path + " differs between Git and the kro instance " + seen.id(),
                "refresh the Application in Argo CD (argocd app get %s --hard-refresh) and mend what its sync then says"
                    .formatted(seen.id().applicationName())));
  }

  private static Optional<Finding> refused(Observation seen) {
    return seen.kubeRay()
        .present()
        .filter(KubeRayService::isRefused)
        .flatMap(r -> r.condition("Ready"))
        .map(c ->
            finding(
                "RefusedByKubeRay",
                "KubeRay refuses the spec",
                c.message(),
                "change the named field in the form"));
  }

  private static Optional<Finding> idle(Observation seen, Deadlines deadlines) {
    Optional<KroInstance> instance = seen.kro().present();
    if (instance.isPresent()
        && instance.get().conditions().isEmpty()
        && instance.get().metadata().isOverdue(deadlines)) {
      return Optional.of(
          finding(
              "KroIdle",
              "kro has not looked at it",
              "the kro instance has no status",
              "see whether kro's controller runs, and read its log"));
    }
    return seen.kubeRay()
        .present()
        .filter(r -> r.conditions().isEmpty() && r.metadata().isOverdue(deadlines))
        .map(r ->
            finding(
                "KubeRayIdle",
                "KubeRay has not looked at it",
                "the RayService %s/%s has no status"
                    .formatted(r.metadata().namespace(), r.metadata().name()),
                "see whether the KubeRay operator runs, and read its log"));
  }
}
