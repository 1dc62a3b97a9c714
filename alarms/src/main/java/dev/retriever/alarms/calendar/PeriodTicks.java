package dev.retriever.alarms.calendar;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Ticks that are the same time apart, whatever the clocks do.
 *
 * @param start the first tick
 * @param period at least {@link #SHORTEST}
 */
public record PeriodTicks(Instant start, Duration period) implements TickTimes {
  /** The shortest period, inclusive. */
  public static final Duration SHORTEST = Duration.ofSeconds(1);

  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);

  /**
   * @throws IllegalArgumentException if the period is too short
   */
  public PeriodTicks {
    if (period.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("a period is at least " + SHORTEST + ", not " + period);
    }
  }

  @Override
  public Optional<Instant> from(Instant time) {
    if (!time.isAfter(start)) {
      return Optional.of(start).filter(it -> !it.isAfter(LATEST) && isSoon(time, it));
    }
    var passed = nanos(Duration.between(start, time));
    var each = nanos(period);
    var periods = passed.add(each).subtract(BigInteger.ONE).divide(each);
    var offset = periods.multiply(each).divideAndRemainder(NANOS);
    var tick = Duration.ofSeconds(offset[0].longValueExact(), offset[1].longValueExact());
    return tick.compareTo(Duration.between(start, LATEST)) > 0
        ? Optional.empty()
        : Optional.of(start.plus(tick)).filter(it -> isSoon(time, it));
  }

  private static boolean isSoon(Instant time, Instant tick) {
    return Duration.between(time, tick).compareTo(LONGEST_WAIT) <= 0;
  }

  private static BigInteger nanos(Duration duration) {
    return BigInteger.valueOf(duration.getSeconds())
        .multiply(NANOS)
        .add(BigInteger.valueOf(duration.getNano()));
  }

  @Override
  public Clocks clocksAt(Instant tick) {
    return Clocks.RUN;
  }
}
