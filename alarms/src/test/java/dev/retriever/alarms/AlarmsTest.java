package dev.retriever.alarms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AlarmsTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private static Alarm<String> at(String id, long millis) {
    return new Alarm<>(id, T0.plusMillis(millis), id + "!");
  }

  private static final int ALL = Integer.MAX_VALUE;

  private static List<String> ids(List<Alarm<String>> alarms) {
    return alarms.stream().map(Alarm::id).toList();
  }

  @Test
  void an_alarm_is_due_at_its_instant_and_not_a_nanosecond_earlier() {
    var book = Alarms.<String>none().schedule(at("a", 10));

    assertThat(book.due(T0.plusMillis(10).minusNanos(1), ALL)).isEmpty();
    assertThat(ids(book.due(T0.plusMillis(10), ALL))).containsExactly("a");
  }

  @Test
  void ties_come_in_the_order_of_scheduling() {
    var book =
        Alarms.<String>none()
            .schedule(at("b", 5))
            .schedule(at("a", 5))
            .schedule(at("c", 5))
            .schedule(at("0", 6));

    assertThat(ids(book.due(T0.plusMillis(5), ALL))).containsExactly("b", "a", "c");
  }

  @Test
  void the_same_id_replaces_and_moves_to_the_end_of_a_tie() {
    var book = Alarms.<String>none().schedule(at("a", 5)).schedule(at("b", 5)).schedule(at("a", 5));

    assertThat(book.size()).isEqualTo(2);
    assertThat(ids(book.due(T0.plusMillis(5), ALL))).containsExactly("b", "a");
  }

  @Test
  void cancelling_the_earliest_makes_the_second_the_next() {
    var book = Alarms.<String>none().schedule(at("a", 1)).schedule(at("b", 2));

    assertThat(book.next()).contains(T0.plusMillis(1));
    assertThat(book.cancel("a").next()).contains(T0.plusMillis(2));
    assertThat(book.cancel("a").cancel("b").next()).isEmpty();
    assertThat(book.cancel("unknown")).isSameAs(book);
  }

  @Test
  void no_more_than_asked_for_are_due_and_those_are_the_earliest() {
    var book = Alarms.<String>none().schedule(at("b", 2)).schedule(at("a", 1)).schedule(at("c", 3));

    assertThat(ids(book.due(T0.plusMillis(3), 2))).containsExactly("a", "b");
    assertThat(book.due(T0.plusMillis(3), 0)).isEmpty();
  }

  @Test
  void a_changed_book_leaves_the_old_one_as_it_was() {
    var before = Alarms.<String>none().schedule(at("a", 1));
    var unused = before.cancel("a");

    assertThat(unused.isEmpty()).isTrue();
    assertThat(before.get("a")).contains(at("a", 1));
  }

  @Test
  void a_thousand_random_changes_agree_with_a_plain_sorted_list() {
    for (var seed = 0; seed < 20; seed++) {
      var random = new SplittableRandom(seed);
      var book = Alarms.<String>none();
      var model = new ArrayList<Alarm<String>>();
      for (var step = 0; step < 1000; step++) {
        var id = "a" + random.nextInt(50);
        model.removeIf(a -> a.id().equals(id));
        if (random.nextInt(3) == 0) {
          book = book.cancel(id);
        } else {
          var alarm = at(id, random.nextInt(40));
          book = book.schedule(alarm);
          model.add(alarm);
        }
        var now = T0.plusMillis(random.nextInt(40));
        var expected = new ArrayList<>(model);
        expected.sort(Comparator.comparing(Alarm::due));
        expected.removeIf(a -> !a.isDue(now));
        assertThat(book.due(now, ALL)).as("seed %d step %d", seed, step).isEqualTo(expected);
        assertThat(book.size()).isEqualTo(model.size());
      }
    }
  }
}
