package io.github.rayservice.scaffolder.testsupport.backstage;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Configures the application under test to accept tokens of a {@link FakeBackstage} and one static
 * token.
 */
public final class BackstageResource implements QuarkusTestResourceLifecycleManager {
  public static final String PIPELINE = "the-token-of-a-pipeline";

  private final FakeBackstage backstage = new FakeBackstage();

  @Override
  public Map<String, String> start() {
    return Map.of(
        "scaffolder.access.backstage.url", backstage.url(),
        "scaffolder.access.backstage.audience", FakeBackstage.AUDIENCE,
        "scaffolder.access.tokens[0].subject", "pipeline",
        "scaffolder.access.tokens[0].sha256", DigestUtils.sha256Hex(PIPELINE),
        "scaffolder.access.tokens[0].groups", "automation",
        "scaffolder.access.tokens[0].names-others", "true",
        "scaffolder.access.grants[0].group", "automation",
        "scaffolder.access.grants[0].namespaces", "team-ml,lab-*");
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(backstage, new TestInjector.MatchesType(FakeBackstage.class));
  }

  @Override
  public void stop() {
    backstage.close();
  }
}
