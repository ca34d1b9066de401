package io.github.rayservice.scaffolder.gitops.transport;

import static io.github.rayservice.scaffolder.gitops.GitopsFixture.creation;
import static io.github.rayservice.scaffolder.gitops.GitopsFixture.handOver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.gitops.GitopsFixture;
import io.github.rayservice.scaffolder.gitops.model.GitopsException;
import io.github.rayservice.scaffolder.gitops.model.Remote;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import io.github.rayservice.scaffolder.testsupport.git.SshGitServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits to a branch of a real Git server over SSH. */
@Execution(ExecutionMode.CONCURRENT)
class SshTest {
  private static final String TOKEN = "glpat-canary-0123456789";
  private static final RayServiceId ID = new RayServiceId("team-ml", "text-ml");

  @TempDir Path folder;
  private final KeyPair key = pair();
  private final Map<String, String> settings = new HashMap<>();
  private Path keyFile;
  private Path knownHosts;
  private SshGitServer server;
  private GitCommand git;
  private GitopsFixture gitops;

  @BeforeEach
  void start() throws Exception {
    try (GitServer maker = GitServer.start(folder.resolve("server"))) {
      git = maker.create("platform/gitops");
    }
    server = SshGitServer.start(pair(), key.getPublic());
    keyFile = folder.resolve("id");
    knownHosts = folder.resolve("known_hosts");
    write(key, null);
    Files.writeString(knownHosts, server.knownHost());
    settings.put("scaffolder.git.ssh.key-file", keyFile.toString());
    settings.put("scaffolder.git.ssh.known-hosts", knownHosts.toString());
    gitops = open(server.urlOf(git));
  }

