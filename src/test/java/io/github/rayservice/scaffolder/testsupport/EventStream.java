package io.github.rayservice.scaffolder.testsupport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The service's server-sent events, line by line. */
public final class EventStream implements AutoCloseable {
  private final BufferedReader lines;
  private int heartbeats;

  /**
   * Opens a stream.
   *
   * @param lastEventId where an earlier stream ended; empty for everything
   */
  public EventStream(String url, String lastEventId) throws IOException, InterruptedException {
    this(url, lastEventId, "");
  }

  /** The same with a token; empty for none. */
  public EventStream(String url, String lastEventId, String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    HttpResponse<InputStream> response =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new AssertionError("the events answer " + response.statusCode());
    }
    lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
  }

  /** The fields of the next event. */
  public Map<String, String> next() throws IOException {
    Map<String, String> fields = new TreeMap<>();
    String line = line();
    while (!line.isEmpty() || fields.isEmpty()) {
      String[] parts = line.split(":", 2);
      if (parts.length == 2 && !parts[0].isEmpty()) {
        fields.put(parts[0], parts[1].strip());
      }
      line = line();
    }
    return fields;
  }

  /** Reads on until an event holds all of these. */
  public void skipTo(String... data) throws IOException {
    String found = next().getOrDefault("data", "");
    while (!Arrays.stream(data).allMatch(found::contains)) {
      found = next().getOrDefault("data", "");
    }
  }

  /** The next line; a comment counts as a heartbeat. */
  public String line() throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new AssertionError("the stream has ended");
    }
    if (line.startsWith(":")) {
      heartbeats++;
    }
    return line;
  }

  /** Comments so far. */
  public int heartbeats() {
    return heartbeats;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
