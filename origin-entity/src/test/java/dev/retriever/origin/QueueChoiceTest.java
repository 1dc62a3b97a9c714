package dev.retriever.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class QueueChoiceTest {
  private static final int LONGEST_ID = 255;

  @Test
  void a_key_that_a_database_cannot_store_is_refused() {
    var choice = QueueChoice.of("shop");

    assertThatThrownBy(() -> choice.key("a\u0000b"))
        .isInstanceOf(InvalidSpec.class)
        .hasMessageContaining("key must not have U+0000");
    assertThat(choice.key("a,\"b\n").key()).contains("a,\"b\n");
  }

  @Test
  void the_name_of_a_queue_leaves_room_for_the_rest_of_its_journals_id() {
    var longest = "host:" + "h".repeat(LONGEST_ID - "retriever-queue|host:".length());

    assertThat(QueueChoice.isName(longest)).isTrue();
    assertThat(QueueChoice.isName(longest + "h")).isFalse();
  }
}