  private static KeyPair pair() {
    try {
      return KeyUtils.generateKeyPair("ssh-ed25519", 256);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private void write(KeyPair pair, @Nullable String passphrase) throws Exception {
    OpenSSHKeyEncryptionContext protection = null;
    if (passphrase != null) {
      protection = new OpenSSHKeyEncryptionContext();
      protection.setPassword(passphrase);
      protection.setCipherType("256");
    }
    try (OutputStream out = Files.newOutputStream(keyFile)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "", protection, out);
    }
  }

  private GitopsFixture open(String url) {
    return GitopsFixture.of(
        new Remote(url, Optional.of(new Remote.Login("oauth2", TOKEN))),
        false,
        folder.resolve("mirrors"),
        settings,
        git,
        upstream -> upstream);
  }

  /** As OpenSSH writes keys today, as it did before, and as OpenSSL does. */
  @ParameterizedTest
  @CsvSource({
    "RSA,   BEGIN OPENSSH PRIVATE KEY",
    "RSA,   BEGIN RSA PRIVATE KEY",
    "RSA,   BEGIN PRIVATE KEY",
    "EC,    BEGIN OPENSSH PRIVATE KEY",
    "EC,    BEGIN EC PRIVATE KEY",
    "EC,    BEGIN PRIVATE KEY",
  })
  void everyUsualKindOfKeyLogsIn(String algorithm, String format) throws Exception {
    // As OpenSSL, and unlike Java, it writes the public half into the file, too.
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(algorithm, new BouncyCastleProvider());
    generator.initialize(algorithm.equals("RSA") ? 3072 : 256);
    KeyPair pair = generator.generateKeyPair();
    if (format.contains("OPENSSH")) {
      write(pair, null);
    } else {
      Files.writeString(keyFile, pem(pair.getPrivate(), format));
    }
    assertThat(keyFile).content().startsWith("-----" + format + "-----");
    server.admit(pair.getPublic());

    gitops.commit(creation("team-ml", "text-ml"));

    assertThat(git.services()).containsExactly("team-ml/text-ml");
  }

  private static String pem(PrivateKey key, String format) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          format.equals("BEGIN PRIVATE KEY")
              ? new PemObject("PRIVATE KEY", key.getEncoded())
              : key);
    }
    return text.toString();
  }

  @Test
  void anAddressAsGitlabShowsItIsForTheUsualPort() {
    gitops.close();
    gitops = open("git@127.0.0.1:platform/gitops.git");

    // Whether something listens there is the machine's business; this server it is not.
    assertThatThrownBy(() -> gitops.repository.probe())
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageMatching(
            "(?s).*(cannot connect to 127\\.0\\.0\\.1:22\\b|127\\.0\\.0\\.1.* is not in ).*");
  }

  private void openAgain() {
    gitops.close();
    gitops = open(server.urlOf(git));
  }

  @AfterEach
  void stop() throws IOException {
    gitops.close();
    server.close();
    git.check();
    assertThat(server.passwords()).isEmpty();
  }

  @Test
  void aDeployIsOneLookAndOnePushInOneConnection() {
    gitops.commit(creation("team-ml", "first"));
    server.forgetCommands();

    gitops.commit(creation("team-ml", "second"));

    assertThat(git.services()).containsExactly("team-ml/first", "team-ml/second");
    assertThat(server.commands()).containsExactly("git-receive-pack");
  }

  @Test
  void aPushOfOthersIsRead() throws IOException {
    gitops.commit(creation("team-ml", "text-ml"));
    git.editByHand(folder.resolve("person"), "rayservices/team-ml/text-ml/notes.txt", "by hand");

    gitops.commit(handOver(ID, "bob"));

    assertThat(gitops.repository.find(ID).stored().orElseThrow().files())
        .containsEntry("notes.txt", "by hand");
  }

  private void assertRefused(String... words) {
    assertThatThrownBy(() -> gitops.repository.probe())
        .isInstanceOf(GitopsException.Unavailable.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining(TOKEN);
    assertThat(server.commands()).isEmpty();
  }

  @Test
  void anotherKeyIsRefusedAndNamed() throws Exception {
    KeyPair other = pair();
    write(other, null);

    assertRefused(
        "does not accept the key " + KeyUtils.getFingerPrint(other.getPublic()),
        "deploy key",
        "scaffolder.git.ssh.key-file");
  }

  @Test
  void aKeyThatIsReplacedIsUsedWithoutARestart() throws Exception {
    write(pair(), null);
    assertRefused("does not accept the key");

    write(key, null);

    gitops.repository.probe();
  }

  @Test
  void anUnknownHostIsNotTrustedAndNotLearned() throws IOException {
    Files.writeString(knownHosts, "");

    assertRefused("127.0.0.1", "is not in " + knownHosts, "scaffolder.git.ssh.known-hosts");
    assertThat(knownHosts).isEmptyFile();
  }

  @Test
  void aHostWithAnotherKeyIsNotTrusted() throws IOException {
    String before = server.knownHost(pair().getPublic());
    Files.writeString(knownHosts, before);

    assertRefused("127.0.0.1", "is another than in", "scaffolder.git.ssh.known-hosts");
    assertThat(knownHosts).hasContent(before);
  }

  @Test
  void aServerThatIsAwayIsNamedWithItsPort() throws IOException {
    int port = server.port();
    server.close();

    assertRefused("cannot connect to 127.0.0.1:" + port, "refused");
  }

  @Test
  void anotherSshProgramOfThisMachineHasNoSay() {
    SystemReader before = SystemReader.getInstance();
    SystemReader.setInstance(
        new SystemReader.Delegate(before) {
          @Override
          public @Nullable String getenv(String variable) {
            return variable.equals("GIT_SSH") ? "/no/such/program" : super.getenv(variable);
          }
        });
    try {
      gitops.commit(creation("team-ml", "text-ml"));
    } finally {
      SystemReader.setInstance(before);
    }

    assertThat(git.services()).containsExactly("team-ml/text-ml");
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Files.delete(knownHosts);
    assertRefused("there is no file " + knownHosts, "scaffolder.git.ssh.known-hosts");

    Files.delete(keyFile);
    assertRefused("there is no file " + keyFile, "scaffolder.git.ssh.key-file");

    Files.createDirectory(keyFile);
    assertRefused("cannot read the file " + keyFile, "scaffolder.git.ssh.key-file");
  }

  @Test
  void anInvalidKeyIsNamed() throws IOException {
    Files.writeString(keyFile, "ssh-ed25519 AAAA a public key");

    assertRefused(keyFile + " is not a private key");
  }

  @Test
  void aProtectedKeyNeedsItsPassphrase() throws Exception {
    write(key, "right");
    assertRefused("is protected: set scaffolder.git.ssh.passphrase");

    settings.put("scaffolder.git.ssh.passphrase", "wrong");
    openAgain();
    assertRefused("scaffolder.git.ssh.passphrase does not open the key in " + keyFile);

    settings.put("scaffolder.git.ssh.passphrase", "right");
    openAgain();
    gitops.commit(creation("team-ml", "text-ml"));
    assertThat(git.services()).containsExactly("team-ml/text-ml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"key-file", "known-hosts"})
  void aSettingThatIsMissingStopsTheStart(String setting) {
    settings.remove("scaffolder.git.ssh." + setting);

    assertThatThrownBy(() -> open("git@gitlab.company.com:platform/gitops.git"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("scaffolder.git.ssh." + setting + " must be");
  }
}
