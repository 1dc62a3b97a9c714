package dev.retriever.origin.simulation.fault;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What comes by chance, from a seed. Each concern has a stream of its own, so that to leave one out
 * changes little of the others.
 */
public final class RandomStreams {
  private final SplittableRandom random;

  public RandomStreams(long seed, String concern) {
    this.random = new SplittableRandom(mixed(seed * 0x9E3779B97F4A7C15L + concern.hashCode()));
  }

  /** Seeds that follow each other, and words alike, must not give streams alike. */
  private static long mixed(long bits) {
    var z = (bits ^ (bits >>> 33)) * 0xFF51AFD7ED558CCDL;
    z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return z ^ (z >>> 33);
  }

  /** From 0, inclusive, to that, exclusive. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  public double unit() {
    return random.nextDouble();
  }

  public boolean happens(double probability) {
    return random.nextDouble() < probability;
  }

  public <T> T oneOf(List<T> all) {
    return all.get(below(all.size()));
  }

  public Duration between(Duration least, Duration most) {
    var span = most.minus(least).toMillis();
    return least.plusMillis(span <= 0 ? 0 : random.nextLong(span + 1));
  }
}
