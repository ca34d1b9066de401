package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.RayServiceForm.Autoscaling;
import io.github.rayservice.scaffolder.form.RuntimeEnv.EnvVar;
import io.github.rayservice.scaffolder.form.ServeDeployment.AutoscalingConfig;
import io.github.rayservice.scaffolder.form.hardware.Hardware;
import io.github.rayservice.scaffolder.form.serve.ServeConfigRules;
import io.github.rayservice.scaffolder.form.serve.ServeOptions;
import io.github.rayservice.scaffolder.form.value.BrokenRule;
import io.github.rayservice.scaffolder.form.value.ImageReference;
import io.github.rayservice.scaffolder.form.value.MovingAddress;
import io.github.rayservice.scaffolder.form.value.Quantities;
import io.github.rayservice.scaffolder.form.value.Violation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules about the Ray Serve application and the workers that it runs on. */
final class ApplicationRules {
  private static final int MANY_PACKAGES = 20;

  /** Packages of gigabytes, which every node would install before the first request. */
  private static final Pattern LARGE_PACKAGE =
      Pattern.compile("(?i)(torch|vllm|tensorflow)(?![A-Za-z0-9._-]).*");

  /** Ray's own images and copies of them: the tag begins with the release. */
  private static final Pattern RAY_IMAGE =
      Pattern.compile(
          "(?:.*/)?(?<name>ray(?:-ml|-llm)?):(?<release>[0-9]+[.][0-9]+[.][0-9]+)(?<suffix>.*)");

  /** What a Serve config says for each of its applications, in the order of the form. */
  private static final Map<String, Function<RayServiceForm, @Nullable Object>> OF_ONE_APPLICATION =
      ofOneApplication();

  /** A form in Backstage sends the default of a field that nobody has touched. */
  private static final Map<String, String> DEFAULTS =
      FormField.ofSpec().stream()
          .filter(field -> field.defaultValue().isPresent())
          .collect(
              Collectors.toUnmodifiableMap(
                  FormField::name, field -> field.defaultValue().orElseThrow()));

  /** What the example's packages take on each node while they are installed. */
  private static final BigDecimal EXAMPLE_DISK = Quantities.amount("8426Mi");

  private static final BigDecimal EXAMPLE_MEMORY = Quantities.amount("1536Mi");

  private final RayServiceForm form;
  private final List<Violation> found = new ArrayList<>();

  private ApplicationRules(RayServiceForm form) {
    this.form = form;
  }

  private static Map<String, Function<RayServiceForm, @Nullable Object>> ofOneApplication() {
    Map<String, Function<RayServiceForm, @Nullable Object>> fields = new LinkedHashMap<>();
    fields.put("rayServeFile", RayServiceForm::rayServeFile);
    fields.put("importPath", RayServiceForm::importPath);
    fields.put("routePrefix", RayServiceForm::routePrefix);
    fields.put("args", RayServiceForm::args);
    fields.put("runtimeEnv", RayServiceForm::runtimeEnv);
    fields.put("deployments", RayServiceForm::deployments);
    return Collections.unmodifiableMap(fields);
  }

  /** The broken rules. A field with an earlier violation may be null. */
  static Stream<Violation> check(RayServiceForm form) {
    ApplicationRules rules = new ApplicationRules(form);
    rules.checkRuntimeEnv();
    rules.checkDeployments();
    rules.checkSecrets();
    rules.checkServeConfig();
    rules.checkAutoscaling();
    return Stream.concat(rules.found.stream(), LanguageModelRules.check(form));
  }

  private void checkRuntimeEnv() {
    RuntimeEnv env = form.runtimeEnv();
    if (env != null && env.envVars() != null) {
      checkNames("spec.runtimeEnv.envVars", env.envVars(), EnvVar::name);
    }
  }

  private void checkSecrets() {
    List<SecretUse> secrets = form.secrets();
    if (secrets == null) {
      return;
    }
    checkNames("spec.secrets", secrets, SecretUse::name);
    IntStream.range(0, secrets.size())
        .filter(i -> SecretUse.NETRC.equals(secrets.get(i).use()))
        .skip(1)
        .forEach(i ->
            found.add(
                Violation.of(
                    "spec.secrets[" + i + "].use",
                    SecretUse.NETRC,
                    "must be the use of one Secret only: a pod has one .netrc",
                    "kro: the definition of the Ray Service")));
  }

