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
 * The requests of a handler: events, fetches, alarms and replies. Immutable: each method gives a
 * new one with one more request. All requests are persisted in one atomic write, and only then
 * begin, in the order of the calls. After a crash, the rest begins in any order. If one thing must
 * follow another, request it in the handler of the other.
 *
 * <p>An impossible request makes the handler fail after it has returned, and nothing of it happens.
 * Impossible are: an event that cannot be journaled, a context that cannot be persisted ({@link
 * UnserializableContext}), a continuation that has no handler, a fetch that names a pool that is
 * not there or an id that another fetch has, and more fetches or alarms pending than the settings
 * {@code max-pending} and {@code max-alarms} allow.
 *
 * <p>It also gives a handler what a pure function may not look up: the time, the id of the origin,
 * and the pending fetches and alarms. These are as they were before the handler began, without its
 * own requests.
 *
 * @param <E> the root of the origin's events
 * @param <S> the origin's state
 */
public final class Next<E, S> {
  /** Longest id of an alarm, in characters, including this many. */
  public static final int MAX_ALARM_ID = 256;

  /** The state before the handler began. For the library only. */
  public interface Before {
    /** Whether a fetch of that id has not settled. */
    boolean isPending(String fetchId);

    /** The ids of all such fetches, in the order of their acceptance. */
    List<String> pendingIds();

    /** The alarm of the handlers under that id. */
    Optional<ScheduledAlarm> alarm(String alarmId);

    /** The alarms of the handlers that pass the filter, the earliest first. */
    List<ScheduledAlarm> scheduled(AlarmFilter filter);
  }

  /** One request. For the library only. */
  @FunctionalInterface
  interface Wish<E, S> {
    /** Calls the method for it. */
    void grant(Granter<E, S> by);
  }

  /** Carries out requests, or throws. For the library only. */
  public interface Granter<E, S> {
    /** Journals the event. */
    void persist(E event);

    /** Accepts a fetch, under an id of its own if none is given. */
    void fetch(Optional<String> id, FetchSpec spec, Continuation.Bound<?> then);

    /** Cancels the fetch, if it is pending. */
    void cancelFetch(String id);

    /** Schedules an alarm, under an id of its own if none is given. */
    void alarm(Optional<String> id, Schedule schedule, Continuation.Bound<?> then);

    /** Cancels the alarm, if there is one. */
    void cancelAlarm(String id);

    /** Sends the reply once all is persisted. */
    void reply(Reply<S, ?> reply);
  }

  /** A reply to be sent once all is persisted. For the library only. */
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

  /** An empty one. For the library only. */
  public static <E, S> Next<E, S> nothing(String originId, Instant now, Before before) {
    return new Next<>(originId, now, before, TreePVector.empty());
  }

  private Next<E, S> with(Wish<E, S> wish) {
    return new Next<>(originId, now, before, wishes.plus(wish));
  }

  /** The time, for this handler and everything that is persisted with it. */
  public Instant now() {
    return now;
  }

  /** The id of this origin. */
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

  /** The pending alarm of the handlers with that id. */
  public Optional<ScheduledAlarm> scheduled(String alarmId) {
    return before.alarm(alarmId);
  }

  /** Pending alarms of the handlers that pass the filter, in the order in which they will fire. */
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
   * Accepts a fetch, and continues with its outcome. Its id is {@code row-} and a number: do not
   * use such ids yourself.
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
   * Accepts a fetch with that id. If the origin has the same fetch already, nothing new happens. A
   * settled fetch is known for the retention ({@code retriever.origin.retention}); keep in the
   * state what must not be repeated after that.
   *
   * @throws IllegalArgumentException if the id has an unpaired surrogate, for which there are no
   *     bytes
   */
  public Next<E, S> fetch(String id, FetchSpec spec, Continuation.Bound<?> then) {
    Utf8.checked("a fetch's id", id);
    return with(by -> by.fetch(Optional.of(id), spec, then));
  }

  /** Cancels a fetch; its continuation gets {@code Cancelled}. No effect if it has settled. */
  public Next<E, S> cancelFetch(String id) {
    return with(by -> by.cancelFetch(id));
  }

  /** Schedules an alarm. Its id is {@code row-} and a number: do not use such ids yourself. */
  public Next<E, S> alarm(Schedule schedule, Continuation.Bound<?> then) {
    return with(by -> by.alarm(Optional.empty(), schedule, then));
  }

  /**
   * Schedules an alarm with that id; it replaces an alarm with the same id. Its continuation runs
   * at its time or as soon after as possible, never before, and repeatedly for a cron schedule. Ids
   * of alarms and of fetches are independent.
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

  /** Cancels an alarm. No effect if there is none: it has fired, or was cancelled before. */
  public Next<E, S> cancelAlarm(String id) {
    return with(by -> by.cancelAlarm(id));
  }

  /** Replies, once all is persisted, with the function's result for the state by then. */
  public <R> Next<E, S> thenReply(ActorRef<R> to, Function<S, R> answer) {
    return with(by -> by.reply(new Reply<>(to, answer)));
  }

  /** Carries out all requests, in order. For the library only. */
  public void grant(Granter<E, S> by) {
    wishes.forEach(wish -> wish.grant(by));
  }
}
