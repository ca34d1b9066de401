package io.github.rayservice.scaffolder.proposal;

import io.github.rayservice.scaffolder.gitlab.GitlabException;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Looks regularly what people did on GitLab: no webhook has to arrive for that to be known. */
@ApplicationScoped
class MergeRequestPoller {
  private static final Logger LOG = Logger.getLogger(MergeRequestPoller.class);

  private final MergeRequestSync mergeRequestSync;
  private final MergeRequestSweep sweep;
  private final DesiredStateListener listener;

  MergeRequestPoller(
      MergeRequestSync mergeRequestSync, MergeRequestSweep sweep, DesiredStateListener listener) {
    this.mergeRequestSync = mergeRequestSync;
    this.sweep = sweep;
    this.listener = listener;
  }

  @Scheduled(
      every = "{scaffolder.gitlab.poll-interval}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  void poll() {
    if (!mergeRequestSync.enabled()) {
      return;
    }
    try {
      sweep.sweep();
    } catch (GitlabException | GitopsException e) {
      LOG.warnf(
          "cannot bring open proposals and merge requests together, and will try again: %s",
          e.getMessage());
    } finally {
      listener.wake();
    }
  }
}
