package io.github.rayservice.scaffolder.cluster;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;

/** How Argo CD gets at {@link Platform#REPOSITORY}. */
final class ArgoRepository {
  private ArgoRepository() {}

  /** Gives Argo CD the login, and lets it look now. */
  static void show(Cluster cluster) {
    cluster
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("gitops")
                .withNamespace("argocd")
                .addToLabels("argocd.argoproj.io/secret-type", "repository")
                .endMetadata()
                .addToStringData(
                    Map.of(
                        "type", "git",
                        "url", Platform.REPOSITORY,
                        "username", "argocd",
                        "password", "token"))
                .build())
        .serverSideApply();
    // It met no Git server when the platform was applied, and now waits for minutes; a webhook does
    // the same.
    cluster.kubectl(
        "-n",
        "argocd",
        "annotate",
        "--overwrite",
        "applicationset",
        "rayservices",
        "argocd.argoproj.io/application-set-refresh=true");
  }
}