  private void checkDeployments() {
    if (form.deployments() == null) {
      return;
    }
    checkNames("spec.deployments", form.deployments(), ServeDeployment::name);
    for (int i = 0; i < form.deployments().size(); i++) {
      ServeDeployment deployment = form.deployments().get(i);
      AutoscalingConfig config = deployment.autoscalingConfig();
      String path = "spec.deployments[" + i + "].";
      if (deployment.numReplicas() != null && config != null) {
        add(
            path + "numReplicas",
            deployment.numReplicas(),
            "must be absent beside autoscalingConfig");
      }
      if (Objects.equals(deployment.maxQueuedRequests(), 0)) {
        add(path + "maxQueuedRequests", 0, ServeOptions.QUEUE_RULE);
      }
      if (config != null) {
        path += "autoscalingConfig.";
        // Ray Serve's own defaults.
        int min = Objects.requireNonNullElse(config.minReplicas(), 1);
        int max = Objects.requireNonNullElse(config.maxReplicas(), Math.max(1, min));
        Integer initial = config.initialReplicas();
        if (min > max) {
          add(path + "minReplicas", min, "must be at most maxReplicas (" + max + ")");
        } else if (initial != null && (initial < min || initial > max)) {
          add(
              path + "initialReplicas",
              initial,
              "must be between minReplicas and maxReplicas (%d to %d)".formatted(min, max));
        }
      }
    }
  }

