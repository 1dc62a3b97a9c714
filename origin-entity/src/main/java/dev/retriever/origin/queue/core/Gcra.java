package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.QueueSettings.Rate;
import java.math.BigInteger;
import java.time.Duration;

/**
 * A rate as a bucket of tokens (generic cell rate algorithm). Time is counted in parts of a
 * microsecond, one part for each start of the limit: so a start costs a whole number, and no rate
 * is rounded.
 */
final class Gcra {
  private Rate rate;
  private long limit;
  private long step;
  private long tolerance;

  /** What is owed, in parts: it sinks by {@code limit} in a microsecond. */
  private long owed;

  private long last;

  private Gcra(Rate rate, long now) {
    last = now;
    set(rate);
  }

  /** A bucket without a token: after a move it is not known what went before. */
  static Gcra empty(Rate rate, long now) {
    var bucket = new Gcra(rate, now);
    bucket.owed = bucket.most();
    return bucket;
  }

  /** A bucket with all tokens. */
  static Gcra full(Rate rate, long now) {
    return new Gcra(rate, now);
  }

  private void set(Rate newRate) {
    rate = newRate;
    limit = newRate.limit();
    step = microsUp(newRate.per());
    tolerance = (newRate.burst() - 1) * step;
  }

  private static long microsUp(Duration per) {
    return Math.floorDiv(per.toNanos() + 999, 1_000);
  }

  private long most() {
    return tolerance + step;
  }

  private void pass(long now) {
    long elapsed = now - last;
    if (elapsed <= 0) {
      return;
    }
    last = now;
    // A product of a long time would not fit; it is not needed once nothing is owed.
    owed = elapsed > owed / limit ? 0 : owed - elapsed * limit;
  }

  /** Whether a token is there. */
  boolean admits(long now) {
    pass(now);
    return owed <= tolerance;
  }

  /** Takes a token. */
  void take(long now) {
    pass(now);
    owed += step;
  }

  /** Puts a token back that was not used. */
  void giveBack(long now) {
    pass(now);
    owed = Math.max(0, owed - step);
  }

  /** When a token is there: rounded up, because a look before then would find none. */
  long next(long now) {
    pass(now);
    return now + up(owed - tolerance);
  }

  /** When all tokens are there. */
  long full(long now) {
    pass(now);
    return now + up(owed);
  }

  private long up(long parts) {
    return parts <= 0 ? 0 : (parts - 1) / limit + 1;
  }

  /** Another rate; as many tokens stay taken as are taken now, up to its burst. */
  void change(Rate newRate, long now) {
    if (newRate.equals(rate)) {
      return;
    }
    pass(now);
    long taken = owed;
    long formerStep = step;
    set(newRate);
    var scaled =
        BigInteger.valueOf(taken)
            .multiply(BigInteger.valueOf(step))
            .add(BigInteger.valueOf(formerStep - 1))
            .divide(BigInteger.valueOf(formerStep));
    owed = scaled.min(BigInteger.valueOf(most())).longValueExact();
  }
}
