package io.github.rayservice.scaffolder.e2e.backstage;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.testsupport.ApiFixture;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.zip.GZIPInputStream;
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

  ProxyTest(Portal portal) {
    this.portal = portal;
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
    HttpClient client = client();
    try {
      HttpResponse<InputStream> events =
          client.send(
              request("/api/v1/events").header("Accept", "text/event-stream").build(),
              HttpResponse.BodyHandlers.ofInputStream());
      // NGINX compresses whatever it is told to; what counts is that it does not keep it.
      assertThat(events.headers().firstValue("Content-Encoding")).contains("gzip");
      InputStream plain = new GZIPInputStream(events.body());

      StringBuilder first = new StringBuilder();
      while (first.indexOf("event:reset") < 0) {
        // A reader would wait for more than it is asked for.
        first.append((char) plain.read());
      }
    } finally {
      client.shutdownNow();
    }
  }

  @Test
  void anUpdateOfWhatWasReadCompressedIsTaken() throws Exception {
    try (HttpClient client = client()) {
      HttpResponse<String> created =
          client.send(
              json("/api/v1/ray-services", "POST", ApiFixture.minimal("team-ml", "proxied")),
              HttpResponse.BodyHandlers.ofString());
      assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
      HttpResponse<byte[]> read =
          client.send(request(PATH).build(), HttpResponse.BodyHandlers.ofByteArray());
      String tag = read.headers().firstValue("ETag").orElseThrow();
      // What makes this test one of a proxy.
      assertThat(read.headers().firstValue("Content-Encoding")).contains("gzip");
      assertThat(tag).startsWith("W/");

      String update = ApiFixture.withReplicas("team-ml", "proxied", 3);
      HttpResponse<String> stale =
          client.send(
              json(PATH, "PUT", update, "If-Match", tag.replaceAll("[0-9a-f]", "0")),
              HttpResponse.BodyHandlers.ofString());
      HttpResponse<String> changed =
          client.send(
              json(PATH, "PUT", update, "If-Match", tag), HttpResponse.BodyHandlers.ofString());

      assertThat(stale.statusCode()).as(stale.body()).isEqualTo(412);
      assertThat(changed.statusCode()).as(changed.body()).isEqualTo(202);
    }
  }

  private HttpRequest json(String path, String method, String form, String... headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .method(
                method,
                HttpRequest.BodyPublishers.ofString(
                    form.replace("gitlab.example.com", "gitlab.company.com")));
    return (headers.length == 0 ? request : request.headers(headers)).build();
  }

  @Test
  void whereAFormWasCreatedIsTrueBehindTheProxy() throws Exception {
    try (HttpClient client = client()) {
      HttpResponse<String> created =
          client.send(
              json("/api/v1/ray-services", "POST", ApiFixture.minimal("team-ml", "located")),
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
