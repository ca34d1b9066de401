package io.github.rayservice.scaffolder.testsupport.backstage;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Configures the application under test to accept tokens of a {@link FakeBackstage} and one static
 * token.
 */
public final class BackstageResource implements QuarkusTestResourceLifecycleManager {
  public static final String PIPELINE = "the-token-of-a-pipeline";

  /** A token whose subject is written as that of a user, with the rights of the user's team. */
  public static final String NAMED_LIKE_ANN = "the-token-of-somebody-who-is-not-ann";

  /** A token without groups. */
  public static final String READER = "the-token-of-a-reader";

  /** A token without groups that a grant to everybody is for, too. */
  public static final String WRITER = "the-token-of-a-writer";

  public static final String ENDED = "the-token-of-last-year";

  private final FakeBackstage backstage = new FakeBackstage();

  @Override
  public Map<String, String> start() {
    Map<String, String> settings = new HashMap<>();
    settings.putAll(token(1, "user:default/ann", NAMED_LIKE_ANN, "groups", "team-ml"));
    settings.putAll(token(2, "reader", READER));
    settings.putAll(token(3, "writer", WRITER, "writes", "true"));
    settings.putAll(token(4, "retired", ENDED, "expires", "2025-12-31T23:00:00+01:00"));
    settings.put("scaffolder.access.grants[1].group", "*");
    settings.put("scaffolder.access.grants[1].namespaces", "open-*");
    settings.putAll(
        Map.of(
            "scaffolder.access.backstage.url", backstage.url(),
            "scaffolder.access.backstage.audience", FakeBackstage.AUDIENCE,
            "scaffolder.access.tokens[0].subject", "pipeline",
            "scaffolder.access.tokens[0].sha256", DigestUtils.sha256Hex(PIPELINE),
            "scaffolder.access.tokens[0].groups", "automation",
            "scaffolder.access.tokens[0].names-others", "true",
            "scaffolder.access.grants[0].group", "automation",
            "scaffolder.access.grants[0].namespaces", "team-ml,lab-*"));
    return settings;
  }

  private static Map<String, String> token(
      int index, String subject, String token, String... others) {
    String prefix = "scaffolder.access.tokens[%d].".formatted(index);
    Map<String, String> settings = new HashMap<>();
    settings.put(prefix + "subject", subject);
    settings.put(prefix + "sha256", DigestUtils.sha256Hex(token));
    for (int i = 0; i < others.length; i += 2) {
      settings.put(prefix + others[i], others[i + 1]);
    }
    return settings;
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
