package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.QueueView.Limit;
import dev.retriever.origin.queue.core.figures.LimitedBy;
import dev.retriever.origin.queue.core.figures.Recent;
import dev.retriever.origin.queue.core.figures.WaitTimes;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** What is counted for those who look at the queue. Nothing is decided by it. */
final class QueueTally {
  private final LimitedBy limitedBy;
  private final Recent granted;
  private final Recent ended;
  private final WaitTimes waits;
  private Limit binding = Limit.IDLE;
  private long mostWaiting;
  private int mostRunning;
  private long given;
  private long returned;
  private long expired;

  QueueTally(long now) {
    limitedBy = new LimitedBy(now);
    granted = new Recent(now);
    ended = new Recent(now);
    waits = new WaitTimes(now);
  }

  /** What was binding at the last look was so until now. */
  void until(Now now) {
    limitedBy.until(now.micros(), binding);
  }

  /** That is binding from now on, with so many that wait, and so many that run. */
  void binding(Limit limit, long waiting, int running) {
    binding = limit;
    mostWaiting = Math.max(mostWaiting, waiting);
    mostRunning = Math.max(mostRunning, running);
  }

  QueueView.Most most() {
    return new QueueView.Most(mostWaiting, mostRunning);
  }

  void granted(LineState line, Now now) {
    given++;
    granted.add(now.micros());
    waits.add(now.wallMicros() - Now.micros(line.line.oldest()), now.micros());
  }

  void returned() {
    returned++;
  }

  void expired() {
    expired++;
  }

  void ended(Now now) {
    ended.add(now.micros());
  }

  QueueView.Rates rates(Now now) {
    return new QueueView.Rates(granted.perSecond(now.micros()), ended.perSecond(now.micros()));
  }

  Optional<Duration> drainsIn(long waiting, Now now) {
    double perSecond = ended.perSecond(now.micros());
    return perSecond == 0
        ? Optional.empty()
        : Optional.of(Duration.of((long) Math.ceil(waiting / perSecond), ChronoUnit.SECONDS));
  }

  Map<Limit, Double> limitedBy() {
    return limitedBy.shares();
  }

  Map<Limit, Duration> limited() {
    return limitedBy.ever();
  }

  QueueView.Quantiles waits(Now now) {
    return waits.quantiles(now.micros());
  }

  QueueView.Grants grants() {
    return new QueueView.Grants(given, returned, expired);
  }
}
