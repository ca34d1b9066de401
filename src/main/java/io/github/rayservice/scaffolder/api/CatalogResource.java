package io.github.rayservice.scaffolder.api;

import static io.github.rayservice.scaffolder.api.http.MediaTypes.JSON;
import static io.github.rayservice.scaffolder.api.http.MediaTypes.YAML;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.api.http.Problems;
import io.github.rayservice.scaffolder.api.http.QueryParameters;
import io.github.rayservice.scaffolder.catalog.CatalogEntities;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Ray Services as entities of the Backstage catalog. */
@Path("/api/v1/catalog/entities")
@Tag(name = "Catalog")
@Produces({JSON, YAML})
@Authenticated
public class CatalogResource {
  private final CatalogEntities entities;
  private final StatusStore statusStore;

  public CatalogResource(CatalogEntities entities, StatusStore statusStore) {
    this.entities = entities;
    this.statusStore = statusStore;
  }

  @Schema(name = "EntityList", description = "A part of all entities, in Backstage's own shape")
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record EntityList(
      @Schema(implementation = Object[].class) List<JsonNode> items,
      @Schema(
              name = "continue",
              description = "Send it as the parameter continue to read on; absent in the last part",
              implementation = String.class)
          @JsonProperty("continue")
          Optional<String> next) {}

  @GET
  @Operation(
      summary = "List Ray Services as entities of the Backstage catalog",
      description =
          "What people may write in an accepted catalog-info.yaml, with what is true now; of one that is only proposed what this service says itself. The annotation rayservice-scaffolder/left-out names what is not shown.")
  public EntityList listEntities(
      @Parameter(ref = QueryParameters.LIMIT) @QueryParam(QueryParameters.LIMIT)
          Optional<String> limit,
      @Parameter(ref = QueryParameters.CONTINUE) @QueryParam(QueryParameters.CONTINUE)
          Optional<String> after) {
    requireSettled();
    CatalogEntities.EntityPage page =
        entities.list(QueryParameters.position(after), QueryParameters.limit(limit));
    return new EntityList(page.items(), page.next().map(RayServiceId::toString));
  }

  @GET
  @Path("/{namespace}/{name}")
  @Operation(
      summary = "Read the entities of one Ray Service",
      description = "As in the list; 404 when Git does not have it any more.")
  public EntityList entitiesOf(
      @PathParam("namespace") String namespace, @PathParam("name") String name) {
    requireSettled();
    List<JsonNode> items = RayServiceId.of(namespace, name).map(entities::find).orElse(List.of());
    if (items.isEmpty()) {
      throw Problems.notFound("Git has no Ray Service %s/%s".formatted(namespace, name));
    }
    return new EntityList(items, Optional.empty());
  }

  /** The catalog would show every Ray Service as if the cluster had nothing of it. */
  private void requireSettled() {
    if (!statusStore.hasSynced()) {
      throw Problems.notSynced();
    }
  }
}
