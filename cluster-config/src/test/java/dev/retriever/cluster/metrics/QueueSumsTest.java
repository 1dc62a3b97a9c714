package dev.retriever.cluster.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.queue.QueueMeasure;
import dev.retriever.origin.queue.QueueView.Limit;
import dev.retriever.origin.queue.QueueView.State;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The figures of queues over several scrapes. */
class QueueSumsTest {
  private static final Instant NOON = Instant.parse("2026-01-15T12:00:00Z");

  private final NodeMetrics metrics = new NodeMetrics(() -> 0);

  @Test
  void sums_only_grow_when_queues_move_away_and_come_back() throws IOException {
    scrape(counted("stripe", 1, 10));
    scrape(counted("stripe", 1, 15));
    scrape();
    // It has begun anew elsewhere, and then here.
    var page = scrape(counted("stripe", 9, 3));

    assertThat(page).contains("retriever_queue_grants_total{queue=\"stripe\"} 18.0");
  }

  @Test
  void a_queue_that_did_not_answer_one_scrape_is_not_counted_again() throws IOException {
    scrape(counted("stripe", 1, 100));
    scrape();
    var page = scrape(counted("stripe", 1, 104));

    assertThat(page).contains("retriever_queue_grants_total{queue=\"stripe\"} 104.0");
    assertThat(page)
        .contains("retriever_queue_limited_seconds_total{by=\"rate\",queue=\"stripe\"} 104.0");
  }

  @Test
  void a_smaller_count_of_the_same_incarnation_is_an_older_one() throws IOException {
    scrape(counted("stripe", 1, 100));
    scrape(counted("stripe", 1, 99));
    var page = scrape(counted("stripe", 1, 101));

    assertThat(page).contains("retriever_queue_grants_total{queue=\"stripe\"} 101.0");
    assertThat(page)
        .contains("retriever_queue_limited_seconds_total{by=\"rate\",queue=\"stripe\"} 101.0");
  }

  @Test
  void a_queue_that_has_begun_anew_counts_from_nothing_also_if_it_counts_more() throws IOException {
    scrape(counted("stripe", 1, 10));
    var page = scrape(counted("stripe", 2, 12));

    assertThat(page).contains("retriever_queue_grants_total{queue=\"stripe\"} 22.0");
  }

  @Test
  void a_queue_that_is_not_on_this_node_has_no_figures_here() throws IOException {
    scrape(counted("stripe", 1, 10));

    assertThat(scrape()).doesNotContain("queue=\"stripe\"");
  }

  @Test
  void a_paused_queue_hides_no_wait_of_the_others_of_its_template() throws IOException {
    var page =
        scrape(
            ofHost("host:a", State.PAUSED, Optional.of(NOON.minusSeconds(9_000)), Optional.empty()),
            ofHost("host:b", State.RUNNING, Optional.of(NOON.minusSeconds(700)), Optional.empty()));

    assertThat(page)
        .contains("retriever_queue_oldest_wait_seconds{queue=\"host:*\"} 700.0")
        .contains("retriever_queue_paused{queue=\"host:*\"} 1.0");
  }

  @Test
  void a_fetch_that_backs_off_does_not_wait_though_it_was_accepted_long_ago() throws IOException {
    var page = scrape(ofHost("host:a", State.RUNNING, Optional.empty(), Optional.empty()));

    assertThat(page).contains("retriever_queue_oldest_wait_seconds{queue=\"host:*\"} 0.0");
  }

  @Test
  void of_the_breakers_of_a_template_the_one_that_is_open_for_longest_counts() throws IOException {
    var page =
        scrape(
            ofHost(
                "host:a", State.BREAKER_OPEN, Optional.empty(), Optional.of(NOON.minusSeconds(60))),
            ofHost(
                "host:b",
                State.BREAKER_OPEN,
                Optional.empty(),
                Optional.of(NOON.minusSeconds(20))));

    assertThat(page).contains("retriever_queue_breaker_open_seconds{queue=\"host:*\"} 60.0");
  }

  private String scrape(QueueMeasure... queues) throws IOException {
    var bytes = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(bytes, metrics.scrape(List.of(queues), NOON));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static QueueMeasure counted(String name, long incarnation, long grants) {
    return new QueueMeasure(
        QueueViews.view(name, Optional.empty(), State.RUNNING, grants),
        incarnation,
        Map.of(Limit.RATE, Duration.ofSeconds(grants)),
        Optional.empty(),
        Optional.empty());
  }

  private static QueueMeasure ofHost(
      String name, State state, Optional<Instant> readySince, Optional<Instant> breakerSince) {
    return new QueueMeasure(
        QueueViews.view(name, Optional.of("host:*"), state, 0),
        1,
        Map.of(),
        readySince,
        breakerSince);
  }
}
