package dev.retriever.loadtest.rates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.rates.RateSearch.Tried;
import org.junit.jupiter.api.Test;

class RateSearchTest {
  /** A node that sustains all rates up to the capacity. */
  private static RateSearch searched(double estimate, double capacity) {
    var search = RateSearch.from(estimate);
    for (var next = search.next(); next.isPresent(); next = search.next()) {
      var rate = next.getAsDouble();
      search = search.with(new Tried(rate, 8, rate <= capacity, rate <= capacity ? "" : "late"));
    }
    return search;
  }

  @Test
  void the_highest_rate_is_found_within_a_few_percent_whatever_the_estimate() {
    for (var estimate : new double[] {500, 900, 1_000, 1_700}) {
      assertThat(searched(estimate, 1_000).highest().orElseThrow())
          .as("from %f", estimate)
          .isBetween(1_000 / RateSearch.CLOSE, 1_000.0);
    }
  }

  @Test
  void a_search_ends_also_when_nothing_is_sustained() {
    var search = searched(1_000, 0);

    assertThat(search.tried()).hasSize(RateSearch.TRIALS_MAX);
    assertThat(search.highest()).isEmpty();
  }

  @Test
  void a_rate_that_failed_for_the_whole_time_is_not_the_highest_though_a_trial_held_it() {
    var search =
        RateSearch.from(100)
            .with(new Tried(80, 8, true, ""))
            .with(new Tried(100, 8, true, ""))
            .with(new Tried(100, 30, false, "late"));

    assertThat(search.highest()).hasValue(80);
  }
}