  private <T> void checkNames(String path, List<T> items, Function<T, @Nullable String> name) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      String text = name.apply(items.get(i));
      if (text != null && !names.add(text)) {
        found.add(
            Violation.of(
                path + "[" + i + "].name",
                text,
                "must not be there twice",
                "kro: a list that is a map by name"));
      }
    }
  }

  private void checkServeConfig() {
    if (form.serveConfig() == null) {
      return;
    }
    found.addAll(ServeConfigRules.check("spec.serveConfig", form.serveConfig()));
    OF_ONE_APPLICATION.forEach((field, value) -> {
      Object named = value.apply(form);
      if (named != null && !named.equals(DEFAULTS.get(field))) {
        found.add(
            Violation.withoutValue(
                "spec." + field,
                "must be absent beside serveConfig, which says it for each application",
                "kro: the definition passes serveConfig as it is"));
      }
    });
  }

  private void checkAutoscaling() {
    Autoscaling bounds = form.autoscaling();
    // An absent maximum is 0 here, and has its violation.
    if (bounds == null || bounds.maxReplicas() == 0) {
      return;
    }
    if (bounds.minReplicas() > bounds.maxReplicas()) {
      found.add(
          Violation.of(
              "spec.autoscaling.minReplicas",
              bounds.minReplicas(),
              "must be at most maxReplicas (" + bounds.maxReplicas() + ")",
              "KubeRay: minReplicas and maxReplicas of a worker group"));
    } else if (form.replicas() < bounds.minReplicas() || form.replicas() > bounds.maxReplicas()) {
      found.add(
          Violation.of(
              "spec.replicas",
              form.replicas(),
              "must be between autoscaling.minReplicas and autoscaling.maxReplicas (%d to %d)"
                  .formatted(bounds.minReplicas(), bounds.maxReplicas()),
              "KubeRay: replicas of a worker group"));
    }
  }

  private void add(String path, Object value, String rule) {
    found.add(Violation.of(path, value, rule, BrokenRule.SERVE));
  }

  /** What is valid but rarely intended. No field is null unless it may be absent. */
  static Stream<Violation> warnings(RayServiceForm form) {
    ApplicationRules rules = new ApplicationRules(form);
    rules.warnOfExample();
    Download.of(form).stream().filter(Download::archive).forEach(rules::warnOfAddress);
    if (form.serveConfig() != null) {
      rules.found.addAll(ServeConfigRules.warnings("spec.serveConfig", form.serveConfig()));
    }
    rules.warnOfPackages();
    rules.warnOfImage();
    return Stream.concat(rules.found.stream(), LanguageModelRules.warnings(form));
  }

  private boolean hasWorkers() {
    return form.replicas() > 0 || form.autoscaling() != null;
  }

  /** Measured by {@code src/test/ray/measure_example.py}. */
  private void warnOfMemory() {
    String memory = form.resources().worker().memory();
    if (hasWorkers() && Quantities.amount(memory).compareTo(EXAMPLE_MEMORY) < 0) {
      found.add(
          Violation.of(
              "spec.resources.worker.memory",
              memory,
              "may be too little for the example: it ran with 1536Mi for each of its models on a worker",
              "measured with Ray 2.60.0, torch and transformers"));
    }
  }

  /** Measured by {@code src/test/ray/measure_example.py}. */
  private void warnOfDisk() {
    Map<String, String> disks = new LinkedHashMap<>();
    disks.put("spec.resources.head.ephemeralStorage", form.resources().head().ephemeralStorage());
    if (hasWorkers()) {
      disks.put(
          "spec.resources.worker.ephemeralStorage", form.resources().worker().ephemeralStorage());
    }
    disks.forEach((field, disk) -> {
      if (Quantities.amount(disk).compareTo(EXAMPLE_DISK) < 0) {
        found.add(
            Violation.of(
                field,
                disk,
                "may be too little for torch: the example's packages took 8426Mi on each node while they were installed",
                "measured with Ray 2.60.0, torch and transformers"));
      }
    });
  }

  private static boolean isExample(RayServiceForm form) {
    return form.serveConfig() == null && form.rayServeFile().equals(RayServiceForm.EXAMPLE_ZIP);
  }

  private void warnOfExample() {
    if (isExample(form) && (form.runtimeEnv() == null || form.runtimeEnv().pip() == null)) {
      found.add(
          Violation.of(
              "spec.rayServeFile",
              form.rayServeFile(),
              "is the example: its packages torch and transformers<5 are installed for it, 3 GB on each node",
              "kro: the definition of the Ray Service"));
      warnOfMemory();
      warnOfDisk();
    }
  }

  private void warnOfAddress(Download download) {
    String url = download.url();
    if (url.contains("/blob/")) {
      found.add(
          Violation.of(
              download.field(),
              url,
              "is the page about a file: the file itself is below /raw/",
              "GitHub and GitLab: addresses of files"));
    } else if (!(isExample(form) && download.field().equals("spec.rayServeFile"))) {
      MovingAddress.whatMoves(url)
          .ifPresent(what ->
              found.add(
                  Violation.of(
                      download.field(),
                      url,
                      "is the address of %s, whose content changes: Ray loads one address only once, so name a tag or a commit"
                          .formatted(what),
                      "Ray: a downloaded working_dir is kept by its address")));
    }
  }

  private void warnOfPackages() {
    RuntimeEnv env = form.runtimeEnv();
    // The example needs its packages, and no image with them is known.
    if (env == null || env.pip() == null || isExample(form)) {
      return;
    }
    List<String> pip = env.pip();
    String advice =
        ": bake it into an image, because each node installs it before the first request";
    for (int i = 0; i < pip.size(); i++) {
      if (LARGE_PACKAGE.matcher(pip.get(i)).matches()) {
        found.add(
            Violation.of(
                "spec.runtimeEnv.pip[" + i + "]",
                pip.get(i),
                "takes gigabytes and minutes" + advice,
                "Ray: runtime environments"));
      }
    }
    if (pip.size() > MANY_PACKAGES) {
      found.add(
          Violation.withoutValue(
              "spec.runtimeEnv.pip",
              "is long (%d packages)".formatted(pip.size()) + advice.replace("it", "them"),
              "Ray: runtime environments"));
    }
  }

  private void warnOfImage() {
    String version = form.ray().version();
    Hardware hardware = form.resources().worker().hardware();
    boolean ofProfile =
        form.ray().image().isEmpty() && hardware != null && hardware.image() != null;
    String image = workerImage(form);
    String field = ofProfile ? "spec.resources.worker.profile" : "spec.ray.image";
    if (ImageReference.hasUnlikelyRegistry(image)) {
      found.add(
          Violation.of(
              field,
              image,
              "has the registry %s: names of groups are in lower case, after the registry's host"
                  .formatted(ImageReference.of(image).registry()),
              ImageReference.SOURCE));
    }
    Matcher ray = RAY_IMAGE.matcher(image);
    if (!ray.matches()) {
      return;
    }
    if (!ray.group("release").equals(version)) {
      found.add(
          Violation.of(
              field,
              image,
              "has Ray %s, but ray.version is %s: KubeRay takes its decisions by the latter"
                  .formatted(ray.group("release"), version),
              "KubeRay: rayVersion"));
    }
    if (LanguageModelRules.isLanguageModel(form)) {
      if (!ray.group("name").equals("ray-llm")) {
        found.add(
            Violation.of(
                field,
                image,
                "has no vLLM, which serves the language model: take an image of rayproject/ray-llm, such as "
                    + LanguageModelForm.IMAGE,
                "Ray: contents of its images"));
      }
    } else if (form.resources().worker().hasNvidia()
        && !ray.group("suffix").contains("-gpu")
        && !ray.group("suffix").contains("-cu")) {
      found.add(
          Violation.of(
              field,
              image,
              "has no CUDA, but each worker asks for a GPU: take a tag that ends in -gpu",
              "Ray: tags of its images"));
    }
  }

  /** The image of the workers, as the definition takes it. */
  private static String workerImage(RayServiceForm form) {
    if (!form.ray().image().isEmpty()) {
      return form.ray().image();
    }
    Hardware hardware = form.resources().worker().hardware();
    if (hardware != null && hardware.image() != null) {
      return hardware.image();
    }
    String suffix = hardware == null ? null : hardware.imageSuffix();
    return "rayproject/ray:" + form.ray().version() + Objects.requireNonNullElse(suffix, "");
  }
}
