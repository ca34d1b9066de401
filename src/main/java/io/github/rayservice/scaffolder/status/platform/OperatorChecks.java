package io.github.rayservice.scaffolder.status.platform;

import io.github.rayservice.scaffolder.status.PlatformView;
import io.github.rayservice.scaffolder.status.diagnosis.Problem;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import io.github.rayservice.scaffolder.status.resource.ResourceGraphDefinitionState;
import io.github.rayservice.scaffolder.status.resource.SourceState;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Whether the operators that Ray Services need are there, by the watches. Pure. */
final class OperatorChecks {
  private OperatorChecks() {}

  static List<Dependency> of(PlatformView platform) {
    List<Dependency> all = new ArrayList<>();
    String versions =
        platform.rayClusters().stream()
            .map(RayClusterState::operatorVersion)
            .filter(version -> !version.isEmpty())
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    all.add(
        installed(
            "KubeRay",
            platform.state(WatchedKind.RAY_SERVICE),
            versions.isEmpty() ? "its CRDs are installed" : versions,
            Problem.KUBERAY_MISSING.nextStep()));
    all.add(
        installed(
            "kro",
            platform.state(WatchedKind.INSTANCE),
            "it serves the kind RayService",
            Problem.KRO_MISSING.nextStep()));
    all.add(graph(platform.definition()));
    all.add(
        installed(
            "Argo CD",
            platform.state(WatchedKind.APPLICATION),
            "its CRDs are installed",
            "install Argo CD, or say where it is with scaffolder.status.argocd-namespace"));
    all.add(ingressClasses(platform));
    return all;
  }

  private static Dependency installed(
      String name, SourceState state, String found, String nextStep) {
    return switch (state) {
      case SourceState.Available available -> Dependency.ok(name, found);
      case SourceState.NotWatched notWatched -> Dependency.unknown(name, "it is not watched");
      case SourceState.Unavailable unavailable ->
          unavailable.cause() == SourceState.Cause.NOT_INSTALLED
              ? Dependency.problem(name, unavailable.why(), nextStep)
              : Dependency.unknown(name, unavailable.why());
    };
  }

  private static Dependency graph(Observed<ResourceGraphDefinitionState> graph) {
    String name = "ResourceGraphDefinition";
    return switch (graph) {
      case Observed.Present<ResourceGraphDefinitionState> seen ->
          seen.value().isActive()
              ? Dependency.ok(name, "Active")
              : Dependency.problem(
                  name,
                  seen.value().conditions().stream()
                      .filter(StatusCondition::isFalse)
                      .map(StatusCondition::message)
                      .findFirst()
                      .orElse("state " + seen.value().state()),
                  Problem.GRAPH_INACTIVE.nextStep());
      case Observed.Absent<ResourceGraphDefinitionState> absent ->
          Dependency.problem(
              name, "kro knows no such definition", Problem.GRAPH_MISSING.nextStep());
      case Observed.Malformed<ResourceGraphDefinitionState> malformed ->
          Dependency.unknown(name, malformed.why());
      case Observed.Unavailable<ResourceGraphDefinitionState> unavailable ->
          Dependency.unknown(name, unavailable.why());
      case Observed.NotWatched<ResourceGraphDefinitionState> notWatched ->
          Dependency.unknown(name, "it is not watched");
    };
  }

  private static Dependency ingressClasses(PlatformView platform) {
    String name = "Ingress class";
    SourceState state = platform.state(WatchedKind.INGRESS_CLASS);
    if (!(state instanceof SourceState.Available)) {
      return installed(name, state, "", "");
    }
    String names =
        platform.ingressClasses().stream()
            .map(c -> c.metadata().name())
            .sorted()
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? Dependency.problem(
            name, "the cluster has no ingress class", "install an ingress controller")
        : Dependency.ok(name, names);
  }
}
