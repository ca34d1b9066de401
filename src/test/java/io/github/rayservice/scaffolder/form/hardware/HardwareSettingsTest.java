package io.github.rayservice.scaffolder.form.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rayservice.scaffolder.form.FormFixture;
import io.github.rayservice.scaffolder.form.HardwareProfiles;
import io.github.rayservice.scaffolder.form.hardware.Hardware.Toleration;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings of hardware profiles: what they mean, and what keeps the service from starting. */
class HardwareSettingsTest {
  private static final String FIRST = "scaffolder.hardware.profiles[0].";

  /** Settings of a first profile that has a name, written {@code key=value;key=value}. */
  private static Map<String, String> settings(String further) {
    Map<String, String> settings = new HashMap<>(Map.of(FIRST + "name", "a10g"));
    Stream.of(further.split(";"))
        .map(setting -> setting.split("=", 2))
        .forEach(setting ->
            settings.put(
                setting[0].startsWith("scaffolder.") ? setting[0] : FIRST + setting[0],
                setting[1]));
    return settings;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name=A10G | name=A10G must be the name of a hardware profile",
        "name=-a | name=-a must be the name of a hardware profile",
        "title=${x | title=${x must be printable text",
        "resource=gpu | resource=gpu must be the name of an extended resource",
        "resource=Nvidia.com/gpu | resource=Nvidia.com/gpu must be the name of an extended resource",
        "resource=node.kubernetes.io/gpu | resource=node.kubernetes.io/gpu must be an extended resource",
        "count=1 | count=1 must be absent without resource",
        "resource=nvidia.com/gpu;count=0 | count=0 must be 1 to 64",
        "resource=nvidia.com/gpu;count=65 | count=65 must be 1 to 64",
        "node-selector=pool | node-selector=pool must be labels of nodes, each written label=value",
        "node-selector=a b=c | node-selector=a b=c must be labels",
        "node-selector=a=b=c | node-selector=a=b=c must be labels",
        "node-selector=a=b,a=c | node-selector=a=c must have each label once",
        "tolerations[0].key=a b | tolerations[0].key=a b must be a key",
        "tolerations[0].key=a;tolerations[0].operator=In | tolerations[0].operator=In must be Exists or Equal",
        "tolerations[0].key=a;tolerations[0].effect=Never | tolerations[0].effect=Never must be NoSchedule, PreferNoSchedule or NoExecute",
        "tolerations[0].key=a;tolerations[0].operator=Exists;tolerations[0].value=b | tolerations[0].value=b must be absent where operator is Exists",
        "tolerations[0].value=b | tolerations[0].operator=Equal must be Exists without key",
        "image=Registry/Ray | image=Registry/Ray must",
        "image=a/ray:1;image-suffix=-gpu | image-suffix=-gpu must be absent beside image",
        "image-suffix=a/b | image-suffix=a/b must be the end of a tag",
        "runtime-class=NVIDIA | runtime-class=NVIDIA must be the name of a RuntimeClass",
        "price-per-hour=-0.01 | price-per-hour=-0.01 must not be negative",
      })
  void whatCannotBeKeepsTheServiceFromStarting(String settings, String message) {
    assertThatThrownBy(() -> FormFixture.profiles(settings(settings)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(FIRST + message);
  }

  @Test
  void twoProfilesHaveTwoNames() {
    assertThatThrownBy(() ->
            FormFixture.profiles(
                settings(
                    "scaffolder.hardware.profiles[1].name=b;scaffolder.hardware.profiles[2].name=a10g")))
        .hasMessage(
            "scaffolder.hardware.profiles[2].name=a10g must not be that of another profile");
  }

  @Test
  void theCurrencyIsThreeLetters() {
    assertThatThrownBy(() -> FormFixture.profiles(settings("scaffolder.hardware.currency=Euro")))
        .hasMessage(
            "scaffolder.hardware.currency=Euro must be three capital letters of ISO 4217, such as USD");
    assertThat(FormFixture.profiles(Map.of()).currency()).isEqualTo("USD");
  }

  @Test
  void aNameAloneIsAProfile() {
    assertThat(FormFixture.profiles(settings("resource=nvidia.com/gpu")).all())
        .singleElement()
        .satisfies(profile -> {
          assertThat(profile.title()).isEqualTo("a10g");
          assertThat(profile.devices()).isEqualTo(1);
          assertThat(profile.pricePerHour()).isEmpty();
        });
  }

  /** A platform in a cluster has nothing else. */
  @Test
  void aProfileMayBeInVariables() {
    String prefix = "SCAFFOLDER_HARDWARE_PROFILES_1__";
    HardwareConfig config =
        new SmallRyeConfigBuilder()
            .withMapping(HardwareConfig.class)
            .withSources(
                new EnvConfigSource(
                    Map.of(
                        "SCAFFOLDER_HARDWARE_PROFILES_0__NAME",
                        "cpu",
                        prefix + "NAME",
                        "a10g",
                        prefix + "NODE_SELECTOR",
                        "nvidia.com/gpu.product=NVIDIA-A10G,pool=gpu",
                        prefix + "TOLERATIONS_0__KEY",
                        "nvidia.com/gpu",
                        prefix + "PRICE_PER_HOUR",
                        "1.21"),
                    300))
            .build()
            .getConfigMapping(HardwareConfig.class);

    HardwareProfile profile = new HardwareProfiles(config).all().getLast();

    assertThat(profile.pricePerHour()).hasValue(new BigDecimal("1.21"));
    assertThat(profile.hardware().nodeSelector())
        .isEqualTo(Map.of("nvidia.com/gpu.product", "NVIDIA-A10G", "pool", "gpu"));
    assertThat(profile.hardware().tolerations())
        .containsExactly(new Toleration("nvidia.com/gpu", "Exists", null, null));
  }

  @Test
  void everySettingIsInTheProfile() {
    HardwareProfile profile =
        FormFixture.profiles(
                settings(
                    String.join(
                        ";",
                        "title=NVIDIA A10G 24 GB",
                        "resource=nvidia.com/gpu",
                        "count=4",
                        "node-selector=nvidia.com/gpu.product=NVIDIA-A10G, pool=gpu",
                        "tolerations[0].key=nvidia.com/gpu",
                        "tolerations[0].effect=NoSchedule",
                        "tolerations[1].key=pool",
                        "tolerations[1].value=gpu",
                        "image-suffix=-gpu",
                        "runtime-class=nvidia",
                        "price-per-hour=1.21")))
            .all()
            .getFirst();

    assertThat(profile)
        .isEqualTo(
            new HardwareProfile(
                "a10g",
                "NVIDIA A10G 24 GB",
                new Hardware(
                    "nvidia.com/gpu",
                    4,
                    Map.of("nvidia.com/gpu.product", "NVIDIA-A10G", "pool", "gpu"),
                    List.of(
                        new Toleration("nvidia.com/gpu", "Exists", null, "NoSchedule"),
                        new Toleration("pool", "Equal", "gpu", null)),
                    null,
                    "-gpu",
                    "nvidia"),
                profile.pricePerHour()));
    assertThat(profile.pricePerHour()).hasValue(new BigDecimal("1.21"));
  }
}
