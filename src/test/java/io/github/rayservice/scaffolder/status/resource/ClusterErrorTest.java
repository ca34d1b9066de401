package io.github.rayservice.scaffolder.status.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.github.rayservice.scaffolder.status.resource.SourceState.Cause;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterErrorTest {
  @ParameterizedTest
  @MethodSource("errors")
  void hasACauseAndWords(Throwable problem, Cause cause, String words) {
    assertThat(ClusterError.of(problem, "nodes and pods", "list"))
        .isEqualTo(new ClusterError(cause, words));
  }

  private static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of(answer(401), Cause.UNAUTHORIZED, "the cluster does not accept the login"),
        Arguments.of(answer(403), Cause.FORBIDDEN, "the cluster forbids to list nodes and pods"),
        Arguments.of(
            answer(404),
            Cause.NOT_INSTALLED,
            "the cluster does not know nodes and pods: its CRD is not installed"),
        Arguments.of(new IOException(answer(500)), Cause.ERROR, "the cluster answers 500: Message"),
        // As fabric8 7 has it: a message of its own only around it, or nowhere.
        Arguments.of(
            fabric8(new TimeoutException()), Cause.TIMEOUT, "the cluster did not answer in time"),
        Arguments.of(
            fabric8(new ConnectException("refused")),
            Cause.UNREACHABLE,
            "the cluster cannot be reached: refused"),
        Arguments.of(
            fabric8(new IOException()),
            Cause.UNREACHABLE,
            "the cluster cannot be reached: IOException"));
  }

  private static KubernetesClientException answer(int code) {
    return new KubernetesClientException("Message", code, new Status());
  }

  private static KubernetesClientException fabric8(Exception cause) {
    @Nullable String none = null;
    return new KubernetesClientException(none, cause);
  }
}
