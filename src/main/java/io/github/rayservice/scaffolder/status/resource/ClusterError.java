package io.github.rayservice.scaffolder.status.resource;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.TimeoutException;

/** Why the cluster did not give what it was asked for. */
public final class ClusterError {
  public static final String NOT_INSTALLED = "its CRD is not installed";

  private ClusterError() {}

  /**
   * In words for people: fabric8's own are of its classes and addresses, or none at all.
   *
   * @param what what was asked for, as {@code pods}
   * @param right what the service wanted to do with it, as {@code list and watch}
   */
  public static String describe(Throwable problem, String what, String right) {
    Throwable cause = problem;
    while (cause.getCause() != null && !isAnswer(cause)) {
      cause = cause.getCause();
    }
    if (isAnswer(cause)) {
      int code = ((KubernetesClientException) cause).getCode();
      return switch (code) {
        case 401 -> "the cluster does not accept the login";
        case 403 -> "the cluster forbids to " + right + " " + what;
        case 404 -> "the cluster does not know " + what + ": " + NOT_INSTALLED;
        default -> "the cluster answers " + code + ": " + cause.getMessage();
      };
    }
    if (cause instanceof TimeoutException) {
      return "the cluster did not answer in time";
    }
    return "the cluster cannot be reached: "
        + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
  }

  private static boolean isAnswer(Throwable problem) {
    return problem instanceof KubernetesClientException answer && answer.getCode() > 0;
  }
}
