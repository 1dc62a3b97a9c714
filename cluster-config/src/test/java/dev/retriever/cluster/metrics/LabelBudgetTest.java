package dev.retriever.cluster.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelBudgetTest {
  private final LabelBudget budget =
      new LabelBudget(
          2,
          1,
          set -> List.of(LabelBudget.OTHER, set.get(1)),
          set -> List.of(LabelBudget.OTHER, set.get(1).isEmpty() ? "" : LabelBudget.OTHER));

  @Test
  void the_first_sets_have_series_of_their_own_and_keep_them() {
    assertThat(budget.labels("a", "1")).containsExactly("a", "1");
    assertThat(budget.labels("b", "1")).containsExactly("b", "1");
    budget.labels("c", "1");

    assertThat(budget.labels("a", "1")).containsExactly("a", "1");
  }

  @Test
  void later_sets_are_counted_with_a_coarser_one_and_then_with_one_for_all() {
    budget.labels("a", "1");
    budget.labels("b", "1");

    assertThat(budget.labels("c", "1")).containsExactly("_other", "1");
    assertThat(budget.labels("d", "1")).containsExactly("_other", "1");
    assertThat(budget.labels("e", "2")).containsExactly("_other", "_other");
    assertThat(budget.labels("e", "")).containsExactly("_other", "");
  }

  @Test
  void a_set_that_is_coarse_takes_no_place_of_a_finer_one() {
    assertThat(budget.labels("_other", "1")).containsExactly("_other", "1");
    budget.labels("a", "1");

    assertThat(budget.labels("b", "1")).containsExactly("b", "1");
  }

  @Test
  void it_never_gives_more_sets_than_it_says() {
    var given = new HashSet<List<String>>();
    for (var n = 0; n < 1_000; n++) {
      given.add(List.of(budget.labels("host" + n, "" + n % 7)));
    }

    assertThat(given).hasSize(4);
  }
}
