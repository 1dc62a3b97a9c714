package dev.retriever.origin.core.schedules;

import dev.retriever.origin.core.schedules.PlannedSchedule.Filling;
import dev.retriever.origin.core.schedules.PlannedSchedule.Running;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleEvent;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.TickNote;
import dev.retriever.origin.schedules.TickNote.Result;
import dev.retriever.origin.schedules.TickNote.Via;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The schedules of an origin while one row is applied. Made for one row. */
final class ScheduleDraft implements ScheduleEvent.Change {
  private final long row;
  private final long order;
  private ScheduleBook book;

  ScheduleDraft(ScheduleBook before, long row, long order) {
    this.book = before;
    this.row = row;
    this.order = order;
  }

  ScheduleBook done() {
    return book;
  }

  private PlannedSchedule require(String id) {
    return book.get(id)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "row %d of the journal is about schedule %s, but no such thing is set"
                        .formatted(row, id)));
  }

  @Override
  public void set(ScheduleEvent.ScheduleSet event) {
    var before = book.get(event.scheduleId());
    var waiting = before.flatMap(PlannedSchedule::waiting);
    // The tick that waits is a run of the new contents.
    var isLast = waiting.isPresent() && event.spec().maxRuns().equals(Optional.of(1));
    book =
        book.with(
            new PlannedSchedule(
                event.scheduleId(),
                event.spec(),
                row,
                event.anchor(),
                before.map(PlannedSchedule::createdAt).orElse(event.at()),
                event.at(),
                Optional.of(event.next()).filter(it -> !isLast),
                Optional.empty(),
                before.map(PlannedSchedule::paused).orElse(false),
                0,
                before.map(PlannedSchedule::counts).orElse(ScheduleView.Counts.NONE),
                DoneTimes.NONE,
                before.flatMap(PlannedSchedule::running),
                waiting,
                Optional.empty(),
                before.map(PlannedSchedule::recent).orElse(List.of())));
  }

  @Override
  public void removed(ScheduleEvent.ScheduleRemoved event) {
    require(event.scheduleId());
    book = book.without(event.scheduleId());
  }

  @Override
  public void paused(ScheduleEvent.SchedulePaused event) {
    var it = new Parts(require(event.scheduleId()));
    it.paused = true;
    book = book.with(it.done());
  }

  @Override
  public void resumed(ScheduleEvent.ScheduleResumed event) {
    var it = new Parts(require(event.scheduleId()));
    it.paused = false;
    it.next = event.next();
    event.passed().ifPresent(it::passed);
    book = book.with(it.done());
  }

  @Override
  public void missed(ScheduleEvent.ScheduleMissed event) {
    var it = new Parts(require(event.scheduleId()));
    it.next = event.next();
    it.passed(event.ticks());
    book = book.with(it.done());
  }

  @Override
  public void backfill(ScheduleEvent.ScheduleBackfill event) {
    var it = new Parts(require(event.scheduleId()));
    it.filling =
        Optional.of(
            new Filling(event.first(), Optional.empty(), event.to(), event.count(), 0, event.at()));
    book = book.with(it.done());
  }

  @Override
  public void ticked(ScheduleEvent.ScheduleTicked event) {
    var it = new Parts(require(event.scheduleId()));
    it.ticked(event.tick(), event.next(), order);
    book = book.with(it.done());
  }

  /** The parts of one schedule that change while it stands. */
  private static final class Parts {
    private final PlannedSchedule before;
    private Optional<NextTick> next;
    private Optional<Instant> last;
    private boolean paused;
    private int runs;
    private ScheduleView.Counts counts;
    private DoneTimes done;
    private Optional<Running> running;
    private Optional<Instant> waiting;
    private Optional<Filling> filling;
    private List<TickNote> recent;

    Parts(PlannedSchedule before) {
      this.before = before;
      this.next = before.next();
      this.last = before.last();
      this.paused = before.paused();
      this.runs = before.runs();
      this.counts = before.counts();
      this.done = before.done();
      this.running = before.running();
      this.waiting = before.waiting();
      this.filling = before.filling();
      this.recent = before.recent();
    }

    PlannedSchedule done() {
      return new PlannedSchedule(
          before.id(),
          before.spec(),
          before.generation(),
          before.anchor(),
          before.createdAt(),
          before.changedAt(),
          next,
          last,
          paused,
          runs,
          counts,
          done,
          running,
          waiting,
          filling,
          recent);
    }

    void passed(TickNote ticks) {
      count(ticks);
      last = Optional.of(ticks.to().orElse(ticks.nominal()));
      note(ticks);
    }

    void ticked(TickNote tick, Optional<NextTick> following, long order) {
      if (tick.result() == Result.FIRED) {
        fired(tick, following.map(NextTick::nominal), order);
      }
      count(tick);
      switch (tick.via()) {
        case TIME, CATCH_UP -> {
          last = Optional.of(tick.nominal());
          next = following;
          waiting = tick.result() == Result.WAITS ? Optional.of(tick.nominal()) : waiting;
        }
        case WAIT -> waiting = Optional.empty();
        case BACKFILL -> filling = following.map(it -> goOn(tick, it));
        case TRIGGER -> {}
      }
      note(tick);
    }

    private void fired(TickNote tick, Optional<Instant> after, long order) {
      var via = tick.via();
      if (via != Via.BACKFILL) {
        running = Optional.of(new Running(tick.fetchId().orElseThrow(), order));
      }
      if (via != Via.TRIGGER) {
        var neighbour =
            via == Via.BACKFILL
                ? filling.flatMap(Filling::before)
                : last.filter(it -> via != Via.WAIT);
        done = done.plus(tick.nominal(), neighbour, after);
      }
      if (via != Via.TRIGGER && via != Via.BACKFILL) {
        runs++;
      }
    }

    private Filling goOn(TickNote tick, NextTick following) {
      var it = filling.orElseThrow();
      return new Filling(
          following.nominal(),
          Optional.of(tick.nominal()),
          it.to(),
          it.count(),
          it.decided() + 1,
          it.since());
    }

    private void count(TickNote ticks) {
      var n = ticks.count();
      counts =
          switch (ticks.result()) {
            case FIRED ->
                new ScheduleView.Counts(
                    counts.fired() + n, counts.skipped(), counts.missed(), counts.paused());
            case SKIPPED ->
                new ScheduleView.Counts(
                    counts.fired(), counts.skipped() + n, counts.missed(), counts.paused());
            case MISSED ->
                new ScheduleView.Counts(
                    counts.fired(), counts.skipped(), counts.missed() + n, counts.paused());
            case PAUSED ->
                new ScheduleView.Counts(
                    counts.fired(), counts.skipped(), counts.missed(), counts.paused() + n);
            case WAITS -> counts;
          };
    }

    private void note(TickNote tick) {
      var notes = new ArrayList<TickNote>();
      notes.add(tick);
      notes.addAll(recent);
      recent = List.copyOf(notes.subList(0, Math.min(notes.size(), ScheduleView.RECENT)));
    }
  }
}
