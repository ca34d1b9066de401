package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.github.rayservice.scaffolder.status.resource.WatchedKind;
import java.util.ArrayList;
import java.util.List;

/** What one writes first: an informer for each kind, which keeps the objects as they are. */
final class PlainInformers {
  static final String READY = "all is read";

  private PlainInformers() {}

  /**
   * Watches until it is ended.
   *
   * @param arguments the API server's URL
   */
  public static void main(String[] arguments) throws InterruptedException {
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withMasterUrl(arguments[0]).build())
            .build()) {
      List<SharedIndexInformer<GenericKubernetesResource>> informers = new ArrayList<>();
      for (WatchedKind kind :
          List.of(
              WatchedKind.APPLICATION,
              WatchedKind.INSTANCE,
              WatchedKind.RAY_SERVICE,
              WatchedKind.RAY_CLUSTER,
              WatchedKind.NAMESPACE,
              WatchedKind.POD,
              WatchedKind.INGRESS)) {
        var all = client.genericKubernetesResources(kind.context());
        // The argument of the namespace is in the address, as the service asks for it.
        informers.add(
            kind == WatchedKind.APPLICATION
                ? all.inNamespace("argocd").inform()
                : all.inAnyNamespace().inform());
      }
      System.out.println(READY + ": " + informers.size() + " kinds");
      Thread.currentThread().join();
    }
  }
}
