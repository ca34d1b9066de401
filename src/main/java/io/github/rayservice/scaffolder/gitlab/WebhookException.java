package io.github.rayservice.scaffolder.gitlab;

/** A delivery that is not taken. */
public abstract sealed class WebhookException extends RuntimeException {
  private WebhookException(String message) {
    super(message);
  }

  /** Nobody has proved that it comes from GitLab. */
  public static final class Denied extends WebhookException {
    Denied(String message) {
      super(message);
    }
  }

  /** Its body is longer than GitLab ever sends one. */
  public static final class TooLarge extends WebhookException {
    TooLarge() {
      super(
          "GitLab sends no webhook of more than %d MB"
              .formatted(WebhookVerifier.LARGEST / 1_000_000));
    }
  }
}
