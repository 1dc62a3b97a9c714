package dev.retriever.origin.entity;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Input;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.Schedules;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.NotInfluenceReceiveTimeout;
import org.apache.pekko.actor.typed.ActorRef;

/** Messages to an origin. Callers use {@link Origins}. */
public sealed interface OriginCommand {
  /** One that may change a fetch, and is answered with the fetch as it is then. */
  interface OnFetch {
    String fetchId();

    ActorRef<OriginReply.Fetch> replyTo();

    /** What the origin decides about. */
    Input<Verdict> input();
  }

  /** One that is answered with what was decided about it, once that is durable. */
  interface Decided {
    /** How it is decided and answered. */
    Answering<?, ?> answering();
  }

  /** One that changes nothing when it is repeated. */
  interface Repeatable {}

  /** An input, and the answer that its sender gets. */
  record Answering<R, A>(Input<R> input, ActorRef<A> replyTo, Function<R, A> answer) {}

  /** Acknowledged when journaled, not when fetched; repeating it changes nothing. */
  record Submit(String fetchId, FetchSpec spec, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand, OnFetch, Repeatable {
    @Override
    public Input<Verdict> input() {
      return new Input.Submit(fetchId, spec);
    }
  }

  /** Acknowledged when all are journaled, or none is; repeating it changes nothing. */
  record SubmitAll(FetchBatch batch, ActorRef<OriginReply.Verdicts> replyTo)
      implements OriginCommand, Decided, Repeatable {
    @Override
    public Answering<?, ?> answering() {
      return new Answering<>(new Input.SubmitAll(batch), replyTo, OriginReply.Verdicts::new);
    }
  }

  /** Changes or shows schedules. Acknowledged when it is journaled; see {@link Schedules}. */
  record OnSchedules(ScheduleRequest request, ActorRef<OriginReply.OfSchedules> replyTo)
      implements OriginCommand, Decided {
    @Override
    public Answering<?, ?> answering() {
      return new Answering<>(new Input.OnSchedules(request), replyTo, OriginReply.OfSchedules::new);
    }
  }

  /** Moves the time of a fetch of which no attempt has begun. */
  record Move(String fetchId, Later later, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand, OnFetch {
    @Override
    public Input<Verdict> input() {
      return new Input.Move(fetchId, later);
    }
  }

  /** Lets a scheduled fetch begin now. */
  record BringForward(String fetchId, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand, OnFetch {
    @Override
    public Input<Verdict> input() {
      return new Input.BringForward(fetchId);
    }
  }

  record Read(String fetchId, ActorRef<OriginReply.Fetch> replyTo) implements OriginCommand {}

  /** Where the request of a settled fetch is. */
  record FindRequest(String fetchId, ActorRef<OriginReply.Request> replyTo)
      implements OriginCommand {}

  /** Answered when the fetch settles; not answered if that is after {@code until}. */
  record Await(String fetchId, Instant until, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand {}

  /**
   * Answered with the outcomes after that row as soon as there is one; not answered if that is
   * after {@code until}. Answered at once when the limit of waiting callers is reached.
   *
   * @param after empty to ask for the newest row
   * @param until an instant in the past for not waiting
   */
  record NextOutcomes(
      Optional<Long> after, int limit, Instant until, ActorRef<OriginReply.Outcomes> replyTo)
      implements OriginCommand {}

  /** Runs the unhandled and parked continuations of a fetch. */
  record Redrive(String fetchId, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand, OnFetch {
    @Override
    public Input<Verdict> input() {
      return new Input.Redrive(fetchId);
    }
  }

  /** Runs one unhandled or parked continuation, by its key. */
  record RedriveCause(String cause, ActorRef<OriginReply.Redriven> replyTo)
      implements OriginCommand {}

  /** Reads the whole origin, with at most {@code limit} fetches, alarms and unhandled causes. */
  record ReadOrigin(int limit, ActorRef<OriginReply.Origin> replyTo) implements OriginCommand {}

  record ListAlarms(
      AlarmFilter filter, Set<AlarmView.Kind> kinds, ActorRef<OriginReply.AlarmList> replyTo)
      implements OriginCommand {}

  record CancelAlarm(String alarmId, ActorRef<OriginReply.AlarmTaken> replyTo)
      implements OriginCommand, Decided {
    @Override
    public Answering<?, ?> answering() {
      return new Answering<>(new Input.CancelAlarm(alarmId), replyTo, OriginReply.AlarmTaken::new);
    }
  }

  /** Fires the earliest alarms now. */
  record Trigger(int count, ActorRef<OriginReply.AlarmList> replyTo)
      implements OriginCommand, Decided {
    @Override
    public Answering<?, ?> answering() {
      return new Answering<>(new Input.Trigger(count), replyTo, OriginReply.AlarmList::new);
    }
  }

  /** Fires that alarm now, if it still is the earliest. */
  record TriggerShown(AlarmView shown, ActorRef<OriginReply.AlarmList> replyTo)
      implements OriginCommand, Decided {
    @Override
    public Answering<?, ?> answering() {
      return new Answering<>(new Input.TriggerShown(shown), replyTo, OriginReply.AlarmList::new);
    }
  }

  record Cancel(String fetchId, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand, OnFetch, Repeatable {
    @Override
    public Input<Verdict> input() {
      return new Input.Cancel(fetchId);
    }
  }

  /** Cancels the fetch only if it is the one that was accepted in that place. */
  record CancelAt(String fetchId, long place, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand, OnFetch, Repeatable {
    @Override
    public Input<Verdict> input() {
      return new Input.CancelAt(fetchId, place);
    }
  }

  /**
   * In the order of acceptance.
   *
   * @param settled only those, or only those pending; empty for both
   * @param after only those accepted after this place, 0 from the start
   */
  record ListFetches(
      Optional<Boolean> settled, long after, int limit, ActorRef<OriginReply.Page> replyTo)
      implements OriginCommand {}

  /** Hides what a settled fetch sent and got, and erases it. */
  record Erase(String fetchId, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand, OnFetch {
    @Override
    public Input<Verdict> input() {
      return new Input.Erase(fetchId);
    }
  }

  /** Erases as {@link Erase}, if the fetch is the one that was accepted in that place. */
  record EraseAt(String fetchId, long place, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand, OnFetch {
    @Override
    public Input<Verdict> input() {
      return new Input.EraseAt(fetchId, place);
    }
  }

  /** Rows are overwritten: those before the one that asked for it. */
  record Overwritten(String fetchId, long row) implements OriginCommand {}

  record ReportArrived(AttemptReport report) implements OriginCommand {}

  /**
   * Wakes the origin: it recovers, takes up pending work, fires due alarms, and then answers. It is
   * repeated while the origin does not do that work, so it must not reset the idle time-out.
   *
   * @param row the alarm clock knows to be journaled; 0 for none
   */
  record Wake(long row, ActorRef<OriginReply.Awake> replyTo)
      implements OriginCommand, NotInfluenceReceiveTimeout {}

  /** The alarm timer fired. */
  record TimerFired() implements OriginCommand {}

  /** The pool may have room again. */
  record RoomMade() implements OriginCommand {}

  /** Found at recovery: open attempts on which no report will come. */
  record Unheard(List<OriginCore.Finding> findings) implements OriginCommand {}

  /** Found at recovery: what is parked and whose continuation is known again. */
  record KnownAgain(List<String> causes) implements OriginCommand {}

  /** The origin has received nothing for a while. */
  record Idle() implements OriginCommand {}

  /** Too many origins are in memory, and this one is among the least recently used. */
  record Crowded() implements OriginCommand, NotInfluenceReceiveTimeout {}

  /** From sharding: leave memory. */
  record Stop() implements OriginCommand {}
}
