package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeOptionsTest {
  @Test
  void an_option_is_a_setting() {
    var config = NodeOptions.parse(List.of("--http-port", "8081", "--data-dir=/tmp/a=b"));

    assertThat(config.getInt("retriever.node.http.port")).isEqualTo(8081);
    assertThat(config.getString("retriever.node.data-dir")).isEqualTo("/tmp/a=b");
  }

  @Test
  void nodes_to_join_add_up_and_of_other_options_the_last_counts() {
    var config =
        NodeOptions.parse(
            List.of("--join", "a:1", "--join=b:2", "--http-port", "1", "--http-port", "2"));

    assertThat(config.getString("retriever.node.join")).isEqualTo("a:1,b:2");
    assertThat(config.getInt("retriever.node.http.port")).isEqualTo(2);
  }

  @Test
  void an_option_that_is_unknown_or_has_no_value_is_refused_by_its_name() {
    assertThatThrownBy(() -> NodeOptions.parse(List.of("--port", "1")))
        .hasMessageContaining("--port");
    assertThatThrownBy(() -> NodeOptions.parse(List.of("--join"))).hasMessageContaining("--join");
    assertThatThrownBy(() -> NodeOptions.parse(List.of("serve"))).hasMessageContaining("serve");
  }
}
