package io.github.rayservice.scaffolder.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.gitlab.WebhookHeaders;
import io.github.rayservice.scaffolder.testsupport.backstage.FakeBackstage;
import io.github.rayservice.scaffolder.testsupport.git.Gate;
import io.github.rayservice.scaffolder.testsupport.git.GitCommand;
import io.github.rayservice.scaffolder.testsupport.git.GitServer;
import io.github.rayservice.scaffolder.testsupport.git.SshGitServer;
import io.github.rayservice.scaffolder.testsupport.gitlab.FakeGitlab;
import io.github.rayservice.scaffolder.testsupport.process.ServiceProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No secret of the service is in its logs, answers or files, with log level TRACE and with every
 * failure provoked.
 */
class TokenCanaryIT {
  private static final String PATH = "/api/v1/ray-services";
  private static final String WRONG = "wrong-webhook-canary-0815";
  private static final String WRONG_BEARER = "wrong-bearer-canary-0815";
  private static final String PASSPHRASE = "passphrase canary 0815";
  private static final String BASIC = base64("oauth2:" + FakeGitlab.TOKEN);

  /** Every form in which a secret is stored or sent. */
  private static final List<String> CANARIES =
      List.of(
          FakeGitlab.TOKEN,
          BASIC,
          base64(FakeGitlab.TOKEN),
          WebhookHeaders.SECRET_TOKEN,
          base64(WebhookHeaders.SECRET_TOKEN),
          WebhookHeaders.SIGNING_TOKEN.substring("whsec_".length()),
          new String(
              Base64.getDecoder().decode(WebhookHeaders.SIGNING_TOKEN.substring("whsec_".length())),
              ISO_8859_1),
          WRONG,
          ServiceProcess.TOKEN,
          base64(ServiceProcess.TOKEN),
          WRONG_BEARER,
          PASSPHRASE,
          base64(PASSPHRASE));

  private static final FakeGitlab.Failure FAILURE =
      new FakeGitlab.Failure(500, "application/json", "{\"message\":\"500 out of order\"}");

