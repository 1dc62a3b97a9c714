package dev.retriever.loadtest.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.cost.Batch.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatchingTest {
  private static final long NOON = 1_795_255_200_000L;
  private static final String NODE = "node-1.jsonl";
  private static final String OTHER = "node-2.jsonl";

  private static InvocationLine line(
      String node,
      String event,
      String message,
      String origin,
      String fetch,
      double at,
      double wall) {
    return new InvocationLine(
        node,
        message.equals("Attempt"),
        origin,
        Optional.ofNullable(fetch),
        event,
        message,
        "answered",
        (long) at,
        wall,
        0.1,
        1,
        0,
        OptionalLong.of((long) (at + wall) + 3));
  }

  /** What a caller and two nodes would have of batches, with the truth of each line beside it. */
  private static final class World {
    private final Random random;
    private final double[] ahead;
    private final List<Batch> batches = new ArrayList<>();
    private final Map<InvocationLine, String> truth = new HashMap<>();
    private final List<InvocationLine> lines = new ArrayList<>();

    private World(long seed, double aheadOfOne, double aheadOfOther) {
      random = new Random(seed);
      ahead = new double[] {aheadOfOne, aheadOfOther};
    }

    private void write(String batch, int node, InvocationLine line) {
      truth.put(line, batch);
      lines.add(line);
    }

    private InvocationLine at(
        int node,
        String event,
        String message,
        String origin,
        String fetch,
        double at,
        double wall) {
      var clock = at + ahead[node];
      return line(node == 0 ? NODE : OTHER, event, message, origin, fetch, clock, wall);
    }

    /** Its origins are those of other batches too; executors are on the other node. */
    private void batch(String name, long from, int fetches, int origins, double duration) {
      var calls = new ArrayList<Call>();
      for (var i = 0; i < fetches; i++) {
        var origin = "o" + random.nextInt(origins);
        var fetch = name + "-" + i;
        var sent = from + random.nextInt(2_000);
        var there = sent + 0.3 + 3 * random.nextDouble();
        var attempt = there + 1 + 4 * random.nextDouble();
        var report = attempt + duration + 0.5 + 2 * random.nextDouble();
        var answered = report + 2 + 3 * random.nextDouble();
        write(name, 0, at(0, "command", "Submit", origin, fetch, there, 1.2));
        write(name, 1, at(1, "report", "Attempt", origin, fetch, attempt, duration));
        write(name, 0, at(0, "report", "ReportArrived", origin, fetch, report, 1.1));
        if (i % 10 == 0) {
          write(name, 0, at(0, "wake", "RoomMade", origin, null, there + 0.9, 0.1));
        }
        var heard = (long) Math.ceil(answered);
        calls.add(new Call(origin, fetch, sent, heard, heard));
      }
      batches.add(new Batch(name, "proxy", duration, calls, 0, fetches, false));
    }

    /** What others do on the same nodes at the same time, in part on the same origins. */
    private void noise(long from, int count, int origins) {
      for (var i = 0; i < count; i++) {
        var known = i % 2 == 0;
        var origin = known ? "o" + random.nextInt(origins) : "stranger-" + i;
        var at = from + random.nextInt(5_000);
        write("", 0, at(0, "command", "Submit", origin, "noise-" + i, at, 1));
      }
    }

    private void assertErrorsBelow(double most) {
      Collections.shuffle(lines, random);
      var matching = Matching.of(lines, batches);
      for (var batch : batches) {
        var found = new HashSet<>(matching.of(batch));
        var of = lines.stream().filter(line -> truth.get(line).equals(batch.name())).toList();
        var wrong = found.stream().filter(line -> !truth.get(line).equals(batch.name())).count();
        var missed = of.stream().filter(line -> !found.contains(line)).count();
        assertThat((double) wrong / found.size())
            .as("false positives of " + batch.name())
            .isLessThan(most);
        assertThat((double) missed / of.size())
            .as("false negatives of " + batch.name())
            .isLessThan(most);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void
      of_interleaved_batches_and_skewed_clocks_less_than_five_in_a_hundred_are_taken_wrongly_or_missed(
          long seed) {
    var skews = new Random(seed);
    var world = new World(seed, skews.nextInt(3_000) - 1_500, skews.nextInt(3_000) - 1_500);
    for (var i = 0; i < 6; i++) {
      world.batch("b" + i, NOON + 700L * i, 100, 40, i % 2 == 0 ? 100 : 1_000);
    }
    world.noise(NOON, 300, 40);

    world.assertErrorsBelow(0.05);
  }

  @Test
  void the_skew_of_each_clock_is_found_from_what_calls_leave_room_for() {
    var world = new World(9, 1_234, -567);
    world.batch("b", NOON, 200, 50, 100);

    var skews = Matching.of(world.lines, world.batches).skews();

    assertThat(Math.abs(skews.get(NODE).aheadMs() - 1_234))
        .isLessThanOrEqualTo(skews.get(NODE).withinMs());
    assertThat(Math.abs(skews.get(OTHER).aheadMs() + 567))
        .isLessThanOrEqualTo(skews.get(OTHER).withinMs());
    assertThat(skews.get(NODE).withinMs()).isLessThan(10);
    assertThat(skews.get(NODE).seen().avg()).isBetween(1_224.0, 1_244.0);
    assertThat(skews.get(NODE).seen().max()).isGreaterThanOrEqualTo(skews.get(NODE).seen().p95());
  }

  @Test
  void the_log_delay_is_from_the_end_of_what_a_line_tells_to_its_writing() {
    var lines = new ArrayList<InvocationLine>();
    for (var i = 1; i <= 100; i++) {
      lines.add(
          new InvocationLine(
              NODE,
              false,
              "o",
              Optional.empty(),
              "wake",
              "Wake",
              "read",
              NOON,
              10,
              0,
              0,
              0,
              OptionalLong.of(NOON + 10 + i)));
    }

    var delay = Matching.logDelay(lines);

    assertThat(delay).isEqualTo(new Deviation(100, 50.5, 95, 100));
  }

  @Test
  void warnings_name_missing_and_surplus_lines() {
    var world = new World(3, 0, 0);
    world.batch("b", NOON, 20, 20, 10);
    assertThat(Matching.of(world.lines, world.batches).warnings(world.batches.get(0))).isEmpty();

    world.lines.removeIf(line -> line.fetchId().equals(Optional.of("b-7")));
    world.lines.add(
        line(
            NODE,
            "wake",
            "Recovery",
            world.batches.get(0).calls().get(0).originId(),
            null,
            NOON + 900,
            1));

    assertThat(Matching.of(world.lines, world.batches).warnings(world.batches.get(0)))
        .containsExactly(
            "b: 19 submissions, expected 20",
            "b: 19 reports at origins, expected 20",
            "b: 19 attempts of executors, expected 20",
            "b: origins came into memory 1 times and left it 0 times: the rest is not counted as"
                + " residency");
  }

  @Test
  void a_batch_of_direct_fetches_has_no_attempts_of_executors() {
    var calls = List.of(new Call("o", "f", NOON, NOON + 100, NOON + 100));
    var batch = new Batch("b", "direct", 90, calls, NOON + 200, 1, true);
    var lines =
        List.of(
            line(NODE, "command", "Submit", "o", "f", NOON + 1, 1),
            line(NODE, "report", "ReportArrived", "o", "f", NOON + 95, 1));

    assertThat(Matching.of(lines, List.of(batch)).warnings(batch)).isEmpty();
  }
}
