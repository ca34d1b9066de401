package io.github.rayservice.scaffolder.status.phase;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.status.resource.ArgoApplication;
import io.github.rayservice.scaffolder.status.resource.KroInstance;
import io.github.rayservice.scaffolder.status.resource.KubeRayService;
import io.github.rayservice.scaffolder.status.resource.PodState;
import io.github.rayservice.scaffolder.status.resource.RayClusterState;
import io.github.rayservice.scaffolder.status.resource.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What everyone said last of one Ray Service.
 *
 * @param pods those of its Ray clusters; empty also when pods cannot be read
 * @param clusters its RayClusters
 */
public record Observation(
    RayServiceId id,
    Reading<Wanted> git,
    Reading<ArgoApplication> argoCd,
    Reading<KroInstance> kro,
    Reading<KubeRayService> kubeRay,
    List<RayClusterState> clusters,
    List<PodState> pods) {

  public boolean isAccepted() {
    return git.lastSeen().flatMap(Wanted::accepted).isPresent();
  }

  /** Whether Argo CD brought it, so that its end in Git is its end in the cluster. */
  public boolean isTracked() {
    return argoCd.lastSeen().isPresent() || kro.lastSeen().map(KroInstance::tracked).orElse(false);
  }

  /** A value in Git's spec that the kro instance has not; empty while one of them is not known. */
  public Optional<String> missingOfGit() {
    return git.seen()
        .flatMap(Wanted::accepted)
        .flatMap(accepted -> kro.seen().flatMap(k -> accepted.spec().firstMissingIn(k.spec())));
  }

  /** Whether the cluster had anything of it when it was read last. */
  public boolean isInCluster() {
    return argoCd.lastSeen().isPresent()
        || kro.lastSeen().isPresent()
        || kubeRay.lastSeen().isPresent()
        || kro instanceof Reading.Garbled
        || kubeRay instanceof Reading.Garbled
        || !clusters.isEmpty();
  }

  /** What the cluster still has of it, in words. */
  List<String> remains() {
    List<String> remains = new ArrayList<>();
    argoCd.lastSeen().ifPresent(a -> remains.add("Application " + a.stamp().name()));
    kro.lastSeen().ifPresent(k -> remains.add("kro instance " + id));
    kubeRay
        .lastSeen()
        .ifPresent(
            r -> remains.add("RayService " + r.stamp().namespace() + "/" + r.stamp().name()));
    if (kubeRay instanceof Reading.Garbled) {
      remains.add("a RayService that cannot be read");
    }
    clusters.forEach(c -> remains.add("RayCluster " + c.stamp().name()));
    if (!pods.isEmpty()) {
      remains.add(pods.size() == 1 ? "1 pod" : pods.size() + " pods");
    }
    return remains;
  }
}
