package dev.retriever.executor.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.http.TransportFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportSettingsTest {
  @Test
  void the_defaults_are_those_of_the_reference() {
    assertThat(TransportFixture.settings())
        .isEqualTo(
            new TransportSettings(
                Duration.ofSeconds(5),
                true,
                Duration.ofMillis(50),
                Duration.ofSeconds(3),
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                2,
                8,
                10_000,
                1 << 20,
                32 << 10,
                200,
                "Retriever/0.1",
                false,
                List.of(),
                List.of(),
                List.of(
                    "80",
                    "443",
                    "1024-65535",
                    "!2552",
                    "!5432",
                    "!6379",
                    "!7626",
                    "!8558",
                    "!11211",
                    "!17355"),
                new TlsSettings(Optional.empty(), Optional.empty(), Optional.empty())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connect-timeout = 0s",
        "connect-timeout = -1s",
        "connect-timeout = 30d",
        "pooled-idle-timeout = 0",
        "pooled-rest = -1ms",
        "pooled-rest = 3s",
        "pooled-idle-unrepeatable = -1s",
        "connection-lifetime = 0",
        "event-loop-threads = 0",
        "resolver-threads = 0",
        "resolver-queue = 0",
        "max-response-body = 2 GiB",
        "max-response-headers = 1",
        "max-response-header-fields = 0",
        "max-response-header-fields = 10001",
        "user-agent = \"\"",
        "user-agent = \"a\\nb\"",
        "egress-allow = [\"10.0.0.1/8\"]",
        "egress-deny = [\"a b\"]",
        "egress-ports = [\"0\"]",
        "tls.trust = /no/such/file",
        "tls.certificate = /no/such/file",
        "tls.key = /no/such/file"
      })
  void a_bad_value_is_refused_by_its_key(String line) {
    var key = line.substring(0, line.indexOf(' '));
    assertThatThrownBy(() -> TransportFixture.settings(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("retriever.executor.transport." + key);
  }

  @Test
  void no_body_at_all_can_be_the_limit() {
    assertThat(TransportFixture.settings("max-response-body = 0").maxResponseBody()).isZero();
  }
}
