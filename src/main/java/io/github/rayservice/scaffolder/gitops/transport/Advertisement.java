package io.github.rayservice.scaffolder.gitops.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.PacketLineIn;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.JDKHttpConnection;
import org.eclipse.jgit.transport.http.JDKHttpConnectionFactory;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a Git server said when it was last asked where its refs are before a push over HTTP. With
 * that and the refs that are known, a push goes out without asking: the server compares each ref
 * with what the push expects in any case. JGit has no way to leave the question out, so it is
 * answered here. The format is that of gitprotocol-http, "Smart Server Response".
 */
final class Advertisement {
  private static final Logger LOG = Logger.getLogger(Advertisement.class);
  private static final String SERVICE = "git-receive-pack";
  private static final String TYPE = "application/x-" + SERVICE + "-advertisement";

  private volatile @Nullable String capabilities;

  boolean isKnown() {
    return capabilities != null;
  }

  /** Asks the server, and keeps what it says it can do. */
  JDKHttpConnectionFactory asking() {
    return new Connections() {
      @Override
      JDKHttpConnection advertisement(URL url, Proxy proxy) throws IOException {
        return new Asking(url, proxy);
      }
    };
  }

  /** Answers in the server's place, with the refs that are known. */
  JDKHttpConnectionFactory knowing(Map<String, ObjectId> refs) {
    return new Connections() {
      @Override
      JDKHttpConnection advertisement(URL url, Proxy proxy) throws IOException {
        return new Knowing(url, proxy, write(refs));
      }
    };
  }

  private static @Nullable String capabilities(byte[] body) {
    PacketLineIn lines = new PacketLineIn(new ByteArrayInputStream(body));
    try {
      while (!PacketLineIn.isEnd(lines.readString())) {
        // The service's name and what may follow it.
      }
      String first = lines.readStringRaw();
      int end = first.indexOf('\0');
      return end < 0 ? null : first.substring(end + 1).strip();
    } catch (IOException e) {
      // JGit reads the same next, and says what is wrong with it.
      LOG.debug("an advertisement that cannot be read", e);
      return null;
    }
  }

  private byte[] write(Map<String, ObjectId> refs) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    PacketLineOut lines = new PacketLineOut(body);
    lines.writeString("# service=" + SERVICE + "\n");
    lines.end();
    String end = "\0" + capabilities + "\n";
    for (Map.Entry<String, ObjectId> ref : refs.entrySet()) {
      lines.writeString(ref.getValue().name() + " " + ref.getKey() + end);
      end = "\n";
    }
    lines.end();
    return body.toByteArray();
  }

  private abstract static class Connections extends JDKHttpConnectionFactory {
    @Override
    public HttpConnection create(URL url, Proxy proxy) throws IOException {
      return url.toString().endsWith("/info/refs?service=" + SERVICE)
          ? advertisement(url, proxy)
          : super.create(url, proxy);
    }

    abstract JDKHttpConnection advertisement(URL url, Proxy proxy) throws IOException;
  }

  private final class Asking extends JDKHttpConnection {
    Asking(URL url, Proxy proxy) throws IOException {
      super(url, proxy);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      InputStream answer = super.getInputStream();
      if (!TYPE.equals(getContentType()) || getHeaderField("Content-Encoding") != null) {
        return answer;
      }
      byte[] body = answer.readAllBytes();
      capabilities = capabilities(body);
      return new ByteArrayInputStream(body);
    }
  }

  private static final class Knowing extends JDKHttpConnection {
    private final byte[] body;

    Knowing(URL url, Proxy proxy, byte[] body) throws IOException {
      super(url, proxy);
      this.body = body;
    }

    @Override
    public void connect() {
      // There is nobody to ask.
    }

    @Override
    public int getResponseCode() {
      return HttpURLConnection.HTTP_OK;
    }

    @Override
    public String getContentType() {
      return TYPE;
    }

    @Override
    public @Nullable String getHeaderField(String name) {
      return null;
    }

    @Override
    public List<String> getHeaderFields(String name) {
      return List.of();
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
      return Map.of();
    }

    @Override
    public InputStream getInputStream() {
      return new ByteArrayInputStream(body);
    }
  }
}
