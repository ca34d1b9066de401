package io.github.rayservice.scaffolder.gitlab;

/** A rejected webhook delivery. */
public abstract sealed class WebhookException extends RuntimeException {
  private WebhookException(String message) {
    super(message);
  }

  /** The delivery is not verified to come from GitLab. */
  public static final class Denied extends WebhookException {
    Denied(String message) {
      super(message);
    }
  }

  /** The body exceeds GitLab's own limit. */
  public static final class TooLarge extends WebhookException {
    TooLarge() {
      super(
          "the body of a webhook delivery must have at most %d MB, GitLab's own limit"
              .formatted(WebhookVerifier.MAX_BODY_BYTES / 1_000_000));
    }
  }

  /** The delivery is verified and has no body, which no delivery of GitLab lacks. */
  public static final class Empty extends WebhookException {
    Empty() {
      super("the body is empty");
    }
  }
}
