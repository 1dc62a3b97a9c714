package dev.retriever.origin.queue.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueSettings.Bad;
import dev.retriever.origin.queue.QueueSettings.Breaker;
import dev.retriever.origin.queue.QueueSettings.Order;
import dev.retriever.origin.queue.QueueSettings.PerKey;
import dev.retriever.origin.queue.QueueSettings.Rate;
import dev.retriever.origin.queue.QueueView.Limit;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told.How;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues with random settings, to which random things happen. */
class RandomQueueTest {
  private static final How[] HOWS = {
    How.ANSWERED,
    How.ANSWERED,
    How.ANSWERED,
    How.FAILED,
    How.UNKNOWN,
    How.LOST,
    How.CANCELLED,
    How.NEVER_BEGAN,
    How.TIMED_OUT
  };

  private final List<Choice> unanswered = new ArrayList<>();
  private final List<Choice> running = new ArrayList<>();
  private final List<Choice> lingering = new ArrayList<>();
  private final Map<Long, Long> used = new TreeMap<>();
  private Random random;
  private QueueSettings settings;
  private Bench bench;
  private int mostConcurrency;
  private long longestUnused;

  private QueueSettings settings() {
    var settings = random.nextInt(4) == 0 ? Bench.OPEN : Bench.with(1 + random.nextInt(12));
    if (random.nextBoolean()) {
      settings = Bench.change(settings, settings.concurrency(), Optional.of(rate()));
    }
    settings =
        Bench.with(
            settings,
            new PerKey(
                random.nextInt(3) == 0 ? Optional.of(1 + random.nextInt(3)) : Optional.empty(),
                random.nextInt(4) == 0 ? Optional.of(rate()) : Optional.empty()));
    if (random.nextInt(4) == 0) {
      settings = Bench.with(settings, Order.STRICT);
    }
    return random.nextInt(3) > 0
        ? settings
        : Bench.with(
            settings,
            new Breaker(
                500,
                5,
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ofSeconds(9),
                Set.of(Bad.FAILED, Bad.UNKNOWN)));
  }

  private Rate rate() {
    return new Rate(1 + random.nextInt(40), Duration.ofMillis(1_000), 1 + random.nextInt(5));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatever_happens_the_limits_hold_and_whatever_may_go_goes(int seed) {
    for (int run = 0; run < 40; run++) {
      random = new Random(seed * 1_000L + run);
      unanswered.clear();
      running.clear();
      lingering.clear();
      used.clear();
      longestUnused = 0;
      settings = settings();
      mostConcurrency = settings.concurrency().orElse(Integer.MAX_VALUE);
      bench = new Bench(settings);
      for (int step = 0; step < 400; step++) {
        happens();
        decides();
      }
      settings.rate().ifPresent(this::holds);
      runsDry();
    }
  }

  private void happens() {
    bench.random = random.nextLong();
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> arrives();
      case 3, 4 -> answers();
      case 5, 6 -> ends();
      case 7 -> bench.pass(Duration.ofMillis(random.nextInt(400)));
      case 8 -> bench.micros = Math.max(bench.micros, Math.min(next(), bench.micros + 2_000_000));
      default -> frees();
    }
  }

  private long next() {
    return bench.scheduler.nextLook(bench.now()).orElse(bench.micros);
  }

  private void arrives() {
    int origin = random.nextInt(12);
    var key = "k" + random.nextInt(3);
    int priority = 1 + random.nextInt(5);
    int more = random.nextInt(6);
    var wall = bench.now().wall();
    bench.put(
        "t" + origin % 3,
        "o" + origin,
        more == 0
            ? Line.empty(key, priority)
            : new Line(
                key,
                priority,
                more,
                random.nextInt(more + 1),
                wall,
                wall.plusMillis(random.nextInt(1_000)),
                Optional.of(wall.plusMillis(random.nextInt(3_000))),
                wall.plusSeconds(1_000_000)));
  }

  private void answers() {
    if (unanswered.isEmpty()) {
      return;
    }
    var choice = unanswered.remove(random.nextInt(unanswered.size()));
    switch (random.nextInt(5)) {
      case 0 -> {
        bench.giveBack(choice, Why.values()[random.nextInt(Why.values().length)]);
        notUsed(choice);
      }
      case 1 -> bench.scheduler.free(choice.grantNo(), bench.now());
      default -> {
        bench.scheduler.running(choice.lease("q"), bench.keyOf(choice), bench.now());
        running.add(choice);
      }
    }
  }

