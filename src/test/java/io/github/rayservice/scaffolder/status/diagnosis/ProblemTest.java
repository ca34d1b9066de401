package io.github.rayservice.scaffolder.status.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemTest {
  @ParameterizedTest
  @EnumSource
  void saysWhatItMeansAndWhatToDo(Problem problem) {
    assertThat(problem.code()).matches("([A-Z][a-z]*)+");
    assertThat(problem.meaning()).isNotBlank().doesNotContain("{");
    assertThat(problem.nextStep()).isNotBlank();
  }

  @Test
  void codesAreUnique() {
    assertThat(Arrays.stream(Problem.values()).map(Problem::code)).doesNotHaveDuplicates();
  }
}
