package io.github.rayservice.scaffolder.gitops.transport;

import io.github.rayservice.scaffolder.gitops.model.ErrorText;
import io.github.rayservice.scaffolder.gitops.model.GitopsConfig;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.eclipse.jgit.internal.transport.sshd.OpenSshServerKeyDatabase;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.sshd.ServerKeyDatabase;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Opens SSH connections to one Git server with one key, and only where the server proves to be the
 * one that is known. This machine's own SSH set-up (files, agent, environment) has no say.
 */
final class SshConnections {
  private static final String KEY_FILE = "scaffolder.git.ssh.key-file";
  private static final String PASSPHRASE = "scaffolder.git.ssh.passphrase";
  private static final String KNOWN_HOSTS = "scaffolder.git.ssh.known-hosts";

  private static final Set<String> SCHEMES = Set.of("ssh", "ssh+git", "git+ssh");

  /** What servers expect of everyone; without it JGit takes the name of the process's user. */
  private static final String USER = "git";

  private static final int PORT = 22;

  private final URIish address;
  private final Path keyFile;
  private final Optional<String> passphrase;
  private final Path knownHosts;
  private final ServerKeyDatabase servers;
  private @Nullable Identity identity;

  /** A key as it was in its file; a protected one takes a while to open. */
  private record Identity(String digest, List<KeyPair> keys) {
    String fingerprint() {
      return KeyUtils.getFingerPrint(keys.getFirst().getPublic());
    }
  }

  SshConnections(URIish address, GitopsConfig.Ssh config) {
    this.address = complete(address);
    this.keyFile = required(config.keyFile(), KEY_FILE, "the file with the private deploy key");
    this.passphrase = config.passphrase().filter(text -> !text.isEmpty());
    this.knownHosts =
        required(config.knownHosts(), KNOWN_HOSTS, "the file with the server's host keys");
    this.servers = new KnownServers(knownHosts);
  }

  /** Whether the address is one of SSH: {@code ssh://host/path} or {@code user@host:path}. */
  static boolean serve(URIish address) {
    return address.getHost() != null
        && (address.getScheme() == null || SCHEMES.contains(address.getScheme()));
  }

  private static URIish complete(URIish address) {
    URIish named = address.getUser() == null ? address.setUser(USER) : address;
    return named.getPort() > 0 ? named : named.setPort(PORT);
  }

  private static Path required(Optional<Path> file, String setting, String what) {
    return file.orElseThrow(() ->
        new IllegalStateException(
            "%s must be %s when the address of the repository is one of SSH"
                .formatted(setting, what)));
  }

  Transport open(Repository repository) throws IOException {
    SshdSessionFactory sessions = sessions(identity());
    read(knownHosts, KNOWN_HOSTS);
    Transport transport = Transport.open(repository, address);
    ((SshTransport) transport).setSshSessionFactory(sessions);
    return transport;
  }

  /** JGit's own has defaults for everything that is not said here, most of them below ~/.ssh. */
  private SshdSessionFactory sessions(Identity identity) {
    File nowhere = keyFile.toAbsolutePath().resolveSibling(".no-such-directory").toFile();
    return new SshdSessionFactoryBuilder()
        .setHomeDirectory(nowhere)
        .setSshDirectory(nowhere)
        .setConfigStoreFactory((home, config, user) -> null)
        .setPreferredAuthentications("publickey")
        .setDefaultIdentities(directory -> List.of())
        .setDefaultKeysProvider(directory -> identity.keys())
        .setDefaultKnownHostsFiles(directory -> List.of())
        .setServerKeyDatabase((home, directory) -> servers)
        .setConnectorFactory(null)
        .build(null);
  }

  private synchronized Identity identity() throws IOException {
    byte[] file = read(keyFile, KEY_FILE);
    String digest = DigestUtils.sha256Hex(file);
    if (identity == null || !identity.digest().equals(digest)) {
      identity = new Identity(digest, keys(file));
    }
    return identity;
  }

