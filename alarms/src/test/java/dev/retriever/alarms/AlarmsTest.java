package dev.retriever.alarms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
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
  void books_are_equal_when_the_same_alarms_were_scheduled_in_the_same_order() {
    var book = Alarms.<String>none().schedule(at("a", 1)).schedule(at("b", 1));
    var same = Alarms.<String>none().schedule(at("a", 1)).schedule(at("b", 1));
    var otherOrder = Alarms.<String>none().schedule(at("b", 1)).schedule(at("a", 1));

    assertThat(book).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(otherOrder);
    assertThat(book.cancel("a")).isNotEqualTo(same).isEqualTo(same.cancel("a"));
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

  @Test
  void the_earliest_are_listed_in_firing_order_due_or_not() {
    var book = Alarms.<String>none().schedule(at("b", 9)).schedule(at("a", 9)).schedule(at("c", 1));

    assertThat(ids(book.earliest(2))).containsExactly("c", "b");
    assertThat(ids(book.earliest(ALL))).containsExactly("c", "b", "a");
    assertThat(book.earliest(0)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> book.earliest(-1))
        .withMessageContaining("limit -1");
  }

  @Test
  void a_filter_goes_by_prefix_and_range_and_payload_and_stops_at_the_limit() {
    var book = Alarms.<String>none();
    for (var i = 0; i < 10; i++) {
      book = book.schedule(at((i % 2 == 0 ? "even-" : "odd-") + i, i / 2));
    }
    var range = AlarmFilter.ALL.dueFrom(T0.plusMillis(1)).dueUntil(T0.plusMillis(3));

    assertThat(ids(book.list(range)))
        .containsExactly("even-2", "odd-3", "even-4", "odd-5", "even-6", "odd-7");
    assertThat(ids(book.list(range.withIdPrefix("odd-"))))
        .containsExactly("odd-3", "odd-5", "odd-7");
    assertThat(ids(book.list(range.withIdPrefix("odd-").atMost(2))))
        .containsExactly("odd-3", "odd-5");
    assertThat(ids(book.list(range, payload -> payload.contains("7")))).containsExactly("odd-7");
    assertThat(book.list(range.dueFrom(T0.plusMillis(4)))).isEmpty();
    assertThat(book.list(AlarmFilter.ALL)).hasSize(10);
  }

  @Test
  void random_filters_agree_with_a_look_at_every_alarm() {
    var random = new SplittableRandom(4);
    var book = Alarms.<String>none();
    for (var i = 0; i < 300; i++) {
      book = book.schedule(at(random.nextInt(10) + "-" + i, random.nextInt(50)));
    }
    var all = book.earliest(ALL);
    for (var i = 0; i < 300; i++) {
      var prefix = random.nextInt(10) + "-";
      var from = T0.plusMillis(random.nextInt(50));
      var until = T0.plusMillis(random.nextInt(50));
      var limit = random.nextInt(20);
      var expected =
          all.stream()
              .filter(a -> a.id().startsWith(prefix))
              .filter(a -> !a.due().isBefore(from) && !a.due().isAfter(until))
              .limit(limit)
              .toList();

      assertThat(book.list(new AlarmFilter(prefix, from, until, limit))).isEqualTo(expected);
    }
  }

  @Test
  void ten_thousand_alarms_come_out_once_each_in_order() {
    var random = new SplittableRandom(8);
    var book = Alarms.<String>none();
    var expected = new ArrayList<Alarm<String>>();
    for (var i = 0; i < 10_000; i++) {
      var delay = Duration.ofMillis(random.nextInt(1000));
      var alarm = new Alarm<>("a" + i, Schedule.after(delay).first(T0), "payload");
      book = book.schedule(alarm);
      expected.add(alarm);
    }
    expected.sort(Comparator.comparing(Alarm::due));

    var fired = new ArrayList<Alarm<String>>();
    while (!book.isEmpty()) {
      for (var alarm : book.due(book.next().orElseThrow(), 64)) {
        fired.add(alarm);
        book = book.cancel(alarm.id());
      }
    }
    assertThat(fired).isEqualTo(expected);
  }
}
