package io.github.rayservice.scaffolder.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What the cluster must have for Ray Services to run, and whether it has. */
@ApplicationScoped
public class Dependencies {
  private final StatusConfig config;
  private final Instance<KubernetesClient> client;
  private final Board board;

  Dependencies(StatusConfig config, Instance<KubernetesClient> client, Board board) {
    this.config = config;
    this.client = client;
    this.board = board;
  }

  /** Looks; what is watched is answered at once, the rest is asked of the cluster. */
  public List<Dependency> look() {
    if (!config.enabled()) {
      return List.of(
          new Dependency(
              "Cluster",
              Dependency.State.UNKNOWN,
              "no cluster is watched",
              "set scaffolder.status.enabled where the service runs in the cluster"));
    }
    List<Dependency> all = new ArrayList<>(board.operators());
    all.add(object("Argo CD project", "appprojects", "AppProject", config.argocdProject()));
    all.add(
        object(
            "Argo CD ApplicationSet",
            "applicationsets",
            "ApplicationSet",
            config.argocdApplicationSet()));
    all.add(careful("Capacity", this::capacity));
    return List.copyOf(all);
  }

  private Dependency object(String name, String plural, String kind, String wanted) {
    return careful(
        name,
        () -> {
          GenericKubernetesResource found =
              client
                  .get()
                  .genericKubernetesResources(
                      new ResourceDefinitionContext.Builder()
                          .withGroup("argoproj.io")
                          .withVersion("v1alpha1")
                          .withPlural(plural)
                          .withKind(kind)
                          .withNamespaced(true)
                          .build())
                  .inNamespace(config.argocdNamespace())
                  .withName(wanted)
                  .get();
          if (found == null) {
            return Dependency.problem(
                name,
                "there is no %s %s in the namespace %s"
                    .formatted(kind, wanted, config.argocdNamespace()),
                "apply k8s/platform, or name yours in scaffolder.status");
          }
          return Fields.of(found).at("status").conditions().stream()
              .filter(c -> c.type().equals("ErrorOccurred") && c.isTrue())
              .findFirst()
              .map(c -> Dependency.problem(name, c.message(), "mend what Argo CD says"))
              .orElse(Dependency.ok(name, wanted));
        });
  }

  private Dependency capacity() {
    return Capacity.of(
        client.get().nodes().list().getItems(),
        client.get().pods().inAnyNamespace().list().getItems());
  }

  private static Dependency careful(String name, Supplier<Dependency> look) {
    try {
      return look.get();
    } catch (KubernetesClientException | Fields.MalformedException e) {
      return Dependency.unknown(name, String.valueOf(e.getMessage()));
    }
  }
}
