package io.github.rayservice.scaffolder.status.platform;

import io.github.rayservice.scaffolder.status.PlatformView;
import io.github.rayservice.scaffolder.status.resource.Access;
import io.github.rayservice.scaffolder.status.resource.ClusterError;
import io.github.rayservice.scaffolder.status.resource.GraphState;
import io.github.rayservice.scaffolder.status.resource.Kind;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import io.github.rayservice.scaffolder.status.resource.Reading;
import io.github.rayservice.scaffolder.status.resource.StatusCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the watches tell of the operators that Ray Services need. Pure. */
final class Operators {
  private Operators() {}

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
            platform.state(Kind.RAY_SERVICE),
            versions.isEmpty() ? "its CRDs are installed" : versions,
            "install the KubeRay operator with its CRDs"));
    all.add(
        installed(
            "kro",
            platform.state(Kind.INSTANCE),
            "it serves the kind RayService",
            "install kro and apply k8s/platform"));
    all.add(graph(platform.definition()));
    all.add(
        installed(
            "Argo CD",
            platform.state(Kind.APPLICATION),
            "its CRDs are installed",
            "install Argo CD, or say where it is with scaffolder.status.argocd-namespace"));
    all.add(ingressClasses(platform));
    return all;
  }

  private static Dependency installed(String name, Access access, String found, String nextStep) {
    return switch (access) {
      case Access.Live live -> Dependency.ok(name, found);
      case Access.Unwatched unwatched -> Dependency.unknown(name, "it is not watched");
      case Access.Unreadable away ->
          away.why().contains(ClusterError.NOT_INSTALLED)
              ? Dependency.problem(name, away.why(), nextStep)
              : Dependency.unknown(name, away.why());
    };
  }

  private static Dependency graph(Reading<GraphState> graph) {
    String name = "ResourceGraphDefinition";
    return switch (graph) {
      case Reading.Seen<GraphState> seen ->
          seen.value().isActive()
              ? Dependency.ok(name, "Active")
              : Dependency.problem(
                  name,
                  seen.value().conditions().stream()
                      .filter(StatusCondition::isFalse)
                      .map(StatusCondition::message)
                      .findFirst()
                      .orElse("state " + seen.value().state()),
                  "mend what kro says; KubeRay's CRDs must be there before the definition");
      case Reading.Absent<GraphState> absent ->
          Dependency.problem(
              name,
              "kro knows no such definition",
              "apply k8s/platform/resource-graph-definition.yaml");
      case Reading.Garbled<GraphState> garbled -> Dependency.unknown(name, garbled.why());
      case Reading.Unreadable<GraphState> away -> Dependency.unknown(name, away.why());
      case Reading.Unwatched<GraphState> unwatched -> Dependency.unknown(name, "it is not watched");
    };
  }

  private static Dependency ingressClasses(PlatformView platform) {
    String name = "Ingress class";
    Access access = platform.state(Kind.INGRESS_CLASS);
    if (!(access instanceof Access.Live)) {
      return installed(name, access, "", "");
    }
    String names =
        platform.ingressClasses().stream()
            .map(c -> c.stamp().name())
            .sorted()
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? Dependency.problem(
            name, "the cluster has no ingress class", "install an ingress controller")
        : Dependency.ok(name, names);
  }
}
