package io.github.rayservice.scaffolder.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
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

/**
 * Ray Services as Backstage sees them: {@code catalog-info.yaml} as it was accepted, with what
 * people may add there, and with what is true now. Those that are only proposed are among them, in
 * the service's own words: no one has reviewed what their branches say.
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

  /** What of the file in Git is not shown, and why. */
  private static final String LEFT_OUT = PREFIX + "left-out";

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
      RayServiceId id = stored.id();
      Optional<InstanceSummary> summary =
          Optional.ofNullable(summaries.get(id)).filter(RenderedComponent::isLegal);
      boolean isAccepted = accepted.find(id).isPresent();
      ObjectNode rendered = RenderedComponent.of(id, summary, isAccepted, config);
      LeftOut leftOut = new LeftOut();
      Optional<WrittenEntities> written =
          Optional.of(stored)
              .filter(file -> isAccepted)
              .map(file ->
                  WrittenEntities.read(
                      file, rendered, config.apis() && summary.isPresent(), leftOut));
      ObjectNode component =
          written.map(w -> w.component().orElseGet(() -> withoutFile(rendered))).orElse(rendered);
      addStatus(id, component, accepted);
      ObjectNode metadata = object(component, "metadata");
      leftOut.text().ifPresent(text -> object(metadata, "annotations").put(LEFT_OUT, text));
      summary
          .flatMap(InstanceSummary::monthlyCost)
          .ifPresent(cost -> object(metadata, "annotations").put(COST, cost));
      summary
          .flatMap(s -> dashboards.of(s.host(), s.name(), s.targetNamespace()))
          .ifPresent(dashboard -> add(dashboard, metadata));
      items.add(component);
      summary.ifPresent(s -> items.addAll(SecretEntity.of(id, s, owner(id), component)));
      summary.filter(s -> config.apis()).ifPresent(s -> items.add(ApiEntity.of(id, s, component)));
      written.ifPresent(w -> items.addAll(w.further()));
    }
    return List.copyOf(items);
  }

  private static ObjectNode withoutFile(ObjectNode rendered) {
    object(rendered, "metadata")
        .put("description", RenderedFiles.ENTITY + " in Git is no Component of this Ray Service");
    return rendered;
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

  private void addStatus(RayServiceId id, ObjectNode entity, Snapshot accepted) {
    Optional<MergeRequestStatus> open = mergeRequestCache.open(id);
    PhaseStatus status =
        statusStore
            .statusOf(
                id,
                DesiredStateMapping.seen(
                    accepted.find(id), open, open.isPresent() || accepted.find(id).isEmpty()))
            .phaseStatus();
    String phase = status.phase().label();
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
  }

  private static ObjectNode summary(PhaseStatus status) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("phase", status.phase().label())
        .put("reason", status.reason())
        .put("message", status.message());
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
