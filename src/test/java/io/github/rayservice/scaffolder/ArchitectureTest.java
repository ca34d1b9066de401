package io.github.rayservice.scaffolder;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.api.model.Quantity;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Allowed imports between packages; there are no cycles. */
@AnalyzeClasses(
    packagesOf = RayServiceId.class,
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.github.rayservice.scaffolder";

  /** The packages that each package may import, besides the root package and itself. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          entry("platform", Set.of()),
          entry("form.field", Set.of()),
          entry("form.value", Set.of()),
          entry("form.hardware", Set.of("form.field", "form.value")),
          entry("form.policy", Set.of("form.value")),
          entry("form.serve", Set.of("form.value")),
          entry(
              "form",
              Set.of("form.field", "form.hardware", "form.policy", "form.serve", "form.value")),
          entry("render", Set.of("form", "platform")),
          entry(
              "template",
              Set.of(
                  "form",
                  "form.field",
                  "form.hardware",
                  "form.policy",
                  "form.value",
                  "platform",
                  "render")),
          entry("access", Set.of("platform")),
          entry("gitlab", Set.of()),
          entry("gitops.model", Set.of()),
          entry("gitops.object", Set.of("gitops.model")),
          entry("gitops.transport", Set.of("gitops.model", "gitops.object")),
          entry("gitops.index", Set.of("gitops.model", "gitops.object", "gitops.transport")),
          entry(
              "gitops.commit",
              Set.of("gitops.model", "gitops.object", "gitops.transport", "gitops.index")),
          entry(
              "gitops",
              Set.of("gitops.model", "gitops.transport", "gitops.index", "gitops.commit")),
          entry("status.resource", Set.of("form.value")),
          entry("status.phase", Set.of("status.resource")),
          entry("status.diagnosis", Set.of("status.resource", "status.phase")),
          entry("status", Set.of("status.resource", "status.phase", "status.diagnosis")),
          entry(
              "status.platform",
              Set.of("form", "form.policy", "status", "status.resource", "status.diagnosis")),
          entry("status.watch", Set.of("status", "status.resource")),
          entry("proposal", Set.of("gitlab", "gitops", "gitops.model")),
          entry(
              "catalog",
              Set.of(
                  "deploy.sync",
                  "gitops",
                  "gitops.model",
                  "gitops.index",
                  "platform",
                  "proposal",
                  "render",
                  "status",
                  "status.phase")),
          entry(
              "deploy.sync",
              Set.of(
                  "gitops",
                  "gitops.model",
                  "gitops.index",
                  "proposal",
                  "render",
                  "status",
                  "status.phase",
                  "status.resource")),
          entry(
              "deploy",
              Set.of(
                  "form",
                  "form.field",
                  "form.hardware",
                  "form.value",
                  "gitops",
                  "gitops.model",
                  "platform",
                  "proposal",
                  "render",
                  "status",
                  "status.phase")),
          entry(
              "deploy.query",
              Set.of(
                  "deploy",
                  "deploy.sync",
                  "form",
                  "gitlab",
                  "gitops",
                  "gitops.model",
                  "gitops.index",
                  "platform",
                  "proposal",
                  "render",
                  "status")),
          entry(
              "api.http",
              Set.of("access", "deploy", "form", "form.value", "gitlab", "gitops.model", "render")),
          entry(
              "api.health",
              Set.of(
                  "gitlab",
                  "gitops",
                  "gitops.model",
                  "status",
                  "status.platform",
                  "status.resource")),
          entry(
              "api",
              Set.of(
                  "access",
                  "api.health",
                  "api.http",
                  "catalog",
                  "deploy",
                  "deploy.query",
                  "deploy.sync",
                  "form",
                  "form.field",
                  "form.hardware",
                  "form.value",
                  "gitlab",
                  "gitops.model",
                  "platform",
                  "proposal",
                  "status",
                  "status.diagnosis",
                  "status.phase",
                  "status.platform",
                  "template")));

  /** Classes of subpackages that other features may import. */
  private static final Set<String> SHARED_BY_STATUS =
      Set.of(
          "status.phase.DesiredState",
          "status.phase.Phase",
          "status.phase.PhaseStatus",
          "status.phase.Source",
          "status.diagnosis.Finding",
          "status.diagnosis.Problem",
          "status.platform.Dependencies",
          "status.platform.Dependency",
          "status.resource.SourceState",
          "status.resource.SpecFingerprint");

  private static final Set<String> SHARED_BY_FORM =
      Set.of(
          "form.field.ChangeEffect",
          "form.field.Field",
          "form.hardware.HardwareProfile",
          "form.hardware.MonthlyCost",
          "form.policy.EndpointHosts",
          "form.policy.HostPattern",
          "form.policy.IngressClassName",
          "form.value.ImagePrefix",
          "form.value.TextRules",
          "form.value.Violation");

  private static final Set<String> SHARED_BY_GITOPS =
      Set.of("gitops.index.Snapshot", "gitops.index.UnifiedDiff");

  @ArchTest
  static void everyPackageIsInTheTable(JavaClasses classes) {
    Set<String> packages =
        classes.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.equals(ROOT))
            .map(name -> name.substring(ROOT.length() + 1))
            .collect(toSet());

    assertThat(packages).isEqualTo(MAY_USE.keySet());
  }

  /** What is allowed and not used any more would let a wrong import in. */
  @ArchTest
  static void packagesImportExactlyTheAllowedPackages(JavaClasses classes) throws IOException {
    Map<String, Set<String>> used = new TreeMap<>();
    MAY_USE.keySet().forEach(name -> used.put(name, new TreeSet<>()));
    dependencies(classes)
        .filter(dependency -> !packageOf(dependency.getTargetClass()).isEmpty())
        .filter(dependency -> !packageOf(dependency.getOriginClass()).isEmpty())
        .forEach(dependency ->
            used.computeIfAbsent(packageOf(dependency.getOriginClass()), name -> new TreeSet<>())
                .add(packageOf(dependency.getTargetClass())));
    used.forEach((name, targets) -> targets.remove(name));
    // The name of a file, which the compiler copies; and ArchUnit does not see annotations of
    // record
    // components.
    addImported("catalog", "render", used);
    addImported("form.hardware", "form.field", used);

    assertThat(used).isEqualTo(MAY_USE);
  }

  /** By the text of the sources, where no class file tells. */
  private static void addImported(String from, String to, Map<String, Set<String>> used)
      throws IOException {
    Path sources = Path.of("src/main/java", (ROOT + "." + from).split("[.]"));
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file).contains("import " + ROOT + "." + to + ".")) {
          used.computeIfAbsent(from, name -> new TreeSet<>()).add(to);
        }
      }
    }
  }

  private static Stream<Dependency> dependencies(JavaClasses classes) {
    return classes.stream()
        .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
        .filter(dependency -> dependency.getTargetClass().getPackageName().startsWith(ROOT));
  }

  /** Without the root's name; empty for the root. */
  private static String packageOf(JavaClass c) {
    return c.getPackageName().substring(ROOT.length()).replaceFirst("^[.]", "");
  }

  @ArchTest
  static void whatIsSharedIsUsedByAnotherFeature(JavaClasses classes) {
    Set<String> used =
        dependencies(classes)
            .filter(dependency ->
                !feature(dependency.getOriginClass()).equals(feature(dependency.getTargetClass())))
            .map(dependency ->
                dependency
                    .getTargetClass()
                    .getName()
                    .replaceFirst("[$].*", "")
                    .substring(ROOT.length() + 1))
            .collect(toSet());

    assertThat(used).containsAll(SHARED_BY_STATUS).containsAll(SHARED_BY_FORM);
    assertThat(used).containsAll(SHARED_BY_GITOPS);
  }

  private static String feature(JavaClass c) {
    return packageOf(c).replaceFirst("[.].*", "");
  }

  @ArchTest
  static final ArchRule OTHER_FEATURES_USE_ONLY_THE_API_OF_STATUS =
      onlyApi("status", Set.of("status"), SHARED_BY_STATUS);

  @ArchTest
  static final ArchRule OTHER_FEATURES_USE_ONLY_THE_API_OF_GITOPS =
      onlyApi("gitops", Set.of("gitops", "gitops.model"), SHARED_BY_GITOPS);

  @ArchTest
  static final ArchRule OTHER_FEATURES_USE_ONLY_THE_API_OF_FORM =
      onlyApi("form", Set.of("form"), SHARED_BY_FORM);

  private static ArchRule onlyApi(String feature, Set<String> apiPackages, Set<String> shared) {
    String[] packages = apiPackages.stream().map(name -> ROOT + "." + name).toArray(String[]::new);
    DescribedPredicate<JavaClass> isShared =
        DescribedPredicate.describe(
            "is shared by " + feature,
            c ->
                shared.contains(
                    c.getName().replaceFirst("[$].*", "").substring(ROOT.length() + 1)));
    return noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "." + feature + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "." + feature + "..")
                .and(DescribedPredicate.not(resideInAnyPackage(packages).or(isShared))));
  }

  @ArchTest
  static final ArchRule THE_ROOT_USES_NO_OTHER_PACKAGE =
      noClasses()
          .that()
          .resideInAPackage(ROOT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + ".*..");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONLY_API_AND_GITLAB_USE_HTTP =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + ".api..", ROOT + ".gitlab..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "jakarta.ws.rs..", "io.quarkus.resteasy..", "io.quarkiverse..", "io.vertx..");

  /**
   * What a form names is never connected to: those who see a form cannot open a connection, and
   * those who can are given addresses of the settings only. DNS names of endpoints are resolved, by
   * status.platform, where the settings list them.
   */
  @ArchTest
  static final ArchRule ONLY_THESE_OPEN_CONNECTIONS =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              ROOT + ".access", ROOT + ".gitlab", ROOT + ".gitops.transport", ROOT + ".status..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.net.http..",
                      "java.nio.channels..",
                      "javax.net..",
                      "org.apache.http..",
                      "org.apache.sshd..",
                      "io.netty..",
                      "okhttp3..")
                  .or(
                      resideInAPackage("java.net")
                          .and(
                              DescribedPredicate.not(
                                  belongToAnyOf(URI.class, URISyntaxException.class)
                                      .or(belongToAnyOf(URLDecoder.class, URLEncoder.class))))));

  /** Nor does a form reach those who open connections. */
  @ArchTest
  static final ArchRule WHO_CONNECTS_SEES_NO_FORM =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".access", ROOT + ".gitlab", ROOT + ".gitops..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + ".form..", ROOT + ".render..");

  @ArchTest
  static final ArchRule ONLY_GITOPS_USES_JGIT =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".gitops..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jgit..");

  /** Quantity is a value type of the fabric8 model, not a client. */
  @ArchTest
  static final ArchRule ONLY_STATUS_USES_THE_KUBERNETES_CLIENT =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".status..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.fabric8..")
                  .and(DescribedPredicate.not(belongToAnyOf(Quantity.class))));

  @ArchTest
  static final ArchRule FIELDS_ARE_NOT_INJECTED =
      fields().should().notBeAnnotatedWith(Inject.class);

  @ArchTest
  static void everyPackageIsNullMarked(JavaClasses classes) {
    Set<String> marked =
        classes.stream()
            .filter(simpleName("package-info").and(annotatedWith(NullMarked.class)))
            .map(JavaClass::getPackageName)
            .collect(toSet());

    assertThat(classes).extracting(JavaClass::getPackageName).allMatch(marked::contains);
  }
}
