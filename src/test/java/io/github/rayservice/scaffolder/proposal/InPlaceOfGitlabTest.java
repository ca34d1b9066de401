package io.github.rayservice.scaffolder.proposal;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What proxies, login pages and states of a company's GitLab answer in place of what was asked. */
@QuarkusTest
@WithTestResource(value = GitlabResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
class InPlaceOfGitlabTest extends MergeRequestScenario {
  private static final String JSON = "application/json";
  private static final String HTML = "text/html; charset=utf-8";
  private static final String EVERYTHING = "";
  private static final String OPENING = "POST /projects/";
  private static final String REASON = "checks.find { it.name == 'GitLab' }.data.reason";

  @AfterEach
  void likeBefore() {
    gitlab.fail(EVERYTHING, 0, FAILURE);
    gitlab.fail(OPENING, 0, FAILURE);
    gitlab.server().refuseNothing();
  }

  private void always(String calls, int status, String type, String body) {
    gitlab.fail(calls, Integer.MAX_VALUE, new FakeGitlab.Failure(status, type, body));
  }

  private static ValidatableResponse problem(String name, int status, String type) {
    return create(name)
        .then()
        .statusCode(status)
        .body("type", equalTo("urn:rayservice-scaffolder:problem:" + type));
  }

  private static ValidatableResponse ready() {
    return given().get(ApiFixture.management("health/ready")).then();
  }

  @Test
  void aRedirectToALoginPageIsNeverTheCallers() {
    gitlab.fail(
        EVERYTHING,
        Integer.MAX_VALUE,
        new FakeGitlab.Failure(
            302,
            HTML,
            "<html>moved</html>",
            Map.of("Location", "https://sso.company.com/login?SAMLRequest=canary")));

    problem("sso", 503, "gitlab-elsewhere")
        .header("Location", nullValue())
        .body(
            "detail",
            containsString("https://sso.company.com/login answers in place of GitLab's API"))
        .body("detail", not(containsString("canary")));
    ready().statusCode(503).body(REASON, containsString("in place of GitLab's API"));
  }

  @Test
  void aLoginPageInPlaceOfTheAnswerIsTold() {
    always(EVERYTHING, 200, HTML, "<!DOCTYPE html><html><title>Sign in</title>");

    problem("page", 503, "gitlab-elsewhere")
        .body("detail", containsString("a page (Sign in) answers in place of GitLab's API"));
    ready().statusCode(503).body(REASON, not(containsString("<")));
  }

  @Test
  void aPathThatAProxyDecodesIsTold() {
    always(EVERYTHING, 404, HTML, "<!DOCTYPE html><html><head><title>404</title></head>");

    problem("decoded", 503, "gitlab-denied")
        .body("detail", containsString("%2F"))
        .body("detail", containsString("its number"))
        .body("detail", not(containsString("<")));
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 502, 503})
  void aPageOfAProxyIsNeverInADetail(int status) {
    always(OPENING, status, HTML, "\n<html><head><title>Bad\nday</title></head><p>x</html>");

    String detail = create("proxy-" + status).then().statusCode(503).extract().path("detail");

    assertThat(detail).contains("Bad day").doesNotContain("<", "role Developer");
  }

  @Test
  void gitlabsOwnReasonFor403IsTheCallers() {
    always(
        OPENING, 403, JSON, "{\"message\":\"403 Forbidden - Your IP is not in the <b>list</b>\"}");

    problem("address", 403, "gitlab-refused")
        .body("detail", containsString("GitLab: Your IP is not in the list;"))
        .body("detail", not(containsString("role Developer")));
  }

  @Test
  void maintenanceOfGitlabIsAnOutage() {
    always(
        OPENING,
        403,
        JSON,
        "{\"message\":\"You cannot perform write operations on a read-only instance\"}");

    problem("maintained", 503, "gitlab-unavailable")
        .body("detail", containsString("write operations on a read-only instance"))
        .body("detail", not(containsString("role Developer")));
  }

  @Test
  void a403ThatSaysNothingIsTheTokens() {
    always(OPENING, 403, JSON, "{\"message\":\"403 Forbidden\"}");

    problem("role", 503, "gitlab-denied").body("detail", containsString("the role Developer"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          seen-1 ~ 400 ~ {"message":["source_branch does not exist"]}
          seen-2 ~ 400 ~ {"error":"source_branch does not exist"}
          seen-3 ~ 409 ~ {"message":["Source project does not exist"]}
          seen-4 ~ 400 ~ {"message":["Source branch \\"x\\" does not exist"]}
          """)
  void anApiThatIsBehindThePushIsWaitedFor(String name, int status, String body) {
    gitlab.fail(OPENING, 2, new FakeGitlab.Failure(status, JSON, body));

    create(name).then().statusCode(201).body("mergeRequest.state", equalTo("opened"));

    assertThat(of(name)).hasSize(1);
  }

  @Test
  void anApiThatStaysBehindIsAnOutageAndTheSameRequestGoesOn() {
    always(OPENING, 400, JSON, "{\"message\":[\"source_branch does not exist\"]}");

    problem("behind", 503, "gitlab-unavailable")
        .body("detail", containsString("source_branch does not exist"))
        .body("detail", containsString("goes on from there"));
    gitlab.fail(OPENING, 0, FAILURE);

    create("behind").then().statusCode(201);
    assertThat(commits("behind")).hasSize(1);
    assertThat(of("behind")).hasSize(1);
  }

  @Test
  void aTokenWithFineGrainedPermissionsIsReady() {
    gitlab.fail(
        "GET /personal_access_tokens/self",
        1,
        new FakeGitlab.Failure(
            200,
            JSON,
            "{\"active\":true,\"name\":\"fine\",\"scopes\":[\"granular\"],\"expires_at\":\"2027-01-01\"}"));

    ready()
        .statusCode(200)
        .body(
            "checks.find { it.name == 'GitLab' }.data.permissions",
            containsString("cannot be checked"));
  }

  @Test
  void maintenanceOfGitIsAnOutageInGitlabsWords() {
    gitlab
        .server()
        .refuse(
            "POST .*/git-receive-pack",
            403,
            "text/plain",
            "Git push is not allowed because this GitLab instance is currently in (read-only) maintenance mode.");

    problem("git", 503, "repository-unavailable")
        .body("detail", containsString("(read-only) maintenance mode."))
        .body("detail", not(containsString("scope")));
  }
}
