package dev.retriever.origin.queue.core;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueSettings.Breaker;
import dev.retriever.origin.queue.QueueSettings.Order;
import dev.retriever.origin.queue.QueueSettings.PerKey;
import dev.retriever.origin.queue.QueueSettings.Rate;
import dev.retriever.origin.queue.QueueSettings.Weights;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told.How;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A scheduler, origins that answer as they should, and a clock that a test moves. An origin's lines
 * are told anew after each change.
 */
final class Bench {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final String TYPE = "order";
  static final QueueSettings OPEN = QueueSettings.DEFAULT.unlimited().order(Order.FAIR);

  final Scheduler scheduler;

  /** Grants that are not over. */
  final Map<Long, Choice> outstanding = new TreeMap<>();

  final List<BreakerChange> changes = new ArrayList<>();
  private final Map<OriginId, Map<LineId, Line>> lines = new TreeMap<>();
  private final Map<OriginId, String> tenants = new TreeMap<>();
  private final Map<OriginId, Long> rows = new TreeMap<>();
  long micros = 5_000_000_000L;
  Duration wallIsOff = Duration.ZERO;
  long next = 1;
  long random;

  Bench(QueueSettings settings) {
    scheduler = new Scheduler(settings, now());
  }

  Now now() {
    return new Now(micros, START.plus(micros, ChronoUnit.MICROS).plus(wallIsOff));
  }

  void pass(Duration time) {
    micros += time.toNanos() / 1_000;
  }

  /** So many wait there, all ready, from now on. */
  LineId waits(String tenant, String origin, String key, int priority, int waiting) {
    return waits(tenant, origin, key, priority, waiting, now().wall());
  }

  LineId waits(
      String tenant, String origin, String key, int priority, int waiting, Instant oldest) {
    return put(
        tenant,
        origin,
        new Line(
            key,
            priority,
            waiting,
            waiting,
            oldest,
            oldest,
            Optional.empty(),
            oldest.plusSeconds(1_000_000)));
  }

  /** One that is to start later. */
  LineId waitsUntil(String origin, String key, Instant readyAt) {
    return put(
        "t",
        origin,
        new Line(
            key, 3, 1, 0, now().wall(), readyAt, Optional.empty(), readyAt.plusSeconds(1_000_000)));
  }

  LineId put(String tenant, String originId, Line line) {
    var origin = new OriginId(TYPE, originId);
    var id = new LineId(origin, line.key(), line.priority());
    tenants.put(origin, tenant);
    lines
        .computeIfAbsent(
            origin,
            it ->
                new TreeMap<>(
                    java.util.Comparator.comparing(LineId::key).thenComparingInt(LineId::priority)))
        .put(id, line);
    tell(origin);
    return id;
  }

  void tell(OriginId origin) {
    long row = rows.merge(origin, 1L, Long::sum);
    var its = lines.getOrDefault(origin, Map.of());
    its.values().removeIf(Line::isEmpty);
    scheduler.told(origin, tenants.get(origin), row, List.copyOf(its.values()), now());
  }

  List<Choice> decide() {
    return decide(Scheduler.MOST_CHOICES);
  }

  List<Choice> decide(int most) {
    var chosen = scheduler.decide(next, most, now());
    chosen.first().ifPresent(changes::add);
    next += chosen.choices().size();
    chosen.choices().forEach(it -> outstanding.put(it.grantNo(), it));
    return chosen.choices();
  }

  KeyId keyOf(Choice choice) {
    return new KeyId(tenants.get(choice.line().origin()), choice.line().key());
  }

  /** The origin uses the grant: one less waits. */
  void begin(Choice choice) {
    scheduler.running(choice.lease("q"), keyOf(choice), now());
    less(choice);
  }

  void less(Choice choice) {
    var its = lines.get(choice.line().origin());
    var line = its.get(choice.line());
    if (line == null) {
      // Its fetches were cancelled.
      return;
    }
    its.put(
        choice.line(),
        new Line(
            line.key(),
            line.priority(),
            line.waiting() - 1,
            Math.max(0, line.ready() - 1),
            line.oldest(),
            line.readyAt(),
            line.laterAt(),
            line.deadline()));
    tell(choice.line().origin());
  }

  Optional<BreakerChange> end(Choice choice, How how, int status) {
    outstanding.remove(choice.grantNo());
    var change =
        scheduler.ended(
            choice.grantNo(),
            how,
            status == 0 ? Optional.empty() : Optional.of(status),
            random,
            now());
    change.ifPresent(changes::add);
    return change;
  }

  Optional<BreakerChange> end(Choice choice) {
    return end(choice, How.ANSWERED, 200);
  }

  void giveBack(Choice choice, Why why) {
    outstanding.remove(choice.grantNo());
    scheduler.returned(choice.grantNo(), why, now());
  }

  /** Grants one after the other, each at once begun and ended; how many each name got. */
  Map<String, Integer> turns(int count, java.util.function.Function<LineId, String> name) {
    var turns = new TreeMap<String, Integer>();
    for (int i = 0; i < count; i++) {
      for (var choice : decide(1)) {
        turns.merge(name.apply(choice.line()), 1, Integer::sum);
        begin(choice);
        end(choice);
      }
    }
    return turns;
  }

  static Lease lease(int slot, long grantNo) {
    return new Lease("q", slot, grantNo, false, false);
  }

  static QueueSettings with(int concurrency) {
    return change(OPEN, Optional.of(concurrency), OPEN.rate());
  }

  static QueueSettings with(Rate rate) {
    return change(OPEN, OPEN.concurrency(), Optional.of(rate));
  }

  static QueueSettings change(
      QueueSettings it, Optional<Integer> concurrency, Optional<Rate> rate) {
    return new QueueSettings(
        concurrency,
        rate,
        it.perKey(),
        it.order(),
        it.weights(),
        it.waiting(),
        it.retryAfter(),
        it.breaker(),
        it.lost());
  }

  static QueueSettings with(QueueSettings it, PerKey perKey) {
    return it.perKey(perKey);
  }

  static QueueSettings with(QueueSettings it, Order order) {
    return it.order(order);
  }

  static QueueSettings with(QueueSettings it, Weights weights) {
    return it.weights(weights);
  }

  static QueueSettings with(QueueSettings it, Breaker breaker) {
    return it.breaker(breaker);
  }

  Optional<BreakerChange> mode(BreakerMode mode) {
    var change = scheduler.breaker(mode, now());
    change.ifPresent(changes::add);
    return change;
  }
}
