package io.github.rayservice.scaffolder.form;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An address that the pods of a Ray Service are told to download, in whatever field.
 *
 * @param field path from the document's root
 * @param archive whether Ray unpacks it; otherwise it is in a requirement, and pip or uv installs
 *     it
 */
record Download(String field, String url, boolean archive) {
  /**
   * The addresses in a requirement. No part is without a limit before the colon, so that a long
   * text is read once.
   */
  private static final Pattern IN_REQUIREMENT =
      Pattern.compile("(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\\s;]+");

  /** pip reads credentials from the environment: what a requirement then says is none. */
  private static final Pattern CREDENTIALS_OF_PODS =
      Pattern.compile("[$][{][A-Z0-9_]{1,99}[}](:[$][{][A-Z0-9_]{1,99}[}])?@");

  private static final Pattern VARIABLE = Pattern.compile("[$][{][A-Z0-9_]{1,99}[}]");

  /** The fields of Ray's runtime environment that name packages. */
  private static final Set<String> INSTALLERS = Set.of("pip", "uv", "conda");

  /** Those of a form. A field with an earlier violation may be null. */
  static List<Download> of(RayServiceForm form) {
    Stream.Builder<Download> found = Stream.builder();
    // Beside a Serve config, the default means that there is no zip.
    if (form.rayServeFile() != null
        && (form.serveConfig() == null
            || !form.rayServeFile().equals(RayServiceForm.EXAMPLE_ZIP))) {
      found.add(new Download("spec.rayServeFile", form.rayServeFile(), true));
    }
    List<String> pip =
        form.runtimeEnv() == null || form.runtimeEnv().pip() == null
            ? List.of()
            : form.runtimeEnv().pip();
    for (int i = 0; i < pip.size(); i++) {
      addPackages("spec.runtimeEnv.pip[" + i + "]", pip.get(i), found);
    }
    InnerRuntimeEnv.of(form).forEach(inner -> addRuntimeEnv(inner.path(), inner.value(), found));
    return found.build().filter(download -> !download.url.isEmpty()).toList();
  }

  private static void addRuntimeEnv(
      String path, JsonNode runtimeEnv, Stream.Builder<Download> found) {
    found.add(new Download(path + ".working_dir", runtimeEnv.path("working_dir").asText(), true));
    JsonNode modules = runtimeEnv.path("py_modules");
    for (int i = 0; i < modules.size(); i++) {
      found.add(new Download(path + ".py_modules[" + i + "]", modules.get(i).asText(), true));
    }
    for (Map.Entry<String, JsonNode> field : runtimeEnv.properties()) {
      if (INSTALLERS.contains(field.getKey())) {
        addAllPackages(path + "." + field.getKey(), field.getValue(), found);
      }
    }
  }

  /** A list of requirements, or an object that has one somewhere. */
  private static void addAllPackages(String path, JsonNode value, Stream.Builder<Download> found) {
    if (value.isTextual()) {
      addPackages(path, value.textValue(), found);
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        addAllPackages(path + "[" + i + "]", value.get(i), found);
      }
    }
    value
        .properties()
        .forEach(field -> addAllPackages(path + "." + field.getKey(), field.getValue(), found));
  }

  private static void addPackages(
      String path, @Nullable String requirement, Stream.Builder<Download> found) {
    if (requirement != null) {
      IN_REQUIREMENT
          .matcher(requirement)
          .results()
          .map(match -> CREDENTIALS_OF_PODS.matcher(match.group()).replaceFirst(""))
          .map(url -> VARIABLE.matcher(url).replaceAll("x"))
          // A file of the image.
          .filter(url -> !url.startsWith("file:"))
          .forEach(url -> found.add(new Download(path, url, false)));
    }
  }
}
