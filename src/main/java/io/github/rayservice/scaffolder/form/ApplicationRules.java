package io.github.rayservice.scaffolder.form;

import io.github.rayservice.scaffolder.form.RayServiceForm.Autoscaling;
import io.github.rayservice.scaffolder.form.RuntimeEnv.EnvVar;
import io.github.rayservice.scaffolder.form.ServeDeployment.AutoscalingConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules about the Ray Serve application and the workers that it runs on. */
final class ApplicationRules {
  private static final int MANY_PACKAGES = 20;

  /** Packages of gigabytes, which every node would install before the first request. */
  private static final Pattern LARGE_PACKAGE =
      Pattern.compile("(?i)(torch|vllm|tensorflow)(?![A-Za-z0-9._-]).*");

  /** Addresses of GitHub and GitLab whose content changes with a branch. */
  private static final Pattern BRANCH =
      Pattern.compile("/(refs/heads|(raw|archive|zip)/(main|master|develop|HEAD))[/.]");

  /** Ray's own images and copies of them: the tag begins with the release. */
  private static final Pattern RAY_IMAGE =
      Pattern.compile("(?:.*/)?ray(?:-ml|-llm)?:([0-9]+[.][0-9]+[.][0-9]+)(.*)");

  private final RayServiceForm form;
  private final List<Violation> found = new ArrayList<>();

  private ApplicationRules(RayServiceForm form) {
    this.form = form;
  }

  /** The broken rules. A field with an earlier violation may be null. */
  static Stream<Violation> check(RayServiceForm form) {
    ApplicationRules rules = new ApplicationRules(form);
    rules.checkRuntimeEnv();
    rules.checkDeployments();
    rules.checkServeConfig();
    rules.checkAutoscaling();
    return rules.found.stream();
  }

  private void checkRuntimeEnv() {
    RuntimeEnv env = form.runtimeEnv();
    if (env != null && env.envVars() != null) {
      checkNames("spec.runtimeEnv.envVars", env.envVars(), EnvVar::name);
    }
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
    Stream.of(
            present("rayServeFile", !RayServiceForm.EXAMPLE_ZIP.equals(form.rayServeFile())),
            present("importPath", !"text_ml.app".equals(form.importPath())),
            present("routePrefix", !"/".equals(form.routePrefix())),
            present("args", form.args() != null),
            present("runtimeEnv", form.runtimeEnv() != null),
            present("deployments", form.deployments() != null))
        .flatMap(Optional::stream)
        .forEach(field ->
            found.add(
                Violation.withoutValue(
                    "spec." + field,
                    "must be absent beside serveConfig, which says it for each application",
                    "kro: the definition passes serveConfig as it is")));
  }

  private static Optional<String> present(String field, boolean is) {
    return is ? Optional.of(field) : Optional.empty();
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
    rules.warnOfUrl();
    rules.warnOfPackages();
    rules.warnOfImage();
    return rules.found.stream();
  }

  private void warnOfUrl() {
    String url = form.rayServeFile();
    if (form.serveConfig() != null) {
      return;
    }
    if (url.equals(RayServiceForm.EXAMPLE_ZIP)) {
      if (form.runtimeEnv() == null || form.runtimeEnv().pip() == null) {
        found.add(
            Violation.of(
                "spec.rayServeFile",
                url,
                "is the example: its packages torch and transformers<5 are installed for it",
                "kro: the definition of the Ray Service"));
      }
    } else if (url.contains("/blob/")) {
      found.add(
          Violation.of(
              "spec.rayServeFile",
              url,
              "is the page about a file: the file itself is below /raw/",
              "GitHub and GitLab: addresses of files"));
    } else if (BRANCH.matcher(url).find()) {
      found.add(
          Violation.of(
              "spec.rayServeFile",
              url,
              "is the address of a branch, whose content changes: Ray loads one address only once, so name a tag or a commit",
              "Ray: a downloaded working_dir is kept by its address"));
    }
  }

  private void warnOfPackages() {
    RuntimeEnv env = form.runtimeEnv();
    if (env == null || env.pip() == null) {
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
    String image = form.ray().image().isEmpty() ? "rayproject/ray:" + version : form.ray().image();
    Matcher ray = RAY_IMAGE.matcher(image);
    if (!ray.matches()) {
      return;
    }
    if (!ray.group(1).equals(version)) {
      found.add(
          Violation.of(
              "spec.ray.image",
              image,
              "has Ray %s, but ray.version is %s: KubeRay takes its decisions by the latter"
                  .formatted(ray.group(1), version),
              "KubeRay: rayVersion"));
    }
    if (form.resources().worker().gpu() > 0
        && !ray.group(2).contains("-gpu")
        && !ray.group(2).contains("-cu")) {
      found.add(
          Violation.of(
              "spec.ray.image",
              image,
              "has no CUDA, but each worker asks for a GPU: take a tag that ends in -gpu",
              "Ray: tags of its images"));
    }
  }
}