  /** Secrets that a test makes. */
  private final List<String> made = new ArrayList<>();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  private static String base64(String text) {
    // Base64 padding would prevent a match within a longer text.
    return Base64.getEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  private static ServiceProcess start(
      Path directory, String url, Map<String, String> others, Map<String, String> secrets)
      throws IOException {
    Map<String, String> settings = new HashMap<>();
    settings.put("scaffolder.gitlab.url", url);
    settings.put("scaffolder.gitlab.project", FakeGitlab.PROJECT);
    settings.put("scaffolder.gitlab.poll-interval", "off");
    // What readiness says of each failure is looked at, too.
    settings.put("scaffolder.readiness.max-age", "0s");
    for (String category :
        List.of("io.github.rayservice", "org.eclipse.jgit", "org.apache.sshd", "io.quarkus.oidc")) {
      settings.put("quarkus.log.category.\"%s\".level".formatted(category), "DEBUG");
    }
    settings.putAll(others);
    return ServiceProcess.start(Files.createDirectories(directory), settings, secrets);
  }

  private static String document(String name) {
    ObjectNode document = FormFixture.minimal("team-ml", name);
    document.withObject("/spec").put("name", "team-ml-" + name);
    return document.toString();
  }

  private static HttpResponse<String> send(
      ServiceProcess service, int expected, String method, String path, String body, String... head)
      throws Exception {
    HttpResponse<String> answer = service.send(method, path, body, head).get(60, TimeUnit.SECONDS);
    assertThat(answer.statusCode())
        .as("%s %s: %s", method, path, answer.body())
        .isEqualTo(expected);
    return answer;
  }

  private static void checkOperations(ServiceProcess service, int ready) throws Exception {
    send(service, ready, "GET", "/q/health", "");
    send(service, ready, "GET", "/q/health/ready", "");
    send(service, 200, "GET", "/q/metrics", "");
    send(service, 200, "GET", "/q/openapi", "");
  }

  @Test
  void noSecretIsInAnyLogAnswerOrFileOfTheService() throws Exception {
    FakeGitlab gitlab = FakeGitlab.start(folder.resolve("gitlab"));
    Gate gate = Gate.before(gitlab.url());
    Path directory = folder.resolve("service");
    FakeBackstage backstage = new FakeBackstage();
    ServiceProcess service =
        start(
            directory,
            gate.url(),
            Map.of(
                "scaffolder.access.backstage.url",
                backstage.url(),
                "scaffolder.access.backstage.audience",
                FakeBackstage.AUDIENCE),
            Map.of(
                "scaffolder.gitlab.token",
                FakeGitlab.TOKEN,
                "scaffolder.gitlab.webhook.secret-token",
                WebhookHeaders.SECRET_TOKEN,
                "scaffolder.gitlab.webhook.signing-token",
                WebhookHeaders.SIGNING_TOKEN));
    try (gitlab;
        gate;
        backstage;
        service) {
      successes(service);
      callers(service, backstage);
      webhooks(service);
      failures(service, gitlab);
      gate.close();
      send(service, 503, "POST", PATH, document("away"));
      checkOperations(service, 503);

      assertThat(service.commandLine()).contains("quarkus-run.jar");
      assertClean("command line", service.commandLine());
    }

    // Checks that the secrets were used and the failures reported.
    assertThat(gate.logins()).containsExactlyInAnyOrder(FakeGitlab.TOKEN, "Basic " + BASIC);
    assertReported(
        service.log(),
        "team-ml/well created in",
        "fetched " + gate.url(),
        "does not accept the token",
        "lacks a scope",
        "out of order",
        "cannot be reached",
        "refused a webhook",
        "unproven GET",
        "\"level\":\"DEBUG\"");
    assertReported(
        String.join("\n", service.answers()),
        "no pushes on Sundays",
        "does not accept the token",
        "scaffolder_deployments");

    assertClean("log", service.log());
    service.answers().forEach(answer -> assertClean("answer", answer));
    List<Path> files = assertFilesClean(directory);
    assertThat(files)
        .anyMatch(file -> file.endsWith("config") && file.toString().contains("data/mirrors"));
    assertObjectsClean(directory.resolve("data/mirrors"));
    assertClean("GitLab's objects", objects(gitlab.git()));
    gitlab.mergeRequests().forEach(mr -> assertClean("merge request", mr.toString()));
  }

  private static void successes(ServiceProcess service) throws Exception {
    send(service, 201, "POST", PATH, document("well"), "Idempotency-Key", "well");
    send(service, 200, "POST", PATH + "?dryRun=All", document("dry"));
    send(service, 200, "GET", PATH + "/team-ml/well", "");
    send(service, 200, "GET", PATH, "");
    send(service, 404, "GET", PATH + "/team-ml/nowhere", "");
    send(service, 422, "POST", PATH, "{\"metadata\":{\"namespace\":\"A\",\"name\":\"../x\"}}");
    send(service, 400, "POST", PATH, "{");
    checkOperations(service, 200);
  }

  /** Bearer tokens that are taken, unknown, of a person inside a plugin's, and not verifiable. */
  private void callers(ServiceProcess service, FakeBackstage backstage) throws Exception {
    String person = backstage.person("user:default/ann");
    String plugin = backstage.plugin("scaffolder", FakeBackstage.AUDIENCE, person);
    String forOthers = backstage.plugin("scaffolder", "https://other.example.com", person);
    for (String token : List.of(person, plugin, forOthers)) {
      made.add(token);
      made.add(token.substring(token.lastIndexOf('.') + 1));
    }
    send(service, 401, "GET", PATH, "", "Authorization", "Bearer " + WRONG_BEARER);
    send(service, 401, "GET", PATH, "", "Authorization", "Bearer " + person);
    send(service, 401, "GET", PATH, "", "Authorization", "Bearer " + forOthers);
    send(service, 200, "GET", PATH, "", "Authorization", "Bearer " + plugin);
    backstage.close();
    String unverifiable = backstage.plugin("catalog", FakeBackstage.AUDIENCE, null);
    made.add(unverifiable);
    send(service, 503, "GET", PATH, "", "Authorization", "Bearer " + unverifiable);
  }

  @Test
  void noKeyAndNoPassphraseIsInAnyLogAnswerOrFileOfTheService() throws Exception {
    KeyPair key = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    Path keyFile = Files.createDirectories(folder.resolve("secrets")).resolve("id");
    OpenSSHKeyEncryptionContext protection = new OpenSSHKeyEncryptionContext();
    protection.setPassword(PASSPHRASE);
    protection.setCipherType("256");
    try (OutputStream out = Files.newOutputStream(keyFile)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "", protection, out);
    }
    Files.readAllLines(keyFile).stream()
        .filter(line -> !line.startsWith("-----") && line.length() > 20)
        .forEach(made::add);
    made.add(Base64.getEncoder().encodeToString(key.getPrivate().getEncoded()));

    FakeGitlab gitlab = FakeGitlab.start(folder.resolve("gitlab"));
    KeyPair host = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    SshGitServer ssh = SshGitServer.start(host, key.getPublic());
    Path knownHosts = Files.writeString(folder.resolve("secrets/known_hosts"), ssh.knownHost());
    Path directory = folder.resolve("service");
    ServiceProcess service =
        start(
            directory,
            gitlab.url(),
            Map.of(
                "scaffolder.gitlab.repository",
                ssh.urlOf(gitlab.git()),
                "scaffolder.git.ssh.key-file",
                keyFile.toString(),
                "scaffolder.git.ssh.known-hosts",
                knownHosts.toString()),
            Map.of(
                "scaffolder.gitlab.token",
                FakeGitlab.TOKEN,
                "scaffolder.git.ssh.passphrase",
                PASSPHRASE));
    try (gitlab;
        ssh;
        service) {
      successes(service);
      ssh.admit(host.getPublic());
      send(service, 503, "POST", PATH, document("not-admitted"));
      checkOperations(service, 503);
      assertClean("command line", service.commandLine());
    }

    assertReported(service.log(), "team-ml/well created in", "does not accept the key");
    assertClean("log", service.log());
    service.answers().forEach(answer -> assertClean("answer", answer));
    assertFilesClean(directory);
    assertObjectsClean(directory.resolve("data/mirrors"));
  }

