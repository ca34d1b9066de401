package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.ErrorText;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import java.io.IOException;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;

/**
 * Opens connections to one Git server. The password is in no address and no file: it is put into
 * the header of each HTTP request to that host, and is of no use to SSH.
 */
final class RemoteConnections {
  private final Remote remote;
  private final URIish address;
  private final Duration timeout;
  private final Optional<SshConnections> ssh;

  /**
   * @throws IllegalStateException when the address needs settings that are missing
   */
  RemoteConnections(Remote remote, GitopsConfig config) {
    this.remote = remote;
    this.timeout = config.timeout();
    try {
      this.address = new URIish(remote.url());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not the address of a Git repository", e);
    }
    if (address.getUser() != null && address.getPass() != null) {
      throw new IllegalArgumentException(
          "the address of a Git repository must not hold a password");
    }
    this.ssh =
        SshConnections.serve(address)
            ? Optional.of(new SshConnections(address, config.ssh()))
            : Optional.empty();
  }

  String url() {
    return remote.url();
  }

  Transport open(Repository repository) {
    try {
      if (ssh.isPresent()) {
        return prepared(ssh.get().open(repository));
      }
      Transport transport = prepared(Transport.open(repository, address));
      if (transport instanceof TransportHttp http) {
        http.setHttpConnectionFactory(new HttpConnections());
        remote
            .login()
            .ifPresent(login -> {
              http.setPreemptiveBasicAuthentication(login.user(), login.password());
              http.setCredentialsProvider(new Refusing());
            });
      }
      return transport;
    } catch (IOException e) {
      throw new GitopsException.Unavailable("cannot use " + url() + ": " + ErrorText.of(e), e);
    }
  }

  private Transport prepared(Transport transport) {
    transport.setTimeout((int) Math.max(1, timeout.toSeconds()));
    transport.setTagOpt(TagOpt.NO_TAGS);
    return transport;
  }

  /** A push that the server does not want, or cannot take now. */
  GitopsException unwritable(IOException e) {
    HttpRefusalException refusal = ExceptionUtils.throwableOfType(e, HttpRefusalException.class);
    return refusal == null
            || refusal.location().isPresent()
            || refusal.isPage()
            || refusal.isMaintenance()
            || !refusal.hasReason()
        ? unavailable("write to", e)
        : GitopsException.Refused.ofRepository(url(), refusal.words());
  }

  GitopsException.Unavailable unavailable(String what, IOException e) {
    HttpRefusalException refusal = ExceptionUtils.throwableOfType(e, HttpRefusalException.class);
    if (refusal != null) {
      return new GitopsException.Unavailable(
          "cannot %s %s: %s".formatted(what, url(), describe(refusal)), e);
    }
    String reason = ssh.flatMap(known -> known.explain(e)).orElse(ErrorText.of(e));
    // JGit has no type for this.
    if (reason.endsWith("not authorized")) {
      return new GitopsException.Unavailable(
          "cannot %s %s: the server does not accept the token; it is wrong, expired or revoked"
              .formatted(what, url()),
          e);
    }
    return new GitopsException.Unavailable(
        "cannot %s %s: %s".formatted(what, url(), reason.replace(url() + ": ", "")), e);
  }

  private static String describe(HttpRefusalException refusal) {
    if (refusal.location().isPresent()) {
      return "a redirect to %s answers in place of the Git server, such as the login page of a single sign-on"
          .formatted(refusal.location().get());
    }
    if (refusal.isPage()) {
      return "%s answers %d in place of the Git server"
          .formatted(refusal.words(), refusal.status());
    }
    if (refusal.hasReason()) {
      return refusal.words();
    }
    return "the token is accepted but may not do that; it needs the scope write_repository and the role Developer"
        + (refusal.words().isEmpty() ? "" : " (" + refusal.words() + ")");
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
