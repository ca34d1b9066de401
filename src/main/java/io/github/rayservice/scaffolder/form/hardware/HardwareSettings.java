package io.github.rayservice.scaffolder.form.hardware;

import io.github.rayservice.scaffolder.form.hardware.Hardware.Toleration;
import io.github.rayservice.scaffolder.form.value.Grammar;
import io.github.rayservice.scaffolder.form.value.TextRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the hardware profiles from the settings, or says what is wrong with one of them. */
public final class HardwareSettings {
  private static final String PREFIX = "scaffolder.hardware.";
  private static final int MAX_TITLE = 100;
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  private HardwareSettings() {}

  /**
   * The profiles in the order of the settings.
   *
   * @throws IllegalStateException with the first setting that cannot be, and why
   */
  public static List<HardwareProfile> read(HardwareConfig config) {
    require(
        CURRENCY.matcher(config.currency()).matches(),
        "currency",
        config.currency(),
        "must be three capital letters of ISO 4217, such as USD");
    List<HardwareProfile> profiles = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < config.profiles().size(); i++) {
      HardwareProfile profile = read("profiles[" + i + "].", config.profiles().get(i));
      require(
          names.add(profile.name()),
          "profiles[" + i + "].name",
          profile.name(),
          "must not be that of another profile");
      profiles.add(profile);
    }
    return List.copyOf(profiles);
  }

  private static HardwareProfile read(String path, HardwareConfig.Profile profile) {
    require(path + "name", profile.name(), Grammar.PROFILE);
    String title = profile.title().orElse(profile.name());
    require(
        !title.isBlank() && title.length() <= MAX_TITLE && TextRules.check("", title).isEmpty(),
        path + "title",
        title,
        "must be printable text of at most " + MAX_TITLE + " characters without '${'");
    profile
        .pricePerHour()
        .ifPresent(price ->
            require(price.signum() >= 0, path + "price-per-hour", price, "must not be negative"));
    return new HardwareProfile(
        profile.name(), title, hardware(path, profile), profile.pricePerHour());
  }

  private static Hardware hardware(String path, HardwareConfig.Profile profile) {
    Optional<String> resource = profile.resource();
    resource.ifPresent(name -> {
      require(path + "resource", name, Grammar.EXTENDED_RESOURCE);
      require(
          !name.contains("kubernetes.io/") && !name.startsWith("requests."),
          path + "resource",
          name,
          "must be an extended resource, which no name of kubernetes.io is");
    });
    profile
        .count()
        .ifPresent(count -> {
          require(
              count >= 1 && count <= Hardware.MAX_COUNT,
              path + "count",
              count,
              "must be 1 to " + Hardware.MAX_COUNT);
          require(resource.isPresent(), path + "count", count, "must be absent without resource");
        });
    profile.image().ifPresent(image -> require(path + "image", image, Grammar.RAY_IMAGE));
    profile
        .imageSuffix()
        .ifPresent(suffix -> {
          require(path + "image-suffix", suffix, Grammar.IMAGE_SUFFIX);
          require(
              profile.image().isEmpty(),
              path + "image-suffix",
              suffix,
              "must be absent beside image");
        });
    profile
        .runtimeClass()
        .ifPresent(name -> require(path + "runtime-class", name, Grammar.RUNTIME_CLASS));
    return new Hardware(
        resource.orElse(null),
        resource.isPresent() ? profile.count().orElse(1) : null,
        nodeSelector(path + "node-selector", profile.nodeSelector().orElse(List.of())),
        tolerations(path + "tolerations", profile.tolerations()),
        profile.image().orElse(null),
        profile.imageSuffix().orElse(null),
        profile.runtimeClass().orElse(null));
  }

  private static Map<String, String> nodeSelector(String path, List<String> labels) {
    Map<String, String> selector = new TreeMap<>();
    for (String label : labels) {
      int equals = label.indexOf('=');
      boolean valid =
          equals > 0
              && Grammar.TAINT_KEY.check(label.substring(0, equals).strip()).isEmpty()
              && Grammar.TAINT_VALUE.check(label.substring(equals + 1).strip()).isEmpty();
      require(valid, path, label, "must be labels of nodes, each written label=value");
      require(
          selector.put(label.substring(0, equals).strip(), label.substring(equals + 1).strip())
              == null,
          path,
          label,
          "must have each label once");
    }
    return selector;
  }

  private static List<Toleration> tolerations(
      String path, List<HardwareConfig.Toleration> settings) {
    require(
        settings.size() <= Hardware.MAX_TOLERATIONS,
        path,
        settings.size(),
        "must be at most " + Hardware.MAX_TOLERATIONS);
    List<Toleration> tolerations = new ArrayList<>();
    for (int i = 0; i < settings.size(); i++) {
      tolerations.add(toleration(path + "[" + i + "].", settings.get(i)));
    }
    return List.copyOf(tolerations);
  }

  private static Toleration toleration(String path, HardwareConfig.Toleration setting) {
    setting.key().ifPresent(key -> require(path + "key", key, Grammar.TAINT_KEY));
    setting.value().ifPresent(value -> require(path + "value", value, Grammar.TAINT_VALUE));
    setting.effect().ifPresent(effect -> require(path + "effect", effect, Grammar.TAINT_EFFECT));
    String operator =
        setting
            .operator()
            .orElse(setting.value().isPresent() ? Toleration.EQUAL : Toleration.EXISTS);
    require(path + "operator", operator, Grammar.TOLERATION_OPERATOR);
    require(
        operator.equals(Toleration.EQUAL) || setting.value().isEmpty(),
        path + "value",
        setting.value().orElse(""),
        "must be absent where operator is Exists");
    require(
        operator.equals(Toleration.EXISTS) || setting.key().isPresent(),
        path + "operator",
        operator,
        "must be Exists without key");
    return new Toleration(
        setting.key().orElse(null),
        operator,
        setting.value().orElse(null),
        setting.effect().orElse(null));
  }

  private static void require(String setting, String text, Grammar grammar) {
    grammar
        .check(text)
        .ifPresent(broken -> {
          throw refused(setting, text, broken.rule());
        });
  }

  private static void require(boolean kept, String setting, @Nullable Object value, String rule) {
    if (!kept) {
      throw refused(setting, value, rule);
    }
  }

  private static IllegalStateException refused(
      String setting, @Nullable Object value, String rule) {
    return new IllegalStateException("%s%s=%s %s".formatted(PREFIX, setting, value, rule));
  }
}
