package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.Deadlines;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.Observed;
import io.github.rayservice.scaffolder.status.resource.PodState;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What all sources said last of one Ray Service.
 *
 * @param pods those of its Ray clusters; empty also when pods cannot be read
 * @param clusters its RayClusters
 */
public record Observation(
    RayServiceId id,
    Observed<DesiredState> git,
    Observed<ArgoApplication> argoCd,
    Observed<KroInstance> kro,
    Observed<KubeRayService> kubeRay,
    List<RayClusterState> clusters,
    List<PodState> pods) {

  /** An observation of which only Git is known; everything else is as if nothing were there. */
  public static Observation ofGit(RayServiceId id, Observed<DesiredState> git) {
    return new Observation(
        id,
        git,
        new Observed.Absent<>(),
        new Observed.Absent<>(),
        new Observed.Absent<>(),
        List.of(),
        List.of());
  }

  /** The same, with KubeRay's RayService as it is to be read at this time. */
  public Observation settled(Deadlines deadlines) {
    return new Observation(
        id, git, argoCd, kro, kubeRay.map(r -> r.settled(deadlines)), clusters, pods);
  }

  public boolean isAccepted() {
    return git.lastKnown().flatMap(DesiredState::accepted).isPresent();
  }

  /** Whether Argo CD applied it, so that its removal from Git removes it from the cluster. */
  public boolean isTracked() {
    return argoCd.lastKnown().isPresent()
        || kro.lastKnown().map(KroInstance::tracked).orElse(false);
  }

  /** A value of Git's spec that the kro instance lacks; empty while one of them is not known. */
  public Optional<String> missingOfGit() {
    return git.present()
        .flatMap(DesiredState::accepted)
        .flatMap(accepted -> kro.present().flatMap(k -> accepted.spec().firstMissingIn(k.spec())));
  }

  /** Whether the cluster had anything of it when it was read last. */
  public boolean isInCluster() {
    return argoCd.lastKnown().isPresent()
        || kro.lastKnown().isPresent()
        || kubeRay.lastKnown().isPresent()
        || kro instanceof Observed.Malformed
        || kubeRay instanceof Observed.Malformed
        || !clusters.isEmpty();
  }

  /** What the cluster still has of it, for people. */
  String describeRemains() {
    List<String> remains = new ArrayList<>();
    argoCd.lastKnown().ifPresent(a -> remains.add("Application " + a.metadata().name()));
    kro.lastKnown().ifPresent(k -> remains.add("kro instance " + id));
    kubeRay
        .lastKnown()
        .ifPresent(
            r -> remains.add("RayService " + r.metadata().namespace() + "/" + r.metadata().name()));
    if (kubeRay instanceof Observed.Malformed) {
      remains.add("a RayService that cannot be read");
    }
    clusters.forEach(c -> remains.add("RayCluster " + c.metadata().name()));
    if (!pods.isEmpty()) {
      remains.add(pods.size() == 1 ? "1 pod" : pods.size() + " pods");
    }
    return "still there: " + String.join(", ", remains);
  }
}
