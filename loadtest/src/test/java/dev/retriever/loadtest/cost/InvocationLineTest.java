package dev.retriever.loadtest.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvocationLineTest {
  @Test
  void origin_and_executor_lines_are_told_apart() {
    var origin =
        "{\"entityType\":\"origin\",\"originType\":\"http\",\"originId\":\"o\",\"fetchId\":\"f\",\"eventType\":\"command\",\"message\":\"Submit\",\"outcome\":\"accepted\",\"timestampMs\":1795255200250,\"wallTimeMs\":2.917,\"cpuTimeMs\":0.412,\"rowsWritten\":2,\"rowsRead\":1,\"loggedMs\":1795255200254}";
    var executor =
        "{\"entityType\":\"executor\",\"originType\":\"http\",\"originId\":\"o\",\"eventType\":\"report\",\"message\":\"Attempt\",\"outcome\":\"answered\",\"timestampMs\":1,\"wallTimeMs\":1000,\"cpuTimeMs\":0}";

    assertThat(InvocationLine.parse("n", origin))
        .contains(
            new InvocationLine(
                "n",
                false,
                "o",
                Optional.of("f"),
                "command",
                "Submit",
                "accepted",
                1_795_255_200_250L,
                2.917,
                0.412,
                2,
                1,
                OptionalLong.of(1_795_255_200_254L)));
    assertThat(InvocationLine.parse("n", executor).orElseThrow())
        .matches(InvocationLine::executor)
        .matches(line -> line.fetchId().isEmpty() && line.loggedMs().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "7",
        "{\"entityType\":\"origin\",\"orig",
        "{\"entityType\":\"pool\",\"originId\":\"o\"}",
        "{\"entityType\":\"origin\",\"originId\":\"o\",\"eventType\":\"wake\",\"outcome\":\"read\",\"timestampMs\":\"1\"}"
      })
  void malformed_lines_are_left_out(String text) {
    assertThat(InvocationLine.parse("n", text)).isEmpty();
  }
}
