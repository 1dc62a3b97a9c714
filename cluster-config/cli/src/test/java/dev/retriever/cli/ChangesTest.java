package dev.retriever.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChangesTest {
  @Test
  void arguments_become_the_json_of_the_api() {
    assertThat(
            Changes.of(
                    List.of(
                        "rate.limit=50",
                        "rate.per=1s",
                        "order=strict",
                        "breaker={}",
                        "perKey=null"))
                .toString())
        .isEqualTo(
            "{\"rate\":{\"limit\":50,\"per\":\"1s\"},\"order\":\"strict\",\"breaker\":{},\"perKey\":null}");
  }

  @Test
  void what_is_no_setting_is_refused() {
    assertThatThrownBy(() -> Changes.of(List.of("fast"))).hasMessage("'fast' is no setting");
  }
}
