package io.github.rayservice.scaffolder.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.CreatedByPolicy;
import io.github.rayservice.scaffolder.form.FormReader;
import io.github.rayservice.scaffolder.form.RayServiceDocument;
import io.github.rayservice.scaffolder.form.RayServiceForm;
import io.github.rayservice.scaffolder.form.RayServiceRequest;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.Attempt;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.Committed;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.StoredRayService;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import io.github.rayservice.scaffolder.proposal.DesiredStateListener;
import io.github.rayservice.scaffolder.proposal.MergeRequestPublisher;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import io.github.rayservice.scaffolder.proposal.MergeRequestSync;
import io.github.rayservice.scaffolder.proposal.MergeRequestSync.CheckedBranch;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;
import org.jboss.logging.Logger;

/**
 * From a document to a commit: prepare a change, then preview or deploy it. Deploying the same
 * change again changes nothing and gives the same answer.
 */
@ApplicationScoped
public class Deployer {
  private static final Logger LOG = Logger.getLogger(Deployer.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Each failed check means that somebody else has changed the same Ray Service. */
  private static final int MOST_CHECKS = 10;

  private final FormReader reader;
  private final Renderer renderer;
  private final GitopsRepository repository;
  private final MergeRequestSync mergeRequestSync;
  private final MergeRequestPublisher publisher;
  private final PlatformLinks platformLinks;
  private final StatusStore statusStore;
  private final DesiredStateListener desiredState;
  private final MeterRegistry meters;

  public Deployer(
      FormReader reader,
      Renderer renderer,
      GitopsRepository repository,
      MergeRequestSync mergeRequestSync,
      MergeRequestPublisher publisher,
      PlatformLinks platformLinks,
      StatusStore statusStore,
      DesiredStateListener desiredState,
      MeterRegistry meters) {
    this.reader = reader;
    this.renderer = renderer;
    this.repository = repository;
    this.mergeRequestSync = mergeRequestSync;
    this.publisher = publisher;
    this.platformLinks = platformLinks;
    this.statusStore = statusStore;
    this.desiredState = desiredState;
    this.meters = meters;
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
    Change change = new Change.Create(request.id(), files.byName(), InstanceSummaries.of(form));
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
   * @param document may leave out {@code metadata}, and {@code spec.createdBy}, which then stays
   * @param ifMatch the versions that the caller has seen; empty for any
   * @throws io.github.rayservice.scaffolder.form.InvalidFormException with every violation
   */
  public PreparedChange update(
      RayServiceId id, JsonNode document, Set<String> ifMatch, CreatedByPolicy creator) {
    RayServiceRequest request = reader.readFor(id, withIdentity(id, document));
    boolean keepsCreator = document.path("spec").path("createdBy").isMissingNode();
    Change change =
        new Change.Update(id, stored -> edit(stored, request, keepsCreator, creator), ifMatch);
    RayServiceForm form = request.form();
    return new PreparedChange(
        change,
        author(creator, form),
        Optional.of(form),
        request.warnings(),
        content(request, ifMatch, creator));
  }

  private Change.Edited edit(
      StoredRayService stored,
      RayServiceRequest request,
      boolean keepsCreator,
      CreatedByPolicy creator) {
    RayServiceForm before = readForm(stored);
    if (!keepsCreator) {
      creator.requireKept(before.createdBy(), request.form().createdBy());
    }
    RayServiceRequest wanted = keepsCreator ? request.withCreatedBy(before.createdBy()) : request;
    reader.requireUnchanged(before, wanted.form());
    RayServiceRequest old = new RayServiceRequest(request.id(), before, List.of());
    RenderedFiles current = files(stored, () -> renderer.render(old));
    return new Change.Edited(
        renderer.update(current, old, wanted).byName(), InstanceSummaries.of(wanted.form()));
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

  /** Prepares the end of a Ray Service. */
  public PreparedChange delete(RayServiceId id, Set<String> ifMatch, CreatedByPolicy creator) {
    return new PreparedChange(
        new Change.Delete(id, ifMatch),
        creator.proven().map(Deployer::author).orElseGet(() -> author("unknown")),
        Optional.empty(),
        List.of(),
        id + " " + ifMatch + by(creator));
  }

  /** What the prepared change would do now; nothing is written. */
  public DryRunResult preview(PreparedChange prepared) {
    Change change = prepared.change();
    requireNotDeleting(change);
    return new DryRunResult(
        onCheckedBranch(change.id(), branch -> repository.preview(change, branch.tip())).value(),
        links(prepared),
        prepared.warnings());
  }

  /**
   * Brings the prepared change into Git.
   *
   * @throws GitopsException when it was not
   * @throws io.github.rayservice.scaffolder.gitlab.GitlabException when its merge request could not
   *     be had; the same change again goes on from there
   * @throws StillDeletingException when the cluster still removes what is to be created
   */
  public DeployResult deploy(PreparedChange prepared, RequestIdentity call) {
    Change change = prepared.change();
    String outcome = "failed";
    try {
      // 4 What is to be created must not be in deletion.
      requireNotDeleting(change);
      // 5 Commit. On a Git server this is one look at the refs and one push.
      CommitRequest request = request(prepared, call);
      OnBranch<Committed> committed =
          onCheckedBranch(change.id(), branch -> repository.commit(change, request, branch.tip()));
      CommitResult result = committed.value().result();
      Optional<MergeRequestStatus> mergeRequest;
      try {
        // 6 Propose. A new branch takes one call of GitLab's API.
        mergeRequest = publisher.ensure(committed.value(), committed.branch());
      } finally {
        // 7 The status reads what was committed, also where the proposal failed.
        desiredState.wake();
      }
      outcome = result.outcome().name().toLowerCase(Locale.ROOT);
      LOG.infof("Ray Service %s %s in %s", change.id(), outcome, result.commit());
      // 8 Answer.
      return new DeployResult(result, mergeRequest, links(prepared), prepared.warnings());
    } finally {
      meters
          .counter(
              "scaffolder.deployments",
              "operation",
              change.verb().toLowerCase(Locale.ROOT),
              "outcome",
              outcome)
          .increment();
    }
  }

  /** A new one would wait for the old one's finalizers, or be removed together with it. */
  private void requireNotDeleting(Change change) {
    Optional<PhaseStatus> status = statusStore.find(change.id()).map(found -> found.phaseStatus());
    if (change instanceof Change.Create
        && status.isPresent()
        && status.get().phase() == Phase.DELETING) {
      throw new StillDeletingException(change.id(), status.get().message());
    }
  }

  private static CommitRequest request(PreparedChange prepared, RequestIdentity call) {
    return new CommitRequest(
        prepared.author(),
        call.requestId(),
        call.idempotencyKey(),
        DigestUtils.sha256Hex(prepared.change().verb() + " " + prepared.content()));
  }

  private Links links(PreparedChange prepared) {
    return Links.of(prepared.change().id(), prepared.form(), platformLinks);
  }

  /** What was made of a branch whose merge request had been looked up. */
  private record OnBranch<T>(CheckedBranch branch, T value) {}

  /**
   * Builds on the Ray Service's branch once it is known that its proposal is open. Another writer
   * may move the branch after the check; then what it pushed is checked, too.
   */
  private <T> OnBranch<T> onCheckedBranch(
      RayServiceId id, Function<CheckedBranch, Attempt<T>> build) {
    for (int check = 1; check <= MOST_CHECKS; check++) {
      CheckedBranch branch = mergeRequestSync.check(id);
      if (build.apply(branch) instanceof Attempt.Made<T>(T value)) {
        return new OnBranch<>(branch, value);
      }
      LOG.debugf("the branch of Ray Service %s has moved since check %d", id, check);
    }
    throw new GitopsException.Unavailable(
        "the branch of Ray Service %s moved %d times meanwhile; nothing was written"
            .formatted(id, MOST_CHECKS),
        null);
  }

  private static JsonNode withIdentity(RayServiceId id, JsonNode document) {
    if (!(document instanceof ObjectNode object) || object.has("metadata")) {
      return document;
    }
    ObjectNode complete = object.deepCopy();
    complete.putObject("metadata").put("namespace", id.namespace()).put("name", id.name());
    return complete;
  }

  /** Where callers need not prove who they are, the form's own words are all there is. */
  private static CommitRequest.Author author(CreatedByPolicy creator, RayServiceForm form) {
    return creator
        .proven()
        .map(Deployer::author)
        .orElseGet(() ->
            new CommitRequest.Author(
                form.createdBy(),
                form.gitlab().username() + "@users.noreply." + form.gitlab().hostname()));
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
      RayServiceDocument document = request.document();
      return JSON.writeValueAsString(document) + " " + ifMatch + by(creator);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts and numbers is JSON", e);
    }
  }
}
