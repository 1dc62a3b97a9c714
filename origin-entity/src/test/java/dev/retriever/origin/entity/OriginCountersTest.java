package dev.retriever.origin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.Notice;
import org.junit.jupiter.api.Test;

class OriginCountersTest {
  @Test
  void the_most_unsettled_is_kept_however_the_fetches_settled() {
    var counters = new OriginCounters();
    for (var i = 0; i < 5; i++) {
      counters.count(Notice.ACCEPTED);
    }
    counters.count(Notice.ANSWERED);
    counters.count(Notice.FAILED);
    counters.count(Notice.UNKNOWN);
    counters.count(Notice.CANCELLED);
    counters.count(Notice.LOST_RACES);
    counters.count(Notice.ACCEPTED);

    assertThat(counters.mostUnsettled()).isEqualTo(5);
    for (var i = 0; i < 4; i++) {
      counters.count(Notice.ACCEPTED);
    }
    assertThat(counters.mostUnsettled()).isEqualTo(6);
  }
}
