package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternTest {
  @ParameterizedTest
  @CsvSource({
    "api.example.com, api.example.com, true",
    "api.example.com, API.Example.com., true",
    "API.example.COM, api.example.com, true",
    "api.example.com, xapi.example.com, false",
    "api.example.com, api.example.com.evil.net, false",
    "*.example.com, api.example.com, true",
    "*.example.com, a.b.example.com, true",
    "*.example.com, example.com, false",
    "*.example.com, notexample.com, false",
    "127.0.0.1, 127.0.0.1, true",
    "[::1], [::1], true",
    "localhost, localhost, true"
  })
  void a_host_matches_as_it_is_written(String pattern, String host, boolean matches) {
    assertThat(new HostPattern(pattern).matches(host)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "*", "*.", "a.*.com", "**.com", "https://a.com", "a.com:443", "a b", "-a"})
  void anything_else_is_refused(String pattern) {
    assertThatThrownBy(() -> new HostPattern(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a host");
  }

  @Test
  void it_is_written_in_lower_case() {
    assertThat(new HostPattern("API.Example.com.").text()).isEqualTo("api.example.com");
  }
}
