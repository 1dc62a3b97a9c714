package dev.retriever.origin;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.alarms.Schedule;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Utf8;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/**
 * What a handler wants to happen next. Immutable: each method gives a new one, with one thing more.
 * Nothing happens until all of it is persisted, in one atomic write. Then it begins in the order in
 * which it was asked for; what a crash leaves undone begins later, in any order. What must follow
 * something else is for the handler of that.
 *
 * <p>What cannot be makes the handler fail when it has returned, and then none of it happens: an
 * event that cannot be journaled, a context that cannot be persisted ({@link
 * UnserializableContext}), a continuation that has no handler, a fetch that names a pool that is
 * not there or an id that another fetch has, and more fetches or alarms pending than the settings
 * {@code max-pending} and {@code max-alarms} allow.
 *
 * <p>It also tells a handler what it may not look up by itself, since it must be pure: what time it
 * is, whose handler it is, and which fetches and alarms are pending. That is as things stood before
 * the handler began; what this asks for does not show in it.
 *
 * @param <E> the root of the origin's events
 * @param <S> the origin's state
 */
public final class Next<E, S> {
  /** Longest id of an alarm, in characters, including this many. */
  public static final int MAX_ALARM_ID = 256;

  /** What was pending before the handler began. For the origin only. */
  public interface Before {
    /** Whether a fetch of that id has not settled. */
    boolean isPending(String fetchId);

    /** The ids of all such fetches, in the order of their acceptance. */
    List<String> pendingIds();

    /** The alarm of the handlers under that id. */
    Optional<ScheduledAlarm> alarm(String alarmId);

    /** The alarms of the handlers that the filter lets through, the earliest first. */
    List<ScheduledAlarm> scheduled(AlarmFilter filter);
  }

  /** One thing that is asked for. For the origin only. */
  @FunctionalInterface
  interface Wish<E, S> {
    /** Calls the method for it. */
    void grant(Granter<E, S> by);
  }

  /** Makes what is asked for happen, or throws. For the origin only. */
  public interface Granter<E, S> {
    /** Journals the event. */
    void persist(E event);

    /** Accepts a fetch, under an id of its own if none is given. */
    void fetch(Optional<String> id, FetchSpec spec, Continuation.Bound<?> then);

    /** Takes the fetch back, if it is pending. */
    void cancelFetch(String id);

    /** Schedules an alarm, under an id of its own if none is given. */
    void alarm(Optional<String> id, Schedule schedule, Continuation.Bound<?> then);

    /** Takes the alarm back, if there is one. */
    void cancelAlarm(String id);

    /** Sends the answer once all is persisted. */
    void reply(Reply<S, ?> reply);
  }

  /** An answer to be sent once all is persisted. For the origin only. */
  public record Reply<S, R>(ActorRef<R> to, Function<S, R> answer) {
    /** Sends what the function makes of that state. */
    public void send(S state) {
      to.tell(answer.apply(state));
    }
  }

  private final String originId;
  private final Instant now;
  private final Before before;
  private final PVector<Wish<E, S>> wishes;

  private Next(String originId, Instant now, Before before, PVector<Wish<E, S>> wishes) {
    this.originId = originId;
    this.now = now;
    this.before = before;
    this.wishes = wishes;
  }

  /** One that asks for nothing yet. For the origin only. */
  public static <E, S> Next<E, S> nothing(String originId, Instant now, Before before) {
    return new Next<>(originId, now, before, TreePVector.empty());
  }

  private Next<E, S> with(Wish<E, S> wish) {
    return new Next<>(originId, now, before, wishes.plus(wish));
  }

  /** What time it is, for this handler and everything that is persisted with it. */
  public Instant now() {
    return now;
  }

  /** Which origin this is, as its callers name it. */
  public String originId() {
    return originId;
  }

  /** Whether a fetch of that id has been accepted and has not settled. */
  public boolean isPending(String fetchId) {
    return before.isPending(fetchId);
  }

  /** The ids of the fetches that have not settled, in the order of their acceptance. */
  public List<String> pending() {
    return before.pendingIds();
  }

  /** The alarm of the handlers under that id, if one is to ring. */
  public Optional<ScheduledAlarm> scheduled(String alarmId) {
    return before.alarm(alarmId);
  }

