package dev.retriever.origin.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Header;
import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.origin.callback.Callback.Payload;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EndpointSettingsTest {
  private String url = EndpointsFixture.URL;
  private List<String> keys = List.of("one", "two");
  private Algorithm algorithm = Algorithm.V1;
  private Set<String> events = Set.of("answered");
  private List<Duration> schedule = EndpointSettings.SCHEDULE;
  private Duration timeout = EndpointSettings.TIMEOUT;
  private List<Header> headers = List.of();

  private EndpointSettings settings() {
    return new EndpointSettings(
        url, keys, algorithm, events, Payload.THIN, schedule, timeout, headers, Optional.empty());
  }

  private void isRefused(String pointer, String rule) {
    assertThatThrownBy(this::settings)
        .isInstanceOf(InvalidEndpoint.class)
        .hasMessageContaining(rule)
        .extracting(it -> ((InvalidEndpoint) it).pointer())
        .isEqualTo(pointer);
  }

  @Test
  void has_one_key_or_two() {
    assertThat(settings().keys()).hasSize(2);
    keys = List.of("one", "two", "three");
    isRefused("/keys", "1 or 2");
    keys = List.of();
    isRefused("/keys", "1 or 2");
    keys = List.of("one", "one");
    isRefused("/keys", "twice");
  }

  @Test
  void has_a_url_that_may_be_called() {
    url = "ftp://shop.example";
    isRefused("/url", "http");
  }

  @Test
  void tells_types_of_outcomes() {
    events = Set.of("settled");
    isRefused("/events", "[answered, cancelled, failed, unknown]");
    events = Set.of();
    isRefused("/events", "some of");
  }

  @Test
  void has_a_schedule_of_bounded_length() {
    schedule = List.of(Duration.ofSeconds(1));
    isRefused("/schedule", "begin with 0s");
    schedule = Collections.nCopies(31, Duration.ZERO);
    isRefused("/schedule", "1 to 30");
    schedule = List.of(Duration.ZERO, Duration.ofDays(21));
    isRefused("/schedule", "20 days");
  }

  @Test
  void the_usual_schedule_takes_75_hours() {
    assertThat(EndpointSettings.SCHEDULE).hasSize(10);
    assertThat(EndpointSettings.SCHEDULE.stream().reduce(Duration.ZERO, Duration::plus))
        .isEqualTo(Duration.ofHours(75).plusMinutes(35).plusSeconds(5));
  }

  @Test
  void leaves_the_headers_of_the_standard_to_the_executor() {
    headers = List.of(new Header("Webhook-Id", "x"));
    isRefused("/headers/Webhook-Id", "have their own");
    headers = List.of(new Header("content-type", "text/plain"));
    isRefused("/headers/content-type", "have their own");
  }

  @Test
  void has_a_timeout_of_a_minute_at_most() {
    timeout = Duration.ofSeconds(61);
    isRefused("/timeout", "1s to 60s");
  }
}
