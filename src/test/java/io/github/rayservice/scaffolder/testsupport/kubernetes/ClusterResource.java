package io.github.rayservice.scaffolder.testsupport.kubernetes;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives the application under test a {@link FakeCluster} to watch. */
public final class ClusterResource implements QuarkusTestResourceLifecycleManager {
  private @Nullable FakeCluster cluster;
  private Map<String, String> more = Map.of();

  @Override
  public void init(Map<String, String> initArgs) {
    more = initArgs;
  }

  @Override
  public Map<String, String> start() {
    FakeCluster fresh = new FakeCluster();
    cluster = fresh;
    Map<String, String> settings = new HashMap<>(more);
    settings.put("scaffolder.status.enabled", "true");
    settings.put("quarkus.kubernetes-client.api-server-url", fresh.url());
    return settings;
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(cluster, new TestInjector.MatchesType(FakeCluster.class));
  }

  @Override
  public void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }
}
