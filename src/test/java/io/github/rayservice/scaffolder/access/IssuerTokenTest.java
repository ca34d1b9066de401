package io.github.rayservice.scaffolder.access;

import static io.github.rayservice.scaffolder.testsupport.ApiFixture.PATH;
import static io.github.rayservice.scaffolder.testsupport.ApiFixture.minimal;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.github.rayservice.scaffolder.testsupport.backstage.FakeBackstage;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;

/** Who is behind a token of an OIDC issuer. */
@QuarkusTest
@WithTestResource(value = LocalIssuerResource.class, scope = TestResourceScope.RESTRICTED_TO_CLASS)
class IssuerTokenTest {
  /** Injected by the test resource. */
  @SuppressWarnings("NullAway.Init")
  LocalIssuerResource.Issuer issuer;

  /** Of a member of team-ml. */
  private static JwtClaims claims(String subject) {
    JwtClaims claims = FakeBackstage.claims(subject, 5);
    claims.setAudience(LocalIssuerResource.AUDIENCE);
    claims.setStringListClaim("groups", List.of("team-ml"));
    return claims;
  }

  private ValidatableResponse create(JwtClaims claims, String name) {
    return given()
        .auth()
        .oauth2(issuer.sign(claims))
        .contentType("application/json")
        .body(minimal("team-ml", name))
        .post(PATH)
        .then();
  }

  private ValidatableResponse delete(JwtClaims claims, String name) {
    return given().auth().oauth2(issuer.sign(claims)).delete(PATH + "/team-ml/" + name).then();
  }

  private static GitCommand git() {
    return new GitCommand(
        Path.of(ConfigProvider.getConfig().getValue("scaffolder.git.directory", String.class)));
  }

  @Test
  void theSubjectIdentifiesNotAnyNameThatUsersMayChange() {
    JwtClaims claims = claims("4711");
    claims.setStringClaim("preferred_username", "user:default/ann");
    claims.setStringClaim("upn", "user:default/ann");

    create(claims, "by-subject").statusCode(201);

    given()
        .auth()
        .oauth2(issuer.sign(claims))
        .get(PATH + "/team-ml/by-subject")
        .then()
        .body("spec.createdBy", equalTo("oidc:4711"));
    assertThat(git().lines("log", "-1", "--format=%an <%ae>", "main"))
        .containsExactly("oidc:4711 <oidc-4711@users.noreply.localhost>");
  }

  @Test
  void aTokenWithoutASubjectGets401() {
    JwtClaims claims = claims("4711");
    claims.unsetClaim("sub");
    claims.setStringClaim("preferred_username", "ann");

    create(claims, "no-subject")
        .statusCode(401)
        .body("detail", equalTo("the issuer's token has no claim sub"));
  }

  @Test
  void aTokenForAnotherAudienceOrForNoneGets401() {
    JwtClaims other = claims("4711");
    other.setAudience("https://other.example.com");
    JwtClaims none = claims("4711");
    none.unsetClaim("aud");

    create(other, "other-audience").statusCode(401);
    create(none, "no-audience").statusCode(401);
  }

  @Test
  void rolesOfTheIssuerAreNoGroups() {
    JwtClaims claims = claims("4711");
    claims.unsetClaim("groups");
    claims.setClaim("realm_access", Map.of("roles", List.of("team-ml")));
    claims.setClaim(
        "resource_access", Map.of("rayservice-scaffolder", Map.of("roles", List.of("team-ml"))));

    create(claims, "roles").statusCode(403);
  }

  /** A DELETE has no form whose rules would judge its author. */
  @Test
  void theAuthorOfADeleteIsOneLine() {
    create(claims("4711"), "deleted").statusCode(201);
    String before = git().run("rev-parse", "main");

    for (String subject : List.of("ann\r\nRequest-Id: forged", "ann\u0000", "a\nb", "a\rb")) {
      delete(claims(subject), "deleted")
          .statusCode(401)
          .body("detail", startsWith("the token's subject cannot be written into Git"));
    }
    assertThat(git().run("rev-parse", "main")).isEqualTo(before);

    String odd = "ann; --push-option='x' Request-Id: forged";
    delete(claims(odd), "deleted").statusCode(200);
    assertThat(git().lines("log", "-1", "--format=%an%n%(trailers:only,key=Ray-Service)", "main"))
        .containsExactly("oidc:" + odd, "Ray-Service: team-ml/deleted");
    assertThat(git().lines("cat-file", "commit", "main").stream().takeWhile(l -> !l.isEmpty()))
        .extracting(line -> line.split(" ", 2)[0])
        .containsExactly("tree", "parent", "author", "committer");
    git().check();
  }
}
