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

  /** The body does not arrive. */
  public static final class TooSlow extends WebhookException {
    TooSlow() {
      super(
          "the body has not arrived after %d seconds"
              .formatted(WebhookVerifier.PATIENCE.toSeconds()));
    }
  }

  /** As many bodies as this service reads at a time are being read. */
  public static final class TooMany extends WebhookException {
    TooMany() {
      super("%d other deliveries are being read".formatted(WebhookVerifier.MAX_BODIES));
    }
  }
}
