package dev.retriever.origin.simulation.queue;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueSettings.Breaker;
import dev.retriever.origin.queue.QueueSettings.Order;
import dev.retriever.origin.queue.QueueSettings.Rate;
import dev.retriever.origin.queue.QueueSettings.RetryAfterRule;
import dev.retriever.origin.queue.QueueSettings.RetryAfterScope;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The queues of a run, and which fetches go through them. Immutable.
 *
 * @param queues their settings, by name; none in a run without queues
 */
public record QueuePlan(Map<String, QueueSettings> queues) {
  /** The part of the runs that have queues. */
  private static final double SHARE = 0.3;

  /** The part of the fetches that go through a queue, in such a run. */
  private static final double QUEUED = 0.7;

  private static final int MOST = 3;

  /** The part of the rates that are so slow that a move of the queue is short beside them. */
  private static final double SLOW = 0.4;

  private static final int SLOWER = 5;

  /** Of a run without queues. */
  public static final QueuePlan NONE = new QueuePlan(Map.of());

  /** The queues of the run with that seed. */
  public static QueuePlan of(long seed) {
    var chance = new RandomStreams(seed, "queues");
    if (!chance.happens(SHARE)) {
      return NONE;
    }
    var queues = new LinkedHashMap<String, QueueSettings>();
    var count = 1 + chance.below(MOST);
    for (var number = 1; number <= count; number++) {
      var slow = new RandomStreams(seed, "rate of queue " + number).happens(SLOW) ? SLOWER : 1;
      queues.put("q" + number, settings(new RandomStreams(seed, "queue " + number), slow));
    }
    return new QueuePlan(queues);
  }

  private static QueueSettings settings(RandomStreams chance, int slow) {
    var usual = QueueSettings.DEFAULT;
    return new QueueSettings(
        chance.happens(0.9) ? Optional.of(1 + chance.below(3)) : Optional.empty(),
        chance.happens(0.4) ? Optional.of(rate(chance, slow)) : Optional.empty(),
        usual.perKey(),
        chance.happens(0.3) ? Order.STRICT : Order.FAIR,
        usual.weights(),
        usual.waiting(),
        new RetryAfterRule(chance.oneOf(List.of(RetryAfterScope.values())), Duration.ofSeconds(10)),
        chance.happens(0.3) ? Optional.of(breaker(chance)) : Optional.empty(),
        usual.lost());
  }

  private static Rate rate(RandomStreams chance, int slow) {
    var limit = 1 + chance.below(3);
    var seconds = 1 + chance.below(3);
    return new Rate(limit, Duration.ofSeconds((long) slow * seconds), 1 + chance.below(3));
  }

  private static Breaker breaker(RandomStreams chance) {
    var usual = Breaker.DEFAULT;
    return new Breaker(
        300 + chance.below(400),
        2 + chance.below(3),
        Duration.ofSeconds(30),
        Duration.ofSeconds(1 + chance.below(3)),
        Duration.ofSeconds(10),
        usual.counts());
  }

  /** The same with another concurrency. */
  static QueueSettings with(QueueSettings settings, int concurrency) {
    return settings.concurrency(concurrency);
  }

  public boolean isEmpty() {
    return queues.isEmpty();
  }

  /** The same fetch, which may go through a queue. */
  public FetchSpec placed(FetchSpec spec, RandomStreams chance) {
    if (isEmpty() || spec.isDirect() || !chance.happens(QUEUED)) {
      return spec;
    }
    var choice =
        QueueChoice.of(chance.oneOf(List.copyOf(queues.keySet())))
            .priority(1 + chance.below(QueueChoice.LOWEST));
    return spec.queue(chance.happens(0.5) ? choice.key("k" + chance.below(2)) : choice);
  }
}
