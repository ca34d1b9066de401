package io.github.rayservice.scaffolder.deploy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.form.ModelCache;
import io.github.rayservice.scaffolder.form.hardware.MonthlyCost;
import io.github.rayservice.scaffolder.form.value.Violation;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.Attempt;
import io.github.rayservice.scaffolder.gitops.model.Change;
import io.github.rayservice.scaffolder.gitops.model.CommitRequest;
import io.github.rayservice.scaffolder.gitops.model.CommitResult;
import io.github.rayservice.scaffolder.gitops.model.Committed;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.Preview;
import io.github.rayservice.scaffolder.platform.Dashboard;
import io.github.rayservice.scaffolder.platform.Dashboards;
import io.github.rayservice.scaffolder.platform.PlatformLinks;
import io.github.rayservice.scaffolder.proposal.DesiredStateListener;
import io.github.rayservice.scaffolder.proposal.MergeRequestPublisher;
import io.github.rayservice.scaffolder.proposal.MergeRequestStatus;
import io.github.rayservice.scaffolder.proposal.MergeRequestSync;
import io.github.rayservice.scaffolder.proposal.MergeRequestSync.CheckedBranch;
import io.github.rayservice.scaffolder.render.RenderedFiles;
import io.github.rayservice.scaffolder.render.Renderer;
import io.github.rayservice.scaffolder.render.UneditableFileException;
import io.github.rayservice.scaffolder.status.StatusStore;
import io.github.rayservice.scaffolder.status.phase.Phase;
import io.github.rayservice.scaffolder.status.phase.PhaseStatus;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.jboss.logging.Logger;

/**
 * From a prepared change to a commit and its merge request: a preview, or the change itself.
 * Deploying the same change again changes nothing and gives the same answer.
 */
@ApplicationScoped
public class Deployer {
  private static final Logger LOG = Logger.getLogger(Deployer.class);

  /** Each failed check means that somebody else has changed the same Ray Service. */
  private static final int MOST_CHECKS = 10;

  private final HardwareProfiles profiles;
  private final Renderer renderer;
  private final GitopsRepository repository;
  private final MergeRequestSync mergeRequestSync;
  private final MergeRequestPublisher publisher;
  private final PlatformLinks platformLinks;
  private final Dashboards dashboards;
  private final StatusStore statusStore;
  private final DesiredStateListener desiredState;
  private final MeterRegistry meters;

  public Deployer(
      HardwareProfiles profiles,
      Renderer renderer,
      GitopsRepository repository,
      MergeRequestSync mergeRequestSync,
      MergeRequestPublisher publisher,
      PlatformLinks platformLinks,
      Dashboards dashboards,
      StatusStore statusStore,
      DesiredStateListener desiredState,
      MeterRegistry meters) {
    this.profiles = profiles;
    this.renderer = renderer;
    this.repository = repository;
    this.mergeRequestSync = mergeRequestSync;
    this.publisher = publisher;
    this.platformLinks = platformLinks;
    this.dashboards = dashboards;
    this.statusStore = statusStore;
    this.desiredState = desiredState;
    this.meters = meters;
  }

  /** What the prepared change would do now; nothing is written. */
  public DryRunResult preview(PreparedChange prepared) {
    Change change = prepared.change();
    requireNotDeleting(change);
    Preview preview =
        onCheckedBranch(change.id(), branch -> repository.preview(change, branch.tip())).value();
    String file = change.id().directory() + "/" + RenderedFiles.INSTANCE;
    return new DryRunResult(
        preview,
        ChangeEffects.between(
            renderer, preview.accepted(), Optional.ofNullable(preview.files().get(file))),
        cost(prepared),
        links(prepared),
        dashboard(prepared),
        Stream.concat(prepared.warnings().stream(), ofVolume(preview, prepared).stream()).toList());
  }

  /** What the change means for the volume that runs now. */
  private Optional<Violation> ofVolume(Preview preview, PreparedChange prepared) {
    try {
      return ModelCache.warnOfChange(
          preview.accepted().map(text -> renderer.readInstance(text).spec()), prepared.form());
    } catch (UneditableFileException e) {
      // The difference in Git shows what a person made of the file.
      return Optional.empty();
    }
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
      return new DeployResult(
          result,
          mergeRequest,
          cost(prepared),
          links(prepared),
          dashboard(prepared),
          prepared.warnings());
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
        call.ownKey(),
        DigestUtils.sha256Hex(prepared.change().verb() + " " + prepared.content()));
  }

  private Optional<MonthlyCost> cost(PreparedChange prepared) {
    return prepared.form().flatMap(profiles::monthlyCost);
  }

  private Links links(PreparedChange prepared) {
    return Links.of(prepared.change().id(), prepared.form(), platformLinks);
  }

  private Optional<Dashboard> dashboard(PreparedChange prepared) {
    return prepared
        .form()
        .flatMap(form -> dashboards.of(form.endpointHost(), form.name(), form.namespace()));
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
}
