package io.github.rayservice.scaffolder.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeRequestStateTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({
    "opened, OPENED, true",
    "locked, LOCKED, true",
    "closed, CLOSED, false",
    "merged, MERGED, false",
    "of a later GitLab, UNKNOWN, true"
  })
  void everyWordOfGitlabIsRead(String word, MergeRequestState state, boolean open)
      throws JsonProcessingException {
    MergeRequestState read = JSON.readValue('"' + word + '"', MergeRequestState.class);

    assertThat(read).isEqualTo(state);
    assertThat(read.isOpen()).isEqualTo(open);
  }

  @ParameterizedTest
  @CsvSource({"OPENED, opened", "CLOSED, closed"})
  void theWireKeepsTheWord(MergeRequestState state, String word) throws JsonProcessingException {
    assertThat(JSON.writeValueAsString(state)).isEqualTo('"' + word + '"');
  }
}