  /** Alarms of the handlers that the filter lets through, in the order in which they will ring. */
  public List<ScheduledAlarm> scheduled(AlarmFilter filter) {
    return before.scheduled(filter);
  }

  /** Journals these events, in this order. */
  @SafeVarargs
  public final Next<E, S> persist(E... events) {
    var all = this;
    for (var event : events) {
      all = all.with(by -> by.persist(event));
    }
    return all;
  }

  /** The same as {@link #fetch(FetchSpec, Continuation.Bound)}, with every limit at its default. */
  public Next<E, S> fetch(FetchRequest request, Continuation.Bound<?> then) {
    return fetch(FetchSpec.of(request), then);
  }

  /**
   * Accepts a fetch and goes on with its outcome. Its id is {@code row-} and a number: give no such
   * ids to others.
   */
  public Next<E, S> fetch(FetchSpec spec, Continuation.Bound<?> then) {
    return with(by -> by.fetch(Optional.empty(), spec, then));
  }

  /**
   * The same as {@link #fetch(String, FetchSpec, Continuation.Bound)}, with every limit at its
   * default.
   */
  public Next<E, S> fetch(String id, FetchRequest request, Continuation.Bound<?> then) {
    return fetch(id, FetchSpec.of(request), then);
  }

  /**
   * Accepts a fetch under that id. If the origin has the same fetch already, nothing new happens:
   * it goes on as it was first asked for. It has a settled one for the retention ({@code
   * retriever.origin.retention}); keep in the state what must not be done again after that.
   *
   * @throws IllegalArgumentException if the id has an unpaired surrogate, for which there are no
   *     bytes
   */
  public Next<E, S> fetch(String id, FetchSpec spec, Continuation.Bound<?> then) {
    Utf8.checked("a fetch's id", id);
    return with(by -> by.fetch(Optional.of(id), spec, then));
  }

  /** Takes a fetch back; its continuation gets {@code Cancelled}. Nothing if it has settled. */
  public Next<E, S> cancelFetch(String id) {
    return with(by -> by.cancelFetch(id));
  }

  /** Schedules an alarm. Its id is {@code row-} and a number: give no such ids to others. */
  public Next<E, S> alarm(Schedule schedule, Continuation.Bound<?> then) {
    return with(by -> by.alarm(Optional.empty(), schedule, then));
  }

  /**
   * Schedules an alarm under that id, in the place of one that stands there. Its continuation is
   * run at its time or as soon after as the origin can, never before, and for a cron schedule again
   * and again. Ids of alarms have nothing to do with those of fetches.
   *
   * @throws IllegalArgumentException if the id is empty or longer than {@link #MAX_ALARM_ID}, or
   *     has an unpaired surrogate
   */
  public Next<E, S> alarm(String id, Schedule schedule, Continuation.Bound<?> then) {
    if (id.isEmpty() || id.length() > MAX_ALARM_ID) {
      throw new IllegalArgumentException(
          "an alarm's id has 1 to " + MAX_ALARM_ID + " characters, not " + id.length());
    }
    Utf8.checked("an alarm's id", id);
    return with(by -> by.alarm(Optional.of(id), schedule, then));
  }

  /**
   * The same, once, after that delay.
   *
   * @throws IllegalArgumentException also if the delay is negative
   */
  public Next<E, S> alarm(String id, Duration delay, Continuation.Bound<?> then) {
    return alarm(id, Schedule.after(delay), then);
  }

  /**
   * The same, once, at that instant; at once if it is past.
   *
   * @throws IllegalArgumentException also if the time is out of {@link Schedule}'s bounds
   */
  public Next<E, S> alarm(String id, Instant time, Continuation.Bound<?> then) {
    return alarm(id, Schedule.at(time), then);
  }

  /** Takes an alarm back. Nothing if there is none: it has rung, or was taken back before. */
  public Next<E, S> cancelAlarm(String id) {
    return with(by -> by.cancelAlarm(id));
  }

  /** Answers, once all is persisted, with what the function makes of the state by then. */
  public <R> Next<E, S> thenReply(ActorRef<R> to, Function<S, R> answer) {
    return with(by -> by.reply(new Reply<>(to, answer)));
  }

  /** Grants all that is asked for, in order. For the origin only. */
  public void grant(Granter<E, S> by) {
    wishes.forEach(wish -> wish.grant(by));
  }
}
