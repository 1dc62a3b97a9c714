package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  private static final Target A = new Target("http", "a.example", 80);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.example/1",
        "HTTP://A.example.:80/2",
        "http://u@a.example?q",
        "http://a.example#f"
      })
  void one_scheme_host_and_port_is_one_target_however_it_is_written(String url) {
    assertThat(Target.of(url)).isEqualTo(A);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a.example/",
        "http://a.example:8080/",
        "http://b.example/",
        "http://a_b.example/"
      })
  void others_are_others(String url) {
    assertThat(Target.of(url)).isNotEqualTo(A);
  }

  @Test
  void a_text_that_is_no_url_is_a_target_by_itself() {
    assertThat(Target.of("http://a b/")).isEqualTo(Target.of("http://a b/"));
    assertThat(Target.of("http://a b/")).isNotEqualTo(Target.of("http://c d/"));
    assertThat(Target.of("/")).isNotEqualTo(A);
  }
}
