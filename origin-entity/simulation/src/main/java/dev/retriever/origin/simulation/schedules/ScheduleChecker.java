package dev.retriever.origin.simulation.schedules;

import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleEvent;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleBackfill;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleMissed;
import dev.retriever.origin.schedules.ScheduleEvent.SchedulePaused;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleRemoved;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleResumed;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleSet;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleTicked;
import dev.retriever.origin.schedules.TickNote;
import dev.retriever.origin.schedules.TickRule;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Watches schedules in the journal: that no tick is early, lost, or made twice. */
public final class ScheduleChecker {
  private final BiConsumer<String, String> broken;
  private final Consumer<CoverageMark> saw;
  private final Map<String, Standing> standing = new TreeMap<>();
  private final Set<String> fetches = new HashSet<>();

  /** A schedule as the journal has it. */
  private static final class Standing {
    private Duration period = Duration.ZERO;
    private Optional<NextTick> next = Optional.empty();
    private boolean paused;
    private Optional<Instant> waiting = Optional.empty();
  }

  /**
   * @param broken gets the schedule, and what is wrong with it
   * @param saw gets what is rare
   */
  public ScheduleChecker(BiConsumer<String, String> broken, Consumer<CoverageMark> saw) {
    this.broken = broken;
    this.saw = saw;
  }

  /**
   * A row was written.
   *
   * @param together all rows of its write
   */
  public void journaled(String origin, Object row, List<Object> together) {
    if (row instanceof ScheduleEvent event) {
      event.applyTo(new Look(origin + "/" + event.scheduleId(), together));
    }
  }

  /** When those are due that are to tick. */
  public Map<String, Instant> due() {
    var due = new TreeMap<String, Instant>();
    standing.forEach(
        (name, it) -> it.next.filter(n -> !it.paused).ifPresent(n -> due.put(name, n.due())));
    return due;
  }

  /** Whether all have ended, or are paused: a pause that was slow may come last. */
  public boolean nothingIsOwed() {
    return standing.values().stream()
        .allMatch(it -> (it.paused || it.next.isEmpty()) && it.waiting.isEmpty());
  }

  /** What one row says of its schedule. */
  private final class Look implements ScheduleEvent.Change {
    private final String name;
    private final List<Object> together;

    Look(String name, List<Object> together) {
      this.name = name;
      this.together = together;
    }

    private Standing its() {
      return standing.get(name);
    }

    @Override
    public void set(ScheduleSet event) {
      var its = standing.computeIfAbsent(name, it -> new Standing());
      var begun = its.next.filter(it -> !it.nominal().isAfter(event.at()));
      if (begun.filter(it -> !it.nominal().equals(event.next().nominal())).isPresent()) {
        broken.accept(name, "a change loses its tick " + begun.get());
      }
      its.period = event.spec().ticks().fold(cron -> Duration.ZERO, TickRule.Every::period);
      its.next = Optional.of(event.next());
    }

    @Override
    public void removed(ScheduleRemoved event) {
      standing.remove(name);
    }

    @Override
    public void paused(SchedulePaused event) {
      its().paused = true;
    }

    @Override
    public void resumed(ScheduleResumed event) {
      its().paused = false;
      event
          .passed()
          .ifPresent(
              ticks -> {
                saw.accept(CoverageMark.TICK_PASSED_OVER);
                follows(ticks, event.next());
              });
      its().next = event.next();
    }

    @Override
    public void missed(ScheduleMissed event) {
      saw.accept(CoverageMark.TICK_PASSED_OVER);
      follows(event.ticks(), event.next());
      its().next = event.next();
    }

    @Override
    public void backfill(ScheduleBackfill event) {}

    @Override
    public void ticked(ScheduleTicked event) {
      var tick = event.tick();
      tick.fetchId().ifPresent(this::made);
      switch (tick.via()) {
        case TIME, CATCH_UP -> onTime(event);
        case WAIT -> {
          if (!its().waiting.equals(Optional.of(tick.nominal()))) {
            broken.accept(name, "a tick did not wait, and starts: " + tick);
          }
          its().waiting = Optional.empty();
        }
        case BACKFILL, TRIGGER -> {}
      }
    }

    private void onTime(ScheduleTicked event) {
      var tick = event.tick();
      follows(tick, event.next());
      if (its().next.filter(next -> event.at().isBefore(earliest(next))).isPresent()) {
        broken.accept(name, "a tick is early: " + event);
      }
      if (tick.result() == TickNote.Result.WAITS) {
        its().waiting = Optional.of(tick.nominal());
      }
      if (tick.result() != TickNote.Result.FIRED) {
        saw.accept(CoverageMark.TICK_WITHOUT_FETCH);
      }
      its().next = event.next();
    }

    /** With a change of its contents a tick is decided before its jitter is over. */
    private Instant earliest(NextTick next) {
      var isChanged =
          together.stream()
              .anyMatch(
                  row -> row instanceof ScheduleSet set && name.endsWith("/" + set.scheduleId()));
      return isChanged ? next.nominal() : next.due();
    }

    /** The tick is the one that was to come, and the one behind it a period later. */
    private void follows(TickNote ticks, Optional<NextTick> next) {
      var isOwed = !its().paused || ticks.result() == TickNote.Result.PAUSED;
      if (!isOwed || its().next.filter(it -> it.nominal().equals(ticks.nominal())).isEmpty()) {
        broken.accept(name, "after it, " + its().next + " was to come, and not " + ticks);
      }
      var last = ticks.to().orElse(ticks.nominal());
      if (next.filter(it -> !it.nominal().equals(last.plus(its().period))).isPresent()) {
        broken.accept(name, "the tick after " + last + " is not a period later: " + next);
      }
      if (!last.equals(ticks.nominal().plus(its().period.multipliedBy(ticks.count() - 1)))) {
        broken.accept(name, "so many ticks are not between these two: " + ticks);
      }
    }

    private void made(String fetchId) {
      saw.accept(CoverageMark.TICKED);
      if (!fetches.add(name + "/" + fetchId)) {
        broken.accept(name, "it made fetch " + fetchId + " twice");
      }
      var isThere =
          together.stream()
              .anyMatch(
                  row ->
                      row instanceof FetchAccepted accepted && accepted.fetchId().equals(fetchId));
      if (!isThere) {
        broken.accept(name, "its tick was written without its fetch " + fetchId);
      }
    }
  }
}
