package dev.retriever.origin.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.FetchSummary;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.CoreRun;
import dev.retriever.origin.core.OriginState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {
  private static final Optional<Boolean> ALL = Optional.empty();
  private static final Optional<Boolean> SETTLED = Optional.of(true);
  private static final Optional<Boolean> PENDING = Optional.of(false);

  private final CoreRun run = new CoreRun();

  /** Ten fetches, accepted in the order of their names, of which every third has settled. */
  @BeforeEach
  void ten_fetches() {
    for (var i = 0; i < 10; i++) {
      run.submit("f" + i, Samples.get());
      if (i % 3 == 0) {
        run.report("f" + i, 1, Samples.answer(200 + i));
      }
    }
  }

  private Origins.Page page(Optional<Boolean> settled, long after, int limit) {
    return Listing.page("o", run.state, settled, after, limit, all -> true);
  }

  private static List<String> ids(Origins.Page page) {
    return page.items().stream().map(FetchSummary::id).toList();
  }

  private List<String> allPages(Optional<Boolean> settled, int limit) {
    var ids = new ArrayList<String>();
    Optional<Long> after = Optional.of(0L);
    while (after.isPresent()) {
      var page = page(settled, after.get(), limit);
      assertThat(page.items()).hasSizeBetween(1, limit);
      ids.addAll(ids(page));
      after = page.next();
    }
    return ids;
  }

  private static List<String> named(int... numbers) {
    return IntStream.of(numbers).mapToObj(i -> "f" + i).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 9, 10, 11})
  void all_pages_together_hold_each_fetch_once_and_in_order(int limit) {
    assertThat(allPages(ALL, limit)).isEqualTo(named(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    assertThat(allPages(SETTLED, limit)).isEqualTo(named(0, 3, 6, 9));
    assertThat(allPages(PENDING, limit)).isEqualTo(named(1, 2, 4, 5, 7, 8));
  }

  @Test
  void the_last_page_has_no_next_even_when_it_is_full() {
    assertThat(page(ALL, 0, 10).next()).isEmpty();
    assertThat(page(ALL, 0, 9).next()).contains(9L);
    assertThat(page(SETTLED, 0, 3).next()).contains(7L);
    assertThat(page(SETTLED, 7, 1).next()).isEmpty();
  }

  @Test
  void behind_the_end_there_is_an_empty_page() {
    assertThat(page(ALL, 10, 5)).isEqualTo(new Origins.Page(List.of(), Optional.empty()));
    assertThat(Listing.page("o", OriginState.empty(), ALL, 0, 5, all -> true).items()).isEmpty();
  }

  @Test
  void fetches_that_settle_or_come_between_pages_lose_and_double_nothing() {
    var first = page(ALL, 0, 4);

    run.report("f1", 1, Samples.answer(200));
    run.report("f5", 1, Samples.answer(200));
    run.submit("f10", Samples.get());

    assertThat(ids(first)).isEqualTo(named(0, 1, 2, 3));
    assertThat(ids(page(ALL, first.next().orElseThrow(), 100)))
        .isEqualTo(named(4, 5, 6, 7, 8, 9, 10));
  }

  @Test
  void a_summary_says_how_a_fetch_stands() {
    var items = page(ALL, 2, 2).items();

    assertThat(items.get(0))
        .isEqualTo(Views.summary("o", run.state, run.state.pending("f2").orElseThrow()));
    assertThat(items.get(0).settledAt()).isEmpty();
    assertThat(items.get(1).originId()).isEqualTo("o");
    assertThat(items.get(1).type()).contains(Outcome.Type.ANSWERED);
    assertThat(items.get(1).status()).contains(203);
    assertThat(items.get(1).settledAt()).contains(run.now);
  }
}