  private static void webhooks(ServiceProcess service) throws Exception {
    String hook = "/webhooks/gitlab";
    String event = "{\"object_kind\":\"push\",\"project\":{\"path_with_namespace\":\"a/b\"}}";
    String tokenHeader = "X-Gitlab-Token";
    send(service, 401, "POST", hook, event);
    send(service, 401, "POST", hook, event, tokenHeader, WRONG);
    send(service, 204, "POST", hook, event, tokenHeader, WebhookHeaders.SECRET_TOKEN);
    send(service, 204, "POST", hook, "no JSON", tokenHeader, WebhookHeaders.SECRET_TOKEN);
    Map<String, String> signed =
        new LinkedHashMap<>(WebhookHeaders.signed("id", Instant.now(), event.getBytes(UTF_8)));
    send(service, 204, "POST", hook, event, headers(signed));
    signed.put("webhook-id", "another");
    send(service, 401, "POST", hook, event, headers(signed));
  }

  private static String[] headers(Map<String, String> headers) {
    return headers.entrySet().stream()
        .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
        .toArray(String[]::new);
  }

  private static void failures(ServiceProcess service, FakeGitlab gitlab) throws Exception {
    gitlab.revoke(FakeGitlab.TOKEN);
    send(service, 503, "POST", PATH, document("revoked"));
    checkOperations(service, 503);

    gitlab.grant(FakeGitlab.TOKEN, "write_repository");
    send(service, 503, "POST", PATH, document("scope"));
    checkOperations(service, 503);
    gitlab.grant(FakeGitlab.TOKEN, "api", "write_repository");

    gitlab.fail("POST /projects/", 1, FAILURE);
    send(service, 503, "POST", PATH, document("broken"));

    gitlab.server().fail(500);
    send(service, 503, "POST", PATH, document("broken-git"));
    checkOperations(service, 503);
    gitlab.server().fail(0);

    GitServer.hook(gitlab.git(), "pre-receive", "echo 'no pushes on Sundays' >&2\nexit 1\n");
    send(service, 403, "POST", PATH, document("refused"));
    Files.delete(gitlab.git().directory().resolve("hooks/pre-receive"));
    checkOperations(service, 200);
  }

  private static void assertReported(String text, String... messages) {
    // The full output may have thousands of lines, so the message has only an excerpt.
    assertThat(messages).allMatch(text::contains);
  }

  private void assertClean(String where, String text) {
    for (String canary : Stream.concat(CANARIES.stream(), made.stream()).toList()) {
      assertThat(text.indexOf(canary)).as("%s in the %s", canary, where).isEqualTo(-1);
    }
  }

  /** The service's temporary directory is below its own directory, so it is searched, too. */
  private List<Path> assertFilesClean(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(directory)) {
      all.filter(Files::isRegularFile).forEach(files::add);
    }
    for (Path file : files) {
      assertClean("file " + file, Files.readString(file, ISO_8859_1));
      assertClean("name", file.toString());
    }
    return files;
  }

  /** Git compresses its objects, so they are searched through git. */
  private void assertObjectsClean(Path mirrors) throws IOException {
    try (Stream<Path> all = Files.list(mirrors)) {
      List<Path> each = all.toList();
      assertThat(each).hasSize(1);
      String objects = objects(new GitCommand(each.getFirst()));
      assertThat(objects).contains("Create Ray Service team-ml/well");
      assertClean("mirror's objects", objects);
    }
  }

  private static String objects(GitCommand repository) {
    return repository.run("cat-file", "--batch-all-objects", "--batch");
  }
}
