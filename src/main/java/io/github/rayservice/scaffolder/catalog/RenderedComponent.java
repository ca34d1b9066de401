package io.github.rayservice.scaffolder.catalog;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import io.github.rayservice.scaffolder.render.ComponentEntity;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The Component as the service itself says it, without a word of {@code catalog-info.yaml}. */
final class RenderedComponent {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LABEL = Pattern.compile("[a-z0-9][-a-z0-9]{0,62}");
  private static final Pattern HOST = Pattern.compile("[a-z0-9][-.a-z0-9]{0,252}");

  private RenderedComponent() {}

  /**
   * Makes it of what the index knows.
   *
   * @param legal a {@linkplain #isLegal legal} summary; without one the Component says that {@code
   *     rayservice.yaml} is no Ray Service, and has no links
   */
  static ObjectNode of(
      RayServiceId id, Optional<InstanceSummary> legal, boolean isAccepted, CatalogConfig config) {
    ObjectNode entity =
        JSON.valueToTree(
            ComponentEntity.of(
                id,
                legal.map(InstanceSummary::name).orElse(id.name()),
                legal.map(InstanceSummary::targetNamespace).orElse(""),
                legal.map(s -> PlatformLinks.serve(s.host(), s.ownHost(), s.name())).orElse(""),
                config));
    ObjectNode metadata = entity.withObject("/metadata");
    if (!isAccepted || legal.isEmpty()) {
      // Nothing of it runs, and no one has reviewed which namespace it names: Backstage would show
      // what else runs there.
      metadata
          .withObject("/annotations")
          .remove(List.of("backstage.io/kubernetes-id", "backstage.io/kubernetes-namespace"));
    }
    if (legal.isEmpty()) {
      metadata.put("description", RenderedFiles.INSTANCE + " in Git is no Ray Service");
      metadata.putArray("links");
    }
    return entity;
  }

  /** Whether host and names are such; a person may have written anything into the file. */
  static boolean isLegal(InstanceSummary summary) {
    return LABEL.matcher(summary.name()).matches()
        && LABEL.matcher(summary.targetNamespace()).matches()
        && HOST.matcher(summary.host()).matches();
  }
}
