package io.github.rayservice.scaffolder.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.StrictYaml;
import io.github.rayservice.scaffolder.deploy.sync.DesiredStateMapping;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.index.Snapshot;
import io.github.rayservice.scaffolder.gitops.model.IndexEntry;
import io.github.rayservice.scaffolder.gitops.model.InstanceSummary;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.platform.CatalogConfig;
import io.github.rayservice.scaffolder.platform.Dashboard;
import io.github.rayservice.scaffolder.platform.Dashboards;
import io.github.rayservice.scaffolder.proposal.MergeRequestCache;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Ray Services as Backstage sees them: {@code catalog-info.yaml} as Git has it, with all that
 * people added there, and with what is true now. Those that are only proposed are among them.
 */
@ApplicationScoped
public class CatalogEntities {
  /** Also the prefix of annotations; {@code phase} behind it is a label. */
  static final String PREFIX = "rayservice-scaffolder/";

  /**
   * Not in Git: a price of the platform may change while the Ray Service stays as it is, and then
   * the file would seem to be edited.
   */
  private static final String COST = PREFIX + "estimated-monthly-cost";

  /** Not in Git, as the price: where dashboards are is the platform's to say. */
  private static final String DASHBOARD = PREFIX + "dashboard-";

  private final GitopsRepository repository;
  private final MergeRequestCache mergeRequestCache;
  private final StatusStore statusStore;
  private final CatalogConfig config;
  private final Dashboards dashboards;

  CatalogEntities(
      GitopsRepository repository,
      MergeRequestCache mergeRequestCache,
      StatusStore statusStore,
      CatalogConfig config,
      Dashboards dashboards) {
    this.repository = repository;
    this.mergeRequestCache = mergeRequestCache;
    this.statusStore = statusStore;
    this.config = config;
    this.dashboards = dashboards;
  }

  /**
   * The entities of a part of all Ray Services, in the order of namespace and name.
   *
   * @param next where to go on; empty when this was the last part
   */
  public record EntityPage(List<JsonNode> items, Optional<RayServiceId> next) {
    public EntityPage {
      items = List.copyOf(items);
    }
  }

  /**
   * Lists entities.
   *
   * @param after only those behind this one
   * @param limit of Ray Services, at least 1
   */
  public EntityPage list(Optional<RayServiceId> after, int limit) {
    GitopsRepository.Snapshots snapshots = repository.snapshots();
    Snapshot all = snapshots.all();
    List<IndexEntry> entries =
        after.map(all::after).orElseGet(all::services).stream().limit(limit + 1L).toList();
    List<IndexEntry> part = entries.stream().limit(limit).toList();
    return new EntityPage(
        entities(part, snapshots.accepted()),
        entries.size() > limit ? Optional.of(part.getLast().id()) : Optional.empty());
  }

  /** The entities of one Ray Service; none when Git does not have it, accepted or proposed. */
  public List<JsonNode> find(RayServiceId id) {
    GitopsRepository.Snapshots snapshots = repository.snapshots();
    return entities(snapshots.all().find(id).stream().toList(), snapshots.accepted());
  }

  private List<JsonNode> entities(List<IndexEntry> part, Snapshot accepted) {
    Map<RayServiceId, InstanceSummary> summaries = new HashMap<>();
    part.forEach(entry -> entry.summary().ifPresent(s -> summaries.put(entry.id(), s)));
    List<JsonNode> items = new ArrayList<>();
    for (StoredRayService stored : repository.read(part)) {
      ObjectNode component = component(stored, accepted);
      Optional.ofNullable(summaries.get(stored.id()))
          .flatMap(InstanceSummary::monthlyCost)
          .ifPresent(cost -> object(object(component, "metadata"), "annotations").put(COST, cost));
      Optional.ofNullable(summaries.get(stored.id()))
          .flatMap(
              summary -> dashboards.of(summary.host(), summary.name(), summary.targetNamespace()))
          .ifPresent(dashboard -> add(dashboard, object(component, "metadata")));
      items.add(component);
      Optional.ofNullable(summaries.get(stored.id()))
          .ifPresent(summary ->
              items.addAll(SecretEntity.of(stored.id(), summary, owner(stored.id()), component)));
      Optional.ofNullable(summaries.get(stored.id()))
          .filter(summary -> config.apis())
          .ifPresent(summary -> items.add(ApiEntity.of(stored.id(), summary, component)));
    }
    return List.copyOf(items);
  }

