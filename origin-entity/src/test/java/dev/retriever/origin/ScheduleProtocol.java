package dev.retriever.origin;

import static dev.retriever.origin.Samples.START;

import dev.retriever.alarms.calendar.RepeatedTime;
import dev.retriever.alarms.calendar.SkippedTime;
import dev.retriever.alarms.calendar.TickTimes;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginReply;
import dev.retriever.origin.schedules.CatchUp;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleEvent;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleBackfill;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleMissed;
import dev.retriever.origin.schedules.ScheduleEvent.SchedulePaused;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleRemoved;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleResumed;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleSet;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleTicked;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.TickNote;
import dev.retriever.origin.schedules.TickNote.Result;
import dev.retriever.origin.schedules.TickNote.Via;
import dev.retriever.origin.schedules.TickRule;
import dev.retriever.origin.schedules.WhileRunning;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** At least one of each message and event of schedules, with every kind of value in them. */
public final class ScheduleProtocol {
  private static final ScheduleSpec EVERY =
      ScheduleSpec.of(TickRule.every(Duration.ofHours(1)), FetchSpec.of(Samples.POST));

  private static final ScheduleSpec FULL =
      new ScheduleSpec(
          new TickRule.Cron(
              "30 2 * * *",
              ZoneId.of("Europe/Berlin"),
              Optional.of(SkippedTime.BEFORE),
              Optional.of(RepeatedTime.BOTH)),
          Duration.ofMinutes(5),
          Optional.of(hour(0)),
          Optional.of(hour(900)),
          Optional.of(7),
          WhileRunning.QUEUE_ONE,
          new CatchUp(CatchUp.Policy.ALL, Duration.ofDays(1), 10),
          Optional.of("of the night"),
          Protocol.FULL);

  private ScheduleProtocol() {}

  private static Instant hour(int number) {
    return START.plus(Duration.ofHours(number));
  }

  private static NextTick next(int hour) {
    return new NextTick(hour(hour), hour(hour).plusMillis(250));
  }

  private static OriginEvent ticked(
      String id, int hour, Via via, Result result, Optional<String> why, Optional<NextTick> next) {
    var fetchId = Optional.of(id + "~" + hour).filter(it -> result == Result.FIRED);
    var tick = TickNote.of(hour(hour), hour(hour + 1), via, result, fetchId, why);
    return new ScheduleTicked(id, tick, next, hour(hour + 1));
  }

  private static List<OriginEvent> fired(String id, int hour, Via via, Optional<NextTick> next) {
    return List.of(
        new FetchAccepted(
            id + "~" + hour, Samples.get(), hour(hour + 1), Optional.empty(), Optional.empty()),
        ticked(id, hour, via, Result.FIRED, Optional.empty(), next));
  }

  /** A journal that can be replayed: schedules that tick, wait, are paused, filled, and gone. */
  public static List<OriginEvent> journal() {
    var events = new ArrayList<OriginEvent>();
    events.add(new ScheduleSet("s", FULL, hour(0), next(1), hour(0)));
    events.addAll(fired("s", 1, Via.TIME, Optional.of(next(2))));
    var waits = Optional.of(next(3));
    events.add(ticked("s", 2, Via.TIME, Result.WAITS, Optional.empty(), waits));
    events.add(
        ticked("s", 3, Via.CATCH_UP, Result.SKIPPED, Optional.of("overlap"), Optional.of(next(4))));
    var missed = passed(4, 6, Result.MISSED);
    events.add(new ScheduleMissed("s", missed, Optional.of(next(7)), hour(8)));
    events.add(new ScheduleBackfill("s", hour(-5), hour(-2), 4, hour(8)));
    events.addAll(fired("s", -5, Via.BACKFILL, Optional.of(next(-4))));
    events.add(new ScheduleSet("p", EVERY, hour(0), next(1), hour(0)));
    events.addAll(fired("p", 1, Via.TIME, Optional.of(next(2))));
    events.add(new SchedulePaused("p", hour(2)));
    var paused = Optional.of(passed(2, 4, Result.PAUSED));
    events.add(new ScheduleResumed("p", paused, Optional.of(next(5)), hour(4)));
    events.addAll(fired("p", 4, Via.TRIGGER, Optional.empty()));
    events.add(new SchedulePaused("p", hour(5)));
    events.add(new ScheduleSet("w", EVERY, hour(0), next(1), hour(0)));
    events.add(ticked("w", 1, Via.TIME, Result.WAITS, Optional.empty(), Optional.of(next(2))));
    events.addAll(fired("w", 1, Via.WAIT, Optional.empty()));
    events.add(ticked("w", 2, Via.TIME, Result.SKIPPED, Optional.of("done"), Optional.empty()));
    events.add(new ScheduleSet("gone", EVERY, hour(0), next(1), hour(0)));
    events.add(new ScheduleRemoved("gone", hour(1)));
    return List.copyOf(events);
  }

  private static TickNote passed(int from, int to, Result result) {
    return new TickNote(
        hour(from),
        Optional.of(hour(to)),
        to - from + 1,
        hour(8),
        Via.TIME,
        result,
        Optional.empty(),
        Optional.empty());
  }

  static List<ScheduleEvent> events() {
    return journal().stream()
        .filter(ScheduleEvent.class::isInstance)
        .map(ScheduleEvent.class::cast)
        .toList();
  }

  static List<ScheduleRequest> requests() {
    return List.of(
        new ScheduleRequest.Put("s", FULL, new ScheduleRequest.Condition(Optional.of(7L), false)),
        new ScheduleRequest.Remove("s", new ScheduleRequest.Condition(Optional.empty(), true)),
        new ScheduleRequest.Read("s"),
        new ScheduleRequest.ListAll(Optional.of("r"), 7),
        new ScheduleRequest.Pause("s"),
        new ScheduleRequest.Resume("s", true),
        new ScheduleRequest.Trigger("s"),
        new ScheduleRequest.Backfill("s", hour(-2), hour(-1), false, true));
  }

  static List<OriginCommand> commands(ActorRef<OriginReply.OfSchedules> replyTo) {
    return requests().stream()
        .<OriginCommand>map(it -> new OriginCommand.OnSchedules(it, replyTo))
        .toList();
  }

  static List<OriginReply> replies() {
    var recent =
        events().stream()
            .filter(ScheduleTicked.class::isInstance)
            .map(it -> ((ScheduleTicked) it).tick())
            .toList();
    var view =
        new ScheduleView(
            "s",
            7,
            FULL,
            ScheduleView.State.ACTIVE,
            hour(0),
            hour(1),
            hour(0),
            3,
            new ScheduleView.Counts(1, 2, 3, 4),
            List.of(new ScheduleView.Upcoming(next(1), "+02:00", TickTimes.Clocks.FOR_SKIPPED)),
            Optional.of("2026a"),
            Optional.of("s~1"),
            Optional.of(hour(2)),
            Optional.of(new ScheduleView.Progress(hour(1), hour(2), 3, 4)),
            recent);
    var inShort =
        new ScheduleAnswer.InShort("s", 7, ScheduleView.State.PAUSED, Optional.of(next(1)));
    return List.of(
        new OriginReply.OfSchedules(
            ScheduleAnswer.of(ScheduleAnswer.Result.REFUSED, Optional.of(view))
                .ofFetch(Verdict.TOO_MANY_PENDING, "s~t7")
                .ofBackfill(new ScheduleAnswer.Backfilled(3, 4, List.of(hour(1))))),
        new OriginReply.OfSchedules(ScheduleAnswer.of(List.of(inShort))));
  }
}
