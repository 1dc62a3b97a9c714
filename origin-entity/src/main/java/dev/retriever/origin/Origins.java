package dev.retriever.origin;

import dev.retriever.executor.memory.ByteGrant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The callers' interface to the origins of one type: hides sharding, messages and time-outs.
 * Thread-safe.
 *
 * <p>Every stage fails with a {@link TimeoutException} when the origin does not answer within the
 * {@code ask-timeout} setting, for instance while the journal is unavailable. The result is unknown
 * then: repeat the call with the same id. Dependents of a stage may run in a thread of Pekko, and
 * must not block it.
 *
 * <p>An origin need not be created: there is one for every id. An id is not empty and has no {@code
 * |}. Id and type have at most 254 characters together, because they are the key of journal rows.
 *
 * @param <C> the root of the commands
 */
public interface Origins<C> {
  /**
   * The result of a call. Immutable.
   *
   * @param fetch as it stands now; empty when there is none or it is not the caller's
   */
  record Answer(Verdict verdict, Optional<FetchView> fetch) {}

  /**
   * What a settled fetch can be made again with. Immutable.
   *
   * @param verdict {@code NOTED} with the spec; {@code NO_SUCH_FETCH}; {@code NOT_SETTLED} while it
   *     is pending; {@code ERASED} when its request is erased; {@code REQUEST_GONE} when its
   *     request is no longer in the journal, or was accepted by a version that did not note where
   * @param spec the same fetch at once, as a redrive of it
   * @param id for the new fetch, made of the old one's id and place: the same for each repeat
   */
  record Again(Verdict verdict, Optional<FetchSpec> spec, String id) {}

  /**
   * One page of a list. Immutable.
   *
   * @param next the {@code after} of the next page; empty when this is the last
   */
  record Page(List<FetchSummary> items, Optional<Long> next) {}

  /**
   * Accepts a fetch. When the stage completes with {@code ACCEPTED} it is durable, and will settle.
   *
   * @param fetchId the caller's name for it: repeating it with the same spec is answered with
   *     {@code EXISTING}, with another one with {@code ID_REUSED}, until the retention after it
   *     settled
   * @param spec answered with {@code NO_SUCH_EXECUTOR} if it names a pool that the node does not
   *     have, with {@code BUSY} if this node or the origin's has no memory for it now, and with
   *     {@code TOO_MANY_PENDING} if the origin holds as much as it may; {@code retriever.memory}
   *     and {@code retriever.origin} have the limits. {@code NOT_BEFORE_OUT_OF_RANGE} if it is to
   *     begin in the past or too far ahead, as {@link Later} says
   */
  CompletionStage<Answer> submit(String originId, String fetchId, FetchSpec spec);

  /**
   * The same, for a caller that has already reserved the memory for the spec.
   *
   * @param taken is shrunk to what is needed, and closed when the origin has answered, or has
   *     probably dropped the submission
   */
  CompletionStage<Answer> submit(String originId, String fetchId, FetchSpec spec, ByteGrant taken);

  /**
   * Accepts several fetches in one write: all of them, or none. When the stage completes and each
   * verdict is {@code ACCEPTED} or {@code EXISTING}, all are durable. Otherwise nothing has
   * changed: those that are not refused are {@code NOTED}, and the others say why, as {@link
   * #submit} does. Repeating a batch is safe.
   *
   * @return a verdict for each entry, in their order
   */
  CompletionStage<List<Verdict>> submitAll(String originId, FetchBatch batch);

  /** The same, for a caller that has already reserved the memory; see {@link #submit}. */
  CompletionStage<List<Verdict>> submitAll(String originId, FetchBatch batch, ByteGrant taken);

  /**
   * Why this node would refuse a submission of that many bytes now: {@code BUSY} or {@code
   * TOO_MANY_PENDING}. Empty when it knows no reason.
   */
  Optional<Verdict> refusal(String originId, long bytes);

  /**
   * Sends a command to an origin. It may be lost: where that matters, use {@link #ask} and repeat.
   */
  void tell(String originId, C command);

  /**
   * Sends a command to an origin, and returns its answer. A handler that throws, or does not reply,
   * causes a {@link TimeoutException}.
   *
   * @param command makes the command of the address that the answer is to go to
   */
  <R> CompletionStage<R> ask(String originId, Function<ActorRef<R>, C> command);

  /**
   * {@code NOTED} with the fetch as it stands, or {@code NO_SUCH_FETCH}.
   *
   * @return fails with a {@link java.util.NoSuchElementException} when its rows are purged while
   *     they are read; then the fetch has been forgotten
   */
  CompletionStage<Answer> read(String originId, String fetchId);

  /**
   * The fetch once it has settled or, if that takes longer than {@code wait}, as it stands then;
   * answered as {@link #read}. It is answered at once when as many callers wait as the setting
   * {@code max-waiters} allows.
   *
   * @param wait none if it is zero or negative
   */
  CompletionStage<Answer> await(String originId, String fetchId, Duration wait);

  /**
   * Outcomes of an origin after a place, in the order in which its fetches settled. Each is in
   * exactly one page if every page begins where the one before it ended ({@link OutcomePage#next}).
   * While a caller waits, the origin stays in memory.
   *
   * @param after a place; 0 for all that are kept; empty for an immediate page with the newest
   *     place
   * @param limit at most so many; at least 1. A page is one message: keep to some hundreds
   * @param wait for the first outcome; no wait if it is zero or negative
   * @return empty when there was no outcome in that time. A page that {@link
   *     OutcomePage#saysNothing} comes at once when there is no outcome and no wait, when the place
   *     is beyond the newest, and when as many callers wait as the setting {@code max-waiters}
   *     allows: ask again after a while
   */
  CompletionStage<Optional<OutcomePage>> outcomes(
      String originId, Optional<Long> after, int limit, Duration wait);

