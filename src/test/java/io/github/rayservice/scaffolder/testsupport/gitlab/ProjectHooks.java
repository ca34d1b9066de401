package io.github.rayservice.scaffolder.testsupport.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.gitlab.GitlabResponse.Refused;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Webhooks of the project and their deliveries. Events are sent one after another in the
 * background, kept with their response, and sent again on demand with the same {@code
 * Idempotency-Key}. After four failures in a row a webhook is disabled for a minute, after each
 * further failure twice as long, and after forty failures for ever. Events are not delivered later.
 * Source: GitLab's documentation of webhooks and of the project webhooks API.
 */
final class ProjectHooks implements AutoCloseable {
  private static final int FAILURES_BEFORE_REST = 4;
  private static final int FAILURES_BEFORE_END = 40;
  private static final Duration LONGEST_REST = Duration.ofDays(1);

  private final FakeGitlab gitlab;
  private final List<Hook> hooks = new ArrayList<>();
  private final List<Sent> sent = new ArrayList<>();
  // GitLab sends HTTP/1.1; the Java client would first try an upgrade to HTTP/2.
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService sender = Executors.newSingleThreadExecutor();
  private int unreachable;
  private Duration passed = Duration.ZERO;

  ProjectHooks(FakeGitlab gitlab) {
    this.gitlab = gitlab;
  }

  private static final class Hook {
    final int id;
    final String uuid = UUID.randomUUID().toString();
    final ObjectNode settings;
    final Optional<String> token;
    boolean signed;
    int failures;
    Instant restsUntil = Instant.MIN;

    Hook(int id, ObjectNode settings, Optional<String> token) {
      this.id = id;
      this.settings = settings;
      this.token = token;
    }

    String url() {
      return settings.path("url").asText();
    }
  }

  /** One event for one webhook, with the response to the last attempt. */
  private static final class Sent {
    final int id;
    final Hook hook;
    final String key = UUID.randomUUID().toString();
    final String url;
    final String trigger;
    final byte[] body;
    String status = "";

    Sent(int id, Hook hook, String trigger, byte[] body) {
      this.id = id;
      this.hook = hook;
      this.url = hook.url();
      this.trigger = trigger;
      this.body = body;
    }
  }

  GitlabResponse create(GitlabRequest call) {
    String url = call.required("url");
    if (!url.matches("https?://[^/\\s].*")) {
      throw new Refused(GitlabResponse.error(422, "Invalid url given"));
    }
    ObjectNode settings = GitlabResponse.JSON.createObjectNode();
    settings.put("id", hooks.size() + 1).put("url", url).put("project_id", 1);
    settings.put("push_events", flag(call, "push_events", true));
    settings.put("merge_requests_events", flag(call, "merge_requests_events", false));
    settings.put("enable_ssl_verification", flag(call, "enable_ssl_verification", true));
    settings.put("created_at", now().toString());
    Hook hook = new Hook(hooks.size() + 1, settings, call.text("token"));
    hooks.add(hook);
    return GitlabResponse.of(201, shown(hook));
  }

  private static boolean flag(GitlabRequest call, String name, boolean otherwise) {
    return call.oneOf(name, List.of("true", "false")).map(Boolean::parseBoolean).orElse(otherwise);
  }

  GitlabResponse list(GitlabRequest call) {
    return GitlabResponse.page(call, hooks.stream().map(this::shown).toList());
  }

  GitlabResponse get(String id) {
    return GitlabResponse.of(200, shown(hook(id)));
  }

  GitlabResponse delete(String id) {
    hooks.remove(hook(id));
    return GitlabResponse.nothing();
  }

  /** Newest first. */
  GitlabResponse events(GitlabRequest call, String id) {
    Hook hook = hook(id);
    List<ObjectNode> events = new ArrayList<>();
    for (Sent delivery : sent) {
      if (delivery.hook == hook) {
        events.add(
            GitlabResponse.JSON
                .createObjectNode()
                .put("id", delivery.id)
                .put("url", delivery.url)
                .put("trigger", delivery.trigger + "_hooks")
                .put("request_data", new String(delivery.body, UTF_8))
                .put("response_status", delivery.status));
      }
    }
    Collections.reverse(events);
    return GitlabResponse.page(call, events);
  }

