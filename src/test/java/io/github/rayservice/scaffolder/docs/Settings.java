package io.github.rayservice.scaffolder.docs;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.form.hardware.HardwareConfig;
import io.github.rayservice.scaffolder.platform.DashboardConfig;
import io.github.rayservice.scaffolder.platform.Dashboards;
import io.quarkus.oidc.runtime.OidcConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The settings of the service and, as far as the pages use them, of Quarkus. */
final class Settings {
  private static final List<ConfigClass> OURS =
      Source.ofTheService().stream()
          .filter(source -> source.text().contains("\n@ConfigMapping("))
          .map(source -> ConfigClass.configClass(source.type()))
          .toList();

  private static final List<ConfigClass> QUARKUS =
      Stream.of(VertxHttpConfig.class, OidcConfig.class).map(ConfigClass::configClass).toList();

  private Settings() {}

  /** Names with their defaults, as the page writes them: a dash for none. */
  static Map<String, String> defaults() {
    return OURS.stream()
        .flatMap(settings -> ConfigMappings.getProperties(settings).entrySet().stream())
        .collect(
            toMap(
                setting -> plain(setting.getKey()),
                setting ->
                    setting.getValue().hasDefaultValue()
                        ? "`" + setting.getValue().getDefaultValue() + "`"
                        : "–",
                // A list has its default twice: as a whole, and of its elements.
                (whole, element) -> whole));
  }

  /** Names with the Javadoc of their methods, as a cell of a table. */
  static Map<String, String> meanings() {
    return OURS.stream()
        .flatMap(settings -> ConfigMappings.getProperties(settings).entrySet().stream())
        .collect(
            toMap(
                setting -> plain(setting.getKey()),
                setting -> javadoc(setting.getValue().getMethod()),
                (whole, element) -> whole));
  }

  private static String javadoc(Method method) {
    String file = method.getDeclaringClass().getName().replaceFirst("\\$.*", "");
    String text =
        Source.ofTheService().stream()
            .filter(source -> source.name().equals(file))
            .findFirst()
            .orElseThrow()
            .text();
    int type = text.indexOf("interface " + method.getDeclaringClass().getSimpleName() + " ");
    Matcher declaration = Pattern.compile("\\b" + method.getName() + "\\(\\);").matcher(text);
    assertThat(declaration.find(type)).as("%s", method).isTrue();
    int end = text.lastIndexOf("*/", declaration.start());
    int begin = text.lastIndexOf("/**", end);
    assertThat(text.substring(end, declaration.start()).replaceAll("\"[^\"]*\"", ""))
        .as("what is between %s and the Javadoc before it", method)
        .doesNotContain(";", "{", "}");
    return text.substring(begin + "/**".length(), end)
        .replaceAll("\\s+\\* ", " ")
        .replaceAll("\\{@code ((?:[^{}]|\\{[^{}]*\\})*)\\}", "`$1`")
        .replaceAll("\\s+", " ")
        .strip()
        .replaceFirst("[.]$", "")
        .replace("|", "\\|");
  }

  /** A list is written as one value, elements apart by commas; of what is no value, the first. */
  private static String plain(String name) {
    return name.replaceAll("\\[\\*]$", "").replace("[*]", "[0]");
  }

  /**
   * Properties, or the environment as a shell or a Secret sets it: known, and of the right type.
   */
  static void check(String text) {
    Map<String, String> values = new HashMap<>();
    for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
      String[] parts = line.replaceFirst("^export ", "").replaceFirst(" +#.*$", "").split("=", 2);
      assertThat(parts).as(line).hasSize(2);
      values.put(known(parts[0]), parts[1]);
    }
    assertThat(values).isNotEmpty();
    values.keySet().removeIf(name -> name.startsWith("quarkus."));
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withSources(new PropertiesConfigSource(values, "page", 100));
    OURS.forEach(builder::withMapping);
    // What the service checks when it starts.
    SmallRyeConfig config = builder.build();
    new HardwareProfiles(config.getConfigMapping(HardwareConfig.class));
    new Dashboards(config.getConfigMapping(DashboardConfig.class));
  }

  private static String known(String name) {
    // The tables have the first of a list; examples have more.
    String listed = name.replaceAll("\\[[0-9]+]", "[0]");
    Set<String> names =
        Stream.concat(
                defaults().keySet().stream(),
                QUARKUS.stream()
                    .flatMap(settings -> ConfigMappings.getProperties(settings).keySet().stream())
                    // Of an issuer that has no name of its own.
                    .map(property -> property.replace("quarkus.oidc.*.", "quarkus.oidc.")))
            .collect(Collectors.toSet());
    List<String> found =
        names.stream().filter(n -> n.equals(listed) || environment(n).equals(name)).toList();
    assertThat(found).as(name).hasSize(1);
    return found.getFirst().equals(listed) ? name : found.getFirst();
  }

  private static String environment(String property) {
    return property.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
