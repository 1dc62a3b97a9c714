package dev.retriever.origin.entity;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origins;
import dev.retriever.origin.core.OriginCore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.NotInfluenceReceiveTimeout;
import org.apache.pekko.actor.typed.ActorRef;

/** What an origin is told. Callers use {@link Origins}. */
public sealed interface OriginCommand {
  /** Acknowledged when journaled, not when fetched; repeating it changes nothing. */
  record Submit(String fetchId, FetchSpec spec, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand {}

  record Read(String fetchId, ActorRef<OriginReply.Fetch> replyTo) implements OriginCommand {}

  /** Answered when the fetch settles; not at all if that is after {@code until}. */
  record Await(String fetchId, Instant until, ActorRef<OriginReply.Fetch> replyTo)
      implements OriginCommand {}

  /**
   * Answered with what settled after that row, as soon as there is something; not at all if that is
   * after {@code until}, and at once if nobody may wait.
   *
   * @param after empty to be told where the origin is
   * @param until the past for not to wait
   */
  record NextOutcomes(
      Optional<Long> after, int limit, Instant until, ActorRef<OriginReply.Outcomes> replyTo)
      implements OriginCommand {}

  /** Runs what is unhandled or parked of a fetch. */
  record Redrive(String fetchId, ActorRef<OriginReply.Fetch> replyTo) implements OriginCommand {}

  /** The same for one thing that is, by its key. */
  record RedriveCause(String cause, ActorRef<OriginReply.Redriven> replyTo)
      implements OriginCommand {}

  /** All of the origin, with at most so many of each thing it has. */
  record ReadOrigin(int limit, ActorRef<OriginReply.Origin> replyTo) implements OriginCommand {}

  record ListAlarms(
      AlarmFilter filter, Set<AlarmView.Kind> kinds, ActorRef<OriginReply.AlarmList> replyTo)
      implements OriginCommand {}

  record CancelAlarm(String alarmId, ActorRef<OriginReply.AlarmTaken> replyTo)
      implements OriginCommand {}

  /** Rings the earliest alarms now. */
  record Trigger(int count, ActorRef<OriginReply.AlarmList> replyTo) implements OriginCommand {}

  record Cancel(String fetchId, ActorRef<OriginReply.Fetch> replyTo) implements OriginCommand {}

  /**
   * In the order of acceptance.
   *
   * @param settled only those, or only those pending; empty for both
   * @param after only those accepted after this place, 0 from the start
   */
  record ListFetches(
      Optional<Boolean> settled, long after, int limit, ActorRef<OriginReply.Page> replyTo)
      implements OriginCommand {}

  record ReportArrived(AttemptReport report) implements OriginCommand {}

  /**
   * Recover, and with that take up what is pending; fire what is due. Answered after that. It comes
   * again and again while an origin does not do what it is woken for, and must not keep it from
   * noticing that nobody else has told it anything.
   *
   * @param row which somebody knows to be journaled; 0 for none
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

  /** Nobody has sent anything for a while. */
  record Idle() implements OriginCommand {}

  /** Too many origins are in memory, and nobody has used this one for long. */
  record Crowded() implements OriginCommand, NotInfluenceReceiveTimeout {}

  /** From sharding: leave memory. */
  record Stop() implements OriginCommand {}
}
