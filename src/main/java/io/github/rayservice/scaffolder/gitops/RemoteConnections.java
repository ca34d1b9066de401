package io.github.rayservice.scaffolder.gitops;

import java.io.IOException;
import java.net.URISyntaxException;
import java.time.Duration;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;

/**
 * Opens connections to one Git server. The password is in no address and no file: it is put into
 * the header of each request to that host.
 */
final class RemoteConnections {
  private final Remote remote;
  private final URIish address;
  private final Duration timeout;

  RemoteConnections(Remote remote, Duration timeout) {
    this.remote = remote;
    this.timeout = timeout;
    try {
      this.address = new URIish(remote.url());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not the address of a Git repository", e);
    }
    if (address.getUser() != null && address.getPass() != null) {
      throw new IllegalArgumentException(
          "the address of a Git repository must not hold a password");
    }
  }

  String url() {
    return remote.url();
  }

  Transport open(Repository repository) {
    try {
      Transport transport = Transport.open(repository, address);
      transport.setTimeout((int) Math.max(1, timeout.toSeconds()));
      transport.setTagOpt(TagOpt.NO_TAGS);
      if (transport instanceof TransportHttp http && remote.login().isPresent()) {
        Remote.Login login = remote.login().get();
        http.setPreemptiveBasicAuthentication(login.user(), login.password());
        http.setCredentialsProvider(new Refusing());
      }
      return transport;
    } catch (NotSupportedException | TransportException e) {
      throw new GitopsException.Unavailable("cannot use " + url() + ": " + Reason.of(e), e);
    }
  }

  GitopsException.Unavailable unavailable(String what, IOException e) {
    String reason = Reason.of(e);
    // JGit has no types for these two.
    if (reason.endsWith("not authorized")) {
      return new GitopsException.Unavailable(
          "cannot %s %s: the server does not accept the token; it is wrong, expired or revoked"
              .formatted(what, url()),
          e);
    }
    if (reason.contains("not permitted on")) {
      return new GitopsException.Unavailable(
          "cannot %s %s: the token is accepted but may not do that; it needs the scope write_repository and the role Developer"
              .formatted(what, url()),
          e);
    }
    return new GitopsException.Unavailable(
        "cannot %s %s: %s".formatted(what, url(), reason.replace(url() + ": ", "")), e);
  }

  /**
   * Asked for a password only after the server refused the one that was sent: there is no other.
   */
  private static final class Refusing extends CredentialsProvider {
    @Override
    public boolean isInteractive() {
      return false;
    }

    @Override
    public boolean supports(CredentialItem... items) {
      return true;
    }

    @Override
    public boolean get(URIish uri, CredentialItem... items) {
      return false;
    }
  }
}
