package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitlab.GitlabClient;
import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitlab.GitlabProject;
import io.github.rayservice.scaffolder.gitlab.WebhookEvent;
import io.github.rayservice.scaffolder.gitops.GitopsRepository;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.RefNames;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks at once where GitLab says that something happened. An event is a hint and no source: what
 * it says of a merge request may be old by the time it arrives, so GitLab is asked. Events about
 * the same Ray Service that wait together are one look.
 */
@ApplicationScoped
public class WebhookHandler {
  private static final Logger LOG = Logger.getLogger(WebhookHandler.class);

  private final GitopsRepository repository;
  private final MergeRequestSync mergeRequestSync;
  private final GitlabClient gitlab;
  private final Optional<String> project;
  private final DesiredStateListener listener;
  private final ExecutorService executor;
  private final Set<RayServiceId> waiting = ConcurrentHashMap.newKeySet();
  private final ReentrantLock looking = new ReentrantLock();

  public WebhookHandler(
      GitopsRepository repository,
      MergeRequestSync mergeRequestSync,
      GitlabClient gitlab,
      GitlabProject project,
      DesiredStateListener listener,
      ExecutorService executor) {
    this.repository = repository;
    this.mergeRequestSync = mergeRequestSync;
    this.gitlab = gitlab;
    this.project = project.settings().map(GitlabProject.Settings::path);
    this.listener = listener;
    this.executor = executor;
  }

  /**
   * Takes notice of an event, and returns before anything is looked up.
   *
   * @return whether it concerns us
   */
  public boolean accept(WebhookEvent event) {
    if (project.isEmpty() || !event.isOf(project.get(), gitlab.knownProjectId())) {
      return false;
    }
    return switch (String.valueOf(event.objectKind())) {
      case "push" -> pushed(String.valueOf(event.ref()));
      case "merge_request" -> changed(event.objectAttributes());
      default -> false;
    };
  }

  private boolean pushed(String ref) {
    String branch = ref.replaceFirst("^refs/heads/", "");
    boolean ours = branch.equals(repository.branch()) || RefNames.proposalOf(branch).isPresent();
    if (ours) {
      repository.invalidate();
      listener.wake();
    }
    return ours;
  }

  private boolean changed(WebhookEvent.@Nullable MergeRequestChange change) {
    if (change == null
        || !repository.proposes()
        || change.isOfFork()
        || !repository.branch().equals(change.targetBranch())) {
      return false;
    }
    Optional<RayServiceId> id = RefNames.proposalOf(String.valueOf(change.sourceBranch()));
    if (id.isPresent()) {
      repository.invalidate();
      waiting.add(id.get());
      executor.execute(this::refreshAll);
    }
    return id.isPresent();
  }

  /** One at a time, however many events come: GitLab counts requests. */
  private void refreshAll() {
    while (!waiting.isEmpty() && looking.tryLock()) {
      try {
        for (RayServiceId id : Set.copyOf(waiting)) {
          // First, because what happens from here on is worth another look.
          waiting.remove(id);
          refresh(id);
        }
      } finally {
        looking.unlock();
      }
    }
  }

  private void refresh(RayServiceId id) {
    try {
      mergeRequestSync.look(id);
    } catch (GitlabException | GitopsException e) {
      LOG.warnf("cannot see what became of the proposal for %s: %s", id, e.getMessage());
      // Git may tell all the same that it is merged.
      listener.wake();
    }
  }
}
