package io.github.rayservice.scaffolder.gitops.transport;

import java.io.IOException;
import org.eclipse.jgit.attributes.AttributesNodeProvider;
import org.eclipse.jgit.lib.ObjectDatabase;
import org.eclipse.jgit.lib.RefDatabase;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** Another repository, of which one thing is different. */
abstract class ForwardingRepository extends Repository {
  private final Repository whole;

  ForwardingRepository(Repository whole) {
    super(new FileRepositoryBuilder().setBare().setGitDir(whole.getDirectory()));
    this.whole = whole;
  }

  @Override
  public void create(boolean bare) throws IOException {
    whole.create(bare);
  }

  @Override
  public String getIdentifier() {
    return whole.getIdentifier();
  }

  @Override
  public ObjectDatabase getObjectDatabase() {
    return whole.getObjectDatabase();
  }

  @Override
  public RefDatabase getRefDatabase() {
    return whole.getRefDatabase();
  }

  @Override
  public StoredConfig getConfig() {
    return whole.getConfig();
  }

  @Override
  public AttributesNodeProvider createAttributesNodeProvider() {
    return whole.createAttributesNodeProvider();
  }

  @Override
  public void scanForRepoChanges() throws IOException {
    whole.scanForRepoChanges();
  }

  @Override
  public void notifyIndexChanged(boolean internal) {
    whole.notifyIndexChanged(internal);
  }

  /** The repository itself stays open; it is not ours. */
  @Override
  protected void doClose() {}
}
