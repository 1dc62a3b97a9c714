package dev.retriever.origin;

import dev.retriever.executor.FetchRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a handler wants to happen next. Immutable: each method gives a new one, with one thing more.
 * Nothing happens until all of it is persisted, in one atomic write.
 *
 * @param <E> the root of the origin's events
 * @param <S> the origin's state
 */
public final class Next<E, S> {
  /** A fetch to be accepted; without an id it is given one. */
  record NewFetch(Optional<String> id, FetchSpec spec, Continuation.Bound<?> then) {}

  /** An answer to be sent once all is persisted. */
  record Reply<S, R>(ActorRef<R> to, Function<S, R> answer) {
    void send(S state) {
      to.tell(answer.apply(state));
    }
  }

  private final List<E> events;
  private final List<NewFetch> fetches;
  private final List<String> cancelled;
  private final List<Reply<S, ?>> replies;

  private Next(
      List<E> events, List<NewFetch> fetches, List<String> cancelled, List<Reply<S, ?>> replies) {
    this.events = events;
    this.fetches = fetches;
    this.cancelled = cancelled;
    this.replies = replies;
  }

  static <E, S> Next<E, S> nothing() {
    return new Next<>(List.of(), List.of(), List.of(), List.of());
  }

  /** Journals these events, after those asked for before. */
  @SafeVarargs
  public final Next<E, S> persist(E... more) {
    var all = events;
    for (var event : more) {
      all = PendingFetch.plus(all, event);
    }
    return new Next<>(all, fetches, cancelled, replies);
  }

  /** Accepts a fetch with every limit at its default, and goes on with its outcome. */
  public Next<E, S> fetch(FetchRequest request, Continuation.Bound<?> then) {
    return fetch(FetchSpec.of(request), then);
  }

  /** Accepts a fetch, under an id of its own, and goes on with its outcome. */
  public Next<E, S> fetch(FetchSpec spec, Continuation.Bound<?> then) {
    return with(new NewFetch(Optional.empty(), spec, then));
  }

  /** Accepts a fetch under that id, with every limit at its default. */
  public Next<E, S> fetch(String id, FetchRequest request, Continuation.Bound<?> then) {
    return fetch(id, FetchSpec.of(request), then);
  }

  /**
   * Accepts a fetch under that id. If the origin has the same fetch already, nothing new happens;
   * if it has another one under that id, the handler fails.
   */
  public Next<E, S> fetch(String id, FetchSpec spec, Continuation.Bound<?> then) {
    return with(new NewFetch(Optional.of(id), spec, then));
  }

  private Next<E, S> with(NewFetch fetch) {
    return new Next<>(events, PendingFetch.plus(fetches, fetch), cancelled, replies);
  }

  /** Takes a fetch back; its continuation gets {@code Cancelled}. Nothing if it has settled. */
  public Next<E, S> cancelFetch(String id) {
    return new Next<>(events, fetches, PendingFetch.plus(cancelled, id), replies);
  }

  /** Answers, once all is persisted, with what the function makes of the state by then. */
  public <R> Next<E, S> thenReply(ActorRef<R> to, Function<S, R> answer) {
    return new Next<>(
        events, fetches, cancelled, PendingFetch.plus(replies, new Reply<>(to, answer)));
  }

  List<E> events() {
    return events;
  }

  List<NewFetch> fetches() {
    return fetches;
  }

  List<String> cancelled() {
    return cancelled;
  }

  List<Reply<S, ?>> replies() {
    return replies;
  }
}
