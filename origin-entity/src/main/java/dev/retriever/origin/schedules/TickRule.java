package dev.retriever.origin.schedules;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.retriever.alarms.calendar.CronTimes;
import dev.retriever.alarms.calendar.PeriodTicks;
import dev.retriever.alarms.calendar.RepeatedTime;
import dev.retriever.alarms.calendar.SkippedTime;
import dev.retriever.alarms.calendar.TickTimes;
import dev.retriever.alarms.calendar.ZonedTicks;
import dev.retriever.origin.InvalidSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Function;

/** When a schedule ticks. Its names and components are on-disk format. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TickRule.Cron.class, name = "cron"),
  @JsonSubTypes.Type(value = TickRule.Every.class, name = "every")
})
public sealed interface TickRule {
  /**
   * Its instants.
   *
   * @param anchor where periods begin
   */
  TickTimes times(Instant anchor);

  /** The result of the function for this kind of rule. */
  <R> R fold(Function<Cron, R> cron, Function<Every, R> every);

  /**
   * At the local times of a cron expression, with the rules for changes of clocks that suit it.
   *
   * @throws InvalidSpec if the expression is malformed or never fires
   */
  static TickRule cron(String expression, ZoneId zone) {
    return new Cron(expression, zone, Optional.empty(), Optional.empty());
  }

  /**
   * So often, whatever the clocks do.
   *
   * @throws InvalidSpec if the period is out of its range
   */
  static TickRule every(Duration period) {
    return new Every(period);
  }

  /**
   * At the local times of a UNIX cron expression of five fields, as {@link CronTimes} reads it.
   *
   * @param gap about local times that the clocks skip; empty for {@code SKIP} if the hour field is
   *     {@code *}, else {@code AFTER}
   * @param repeated about local times that the clocks repeat; empty for {@code BOTH} if the hour
   *     field is {@code *}, else {@code FIRST}
   */
  record Cron(
      String expression,
      ZoneId zone,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<SkippedTime> gap,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<RepeatedTime> repeated)
      implements TickRule {
    /**
     * @throws InvalidSpec if the expression is malformed or never fires
     */
    public Cron {
      gap = gap == null ? Optional.empty() : gap;
      repeated = repeated == null ? Optional.empty() : repeated;
      try {
        CronTimes.of(expression);
      } catch (IllegalArgumentException e) {
        throw new InvalidSpec("/cron", "is not valid: " + e.getMessage());
      }
    }

    /** What holds for times that the clocks skip. */
    public SkippedTime onGap() {
      return gap.orElseGet(() -> everyHour() ? SkippedTime.SKIP : SkippedTime.AFTER);
    }

    /** What holds for times that the clocks repeat. */
    public RepeatedTime onRepeated() {
      return repeated.orElseGet(() -> everyHour() ? RepeatedTime.BOTH : RepeatedTime.FIRST);
    }

    private boolean everyHour() {
      return CronTimes.ofValid(expression).everyHour();
    }

    @Override
    public TickTimes times(Instant anchor) {
      return new ZonedTicks(CronTimes.ofValid(expression), zone, onGap(), onRepeated());
    }

    @Override
    public <R> R fold(Function<Cron, R> cron, Function<Every, R> every) {
      return cron.apply(this);
    }
  }

  /**
   * So often, whatever the clocks do: at the schedule's start, and whole periods after it.
   *
   * @param period 1 s to {@link #LONGEST}, inclusive
   */
  record Every(Duration period) implements TickRule {
    /** The longest period, inclusive. */
    public static final Duration LONGEST = Duration.ofDays(366);

    /**
     * @throws InvalidSpec if the period is out of its range
     */
    public Every {
      if (period.compareTo(PeriodTicks.SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
        throw new InvalidSpec("/every", "must be 1s to 366 days");
      }
    }

    @Override
    public TickTimes times(Instant anchor) {
      return new PeriodTicks(anchor, period);
    }

    @Override
    public <R> R fold(Function<Cron, R> cron, Function<Every, R> every) {
      return every.apply(this);
    }
  }
}
