package io.github.rayservice.scaffolder.status.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SpecFingerprintTest {
  private static final Map<String, Object> CLUSTER =
      Map.of(
          "name",
          "text-ml",
          "replicas",
          2,
          "ratio",
          0.5,
          "big",
          9_007_199_254_740_993L,
          "tls",
          true,
          "ingress",
          Map.of("host", "a.example.com", "annotations", Map.of("k/v", "x")),
          "args",
          List.of("one", Map.of("two", 2)));

  @ParameterizedTest
  @MethodSource("specs")
  void namesTheFirstValueThatTheOtherLacks(Map<?, ?> git, String missing) {
    Optional<String> path = SpecFingerprint.of(git).firstMissingIn(SpecFingerprint.of(CLUSTER));

    assertThat(path.orElse("")).isEqualTo(missing);
  }

  static Stream<Arguments> specs() {
    Map<String, Object> withNull = new HashMap<>();
    withNull.put("nothing", null);
    return Stream.of(
        Arguments.of(CLUSTER, ""),
        Arguments.of(Map.of(), ""),
        Arguments.of(withNull, ""),
        Arguments.of(Map.of("replicas", 2.0), ""),
        Arguments.of(Map.of("ratio", 0.50), ""),
        Arguments.of(Map.of("big", 9_007_199_254_740_992L), "spec.big"),
        Arguments.of(Map.of("replicas", 3, "name", "text-ml"), "spec.replicas"),
        Arguments.of(Map.of("replicas", 3, "name", "other"), "spec.name"),
        Arguments.of(Map.of("ingress", Map.of("host", "b.example.com")), "spec.ingress.host"),
        Arguments.of(Map.of("ingress", "a.example.com"), "spec.ingress"),
        Arguments.of(Map.of("args", List.of("one", Map.of("two", 3))), "spec.args[1].two"),
        Arguments.of(Map.of("args", List.of("one", Map.of(), "three")), "spec.args[2]"),
        Arguments.of(Map.of("more", false), "spec.more"));
  }
}
