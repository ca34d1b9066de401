package io.github.rayservice.scaffolder.status.resource;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.github.rayservice.scaffolder.status.resource.SourceState.Cause;
import java.util.concurrent.TimeoutException;

/**
 * Why a request to the cluster failed.
 *
 * @param message the cause for people; fabric8's own messages name its classes and addresses
 */
public record ClusterError(Cause cause, String message) {
  public static final ClusterError NOT_READ_YET =
      new ClusterError(Cause.NOT_READ_YET, "it has not been read yet");

  public static final ClusterError CUT_OFF =
      new ClusterError(Cause.CUT_OFF, "its watch was cut off");

  /**
   * Reads the cause from an exception of the client.
   *
   * @param what what was requested, as {@code pods}
   * @param right what the service wanted to do with it, as {@code list and watch}
   */
  public static ClusterError of(Throwable problem, String what, String right) {
    Throwable cause = problem;
    while (cause.getCause() != null && !isAnswer(cause)) {
      cause = cause.getCause();
    }
    if (isAnswer(cause)) {
      int code = ((KubernetesClientException) cause).getCode();
      return switch (code) {
        case 401 -> new ClusterError(Cause.UNAUTHORIZED, "the cluster does not accept the login");
        case 403 ->
            new ClusterError(Cause.FORBIDDEN, "the cluster forbids to " + right + " " + what);
        case 404 ->
            new ClusterError(
                Cause.NOT_INSTALLED,
                "the cluster does not know " + what + ": its CRD is not installed");
        default ->
            new ClusterError(
                Cause.ERROR, "the cluster answers " + code + ": " + cause.getMessage());
      };
    }
    if (cause instanceof TimeoutException) {
      return new ClusterError(Cause.TIMEOUT, "the cluster did not answer in time");
    }
    return new ClusterError(
        Cause.UNREACHABLE,
        "the cluster cannot be reached: "
            + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()));
  }

  private static boolean isAnswer(Throwable problem) {
    return problem instanceof KubernetesClientException answer && answer.getCode() > 0;
  }
}
