package io.github.rayservice.scaffolder.testsupport.git;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.shell.ProcessShellCommandFactory;

/**
 * A real SSH server on a loopback port that runs Git's own commands and accepts one key. It also
 * offers password authentication and records the passwords.
 */
public final class SshGitServer implements AutoCloseable {
  private final SshServer ssh;
  private final KeyPair hostKey;
  private volatile PublicKey authorized;
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final List<String> passwords = new CopyOnWriteArrayList<>();

  private SshGitServer(SshServer ssh, KeyPair hostKey, PublicKey authorized) {
    this.ssh = ssh;
    this.hostKey = hostKey;
    this.authorized = authorized;
  }

  public static SshGitServer start(KeyPair hostKey, PublicKey authorized) throws IOException {
    SshServer ssh = SshServer.setUpDefaultServer();
    SshGitServer server = new SshGitServer(ssh, hostKey, authorized);
    ssh.setHost("127.0.0.1");
    ssh.setPort(0);
    ssh.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
    ssh.setPublickeyAuthenticator(
        (user, key, session) -> user.equals("git") && KeyUtils.compareKeys(key, server.authorized));
    ssh.setPasswordAuthenticator((user, password, session) -> {
      server.passwords.add(password);
      return false;
    });
    ssh.setCommandFactory((channel, command) -> {
      server.commands.add(command.split(" ", 2)[0]);
      return new ProcessShellCommandFactory().createCommand(channel, command.replace("'", ""));
    });
    ssh.start();
    return server;
  }

  /** Accepts only this key from now on. */
  public void admit(PublicKey key) {
    authorized = key;
  }

  /** The line of {@code known_hosts} for this server with the given key. */
  public String knownHost(PublicKey key) {
    return "[127.0.0.1]:%d %s%n".formatted(ssh.getPort(), PublicKeyEntry.toString(key));
  }

  public String knownHost() {
    return knownHost(hostKey.getPublic());
  }

  public int port() {
    return ssh.getPort();
  }

  public String urlOf(GitCommand repository) {
    return "ssh://git@127.0.0.1:%d%s".formatted(ssh.getPort(), path(repository.directory()));
  }

  private static String path(Path directory) {
    return directory.toAbsolutePath().toString();
  }

  public List<String> commands() {
    return List.copyOf(commands);
  }

  public void forgetCommands() {
    commands.clear();
  }

  public List<String> passwords() {
    return List.copyOf(passwords);
  }

  @Override
  public void close() throws IOException {
    ssh.stop(true);
  }
}
