package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.CreatedByPolicy;
import io.github.rayservice.scaffolder.form.FormReader;
import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.form.InvalidFormException;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.gitops.model.TeamPolicy;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * From what a caller sends to a change that can be previewed or deployed. Nothing is written here.
 */
@ApplicationScoped
public class ChangePreparation {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How far back a version may be that comes again. */
  private static final int MOST_VERSIONS = 1000;

  private final FormReader reader;
  private final HardwareProfiles profiles;
  private final TeamCeilings teamCeilings;
  private final Renderer renderer;
  private final GitopsRepository repository;
  private final Clock clock;

  public ChangePreparation(
      FormReader reader,
      HardwareProfiles profiles,
      TeamCeilings teamCeilings,
      Renderer renderer,
      GitopsRepository repository,
      Clock clock) {
    this.reader = reader;
    this.profiles = profiles;
    this.teamCeilings = teamCeilings;
    this.renderer = renderer;
    this.repository = repository;
    this.clock = clock;
  }

  /**
   * Prepares a new Ray Service.
   *
   * @param creator who asks
   * @throws io.github.rayservice.scaffolder.form.InvalidFormException with every violation
   */
  public PreparedChange create(JsonNode document, CreatedByPolicy creator) {
    RayServiceRequest request = reader.read(document, creator);
    RenderedFiles files = renderer.render(request);
    RayServiceForm form = request.form();
    Change change =
        new Change.Create(
            request.id(),
            files.byName(),
            InstanceSummaries.of(form, profiles),
            teamCeilings.of(form));
    return new PreparedChange(
        change,
        author(creator, form),
        Optional.of(form),
        request.warnings(),
        content(request, Set.of(), creator));
  }

  /**
   * Prepares new values for a Ray Service. What people wrote into its files by hand stays.
   *
   * @param document may leave out {@code metadata}, and {@code spec.namespace} and {@code
   *     spec.createdBy}, which then stay
   * @param ifMatch the versions that the caller has seen; empty for any
   * @throws io.github.rayservice.scaffolder.form.InvalidFormException with every violation
   */
  public PreparedChange update(
      RayServiceId id, JsonNode document, Set<String> ifMatch, CreatedByPolicy creator) {
    RayServiceRequest request =
        reader.readFor(id, withTargetNamespace(id, withIdentity(id, document)));
    RayServiceForm form = request.form();
    boolean keepsCreator = document.path("spec").path("createdBy").isMissingNode();
    Change change =
        new Change.Update(
            id,
            (stored, accepted) -> edit(stored, accepted, request, keepsCreator, creator),
            ifMatch,
            teamCeilings.of(form));
    return new PreparedChange(
        change,
        author(creator, form),
        Optional.of(form),
        request.warnings(),
        content(request, ifMatch, creator));
  }

  /**
   * Prepares a restart: a new Ray cluster with the same form, as for new code under the same
   * address. Afterwards {@code spec.restartedAt} is now.
   */
  public PreparedChange restart(RayServiceId id, Set<String> ifMatch, CreatedByPolicy creator) {
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    Change change =
        new Change.Update(
            id,
            (stored, accepted) -> {
              RayServiceForm before = readForm(stored);
              return edited(stored, request(id, before), request(id, before.withRestartedAt(now)));
            },
            ifMatch,
            TeamPolicy.NONE);
    return new PreparedChange(
        change,
        author(creator),
        repository.find(id).stored().map(this::readForm),
        List.of(),
        "restart " + id + " " + ifMatch + by(creator));
  }

  /**
   * Prepares an earlier form again. Who created the Ray Service, when it was restarted, and the
   * volume of its models stay.
   *
   * @param commit one of its versions since it was created
   * @throws io.github.rayservice.scaffolder.form.InvalidFormException when it is none, or with
   *     every rule that the earlier form breaks today
   */
  public PreparedChange rollback(
      RayServiceId id, String commit, Set<String> ifMatch, CreatedByPolicy creator) {
    StoredRayService now =
        repository
            .find(id)
            .stored()
            .orElseThrow(() -> new GitopsException.NotFound(id, repository.branch()));
    String instance =
        repository.versions(id, Optional.empty(), MOST_VERSIONS).stream()
            .filter(version -> version.commit().equals(commit))
            .flatMap(version -> version.after().stream())
            .findFirst()
            .orElseThrow(() ->
                new InvalidFormException(
                    List.of(
                        Violation.ofRequest(
                            "commit",
                            commit,
                            "must be one of its versions, which GET %s/%s/history lists"
                                .formatted(Links.API, id),
                            "Git: the commits that changed its directory"))));
    ObjectNode document = JSON.createObjectNode();
    RayServiceForm earlier = renderer.readInstance(instance).spec();
    ObjectNode spec = JSON.valueToTree(readableForm(now).map(earlier::onVolumeOf).orElse(earlier));
    document.set("spec", spec.without(List.of("createdBy", "restartedAt")));
    return update(id, document, ifMatch, creator);
  }

