package dev.retriever.origin.core.schedules;

import dev.retriever.alarms.calendar.TickTimes;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32;

/** The ticks of a schedule between its start and its end, each with its jitter. */
record SpecTicks(TickTimes times, ScheduleSpec spec) {
  static SpecTicks of(ScheduleSpec spec, Instant anchor) {
    return new SpecTicks(spec.ticks().times(anchor), spec);
  }

  /** The first tick strictly after that instant. */
  Optional<Instant> after(Instant time) {
    var start = spec.start();
    var tick =
        start.filter(time::isBefore).isPresent() ? times.from(start.get()) : times.after(time);
    return tick.filter(this::isInTime)
        // Looked for from the start, which may be far ahead.
        .filter(it -> Duration.between(time, it).compareTo(TickTimes.LONGEST_WAIT) <= 0);
  }

  /** The first tick that is not before that instant. */
  Optional<Instant> from(Instant time) {
    return after(time.minusNanos(1));
  }

  private boolean isInTime(Instant tick) {
    return spec.end().filter(tick::isAfter).isEmpty();
  }

  /** The first tick after that instant, and when it is due. */
  Optional<NextTick> firstAfter(Instant time, String key) {
    return after(time).map(nominal -> new NextTick(nominal, nominal.plus(jitter(nominal, key))));
  }

  /** The tick after that one. */
  Optional<NextTick> next(NextTick tick, String key) {
    return firstAfter(tick.nominal(), key);
  }

  /** The same for the same tick, so that it does not move after a crash. */
  private Duration jitter(Instant nominal, String key) {
    var longest = longestJitter(nominal);
    if (longest == 0) {
      return Duration.ZERO;
    }
    var hash = new CRC32();
    hash.update((key + "~" + nominal).getBytes(StandardCharsets.UTF_8));
    // 32 bits are spread over at most a day of 86,400,000 ms.
    return Duration.ofMillis((hash.getValue() * (longest + 1)) >>> 32);
  }

  /** In ms. Each tick is due before the next one's time, so that none are bunched. */
  private long longestJitter(Instant nominal) {
    var longest = spec.jitter().toMillis();
    return longest == 0
        ? 0
        : times
            .after(nominal)
            .map(next -> Math.min(longest, Duration.between(nominal, next).toMillis() - 1))
            .orElse(longest);
  }
}
