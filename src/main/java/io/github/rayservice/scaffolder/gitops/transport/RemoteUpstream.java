package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import java.io.IOException;
import java.time.Duration;
import org.eclipse.jgit.lib.Repository;

/** A repository on a Git server: read from a lasting mirror, written by a push. */
public final class RemoteUpstream implements Upstream {
  private final RemoteConnections connections;
  private final Mirror mirror;
  private final Duration staleness;

  public RemoteUpstream(Remote remote, GitopsConfig config) {
    this.connections = new RemoteConnections(remote, config);
    this.mirror = new Mirror(connections, config);
    this.staleness = config.staleness();
  }

  @Override
  public String name() {
    return connections.url();
  }

  @Override
  public Repository repository() {
    return mirror.repository();
  }

  @Override
  public Repository refresh() {
    return mirror.within(staleness);
  }

  @Override
  public void invalidate() {
    mirror.invalidate();
  }

  @Override
  public Session begin() {
    return PushSession.begin(connections, mirror);
  }

  @Override
  public boolean rebuild(IOException broken) {
    mirror.rebuild(broken);
    return true;
  }

  /** Proves that the server lets us push, and that the mirror can be written. */
  @Override
  public void probe() {
    mirror.probe();
    begin().close();
  }

  @Override
  public void close() {
    mirror.close();
  }
}