  /** Prepares the end of a Ray Service. */
  public PreparedChange delete(RayServiceId id, Set<String> ifMatch, CreatedByPolicy creator) {
    return new PreparedChange(
        new Change.Delete(id, ifMatch),
        author(creator),
        Optional.empty(),
        List.of(),
        id + " " + ifMatch + by(creator));
  }

  private static RayServiceRequest request(RayServiceId id, RayServiceForm form) {
    return new RayServiceRequest(
        new RayServiceDocument.Metadata(id.namespace(), id.name(), Map.of(), Map.of()),
        form,
        List.of());
  }

  private Change.Edited edit(
      StoredRayService stored,
      Optional<StoredRayService> accepted,
      RayServiceRequest request,
      boolean keepsCreator,
      CreatedByPolicy creator) {
    RayServiceForm before = readForm(stored);
    if (!keepsCreator) {
      creator.requireKept(before.createdBy(), request.form().createdBy());
    }
    RayServiceRequest wanted = keepsCreator ? request.withCreatedBy(before.createdBy()) : request;
    if (wanted.form().restartedAt() == null) {
      wanted = wanted.withRestartedAt(before.restartedAt());
    }
    reader.requireUnchanged(before, accepted.flatMap(this::readableForm), wanted.form());
    RayServiceRequest old = new RayServiceRequest(request.metadata(), before, List.of());
    return edited(stored, old, wanted);
  }

  private Change.Edited edited(
      StoredRayService stored, RayServiceRequest old, RayServiceRequest wanted) {
    RenderedFiles current = files(stored, () -> renderer.render(old));
    return new Change.Edited(
        renderer.update(current, old, wanted).byName(),
        InstanceSummaries.of(wanted.form(), profiles));
  }

  /**
   * The two files as they are; one that somebody removed is taken from what this service would
   * write.
   */
  private static RenderedFiles files(StoredRayService stored, Supplier<RenderedFiles> ours) {
    String instance = stored.files().get(RenderedFiles.INSTANCE);
    String entity = stored.files().get(RenderedFiles.ENTITY);
    return new RenderedFiles(
        instance != null ? instance : ours.get().instance(),
        entity != null ? entity : ours.get().entity());
  }

  private RayServiceForm readForm(StoredRayService stored) {
    return renderer.readInstance(stored.files().getOrDefault(RenderedFiles.INSTANCE, "")).spec();
  }

  /** Empty for what people have made something else of by hand. */
  private Optional<RayServiceForm> readableForm(StoredRayService stored) {
    try {
      return Optional.of(readForm(stored));
    } catch (UneditableFileException e) {
      return Optional.empty();
    }
  }

  private static JsonNode withIdentity(RayServiceId id, JsonNode document) {
    if (!(document instanceof ObjectNode object) || object.has("metadata")) {
      return document;
    }
    ObjectNode complete = object.deepCopy();
    complete.putObject("metadata").put("namespace", id.namespace()).put("name", id.name());
    return complete;
  }

  /** It never changes, so a form need not repeat it. */
  private JsonNode withTargetNamespace(RayServiceId id, JsonNode document) {
    if (!(document.path("spec") instanceof ObjectNode spec) || spec.hasNonNull("namespace")) {
      return document;
    }
    ObjectNode complete = document.deepCopy();
    repository
        .find(id)
        .stored()
        .flatMap(this::readableForm)
        .ifPresent(form -> complete.withObject("/spec").put("namespace", form.namespace()));
    return complete;
  }

  /** Where callers need not prove who they are, the form's own words are all there is. */
  private static CommitRequest.Author author(CreatedByPolicy creator, RayServiceForm form) {
    return creator
        .proven()
        .map(ChangePreparation::author)
        .orElseGet(() ->
            new CommitRequest.Author(
                form.createdBy(),
                form.gitlab().username() + "@users.noreply." + form.gitlab().hostname()));
  }

  private static CommitRequest.Author author(CreatedByPolicy creator) {
    return creator.proven().map(ChangePreparation::author).orElseGet(() -> author("unknown"));
  }

  /**
   * The address is nobody's, so that no Git server takes the commit for that of another account.
   */
  private static CommitRequest.Author author(String subject) {
    return new CommitRequest.Author(
        subject, subject.replaceAll("[^A-Za-z0-9._-]+", "-") + "@users.noreply.localhost");
  }

  /** The same key from somebody else is another request. */
  private static String by(CreatedByPolicy creator) {
    return creator.proven().map(subject -> " " + subject).orElse("");
  }

  private static String content(
      RayServiceRequest request, Set<String> ifMatch, CreatedByPolicy creator) {
    try {
      JsonNode document = JSON.valueToTree(request.document());
      // These are the platform's: the same request stays the same when a profile changes.
      ((ObjectNode) document.at("/spec/ingress")).remove("ownHost");
      for (JsonNode pods : document.path("spec").path("resources")) {
        ((ObjectNode) pods).remove("hardware");
      }
      return JSON.writeValueAsString(document) + " " + ifMatch + by(creator);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts and numbers is JSON", e);
    }
  }
}
