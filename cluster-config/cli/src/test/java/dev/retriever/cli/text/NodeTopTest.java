package dev.retriever.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class NodeTopTest {
  private static JsonNode stats(int accepted, int answered) {
    return json(
        "{'accepted':%d,'settled':{'answered':%d,'failed':0,'unknown':0,'cancelled':0},'pending':4,'inFlight':3,"
                .formatted(accepted, answered)
            + "'executors':{'default':{'inFlight':3,'permitsHeld':3,'waiting':9}}}");
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void counts_become_rates_between_two_looks() {
    assertThat(NodeTop.line("t", stats(100, 90), stats(120, 95), 2))
        .isEqualTo(
            "t  accepted/s 10.0   answered/s 2.5   failed/s 0.0   unknown/s 0.0   cancelled/s 0.0"
                + "   pending 4   in flight 3");
  }

  @Test
  void a_node_that_was_started_again_counts_from_zero() {
    assertThat(NodeTop.line("t", stats(100, 90), stats(6, 2), 2)).contains("accepted/s 3.0 ");
  }

  @Test
  void a_screen_is_no_wider_than_the_terminal_and_shows_pools() {
    var screen = NodeTop.screen("title", stats(1, 1), stats(2, 1), 1, 60);

    assertThat(screen).allSatisfy(it -> assertThat(it.length()).isLessThanOrEqualTo(60));
    assertThat(screen).contains("default  3          3        9");
  }
}
