package dev.retriever.loadtest.faults;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A fault that a scenario injects: of which kind, at which moments, and how much of it.
 *
 * @param at the moments; never empty
 * @param rate the part that it strikes, 0 to 1
 * @param leastMs of a delay or a rest
 * @param mostMs of a delay or a rest; not less
 */
public record InjectedFault(Kind kind, Set<Moment> at, double rate, int leastMs, int mostMs) {
  public InjectedFault {
    if (at.isEmpty() || rate < 0 || rate > 1 || leastMs < 0 || mostMs < leastMs) {
      throw new IllegalArgumentException("not a fault: " + kind + " " + at + " " + rate);
    }
    at = Set.copyOf(at);
  }

  /** The kinds of faults. */
  public enum Kind {
    /** Everything takes so much longer, each way that the moment has. */
    LATENCY,
    /** The same, each time longer by another amount. */
    JITTER,
    /** A connection ends without a close message, as when a network fails. */
    DROP,
    /** Calls fail, since the other side refuses them or does not answer as it should. */
    FAIL,
    /** A reader that rests after each read. */
    SLOW_READER;

    String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** The moments of the way from a publisher to a subscriber. */
  public enum Moment {
    PUBLISH,
    SUBSCRIBE,
    RECEIVE,
    UNSUBSCRIBE;

    String words() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static InjectedFault latency(int millis, Moment... at) {
    return new InjectedFault(Kind.LATENCY, set(at), 1, millis, millis);
  }

  /** Delays evenly distributed between the two. */
  public static InjectedFault jitter(int leastMs, int mostMs, Moment... at) {
    return new InjectedFault(Kind.JITTER, set(at), 1, leastMs, mostMs);
  }

  public static InjectedFault drop(double rate, Moment... at) {
    return new InjectedFault(Kind.DROP, set(at), rate, 0, 0);
  }

  public static InjectedFault fail(double rate, Moment... at) {
    return new InjectedFault(Kind.FAIL, set(at), rate, 0, 0);
  }

  public static InjectedFault slowReader(int restMs) {
    return new InjectedFault(Kind.SLOW_READER, Set.of(Moment.RECEIVE), 1, restMs, restMs);
  }

  private static Set<Moment> set(Moment... at) {
    return new TreeSet<>(Arrays.asList(at));
  }

  /** Such as {@code drop 20 % at publish, receive}. */
  public String words() {
    var how =
        leastMs == mostMs
            ? mostMs == 0 ? " %.0f %%".formatted(100 * rate) : " " + mostMs + " ms"
            : " " + leastMs + " to " + mostMs + " ms";
    var when = new TreeSet<>(at).stream().map(Moment::words).collect(Collectors.joining(", "));
    return kind.words() + how + " at " + when;
  }
}
