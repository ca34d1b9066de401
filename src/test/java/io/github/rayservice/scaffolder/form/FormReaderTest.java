package io.github.rayservice.scaffolder.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.rayservice.scaffolder.RayServiceId;
import io.github.rayservice.scaffolder.form.value.TextRules;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class FormReaderTest {
  private final FormReader reader = FormFixture.reader();

  @Test
  void anAbsentFieldGetsTheDefaultOfTheReadme() {
    RayServiceForm form = reader.read(FormFixture.minimal("team-ml", "text-ml")).form();

    assertThat(form)
        .isEqualTo(
            new RayServiceForm(
                "text-ml",
                "ray-team-ml-text-ml",
                "https://github.com/mlops-on-kubernetes/Book/raw/main/Chapter%206/serve-config.zip",
                "text_ml.app",
                "/",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                2,
                null,
                new RayServiceForm.Ray("2.60.0", ""),
                new Resources(
                    new Resources.Head("1", "2Gi", "10Gi", null, null),
                    new Resources.Worker("500m", "1Gi", "10Gi", 0, null, null)),
                new RayServiceForm.Ingress("", "nginx", false),
                new RayServiceForm.Gitlab("gitlab.example.com", "ml-team"),
                "unknown",
                null));
    assertThat(form.endpointHost()).isEqualTo("gitlab.example.com");
  }

  /** It has every field of that version. A request for its Ray Service may send it back. */
  @Test
  void aFileOfTheFirstVersionIsReadAsItIs() throws IOException {
    JsonNode file =
        new YAMLMapper()
            .readTree(Path.of("src/test/resources/upgrade/1.0.0/rayservice.yaml").toFile());
    Map<String, String> settings =
        Map.of(
            "scaffolder.hardware.profiles[0].name", "a10g",
            "scaffolder.form.cloud-identities", "*=*",
            "scaffolder.form.ingress-classes", "traefik");

    assertThat(FormFixture.reader(settings).read(file).form().restartedAt())
        .isEqualTo("2026-11-30T09:00:00Z");
  }

  @Test
  void nullIsReadAsAbsent() {
    assertThat(read(spec -> spec.putNull("createdBy")).form().createdBy()).isEqualTo("unknown");
  }

  @Test
  void theAuthenticatedCallerReplacesAnAbsentOrNullCreatedBy() {
    CreatedByPolicy policy = new CreatedByPolicy(Optional.of("user:default/ann"), false);
    ObjectNode absent = FormFixture.minimal("team-ml", "text-ml");
    ObjectNode withNull = with(absent.deepCopy(), spec -> spec.putNull("createdBy"));

    assertThat(List.of(absent, withNull))
        .extracting(document -> reader.read(document, policy).form().createdBy())
        .containsOnly("user:default/ann");
  }

  @Test
  void everyViolationIsCollectedInTheOrderOfTheForm() {
    List<Violation> violations =
        violations(document -> {
          document.withObject("/metadata").remove("name");
          ObjectNode spec = document.withObject("/spec");
          spec.put("createdBy", "a\nb").put("replicas", 1001).put("name", "Text_ML");
          spec.withObject("/resources/head").put("cpu", "1GB");
          spec.withObject("/gitlab").put("hostname", "https://gitlab.example.com");
        });

    assertThat(violations)
        .extracting(Violation::field, Violation::value)
        .containsExactly(
            tuple("metadata.name", null),
            tuple("spec.name", "Text_ML"),
            tuple("spec.replicas", "1001"),
            tuple("spec.resources.head.cpu", "1GB"),
            tuple("spec.gitlab.hostname", "https://gitlab.example.com"),
            tuple("spec.createdBy", "a\\u000Ab"));
    assertThat(violations)
        .allSatisfy(v -> {
          assertThat(v.rule()).isNotBlank();
          assertThat(v.source()).isNotBlank();
        });
  }

  @ParameterizedTest
  @CsvSource({
    "spec, replica, did you mean replicas?",
    "spec, rayservefile, did you mean rayServeFile?",
    "spec/resources, workers, did you mean worker?",
    "spec/gitlab, host, known fields: hostname",
    "spec, scaling, known fields: name"
  })
  void anUnknownFieldIsAViolationThatSuggestsTheNearest(
      String parent, String field, String suggestion) {
    List<Violation> violations =
        violations(document -> document.withObject("/" + parent).put(field, "x"));

    assertThat(violations)
        .singleElement()
        .satisfies(v -> {
          assertThat(v.field()).isEqualTo(parent.replace('/', '.') + "." + field);
          assertThat(v.rule()).contains(suggestion);
        });
  }

  @Test
  void aNumberInATextFieldIsRejectedAndShownInQuotes() {
    Violation violation = violation(spec -> spec.withObject("/resources/head").put("cpu", 2));

    assertThat(violation.field()).isEqualTo("spec.resources.head.cpu");
    assertThat(violation.rule()).contains("\"2\"");
  }

  @Test
  void textInANumberFieldIsRejected() {
    assertThat(violation(spec -> spec.put("replicas", "2")).rule()).contains("whole number");
  }

  @Test
  void aWholeNumberMayBeWrittenWithAPoint() {
    assertThat(read(spec -> spec.put("replicas", 3.0)).form().replicas()).isEqualTo(3);
    assertThat(violation(spec -> spec.put("replicas", 3.5)).rule()).contains("whole number");
    assertThat(violation(spec -> spec.put("replicas", 1e300)).rule()).contains("whole number");
  }

  @Test
  void whoseTheHostIsIsWhatTheServiceSays() {
    assertThat(read(spec -> spec.withObject("/ingress").put("ownHost", true)).form().ingress())
        .isEqualTo(new RayServiceForm.Ingress("", "nginx", false));
    assertThat(violation(spec -> spec.withObject("/ingress").put("ownHost", "true")).rule())
        .isEqualTo("must be true or false, without quotes");
  }

  @Test
  void aDocumentThatIsNoObjectIsRejected() throws Exception {
    JsonNode list = new ObjectMapper().readTree("[1]");

    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(list));

    assertThat(e.violations()).extracting(Violation::field).contains("(document)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1Gi", "500m", "1e3", "0.5", "+1", ".5", "5.", "1E", "3Ei", "1e-3", "2k"})
  void kubernetesQuantitiesAreAccepted(String quantity) {
    assertThat(read(spec -> spec.withObject("/resources/worker").put("cpu", quantity)).form())
        .extracting(form -> form.resources().worker().cpu())
        .isEqualTo(quantity);
  }

  @ParameterizedTest
  @CsvSource({
    "1GB, must be a Kubernetes quantity",
    "-1, must be a Kubernetes quantity",
    "1gi, must be a Kubernetes quantity",
    "1 Gi, must be a Kubernetes quantity",
    "0x10, must be a Kubernetes quantity",
    "1e, must be a Kubernetes quantity",
    "0, must be greater than 0",
    "0.0Gi, must be greater than 0",
    "1e1000, must be a Kubernetes quantity",
    "1E-2147483649, must be a Kubernetes quantity",
    "1e2147483648, must be a Kubernetes quantity"
  })
  void invalidQuantitiesAreRejectedWithTheRule(String quantity, String rule) {
    Violation violation =
        violation(spec -> spec.withObject("/resources/head").put("memory", quantity));

    assertThat(violation.field()).isEqualTo("spec.resources.head.memory");
    assertThat(violation.value()).isEqualTo(quantity);
    assertThat(violation.rule()).startsWith(rule);
    assertThat(violation.source()).isEqualTo("Kubernetes quantity");
  }

  @Test
  void anEmptyQuantityIsRejected() {
    assertThat(violations(d -> d.withObject("/spec/resources/head").put("memory", "")))
        .extracting(Violation::field)
        .containsOnly("spec.resources.head.memory");
  }

  @Test
  void aNameOneCharacterTooLongIsRejectedWithTheLimitAndItsSource() {
    assertThat(read(spec -> spec.put("name", "a".repeat(47))).form().name()).hasSize(47);

    Violation violation = violation(spec -> spec.put("name", "a".repeat(48)));

    assertThat(violation.rule()).isEqualTo("must have 1 to 47 characters");
    assertThat(violation.source()).startsWith("KubeRay");
  }

  @Test
  void ofManyMistakesTheFirstAreListedAndTheOthersCounted() {
    List<Violation> violations =
        violations(document -> {
          for (int i = 0; i < 1000; i++) {
            document.withObject("/spec").put("x" + i, 1);
          }
          document.withObject("/spec").put("replicas", -1);
        });

    assertThat(violations).hasSize(101);
    assertThat(violations.getFirst().field()).isEqualTo("spec.replicas");
    assertThat(violations.getLast().rule()).isEqualTo("breaks 901 more rules");
  }

  /** A body has at most 256 KiB; a form of that size must not cost more than any other. */
  @ParameterizedTest
  @CsvSource({
    "/importPath, a., must have 0 to 253 characters",
    "/ingress/host, a., must have 0 to 253 characters",
    "/ingress/className, a., must have 1 to 253 characters",
    "/gitlab/hostname, a., must have 1 to 253 characters",
    "/ray/image, a., must have 0 to 520 characters",
    "/cloudIdentity, arn:aws:iam::1:role/, must have 1 to 600 characters",
    "/createdBy, eyJ-, must have 1 to 253 characters"
  })
  void aTextAsLongAsABodyIsRejectedByItsLength(String pointer, String part, String rule) {
    String text = part.repeat((256 << 10) / part.length() - 100);
    int name = pointer.lastIndexOf('/');

    Violation violation =
        violation(spec ->
            spec.withObject(pointer.substring(0, name)).put(pointer.substring(name + 1), text));

    assertThat(violation.rule()).isEqualTo(rule);
    assertThat(violation.source()).isNotBlank();
  }

  /** People may write what they like into Git; it must not stop the service from reading. */
  @Test
  void aLongTextInGitIsRead() {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    String path = "a.".repeat(60_000) + "a";
    document.withObject("/spec").put("importPath", path);

    assertThat(reader.readStored(document).spec().importPath()).isEqualTo(path);
  }

  @Test
  void theLongestNamespaceAndNameFitEveryDerivedName() {
    String namespace = "n".repeat(30);
    String name = "a".repeat(RayServiceId.MAX_LENGTH - 30);
    RayServiceRequest longest =
        reader.read(
            with(
                FormFixture.minimal(namespace, name),
                spec -> spec.put("name", "b".repeat(47)).put("namespace", "t".repeat(63))));

    // Kubernetes label values and Service names have at most 63 characters.
    assertThat(longest.id().applicationName()).hasSizeLessThanOrEqualTo(63);
    for (String suffix : List.of("-serve-svc", "-head-svc", "-ray", "-ray-dashboard", "-models")) {
      assertThat(longest.form().name() + suffix).hasSizeLessThanOrEqualTo(63);
    }

    ObjectNode tooLong = FormFixture.minimal(namespace, name + "a");
    tooLong.withObject("/spec").put("name", "b").put("namespace", "t");
    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(tooLong));
    assertThat(e.violations())
        .singleElement()
        .satisfies(v -> {
          assertThat(v.field()).isEqualTo("metadata.name");
          assertThat(v.rule()).contains("58").contains("59");
          assertThat(v.source()).startsWith("Argo CD");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x",
        "a\\..\\b",
        ".git",
        "-x",
        "HEAD",
        "con",
        "tеam",
        "A",
        "a_b",
        "a.",
        "a/b",
        "a-",
        "1a",
        "",
        "a\u0000b",
        "refs/heads/x",
        "nul",
        "lpt1"
      })
  void namesThatAreNoDnsLabelAreRejected(String name) {
    List<Violation> violations =
        violations(document -> document.withObject("/metadata").put("name", name));

    assertThat(violations).isNotEmpty().allMatch(v -> v.field().equals("metadata.name"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", ".git", "-x", "HEAD", "con", "A", "a_b", "a."})
  void namespacesThatAreNoDnsLabelAreRejected(String namespace) {
    assertThat(violations(d -> d.withObject("/metadata").put("namespace", namespace)))
        .isNotEmpty()
        .allMatch(v -> v.field().equals("metadata.namespace"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb", "a\rb", "a\r\nRequest-Id: x", "a\tb", "a\u0000b", "a\u0085b", "a\u2028b",
        "a\u2029b", "a\u202Eb", "a\uFEFFb", "a\uFFFFb", "\uD83D", "\uDE00x", "a\u007fb"
      })
  void lineBreaksControlCharactersAndBrokenUnicodeAreRejected(String text) {
    Violation violation = violation(spec -> spec.put("createdBy", text));

    assertThat(violation.field()).isEqualTo("spec.createdBy");
    assertThat(violation.rule()).contains("control characters");
    assertThat(violation.value()).matches("\\p{Print}+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user:default/jane.doe", "José Müller", "😀", "yes", "1e3", "- #: {{ }}"})
  void otherTextIsAccepted(String text) {
    assertThat(read(spec -> spec.put("createdBy", text)).form().createdBy()).isEqualTo(text);
  }

  /** But in what only the application and people read, where kro leaves it as it is. */
  @Test
  void aKroExpressionIsRejectedInEveryField() {
    List<String> taken =
        HostileForms.everywhere("${schema.spec.name}")
            .filter(place -> !isRejected(place.form()))
            .map(HostileForms.Case::what)
            .toList();

    assertThat(taken).containsExactlyInAnyOrder("/metadata/annotations/a", "/spec/args/a");
  }

  private boolean isRejected(ObjectNode form) {
    try {
      reader.read(form);
      return false;
    } catch (InvalidFormException e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/createdBy", "/importPath", "/ray/image", "/gitlab/username"})
  void aKroExpressionIsNamed(String pointer) {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    String parent = pointer.substring(0, pointer.lastIndexOf('/'));
    document
        .withObject("/spec" + parent)
        .put(pointer.substring(pointer.lastIndexOf('/') + 1), "${schema.spec.name}");

    assertThat(
            catchThrowableOfType(InvalidFormException.class, () -> reader.read(document))
                .violations())
        .singleElement()
        .satisfies(v -> assertThat(v.rule()).contains("kro expression"));
  }

  /**
   * Ray expands variables in it, and nothing else reads it: kro has expressions in definitions
   * only.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "${LD_LIBRARY_PATH}:/x",
        "a\nb\n",
        "a\r\n\tb",
        "",
        "jdbc:sqlserver://srv.example.com:1433;database=db;user=ann@srv",
        "https://example.com:8080?mail=ann@example.com",
        "postgres://ann:${PASSWORD}@db.example.com/models"
      })
  void theValueOfAVariableIsWhateverRayTakes(String value) {
    RuntimeEnv env = read(spec -> setVariable(spec, value)).form().runtimeEnv();

    assertThat(env).isEqualTo(new RuntimeEnv(null, List.of(new RuntimeEnv.EnvVar("A", value))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u0000b", "a\u0007b", "\uD83D", "a\nhf_abcdefghijklmnopqrstuvwx"})
  void theValueOfAVariableCanBeWrittenAndIsNoSecret(String value) {
    assertThat(violation(spec -> setVariable(spec, value)).field())
        .isEqualTo("spec.runtimeEnv.envVars[0].value");
  }

  private static void setVariable(ObjectNode spec, String value) {
    spec.withArray("/runtimeEnv/envVars").addObject().put("name", "A").put("value", value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH",
        "glpat-abcdefghij0123456789",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nabc",
        "token=hf_abcdefghijklmnopqrstuvwxyzABCDEFGH",
        "postgres://ann:opensesame@db.example.com/models"
      })
  void aSecretIsRejectedAndNeverRepeated(String secret) {
    List<Violation> violations =
        violations(document -> {
          document.withObject("/spec").put("createdBy", secret);
          document.withObject("/spec").put("rayServeFile", "https://x.example/" + secret);
          document.withObject("/spec").put("hfToken", secret);
          document.withObject("/spec").putArray("replicas").add(secret);
        });

    assertThat(violations).hasSize(4);
    assertThat(violations.toString()).doesNotContain(secret.substring(secret.length() - 3));
    assertThat(violations)
        .filteredOn(v -> v.field().equals("spec.createdBy"))
        .singleElement()
        .satisfies(v -> assertThat(v.rule()).contains("Kubernetes Secret"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/a.zip",
        "https://user:password@example.com/a.zip",
        "https://user@example.com/a.zip",
        "https://example.com/a.tgz",
        "https://example.com/a.zip?token=1",
        "https://example.com/a.zip#x",
        "https://example.com/%zz.zip",
        "https://-example-.com/a.zip",
        "https://example.com:99999999999/a.zip",
        "file:///etc/passwd.zip",
        "https:///a.zip",
        "//example.com/a.zip",
        "https://example.com/a b.zip",
        "https://example.com/\"injected.zip",
        "https://169.254.169.254/a.zip",
        "https://169.254.169.254:80/latest/meta-data/a.zip",
        "https://127.0.0.1/a.zip",
        "https://127.1/a.zip",
        "https://0.0.0.0/a.zip",
        "https://0177.0.0.1/a.zip",
        "https://10.0.0.08/a.zip",
        "https://2130706433/a.zip",
        "https://0x7f000001/a.zip",
        "https://0x7f.0.0.1/a.zip",
        "https://[::1]/a.zip",
        "https://[fe80::1]/a.zip",
        "https://[::ffff:169.254.169.254]/a.zip",
        "https://224.0.0.1/a.zip",
        "https://255.255.255.255/a.zip",
        "https://localhost/a.zip",
        "https://LocalHost:8443/a.zip",
        "https://x.localhost/a.zip"
      })
  void aUrlThatIsNoPlainHttpsZipIsRejected(String url) {
    assertThat(violation(spec -> spec.put("rayServeFile", url)).field())
        .isEqualTo("spec.rayServeFile");
  }

  /** The network of the pods, and the platform's list of hosts, say which of them are open. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.0.0.5/a.zip",
        "https://192.168.127.254:8443/a.zip",
        "https://100.64.0.10/a.zip",
        "https://gitlab.internal/a.zip",
        "https://localhost.example.com/a.zip",
        "https://minio.storage.svc.cluster.local/a.zip"
      })
  void anotherMachineMayHaveTheZip(String url) {
    assertThat(read(spec -> spec.put("rayServeFile", url)).form().rayServeFile()).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"//user@example.com/a.zip", "//u:p@127.0.0.1/a.zip", "//localhost/a.zip"})
  void anAddressWithoutASchemeIsRejected(String url) {
    assertThat(violations(document -> document.withObject("/spec").put("rayServeFile", url)))
        .isNotEmpty();
  }

  @Test
  void aBucketMayBeCalledLikeAnAddress() {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.withObject("/spec").put("rayServeFile", "s3://2130706433/a.zip");

    assertThat(
            FormFixture.reader(Map.of("scaffolder.form.serve-file-schemes", "https,s3"))
                .read(document)
                .form()
                .rayServeFile())
        .isEqualTo("s3://2130706433/a.zip");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a @ https://169.254.169.254/a.whl",
        "a @ https://[::1]/a.whl",
        "a @ git+https://localhost/a.git"
      })
  void aPackageOfThePodItselfIsRejected(String requirement) {
    Violation violation =
        violation(spec -> spec.withObject("/runtimeEnv").withArray("pip").add(requirement));

    assertThat(violation.field()).isEqualTo("spec.runtimeEnv.pip[0]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://ann:opensesame@example.com/a.zip",
        "https://ann:opensesame@example.com/a.tgz",
        "git+https://opensesame@example.com/a.zip",
        "https://ann:open@opensesame@example.com/a.zip",
        "https://ann:open/opensesame@example.com/a.zip",
        "https://ann:12/opensesame@example.com/a.zip",
        "https://ann:open?opensesame@example.com/a.zip",
        "https://example.com/a.zip?token=opensesame",
        "https://example.com/a.zip?a=b@c&token=opensesame",
        "https://example.com/a.zip,https://opensesame@example.com/b.zip",
        "https://ann:open opensesame@example.com/a.zip"
      })
  void aCredentialOfAnAddressIsNotRepeated(String url) {
    List<Violation> violations =
        violations(document -> {
          ObjectNode spec = document.withObject("/spec").put("rayServeFile", url);
          spec.withObject("/ray").put("image", url);
          spec.put("importPath", url).put("replicas", url);
          spec.withObject("/runtimeEnv").putArray("pip").add("x @ " + url);
          spec.withObject("/serveConfig").put("y", url);
          spec.putArray("routePrefix").add("https://example.com/a").add(url);
        });

    assertThat(violations).hasSizeGreaterThan(4);
    assertThat(violations.toString()).doesNotContain("opensesame");
  }

  @ParameterizedTest
  @CsvSource({
    "git+https://github.com/ann/model@v1,git+https://github.com/ann/model@v1",
    "x @ https://ann@example.com/a,x @ https://…@example.com/a",
    "ann:secret@example.com,ann:secret@example.com",
    "https://example.com:8443/a,https://example.com:8443/a",
  })
  void whatIsNoCredentialIsRepeated(String value, String shown) {
    assertThat(Violation.of("field", value, "rule", "source").value()).isEqualTo(shown);
  }

  /** As long as a body may be, with as many addresses as fit. */
  @ParameterizedTest
  @Timeout(10)
  @ValueSource(strings = {"://a:b@", "://", "@", "a://b:c ", "?://:@"})
  void noValueTakesLongToShow(String part) {
    String value = part.repeat(262_144 / part.length());

    assertThat(Violation.of("field", value, "rule", "source").value()).hasSizeLessThan(200);
    assertThat(TextRules.check("field", value)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://example.com:8443/a.zip", "https://example.com/a%20b/c~d.zip"})
  void otherHttpsZipsAreAccepted(String url) {
    assertThat(read(spec -> spec.put("rayServeFile", url)).form().rayServeFile()).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"default", "kube-system", "kube-public", "argocd", "kro", "kuberay-operator"})
  void aProtectedTargetNamespaceIsRejected(String namespace) {
    Violation violation = violation(spec -> spec.put("namespace", namespace));

    assertThat(violation.field()).isEqualTo("spec.namespace");
    assertThat(violation.rule()).contains("protected");
  }

  @Test
  void theNamespaceOfTheReadmesExamplesIsNotProtected() {
    assertThat(read(spec -> spec.put("namespace", "ray-system")).form().namespace())
        .isEqualTo("ray-system");
  }

  @Test
  void theTargetNamespaceMustDifferFromTheTeamsNamespace() {
    assertThat(violation(spec -> spec.put("namespace", "team-ml")).rule())
        .isEqualTo("must differ from metadata.namespace");
  }

  @Test
  void anIpAddressIsNoIngressHost() {
    assertThat(violation(spec -> spec.withObject("/gitlab").put("hostname", "10.0.0.1")).source())
        .isEqualTo("Kubernetes Ingress host");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text_ml", "text_ml.", ".app", "text_ml.app()", "a b.c", "a:b:c", "a/b:c"})
  void anImportPathThatPythonCannotImportIsRejected(String path) {
    assertThat(violation(spec -> spec.put("importPath", path)).field())
        .isEqualTo("spec.importPath");
  }

  @Test
  void rarelyIntendedValuesAreWarnings() {
    RayServiceRequest request =
        read(spec -> {
          spec.put("replicas", 0).put("rayServeFile", "");
          spec.withObject("/resources/head").put("memory", "511Mi");
        });

    assertThat(request.warnings())
        .extracting(Violation::field)
        .containsExactly("spec.replicas", "spec.resources.head.memory");
    assertThat(
            read(spec ->
                    spec.put("rayServeFile", "")
                        .withObject("/resources/head")
                        .put("memory", "512Mi"))
                .warnings())
        .isEmpty();
  }

  @Test
  void otherApiVersionsAndKindsAreRejected() {
    List<Violation> violations =
        violations(d -> d.put("apiVersion", "ray.io/v1").put("kind", "RayCluster"));

    assertThat(violations)
        .extracting(Violation::rule)
        .containsExactly("must be kro.run/v1alpha1", "must be RayService");
  }

  @Test
  void statusIsIgnoredAsKubectlDoes() {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    document.putObject("status").put("anything", "goes");

    assertThat(reader.read(document).id()).isEqualTo(new RayServiceId("team-ml", "text-ml"));
  }

  private RayServiceRequest read(Consumer<ObjectNode> edit) {
    return reader.read(with(FormFixture.minimal("team-ml", "text-ml"), edit));
  }

  private static ObjectNode with(ObjectNode document, Consumer<ObjectNode> edit) {
    edit.accept((ObjectNode) document.get("spec"));
    return document;
  }

  private Violation violation(Consumer<ObjectNode> edit) {
    List<Violation> violations =
        violations(document -> edit.accept((ObjectNode) document.get("spec")));
    assertThat(violations.stream().map(Violation::field).distinct()).hasSize(1);
    return violations.get(0);
  }

  private List<Violation> violations(Consumer<ObjectNode> edit) {
    ObjectNode document = FormFixture.minimal("team-ml", "text-ml");
    edit.accept(document);
    InvalidFormException e =
        catchThrowableOfType(InvalidFormException.class, () -> reader.read(document));
    assertThat(e).as("no violation").isNotNull();
    return e.violations();
  }
}