  private static void add(Dashboard dashboard, ObjectNode metadata) {
    dashboard
        .url()
        .ifPresent(url ->
            array(metadata, "links")
                .addObject()
                .put("title", "Ray dashboard")
                .put("url", url)
                .put("icon", "dashboard"));
    ObjectNode annotations = object(metadata, "annotations");
    annotations.put(DASHBOARD + "token-command", dashboard.tokenCommand());
    dashboard
        .portForwardCommand()
        .ifPresent(command -> annotations.put(DASHBOARD + "port-forward-command", command));
  }

  private ObjectNode component(StoredRayService stored, Snapshot accepted) {
    RayServiceId id = stored.id();
    Optional<MergeRequestStatus> open = mergeRequestCache.open(id);
    PhaseStatus status =
        statusStore
            .statusOf(
                id,
                DesiredStateMapping.seen(
                    accepted.find(id), open, open.isPresent() || accepted.find(id).isEmpty()))
            .phaseStatus();
    String phase = status.phase().label();
    ObjectNode entity = written(stored).orElseGet(() -> bare(id));
    ObjectNode metadata = object(entity, "metadata");
    object(metadata, "labels").put(PREFIX + "phase", phase);
    // Backstage's pages list tags and filter by them; labels are for queries.
    array(metadata, "tags").add("phase:" + phase.toLowerCase(Locale.ROOT));
    object(metadata, "annotations").put(PREFIX + "status", summary(status).toString());
    ObjectNode spec = object(entity, "spec");
    config.cluster().ifPresent(cluster -> array(spec, "dependsOn").add(cluster));
    ObjectNode now = spec.putObject("rayService");
    now.put("phase", phase);
    open.ifPresent(r -> {
      now.put("mergeRequest", r.url());
      array(metadata, "links")
          .addObject()
          .put("title", "Merge request !" + r.number())
          .put("url", r.url())
          .put("icon", "web");
    });
    return entity;
  }

  private static ObjectNode summary(PhaseStatus status) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("phase", status.phase().label())
        .put("reason", status.reason())
        .put("message", status.message());
  }

  /** Empty where people made something else of it: a file here may not speak for another entity. */
  private static Optional<ObjectNode> written(StoredRayService stored) {
    RayServiceId id = stored.id();
    try {
      JsonNode entity = StrictYaml.read(stored.files().getOrDefault(RenderedFiles.ENTITY, ""));
      boolean own =
          Stream.of(
                  entity.at("/kind").asText().equals("Component"),
                  entity.at("/metadata/namespace").asText().equals(id.namespace()),
                  entity.at("/metadata/name").asText().equals(id.name()),
                  entity.path("spec").isObject())
              .allMatch(Boolean::booleanValue);
      return own && entity instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private ObjectNode bare(RayServiceId id) {
    ObjectNode entity = JsonNodeFactory.instance.objectNode();
    entity.put("apiVersion", "backstage.io/v1alpha1").put("kind", "Component");
    entity
        .putObject("metadata")
        .put("name", id.name())
        .put("namespace", id.namespace())
        .put("description", RenderedFiles.ENTITY + " in Git is no Component of this Ray Service");
    entity
        .putObject("spec")
        .put("type", "ray-service")
        .put("lifecycle", config.lifecycle())
        .put("owner", owner(id))
        .put("system", config.system());
    return entity;
  }

  /** As the platform says it of the team, whatever people wrote into a file. */
  private String owner(RayServiceId id) {
    return config.owner().replace("{namespace}", id.namespace());
  }

  private static ObjectNode object(ObjectNode parent, String field) {
    return parent.path(field) instanceof ObjectNode object ? object : parent.putObject(field);
  }

  static ArrayNode array(ObjectNode parent, String field) {
    return parent.path(field) instanceof ArrayNode array ? array : parent.putArray(field);
  }
}
