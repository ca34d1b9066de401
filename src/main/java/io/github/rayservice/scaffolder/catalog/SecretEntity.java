package io.github.rayservice.scaffolder.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A Secret that a Ray Service names, as a Resource entity of Backstage: people see who uses it, and
 * the forms offer its name. Of the Secret itself nothing is known but its name.
 */
final class SecretEntity {
  /** Apart from the team's other resources; the actions know it, too. */
  static final String NAME_PREFIX = "secret.";

  /** Backstage's limit of a name. */
  static final int LONGEST_NAME = 63;

  /** A person may have written anything into the file, and Backstage takes no other name. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]+([-.][a-z0-9]+)*+");

  private SecretEntity() {}

  /** Makes the entities, and tells the Component that it depends on them. */
  static List<ObjectNode> of(
      RayServiceId id, InstanceSummary summary, String owner, ObjectNode component) {
    return summary.secrets().stream()
        .filter(secret -> NAME_PREFIX.length() + secret.length() <= LONGEST_NAME)
        .filter(secret -> NAME.matcher(secret).matches())
        .map(secret -> of(id, secret, owner, component))
        .toList();
  }

  private static ObjectNode of(RayServiceId id, String secret, String owner, ObjectNode component) {
    ObjectNode entity = JsonNodeFactory.instance.objectNode();
    entity.put("apiVersion", "backstage.io/v1alpha1").put("kind", "Resource");
    String name = NAME_PREFIX + secret;
    entity
        .putObject("metadata")
        .put("name", name)
        .put("namespace", id.namespace())
        .put("title", "%s (%s)".formatted(secret, id.namespace()))
        .put(
            "description",
            "The Kubernetes Secret %s/%s, which Ray Services name"
                .formatted(id.namespace(), secret));
    entity.putObject("spec").put("type", "kubernetes-secret").put("owner", owner);
    CatalogEntities.array((ObjectNode) component.path("spec"), "dependsOn")
        .add("resource:%s/%s".formatted(id.namespace(), name));
    return entity;
  }
}