  /**
   * The fetch of that outcome as it settled, without what came late. Empty when its retention is
   * over and its row purged meanwhile.
   */
  CompletionStage<Optional<FetchView>> outcome(String originId, OutcomePage.Item item);

  /**
   * Cancels a fetch. {@code SETTLED} when it is cancelled, now or by an earlier call; {@code
   * SETTLED_OTHERWISE} when it has another outcome; {@code NO_SUCH_FETCH} when there is none.
   * Repeating it is safe.
   */
  CompletionStage<Answer> cancel(String originId, String fetchId);

  /**
   * Cancels a fetch, as {@link #cancel}, if it is the one that was accepted in that place. {@code
   * NO_SUCH_FETCH} for another one that has its id since the retention of the first was over.
   *
   * @param place in the order of acceptance, from 1
   */
  CompletionStage<Answer> cancelAt(String originId, String fetchId, long place);

  /**
   * Moves the time of a fetch of which no attempt has begun, scheduled or not: to that time if it
   * is ahead, else to now. {@code NOTED} when it is done, {@code HAS_BEGUN} when an attempt has
   * begun, {@code SETTLED_OTHERWISE} when the fetch has settled, {@code NOT_BEFORE_OUT_OF_RANGE}
   * when the time is past or more than {@link Later#LONGEST} ahead, {@code NO_SUCH_FETCH} when
   * there is none. A delay counts from now, so repeating it moves the fetch again.
   */
  CompletionStage<Answer> move(String originId, String fetchId, Later later);

  /**
   * Lets a scheduled fetch begin now, as if its time had come: its {@code within} counts from now.
   * {@code NOTED} when it is done, or its time had come before; otherwise as {@link #move}.
   * Repeating it is safe.
   */
  CompletionStage<Answer> bringForward(String originId, String fetchId);

  /**
   * What it takes to make a settled fetch again. Its request is kept in the journal for its
   * retention after it settled, but for one that was accepted long before: such a row may be
   * purged.
   */
  CompletionStage<Again> again(String originId, String fetchId);

  /**
   * Makes a settled fetch again: a new fetch, at once, with the same request and limits, and with
   * its {@link FetchSpec#redriveOf}. The outcome of the old one stays. {@code ACCEPTED}; {@code
   * EXISTING} when this redrive was made before, so that repeating it is safe, also when the
   * request of the old one is gone since; otherwise as {@link #again} and {@link #submit}. No
   * continuation of a handler runs for its outcome.
   *
   * @param newId of the new fetch; empty for one made of the old one's, so that a fetch is made
   *     again once
   */
  default CompletionStage<Answer> redriveAsNew(
      String originId, String fetchId, Optional<String> newId) {
    return again(originId, fetchId)
        .thenCompose(
            it -> {
              var id = newId.orElse(it.id());
              return it.spec().isPresent()
                  ? submit(originId, id, it.spec().get())
                  : redriven(originId, fetchId, it, id)
                      .thenApply(
                          made -> made.orElseGet(() -> new Answer(it.verdict(), Optional.empty())));
            });
  }

  /**
   * The redrive that was made before, when the settled fetch cannot be made again any more.
   *
   * @param again what was said of the fetch, without a spec
   * @param newId of the new fetch
   * @return {@code EXISTING} with the new fetch; empty when there is none, and while the fetch is
   *     pending
   */
  default CompletionStage<Optional<Answer>> redriven(
      String originId, String fetchId, Again again, String newId) {
    if (again.verdict() == Verdict.NOT_SETTLED) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return read(originId, newId)
        .thenApply(
            known ->
                known
                    .fetch()
                    .filter(it -> it.redriveOf().equals(Optional.of(fetchId)))
                    .map(it -> new Answer(Verdict.EXISTING, Optional.of(it))));
  }

  /**
   * Erases what a settled fetch sent and got: bodies, headers, idempotency key, path and query of
   * its URL, redirects and labels, of all its attempts and late answers. None of it is shown any
   * more when the stage completes with {@code NOTED}; {@link FetchView#erased} says when it has
   * left the rows and snapshots of the origin, which is tried until it succeeds. Its id stays
   * taken: another submission of it is answered with {@code ERASED}. Ids, hosts, methods, statuses
   * and times stay, and so do events, states and contexts of your own. Repeating it is safe.
   *
   * <p>{@code NOT_SETTLED} while the fetch is pending: cancel it first. {@code UNHANDLED} while a
   * continuation of it has not run: redrive it first. {@code NO_SUCH_FETCH} when there is none.
   */
  CompletionStage<Answer> erase(String originId, String fetchId);

  /**
   * Erases as {@link #erase}, if the fetch is the one that was accepted in that place. {@code
   * NO_SUCH_FETCH} for another one that has its id since the retention of the first was over.
   *
   * @param place in the order of acceptance, from 1
   */
  CompletionStage<Answer> eraseAt(String originId, String fetchId, long place);

  /**
   * The origin's fetches in the order of their acceptance.
   *
   * @param settled only those, or only those pending; empty for both
   * @param after from {@link Page#next}, or 0
   * @param limit at most so many; none if it is not positive. A page is one message: keep to some
   *     hundreds
   */
  CompletionStage<Page> list(String originId, Optional<Boolean> settled, long after, int limit);

  /**
   * Cancels an alarm of the handlers. Of several callers exactly one gets it, with the continuation
   * that will not run.
   *
   * @return empty when there is none: it has fired, or was cancelled before
   */
  CompletionStage<Optional<ScheduledAlarm>> cancelAlarm(String originId, String alarmId);

  /** The operators' interface to the same origins. */
  OriginOperations operations();
}
