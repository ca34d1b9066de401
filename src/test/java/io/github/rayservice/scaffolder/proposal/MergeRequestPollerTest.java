package io.github.rayservice.scaffolder.proposal;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.json;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;

import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No webhook ever arrives. */
@QuarkusTest
@WithTestResource(
    value = GitlabResource.class,
    scope = TestResourceScope.RESTRICTED_TO_CLASS,
    initArgs = @ResourceArg(name = "scaffolder.gitlab.poll-interval", value = "1s"))
class MergeRequestPollerTest {
  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  FakeGitlab gitlab;

  /** The bound only ends a test that would wait for ever. */
  @Test
  @Timeout(120)
  void withoutWebhooksChangesAreKnownAfterOneInterval() throws InterruptedException {
    int number =
        json(minimal("team-ml", "closed"))
            .post(PATH)
            .then()
            .statusCode(201)
            .extract()
            .path("mergeRequest.number");
    gitlab.fail(
        "GET /projects/",
        1,
        new FakeGitlab.Failure(403, "application/json", "{\"message\":\"403\"}"));

    gitlab.close(number);

    while (!gitlab.git().run("for-each-ref", "refs/heads/rayservice").isEmpty()) {
      Thread.sleep(50);
    }
  }
}
