package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.IndexEntry;
import io.github.rayservice.scaffolder.gitops.Landing;
import io.github.rayservice.scaffolder.gitops.Snapshot;
import io.github.rayservice.scaffolder.gitops.StoredRayService;
import io.github.rayservice.scaffolder.gitops.UnifiedDiff;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is accepted: the Ray Services that stand on the branch. */
@ApplicationScoped
public class Inventory {
  private final GitopsRepository repository;
  private final Renderer renderer;

  public Inventory(GitopsRepository repository, Renderer renderer) {
    this.repository = repository;
    this.renderer = renderer;
  }

  /**
   * A part of all Ray Services, in the order of namespace and name.
   *
   * @param items at most as many as were asked for
   * @param next where to go on; empty when this was the last part
   */
  public record Page(List<IndexEntry> items, Optional<RayServiceId> next) {}

  /**
   * Lists Ray Services.
   *
   * @param namespace only those of one team; empty for all
   * @param after only those behind this one
   * @param limit at least 1
   */
  public Page list(Optional<String> namespace, Optional<RayServiceId> after, int limit) {
    Snapshot snapshot = repository.snapshot();
    Stream<IndexEntry> all = after.map(snapshot::after).orElseGet(snapshot::services).stream();
    List<IndexEntry> items =
        all.filter(e -> namespace.isEmpty() || e.id().namespace().equals(namespace.get()))
            .limit(limit + 1L)
            .toList();
    return items.size() <= limit
        ? new Page(items, Optional.empty())
        : new Page(items.subList(0, limit), Optional.of(items.get(limit - 1).id()));
  }

  /**
   * One Ray Service.
   *
   * @param form empty when its file cannot be read
   * @param problem why it cannot
   * @param lastChange the commit that made it what it is
   * @param drift unified diff from what this service would write to what stands there: edits made
   *     by hand
   */
  public record Found(
      RayServiceId id,
      String version,
      Optional<RayServiceForm> form,
      Optional<String> problem,
      Landing lastChange,
      String drift,
      Links links) {}

  public Optional<Found> find(RayServiceId id) {
    Optional<StoredRayService> stored = repository.find(id);
    Optional<Landing> lastChange = repository.lastChange(id);
    // Between the two looks it may have gone.
    return stored.flatMap(service -> lastChange.map(change -> describe(service, change)));
  }

  private Found describe(StoredRayService stored, Landing lastChange) {
    RayServiceId id = stored.id();
    try {
      RayServiceForm form =
          renderer.readInstance(stored.files().getOrDefault(RenderedFiles.INSTANCE, "")).spec();
      RenderedFiles ours = renderer.render(new RayServiceRequest(id, form, List.of()));
      return new Found(
          id,
          stored.version(),
          Optional.of(form),
          Optional.empty(),
          lastChange,
          UnifiedDiff.between(ours.byName(), stored.files()),
          Links.of(id, Optional.of(form)));
    } catch (UneditableFileException e) {
      return new Found(
          id,
          stored.version(),
          Optional.empty(),
          Optional.ofNullable(e.getMessage()),
          lastChange,
          "",
          Links.of(id, Optional.empty()));
    }
  }

  /**
   * The two files as they stand; one that somebody removed is taken from what this service would
   * write.
   */
  static RenderedFiles files(StoredRayService stored, Supplier<RenderedFiles> ours) {
    String instance = stored.files().get(RenderedFiles.INSTANCE);
    String entity = stored.files().get(RenderedFiles.ENTITY);
    return new RenderedFiles(
        instance != null ? instance : ours.get().instance(),
        entity != null ? entity : ours.get().entity());
  }
}