  /** Sends the same event again: same body, same Idempotency-Key. */
  GitlabResponse resend(String id, String event) {
    Hook hook = hook(id);
    Sent delivery =
        sent.stream()
            .filter(d -> d.hook == hook && String.valueOf(d.id).equals(event))
            .findFirst()
            .orElseThrow(() -> new Refused(GitlabResponse.notFound("")));
    if (!delivery.url.equals(hook.url())) {
      return GitlabResponse.message(
          422, "The hook URL has changed. This log entry cannot be retried.");
    }
    deliver(delivery);
    return GitlabResponse.of(
        201, GitlabResponse.JSON.createObjectNode().put("response_status", delivery.status));
  }

  private Hook hook(String id) {
    return hooks.stream()
        .filter(h -> String.valueOf(h.id).equals(id))
        .findFirst()
        .orElseThrow(() -> new Refused(GitlabResponse.notFound("")));
  }

  private ObjectNode shown(Hook hook) {
    ObjectNode shown = hook.settings.deepCopy();
    boolean ended = hook.failures >= FAILURES_BEFORE_END;
    boolean rests = hook.restsUntil.isAfter(now());
    shown.put("alert_status", ended ? "disabled" : rests ? "temporarily_disabled" : "executable");
    return shown.put("disabled_until", rests ? hook.restsUntil.toString() : null);
  }

  /** Signs the deliveries of this webhook with {@link WebhookHeaders#SIGNING_TOKEN}. */
  void sign(int id) {
    hook(String.valueOf(id)).signed = true;
  }

  /** Loses the next deliveries. */
  void unreachable(int deliveries) {
    unreachable = deliveries;
  }

  void pass(Duration time) {
    passed = passed.plus(time);
  }

  private Instant now() {
    return Instant.now().plus(passed);
  }

  boolean hasHooks() {
    return !hooks.isEmpty();
  }

  /**
   * Delivers an event to the webhooks with this trigger.
   *
   * @param trigger push or merge_request
   */
  void happened(String trigger, ObjectNode body) {
    String setting = trigger.equals("push") ? "push_events" : "merge_requests_events";
    for (Hook hook : hooks) {
      boolean wanted = hook.settings.path(setting).asBoolean();
      if (wanted && hook.failures < FAILURES_BEFORE_END && !hook.restsUntil.isAfter(now())) {
        byte[] text = body.toString().getBytes(UTF_8);
        Sent delivery = new Sent(sent.size() + 1, hook, trigger, text);
        sent.add(delivery);
        sender.execute(() -> deliver(delivery));
      }
    }
  }

  private void deliver(Sent delivery) {
    boolean lost;
    synchronized (gitlab) {
      lost = unreachable > 0;
      unreachable -= lost ? 1 : 0;
    }
    String status = lost ? "internal error" : send(delivery);
    synchronized (gitlab) {
      delivery.status = status;
      Hook hook = delivery.hook;
      hook.failures = status.startsWith("2") ? 0 : hook.failures + 1;
      int doubled = Math.min(20, hook.failures - FAILURES_BEFORE_REST);
      if (doubled >= 0) {
        Duration rest = Duration.ofMinutes(1L << doubled);
        hook.restsUntil = now().plus(rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest);
      }
    }
  }

  private String send(Sent delivery) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", "GitLab/18.6.0");
    headers.put("Idempotency-Key", delivery.key);
    headers.put(
        "X-Gitlab-Event", delivery.trigger.equals("push") ? "Push Hook" : "Merge Request Hook");
    headers.put("X-Gitlab-Webhook-UUID", delivery.hook.uuid);
    headers.put("X-Gitlab-Event-UUID", UUID.randomUUID().toString());
    headers.put("X-Gitlab-Instance", gitlab.url());
    delivery.hook.token.ifPresent(token -> headers.put("X-Gitlab-Token", token));
    if (delivery.hook.signed) {
      headers.putAll(WebhookHeaders.signed(delivery.key, Instant.now(), delivery.body));
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(delivery.url))
            // GitLab's own values.
            .timeout(Duration.ofSeconds(10))
            .POST(HttpRequest.BodyPublishers.ofByteArray(delivery.body));
    headers.forEach(request::header);
    try {
      return String.valueOf(
          http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode());
    } catch (IOException e) {
      return "internal error";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "internal error";
    }
  }

  @Override
  public void close() {
    sender.shutdownNow();
    http.shutdownNow();
  }
}
