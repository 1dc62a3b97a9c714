package dev.retriever.origin.simulation.trace;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What has happened, as one number to compare runs by and, if wanted, in words. */
public final class Trace {
  /** When every run begins. */
  public static final Instant BEGINNING = Instant.parse("2030-01-01T00:00:00Z");

  private static final long PRIME = 0x100000001B3L;

  private final boolean inWords;
  private final List<Entry> entries = new ArrayList<>();
  private long hash = 0xCBF29CE484222325L;
  private long at;

  /**
   * A line with its time.
   *
   * @param at since the beginning of the run
   */
  public record Entry(Duration at, TraceLine line) {
    @Override
    public String toString() {
      var node = line.nodes().isEmpty() ? "" : line.nodes().get(0);
      return "%9.3f  %-3s  %s".formatted(at.toNanos() / 1e9, node, line.text());
    }
  }

  public Trace(boolean inWords) {
    this.inWords = inWords;
  }

  public void step(long nanos, int process) {
    at = nanos;
    mix(nanos);
    mix(process);
  }

  /** Words are made only when they are wanted; what they say has to be in the number otherwise. */
  public void note(int what, Supplier<TraceLine> words) {
    mix(what);
    if (inWords) {
      entries.add(new Entry(Duration.ofNanos(at), words.get()));
    }
  }

  private void mix(long bits) {
    hash = (hash ^ bits) * PRIME;
    hash ^= hash >>> 29;
  }

  public long hash() {
    return hash;
  }

  public List<Entry> entries() {
    return entries;
  }
}