  private List<KeyPair> keys(byte[] file) throws IOException {
    List<KeyPair> keys = new ArrayList<>();
    boolean[] asked = {false};
    FilePasswordProvider password =
        (session, resource, attempt) -> {
          asked[0] = true;
          return passphrase.orElse(null);
        };
    try {
      Iterable<KeyPair> found =
          SecurityUtils.loadKeyPairIdentities(
              null,
              NamedResource.ofName(keyFile.toString()),
              new ByteArrayInputStream(file),
              password);
      if (found != null) {
        found.forEach(keys::add);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new IOException(whyNotOpened(asked[0]), e);
    }
    if (keys.isEmpty()) {
      throw new IOException(whyNotOpened(asked[0]));
    }
    return keys;
  }

  private String whyNotOpened(boolean asked) {
    if (!asked) {
      return "%s is not a private key in the format of OpenSSH or PEM (%s)"
          .formatted(keyFile, KEY_FILE);
    }
    return passphrase.isPresent()
        ? "%s does not open the key in %s".formatted(PASSPHRASE, keyFile)
        : "the key in %s is protected: set %s".formatted(keyFile, PASSPHRASE);
  }

  private static byte[] read(Path file, String setting) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file %s (%s)".formatted(file, setting), e);
    } catch (IOException e) {
      throw new IOException(
          "cannot read the file %s (%s): %s".formatted(file, setting, ErrorText.of(e)), e);
    }
  }

  /** What people can fix, where that is known. */
  Optional<String> explain(IOException e) {
    for (Throwable cause : ExceptionUtils.getThrowableList(e)) {
      if (cause instanceof UntrustedServerException untrusted) {
        return Optional.ofNullable(untrusted.getMessage());
      }
      if (cause instanceof SshException ssh
          && ssh.getDisconnectCode()
              == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
        return Optional.of(refusedKey());
      }
      if (cause instanceof ConnectException away) {
        return Optional.of(
            "cannot connect to %s:%d: %s"
                .formatted(address.getHost(), address.getPort(), ErrorText.of(away)));
      }
    }
    return Optional.empty();
  }

  private synchronized String refusedKey() {
    String fingerprint = identity == null ? "" : " " + identity.fingerprint();
    return "the server does not accept the key%s of %s (%s); it must be a deploy key of the project that may write"
        .formatted(fingerprint, keyFile, KEY_FILE);
  }

  /** Travels from the thread of the connection to whoever waits for it. */
  private static final class UntrustedServerException extends RuntimeException {
    UntrustedServerException(String message) {
      super(message);
    }
  }

  /** Servers whose host key is in the file; it is never written. */
  private static final class KnownServers implements ServerKeyDatabase {
    private final Path file;
    private final ServerKeyDatabase known;

    KnownServers(Path file) {
      this.file = file;
      this.known = new OpenSshServerKeyDatabase(false, List.of(file.toAbsolutePath()));
    }

    @Override
    public List<PublicKey> lookup(
        String host, InetSocketAddress remote, ServerKeyDatabase.Configuration config) {
      return known.lookup(host, remote, new Strict(config.getUsername()));
    }

    @Override
    public boolean accept(
        String host,
        InetSocketAddress remote,
        PublicKey key,
        ServerKeyDatabase.Configuration config,
        @Nullable CredentialsProvider provider) {
      if (known.accept(host, remote, key, new Strict(config.getUsername()), null)) {
        return true;
      }
      String shown = "%s %s".formatted(KeyUtils.getKeyType(key), KeyUtils.getFingerPrint(key));
      throw new UntrustedServerException(
          lookup(host, remote, config).isEmpty()
              ? "the host key of %s (%s) is not in %s; add it there if it is the server's (%s)"
                  .formatted(host, shown, file, KNOWN_HOSTS)
              : "the host key of %s (%s) is another than in %s: somebody may be in between; put it there only if the server really has a new one (%s)"
                  .formatted(host, shown, file, KNOWN_HOSTS));
    }
  }

  private record Strict(String username) implements ServerKeyDatabase.Configuration {
    @Override
    public List<String> getUserKnownHostsFiles() {
      return List.of();
    }

    @Override
    public List<String> getGlobalKnownHostsFiles() {
      return List.of();
    }

    @Override
    public StrictHostKeyChecking getStrictHostKeyChecking() {
      return StrictHostKeyChecking.REQUIRE_MATCH;
    }

    @Override
    public boolean getHashKnownHosts() {
      return false;
    }

    @Override
    public String getUsername() {
      return username;
    }
  }
}
