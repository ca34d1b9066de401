package io.github.rayservice.scaffolder.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import java.util.List;

/**
 * The Serve endpoint as an API entity of Backstage, beside its Component. What a model takes and
 * gives is not known here, so the definition has its address and no paths.
 */
final class ApiEntity {
  private static final List<String> AS_COMPONENT = List.of("lifecycle", "owner", "system");

  private ApiEntity() {}

  /** Makes the entity, and tells the Component that it provides it. */
  static ObjectNode of(RayServiceId id, InstanceSummary summary, ObjectNode component) {
    String url = PlatformLinks.serve(summary.host(), summary.ownHost(), summary.name());
    ObjectNode api = JsonNodeFactory.instance.objectNode();
    api.put("apiVersion", "backstage.io/v1alpha1").put("kind", "API");
    ObjectNode metadata = api.putObject("metadata");
    metadata
        .put("name", id.name())
        .put("namespace", id.namespace())
        .put("description", "Ray Serve endpoint of the Ray Service " + id);
    metadata.putArray("links").addObject().put("title", "Ray Serve endpoint").put("url", url);
    ObjectNode spec = api.putObject("spec").put("type", "openapi");
    for (String field : AS_COMPONENT) {
      // People may have taken one away.
      if (component.path("spec").has(field)) {
        spec.set(field, component.path("spec").path(field));
      }
    }
    spec.put("definition", definition(summary.name(), url));
    CatalogEntities.array((ObjectNode) component.path("spec"), "providesApis").add("api:" + id);
    return api;
  }

  private static String definition(String name, String url) {
    ObjectNode definition = JsonNodeFactory.instance.objectNode().put("openapi", "3.1.0");
    definition.putObject("info").put("title", name).put("version", "unknown");
    definition.putArray("servers").addObject().put("url", url);
    definition.putObject("paths");
    return definition.toString();
  }
}
