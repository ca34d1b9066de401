package io.github.rayservice.scaffolder;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a token may go. */
class TokenAddressTest {
  private static void require(String address, boolean httpInCluster) {
    TokenAddress.require("a.setting", URI.create(address), () -> httpInCluster);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://gitlab.company.com",
        "HTTPS://gitlab.company.com:8443/base",
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://[::1]:8080/",
      })
  void httpsAndLoopbackAreTaken(String address) {
    assertThatCode(() -> require(address, false)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://backstage.tools.svc",
        "http://backstage.tools.svc:7007",
        "http://BACKSTAGE.tools.SVC.cluster.local/api",
      })
  void httpInTheClusterIsTakenWhenThePlatformSaysSo(String address) {
    assertThatCode(() -> require(address, true)).doesNotThrowAnyException();
    assertThatThrownBy(() -> require(address, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("a.setting must be an https URL")
        .hasMessageContaining("not http://backstage.tools.svc")
        .hasMessageContaining("scaffolder.transport.http-in-cluster=true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://gitlab.company.com",
        "http://svc",
        "http://a.svc.company.com",
        "http://a.b.svc.cluster.local.company.com",
        "http://asvc",
        "http://localhost.company.com",
        "http://127.0.0.1.company.com",
        "ftp://gitlab.company.com",
        "gitlab.company.com",
        "https:gitlab",
        "https:///path",
        "https://me:secret@gitlab.company.com",
        "https://secret@gitlab.company.com",
        "https://gitlab.company.com?private_token=secret",
        "https://gitlab.company.com#secret",
      })
  void everythingElseIsRefusedAndItsSecretsAreNotRepeated(String address) {
    assertThatThrownBy(() -> require(address, true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("a.setting must be an https URL")
        .hasMessageNotContaining("secret");
  }
}
