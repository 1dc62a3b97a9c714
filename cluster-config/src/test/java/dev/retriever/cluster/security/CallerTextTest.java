package dev.retriever.cluster.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallerTextTest {
  @Test
  void characters_that_forge_or_reorder_lines_are_escaped() {
    assertThat(CallerText.shown("a\r\nb\0\u0085\u001b[1m\u2028\u2029\u202e\u2066\ud800z"))
        .isEqualTo("a\\ud\\uab\\u0\\u85\\u1b[1m\\u2028\\u2029\\u202e\\u2066\\ud800z");
    assertThat(CallerText.shown("größe 😀")).isEqualTo("größe 😀");
  }

  @Test
  void a_long_text_is_cut_also_when_escapes_make_it_long() {
    assertThat(CallerText.shown("a".repeat(1_000_000))).hasSize(256);
    assertThat(CallerText.shown("\u2028".repeat(300))).hasSize(252).endsWith("\\u2028");
  }

  @Test
  void keys_and_tokens_are_left_out() {
    assertThat(CallerText.shown("/v1/rtv_abcdefghijkl_" + "x".repeat(43) + "_abc123/z"))
        .isEqualTo("/v1/(secret)/z");
    assertThat(CallerText.shown("eyJhbGciOi.eyJzdWIi.c2ln")).isEqualTo("(secret)");
  }
}