  /** Its token is used by a later one, as if that had begun late. */
  private void notUsed(Choice choice) {
    longestUnused = Math.max(longestUnused, bench.micros - used.remove(choice.grantNo()));
  }

  private void ends() {
    if (running.isEmpty()) {
      return;
    }
    var choice = running.remove(random.nextInt(running.size()));
    var how = HOWS[random.nextInt(HOWS.length)];
    bench.end(choice, how, how == How.ANSWERED ? 200 : 0);
    if (how == How.NEVER_BEGAN) {
      notUsed(choice);
    }
    if ((how == How.LOST || how == How.CANCELLED) && choice.slot() > 0) {
      lingering.add(choice);
    }
  }

  private void frees() {
    if (!lingering.isEmpty()) {
      var choice = lingering.remove(random.nextInt(lingering.size()));
      bench.scheduler.free(choice.grantNo(), bench.now());
    }
  }

  private void decides() {
    var choices = bench.decide();
    unanswered.addAll(choices);
    choices.forEach(it -> used.put(it.grantNo(), bench.micros));
    int outstanding = unanswered.size() + running.size() + lingering.size();
    assertThat(outstanding).isLessThanOrEqualTo(mostConcurrency);
    keysHold();
    var figures = bench.scheduler.figures(bench.now());
    assertThat(figures.running()).isEqualTo(running.size() + lingering.size());
    assertThat(figures.lingering()).isEqualTo(lingering.size());
    assertThat(figures.unanswered()).isEqualTo(unanswered.size());
    assertThat(bench.decide()).isEmpty();
    nothingIsLeft(outstanding);
    bench.scheduler.overdue(bench.now());
    bench
        .scheduler
        .nextLook(bench.now())
        .ifPresent(at -> assertThat(at).isGreaterThan(bench.micros));
  }

  private void keysHold() {
    int most =
        settings.order() == Order.STRICT
            ? 1
            : settings.perKey().concurrency().orElse(Integer.MAX_VALUE);
    var byKey = new HashMap<KeyId, Integer>();
    for (var all : List.of(unanswered, running, lingering)) {
      all.forEach(it -> byKey.merge(bench.keyOf(it), 1, Integer::sum));
    }
    assertThat(byKey.values()).allMatch(it -> it <= most);
  }

  /** The limit that it names is one that is reached. */
  private void nothingIsLeft(int outstanding) {
    var binding = bench.scheduler.binding(bench.now());
    switch (binding) {
      case CONCURRENCY -> assertThat(outstanding).isEqualTo(mostConcurrency);
      case RATE -> assertThat(settings.rate()).isPresent();
      case BREAKER -> assertThat(settings.breaker()).isPresent();
      case IDLE -> assertThat(bench.scheduler.figures(bench.now()).waiting().fetches()).isZero();
      case KEY ->
          assertThat(
                  settings.order() == Order.STRICT
                      || !settings.perKey().equals(QueueSettings.DEFAULT.perKey()))
              .isTrue();
      default -> assertThat(binding).isIn(Limit.ORIGIN, Limit.NOT_READY, Limit.NO_ROOM);
    }
  }

  private void holds(Rate rate) {
    var starts = List.copyOf(used.values());
    for (int first = 0; first < starts.size(); first++) {
      for (int last = first; last < starts.size(); last++) {
        long micros = starts.get(last) - starts.get(first) + longestUnused;
        double most = micros * rate.limit() / 1e6 + rate.burst();
        assertThat(last - first + 1).isLessThanOrEqualTo((int) Math.floor(most + 1e-6));
      }
    }
  }

  /** When all is answered and nothing new comes, all that waits goes, in bounded time. */
  private void runsDry() {
    for (int round = 0; round < 3_000; round++) {
      while (!lingering.isEmpty()) {
        frees();
      }
      for (var choice : List.copyOf(unanswered)) {
        bench.begin(choice);
        bench.end(choice);
      }
      unanswered.clear();
      for (var choice : List.copyOf(running)) {
        bench.end(choice);
      }
      running.clear();
      unanswered.addAll(bench.decide());
      if (unanswered.isEmpty()) {
        var next = bench.scheduler.nextLook(bench.now());
        if (next.isEmpty()) {
          break;
        }
        bench.micros = Math.max(bench.micros, next.getAsLong());
      }
    }

    assertThat(bench.scheduler.figures(bench.now()).waiting().fetches())
        .as("left with %s, bound by %s", settings, bench.scheduler.binding(bench.now()))
        .isZero();
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.IDLE);
  }
}
