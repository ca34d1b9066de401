package io.github.rayservice.scaffolder.gitops.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.JDKHttpConnection;
import org.eclipse.jgit.transport.http.JDKHttpConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * JGit's HTTP connections, which keep what a server says with a 403, what a page says that answers
 * in place of Git, and where a redirect goes that is none of Git's. JGit itself drops all of it.
 */
final class HttpConnections extends JDKHttpConnectionFactory {
  @Override
  public HttpConnection create(URL url) throws IOException {
    return new Connection(url, (HttpURLConnection) url.openConnection());
  }

  @Override
  public HttpConnection create(URL url, Proxy proxy) throws IOException {
    return new Connection(url, (HttpURLConnection) url.openConnection(proxy));
  }

  private static final class Connection extends JDKHttpConnection {
    /** In bytes; of a refusal at most a line is told. */
    private static final int LONGEST = 4 * 1024;

    private final HttpURLConnection wire;

    Connection(URL url, HttpURLConnection wire) throws IOException {
      super(opening(url, wire));
      this.wire = wire;
    }

    /** JGit's class opens its connection itself, and gives out nothing of an error. */
    private static URL opening(URL url, HttpURLConnection wire) throws IOException {
      try {
        return URL.of(
            url.toURI(),
            new URLStreamHandler() {
              @Override
              protected URLConnection openConnection(URL same) {
                return wire;
              }
            });
      } catch (URISyntaxException e) {
        throw new IOException("not an address: " + e.getMessage(), e);
      }
    }

    @Override
    public int getResponseCode() throws IOException {
      int status = super.getResponseCode();
      if (status == HTTP_FORBIDDEN) {
        throw new HttpRefusalException(status, beginning(wire.getErrorStream()), Optional.empty());
      }
      if (status == HTTP_OK && String.valueOf(getContentType()).startsWith("text/html")) {
        // JGit would tell its first line as a ref that it does not understand.
        throw new HttpRefusalException(status, beginning(wire.getInputStream()), Optional.empty());
      }
      String location = getHeaderField("Location");
      if (status / 100 == 3 && location != null && !isOfGit(location)) {
        throw new HttpRefusalException(status, "", Optional.of(location));
      }
      return status;
    }

    private static boolean isOfGit(String location) {
      return location.contains("/info/refs") || location.matches(".*/git-(upload|receive)-pack");
    }

    /** JGit asks for compressed answers, and takes them apart itself. */
    private String beginning(@Nullable InputStream raw) throws IOException {
      if (raw == null) {
        return "";
      }
      boolean compressed = "gzip".equalsIgnoreCase(getHeaderField("Content-Encoding"));
      try (raw;
          InputStream body = compressed ? new GZIPInputStream(raw) : raw) {
        return new String(body.readNBytes(LONGEST), UTF_8);
      } catch (ZipException e) {
        return "";
      }
    }
  }
}
