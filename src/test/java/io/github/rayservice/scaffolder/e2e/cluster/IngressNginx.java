package io.github.rayservice.scaffolder.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.IngressServiceBackend;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Configures Debian's NGINX from our Ingress and its annotations, as ingress-nginx does.
 * ingress-nginx itself is a module of NGINX that cannot be built from packages.
 */
final class IngressNginx {
  private static final String ANNOTATION = "nginx.ingress.kubernetes.io/";

  private final Cluster cluster;
  private final Lab lab;

  IngressNginx(Cluster cluster, Lab lab) {
    this.cluster = cluster;
    this.lab = lab;
  }

  /**
   * Serves all current Ingresses, as the controller does after each change: one server for each
   * host. Concurrent tests do this one after the other.
   */
  void sync() {
    synchronized (IngressNginx.class) {
      lab.serveIngress(servers());
    }
  }

  private String servers() {
    Map<String, SortedMap<String, String>> hosts = new TreeMap<>();
    for (Ingress ingress :
        cluster.client().network().v1().ingresses().inAnyNamespace().list().getItems()) {
      for (IngressRule rule : ingress.getSpec().getRules()) {
        // NGINX takes the first that matches; ingress-nginx writes the longer first.
        SortedMap<String, String> locations =
            hosts.computeIfAbsent(
                rule.getHost(),
                host ->
                    new TreeMap<>(
                        Comparator.comparingInt(String::length)
                            .reversed()
                            .thenComparing(Comparator.naturalOrder())));
        rule.getHttp()
            .getPaths()
            .forEach(path -> locations.put(path.getPath(), location(ingress, path)));
      }
    }
    StringBuilder servers = new StringBuilder();
    hosts.forEach(
        (host, locations) -> servers.append(server(host, String.join("", locations.values()))));
    return servers.toString();
  }

  private static String server(String host, CharSequence locations) {
    return """
    server {
      listen 80;
      listen 443 ssl;
      server_name %s;
      proxy_http_version 1.1;
      proxy_connect_timeout 5s;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    %s}
    """
        .formatted(host, locations);
  }

  private String location(Ingress ingress, HTTPIngressPath path) {
    Map<String, String> annotations = ingress.getMetadata().getAnnotations();
    String id = Integer.toHexString((ingress.getMetadata().getUid() + path.getPath()).hashCode());
    String login = login(annotations, id);
    return """
      location ~* "^%s" {
        %s
        %s
        %s
      }
    %s\
    """
        .formatted(
            path.getPath(),
            "true".equals(annotations.get(ANNOTATION + "force-ssl-redirect"))
                ? "if ($scheme = http) { return 308 https://$host$request_uri; }"
                : "",
            login.isEmpty()
                ? ""
                : "set $escaped_request_uri $request_uri; auth_request /_login-%1$s; error_page 401 = @signin-%1$s;"
                    .formatted(id),
            annotations.containsKey(ANNOTATION + "temporal-redirect")
                ? "return 302 " + annotations.get(ANNOTATION + "temporal-redirect") + ";"
                : proxy(annotations) + upstream(ingress, path),
            login);
  }

  private static String proxy(Map<String, String> annotations) {
    return """
    client_max_body_size %s;
    proxy_read_timeout %ss;
    proxy_send_timeout %ss;
    %s
    """
        .formatted(
            annotations.get(ANNOTATION + "proxy-body-size"),
            annotations.get(ANNOTATION + "proxy-read-timeout"),
            annotations.get(ANNOTATION + "proxy-send-timeout"),
            annotations.containsKey(ANNOTATION + "proxy-cookie-path")
                ? "proxy_cookie_path " + annotations.get(ANNOTATION + "proxy-cookie-path") + ";"
                : "");
  }

  /**
   * Asks the platform's login whether it knows the user, and sends there who is not known. Empty
   * without a login.
   */
  private static String login(Map<String, String> annotations, String id) {
    return annotations.containsKey(ANNOTATION + "auth-url")
        ? """
          location = /_login-%1$s {
            internal;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_pass %2$s;
          }
          location @signin-%1$s {
            return 302 %3$s;
          }
        """
            .formatted(
                id,
                annotations.get(ANNOTATION + "auth-url"),
                annotations.get(ANNOTATION + "auth-signin"))
        : "";
  }

  /** A Service that does not exist yet is 503, as with ingress-nginx. */
  private String upstream(Ingress ingress, HTTPIngressPath path) {
    IngressServiceBackend backend = path.getBackend().getService();
    Service service =
        cluster
            .client()
            .services()
            .inNamespace(ingress.getMetadata().getNamespace())
            .withName(backend.getName())
            .get();
    if (service == null) {
      return "return 503;";
    }
    String target = ingress.getMetadata().getAnnotations().get(ANNOTATION + "rewrite-target");
    return (target == null ? "" : "rewrite \"(?i)%s\" %s break; ".formatted(path.getPath(), target))
        + "proxy_pass http://%s:%d;"
            .formatted(service.getSpec().getClusterIP(), backend.getPort().getNumber());
  }

  /** GET through NGINX by the host of the Ingress, as a browser does. */
  static Response get(String host, String path) {
    return request(host).get("https://" + Lab.NODE + path);
  }

  /** The same with the token of a Ray cluster, as its dashboard and Ray's own clients send it. */
  static Response get(String host, String path, String token) {
    return request(host)
        .header("Authorization", "Bearer " + token)
        .get("https://" + Lab.NODE + path);
  }

  static RequestSpecification request(String host) {
    // The certificate is that of the lab's authority, and the name is the header's.
    return RestAssured.given()
        .relaxedHTTPSValidation()
        .redirects()
        .follow(false)
        .header("Host", host);
  }

  /**
   * POST of a text to the model. The node learns of new endpoints of a Service a moment later;
   * until then NGINX answers with an error.
   */
  static Response ask(String host, String name, String text) {
    Response answer = askOnce(host, name, text);
    for (int more = 120; answer.statusCode() != 200 && more > 0; more--) {
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      answer = askOnce(host, name, text);
    }
    assertThat(answer.statusCode()).as(answer.body().asString()).isEqualTo(200);
    return answer;
  }

  private static Response askOnce(String host, String name, String text) {
    return post(host, "/ray-serve/" + name + "/", text);
  }

  /** POST of a text through NGINX by the host of the Ingress. */
  static Response post(String host, String path, String text) {
    return request(host).contentType("text/plain").body(text).post("https://" + Lab.NODE + path);
  }
}
