package io.github.rayservice.scaffolder.access;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tokens of a real OpenID provider (oidc-provider, certified by the OpenID Foundation): {@code
 * -Pclients}.
 */
@Tag("clients")
@QuarkusTest
@WithTestResource(value = OidcIssuerResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
class OidcTest {
  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  OidcIssuerResource.Issuer issuer;

  private String token(String client, String audience) {
    return given()
        .auth()
        .preemptive()
        .basic(client, "secret-of-" + client)
        .formParam("grant_type", "client_credentials")
        .formParam("resource", audience)
        .post(issuer.url() + "/token")
        .then()
        .statusCode(200)
        .extract()
        .path("access_token");
  }

  private static ValidatableResponse create(String token, String namespace, String name) {
    return given()
        .auth()
        .oauth2(token)
        .contentType("application/json")
        .body(minimal(namespace, name))
        .post(PATH)
        .then();
  }

  @Test
  void aMemberOfTheTeamWritesAndIsCreatedBy() {
    String token = token("pipeline", OidcIssuerResource.AUDIENCE);

    create(token, "team-ml", "by-issuer").statusCode(201);

    given()
        .auth()
        .oauth2(token)
        .get(PATH + "/team-ml/by-issuer")
        .then()
        .statusCode(200)
        .body("spec.createdBy", equalTo("oidc:pipeline"));
  }

  @Test
  void aUserWithoutTheGroupOrForAnotherTeamGets403() {
    create(token("pipeline", OidcIssuerResource.AUDIENCE), "team-other", "text").statusCode(403);
    create(token("visitor", OidcIssuerResource.AUDIENCE), "team-ml", "text").statusCode(403);
  }

  @Test
  void aTokenForAnotherAudienceGets401() {
    create(token("pipeline", "https://other.example.com"), "team-ml", "text")
        .statusCode(401)
        .header("WWW-Authenticate", containsString("Bearer"));
  }

  @Test
  void aModifiedTokenGets401() {
    String token = token("visitor", OidcIssuerResource.AUDIENCE);
    String payload = token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
    String other = token("pipeline", OidcIssuerResource.AUDIENCE);
    String otherPayload = other.substring(other.indexOf('.') + 1, other.lastIndexOf('.'));

    create(token.replace(payload, otherPayload), "team-ml", "text").statusCode(401);
  }
}
