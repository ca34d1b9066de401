package io.github.rayservice.scaffolder.testsupport.kubernetes;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An API server that accepts connections and never answers, as behind a broken proxy. */
public final class SilentClusterResource implements QuarkusTestResourceLifecycleManager {
  private @Nullable ServerSocket socket;

  @Override
  public Map<String, String> start() {
    try {
      ServerSocket fresh = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      socket = fresh;
      return Map.of(
          "scaffolder.status.enabled",
          "true",
          "scaffolder.status.patience",
          "1h",
          "quarkus.kubernetes-client.api-server-url",
          "http://127.0.0.1:" + fresh.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
