package io.github.rayservice.scaffolder.e2e.backstage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Iterator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The service behind a real NGINX that compresses and buffers, as Debian configures it; all other
 * tests of this package go through it, too.
 */
@PortalTest
@Timeout(300)
class ProxyTest {
  private static final String PATH = "/api/v1/ray-services/team-ml/proxied";

  private final Portal portal;
  private final PortalApi api;

  ProxyTest(Portal portal) {
    this.portal = portal;
    this.api = portal.api();
  }

  private HttpClient client() throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream certificate = Files.newInputStream(portal.nginx().certificate())) {
      trusted.setCertificateEntry(
          "nginx", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(portal.nginx().url().resolve(path))
        .header("Authorization", "Bearer " + ServiceProcess.TOKEN)
        .header("Accept-Encoding", "gzip");
  }

  /** The first of them is far smaller than what NGINX collects. */
  @Test
  void eventsPassAtOnce() throws Exception {
    try (HttpClient client = client()) {
      HttpResponse<Stream<String>> events =
          client.send(
              request("/api/v1/events").header("Accept", "text/event-stream").build(),
              HttpResponse.BodyHandlers.ofLines());
      Iterator<String> lines = events.body().iterator();

      assertThat(lines.next()).contains("reset");
      assertThat(events.headers().firstValue("Content-Encoding")).isEmpty();
      client.shutdownNow();
    }
  }

  @Test
  void anUpdateOfWhatWasReadCompressedIsTaken() throws Exception {
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    values.put("name", "proxied").put("team", "group:default/team-ml");
    values.putObject("gitlab").put("hostname", "proxied.company.com").put("username", "ml-team");
    assertThat(api.end(api.start("ray-service", values))).isEqualTo("completed");
    try (HttpClient client = client()) {
      HttpResponse<byte[]> read =
          client.send(request(PATH).build(), HttpResponse.BodyHandlers.ofByteArray());
      String tag = read.headers().firstValue("ETag").orElseThrow();
      // What makes this test one of a proxy.
      assertThat(read.headers().firstValue("Content-Encoding")).contains("gzip");
      assertThat(tag).startsWith("W/");

      HttpResponse<String> changed =
          client.send(
              request(PATH)
                  .header("If-Match", tag)
                  .header("Content-Type", "application/json")
                  .PUT(HttpRequest.BodyPublishers.ofString("{\"spec\": {\"replicas\": 3}}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(changed.statusCode()).as(changed.body()).isEqualTo(202);
    }
  }

  @Test
  void whereAFormWasCreatedIsTrueBehindTheProxy() throws Exception {
    try (HttpClient client = client()) {
      HttpResponse<String> created =
          client.send(
              request("/api/v1/ray-services")
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          """
                          {"metadata": {"namespace": "team-ml", "name": "located"},
                           "spec": {"name": "located", "namespace": "ray-located",
                                    "gitlab": {"hostname": "gitlab.company.com", "username": "ml"}}}
                          """))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      String location = created.headers().firstValue("Location").orElseThrow();

      assertThat(created.uri().resolve(location))
          .isEqualTo(portal.nginx().url().resolve("/api/v1/ray-services/team-ml/located"));
      assertThat(
              client
                  .send(request(location).build(), HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(200);
    }
  }
}
