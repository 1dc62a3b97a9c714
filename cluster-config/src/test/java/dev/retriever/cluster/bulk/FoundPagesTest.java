package dev.retriever.cluster.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.search.FetchWalk.Item;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class FoundPagesTest {
  private final FoundPages pages = new FoundPages();
  private int searches;

  private CompletionStage<List<Item>> search() {
    searches++;
    return CompletableFuture.completedFuture(List.of(new Item("http|o", "o", "f", searches)));
  }

  private long place(long job, long page) {
    var items = pages.of(job, page, this::search).toCompletableFuture().join();
    return items.get(0).place();
  }

  @Test
  void a_page_that_is_tried_again_has_the_same_fetches_and_the_next_one_others() {
    assertThat(place(1, 1)).isEqualTo(1);
    assertThat(place(2, 1)).isEqualTo(2);
    assertThat(place(1, 1)).isEqualTo(1);
    assertThat(place(1, 2)).isEqualTo(3);
    assertThat(place(1, 2)).isEqualTo(3);
  }

  @Test
  void a_search_that_failed_is_made_again() {
    var failed = pages.of(1, 1, () -> CompletableFuture.failedFuture(new IllegalStateException()));

    assertThat(failed).isCompletedExceptionally();
    assertThat(place(1, 1)).isEqualTo(1);
  }

  @Test
  void jobs_that_never_ask_again_are_dropped() {
    for (var job = 0; job < 1000; job++) {
      place(job, 1);
    }

    assertThat(place(999, 1)).isEqualTo(1000);
    assertThat(place(0, 1)).isEqualTo(1001);
  }
}
