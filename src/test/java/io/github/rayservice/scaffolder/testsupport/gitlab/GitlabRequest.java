package io.github.rayservice.scaffolder.testsupport.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResponse.Refused;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * A request to GitLab's API: its decoded path segments, and its parameters, which GitLab reads from
 * the query and the body.
 */
record GitlabRequest(
    String method,
    List<String> path,
    String address,
    Map<String, String> query,
    ObjectNode parameters,
    String token) {

  /** Reads a request below a path of the server. */
  static GitlabRequest read(HttpExchange exchange, String server, String root, byte[] body) {
    String raw = exchange.getRequestURI().getRawPath();
    List<String> path =
        Arrays.stream(raw.substring(root.length() + 1).split("/", -1))
            .map(segment -> decoded(segment.replace("+", "%2B")))
            .toList();
    Map<String, String> query = new TreeMap<>();
    ObjectNode parameters = GitlabResponse.JSON.createObjectNode();
    String rawQuery = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    form(rawQuery, parameters);
    parameters.properties().forEach(p -> query.put(p.getKey(), p.getValue().asText()));
    if (body.length > 0) {
      body(exchange, body, parameters);
    }
    return new GitlabRequest(
        exchange.getRequestMethod(), path, server + raw, query, parameters, tokenOf(exchange));
  }

  private static void body(HttpExchange exchange, byte[] body, ObjectNode parameters) {
    String type =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type")).orElse("");
    if (type.startsWith("application/x-www-form-urlencoded")) {
      form(new String(body, UTF_8), parameters);
    } else if (type.startsWith("application/json")) {
      try {
        GitlabResponse.JSON
            .readTree(body)
            .properties()
            .forEach(p -> parameters.set(p.getKey(), p.getValue()));
      } catch (JsonProcessingException e) {
        throw new Refused(GitlabResponse.error(400, "400 Bad Request"));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    } else {
      throw new Refused(
          GitlabResponse.error(415, "The provided content-type '" + type + "' is not supported."));
    }
  }

  private static void form(String text, ObjectNode parameters) {
    for (String pair : text.split("&", -1)) {
      if (pair.contains("=")) {
        String name = decoded(pair.substring(0, pair.indexOf('=')));
        String value = decoded(pair.substring(pair.indexOf('=') + 1));
        if (name.endsWith("[]")) {
          parameters.withArray(name.substring(0, name.length() - 2)).add(value);
        } else {
          parameters.put(name, value);
        }
      }
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, UTF_8);
  }

  private static String tokenOf(HttpExchange exchange) {
    String token = exchange.getRequestHeaders().getFirst("PRIVATE-TOKEN");
    if (token != null) {
      return token;
    }
    String bearer = exchange.getRequestHeaders().getFirst("Authorization");
    return bearer != null && bearer.startsWith("Bearer ") ? bearer.substring(7) : "";
  }

  boolean reads() {
    return method.equals("GET") || method.equals("HEAD");
  }

  /** Whether the path has these segments; * matches any one segment. */
  boolean at(String... segments) {
    if (segments.length != path.size()) {
      return false;
    }
    for (int i = 0; i < segments.length; i++) {
      if (!segments[i].equals("*") && !segments[i].equals(path.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The same request without the first segments of its path. */
  GitlabRequest below(int segments) {
    return new GitlabRequest(
        method, path.subList(segments, path.size()), address, query, parameters, token);
  }

  Optional<String> text(String name) {
    JsonNode value = parameters.path(name);
    return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value.asText());
  }

  String required(String name) {
    return text(name)
        .orElseThrow(() -> new Refused(GitlabResponse.error(400, name + " is missing")));
  }

  /** A parameter with one of these values. */
  Optional<String> oneOf(String name, List<String> allowed) {
    Optional<String> value = text(name);
    if (value.isPresent() && !allowed.contains(value.get())) {
      throw new Refused(GitlabResponse.error(400, name + " does not have a valid value"));
    }
    return value;
  }

  int positive(String name, int otherwise) {
    String value = text(name).orElse(String.valueOf(otherwise));
    if (!value.matches("\\d{1,9}")) {
      throw new Refused(GitlabResponse.error(400, name + " is invalid"));
    }
    if (Integer.parseInt(value) == 0) {
      throw new Refused(GitlabResponse.error(400, name + " does not have a valid value"));
    }
    return Integer.parseInt(value);
  }

  /** An entry of the header Link for another page of the same list. */
  String link(int page, int perPage, String relation) {
    Map<String, String> all = new TreeMap<>(query);
    all.put("page", String.valueOf(page));
    all.put("per_page", String.valueOf(perPage));
    StringJoiner text = new StringJoiner("&");
    all.forEach((name, value) -> text.add(name + "=" + URLEncoder.encode(value, UTF_8)));
    return "<" + address + "?" + text + ">; rel=\"" + relation + "\"";
  }
}
