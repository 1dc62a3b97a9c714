package dev.retriever.origin;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.executor.ByteGrant;
import dev.retriever.executor.ExecutorPools;
import dev.retriever.executor.MemoryBudget;
import dev.retriever.executor.Parcels;
import dev.retriever.executor.Reports;
import dev.retriever.executor.Utf8;
import dev.retriever.origin.OriginCommand.Await;
import dev.retriever.origin.OriginCommand.ListFetches;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;

/**
 * The callers' door to the origins of one type: hides sharding, messages and time-outs.
 * Thread-safe.
 *
 * <p>Every stage fails with a {@link TimeoutException} when the origin does not answer within the
 * {@code ask-timeout} setting, as it does while the journal is away. Nothing is known then: repeat
 * the call, with the same id. What depends on a stage may run in a thread of Pekko, and must not
 * block it.
 *
 * <p>An origin need not be made: there is one for every id. An id is not empty and has no {@code
 * |}; it and the type have at most 254 characters together, for they are the key of journal rows.
 *
 * @param <C> the root of the commands
 */
public final class Origins<C> {
  /** Most alarms that one call may trigger: they are one journal write. */
  public static final int MAX_TRIGGER = 500;

  /** Most fetches, alarms and unhandled things that one view holds, of each. */
  public static final int MAX_VIEW = 200;

  /** As many times its size a request takes until it is journaled, at the most at a time. */
  private static final int COPIES = 4;

  private final ActorSystem<?> system;
  private final String originType;
  private final MemoryBudget memory;
  private final Parcels parcels;
  private final Region region;
  private final OriginSettings settings;
  private final OriginCounters counters;
  private final Residents residents;
  private final Clock clock;
  private final Journal journal;

  Origins(
      ActorSystem<?> system,
      String originType,
      Region region,
      OriginSettings settings,
      OriginCounters counters,
      Residents residents,
      Clock clock,
      Journal journal) {
    this.system = system;
    this.originType = originType;
    this.memory = MemoryBudget.get(system);
    this.parcels = Parcels.get(system);
    this.region = region;
    this.settings = settings;
    this.counters = counters;
    this.residents = residents;
    this.clock = clock;
    this.journal = journal;
  }

  /**
   * Starts the origins of one type on this node.
   *
   * @param originType part of every journal row's id: never to be changed
   * @param origin what they do with commands and outcomes
   * @param pools make their attempts; their reports go to {@link #reports}
   * @param random numbers evenly from [0, 1), on any thread
   * @param role of the nodes that hold them, which may not be this one; empty for all
   * @param woken whether the journal keeps the {@link WakeUp}s that rows are tagged with, and
   *     somebody acts on them. If not, origins stay in memory while they have work pending, and
   *     those that a node leaves behind go on when they are next spoken to
   */
  public static <C, E, S> Origins<C> start(
      ActorSystem<?> system,
      String originType,
      Origin<C, E, S> origin,
      OriginSettings settings,
      ExecutorPools pools,
      Clock clock,
      DoubleSupplier random,
      Optional<String> role,
      boolean woken) {
    var around =
        new OriginHost.Surroundings(
            system,
            settings,
            pools,
            clock,
            System::nanoTime,
            random,
            Region.sharded(system, originType, role),
            JournalRows.of(system, settings.readJournal()),
            woken);
    var host = OriginHost.of(originType, origin, around);
    var entity =
        Entity.of(EntityTypeKey.create(Object.class, originType), host::behavior)
            .withStopMessage(OriginHost.stop());
    ClusterSharding.get(system).init(role.map(entity::withRole).orElse(entity));
    return host.origins();
  }

  /**
   * Where executors send their reports: to the origin's address, wherever it lives by then.
   *
   * @param role of the nodes that hold them; empty for all
   */
  public static Reports reports(ActorSystem<?> system, Optional<String> role) {
    var regions = new ConcurrentHashMap<String, Region>();
    return OriginHost.reports(
        system, type -> regions.computeIfAbsent(type, it -> Region.sharded(system, it, role)));
  }

  /**
   * What a call came to. Immutable.
   *
   * @param fetch as it stands now; empty when there is none or it is not the caller's
   */
  public record Answer(Verdict verdict, Optional<FetchView> fetch) {}

  /**
   * One page of a list. Immutable.
   *
   * @param next give it as {@code after} for the page behind this one; empty when this is the last
   */
  public record Page(List<FetchSummary> items, Optional<Long> next) {}

  /**
   * Accepts a fetch. When the stage completes with {@code ACCEPTED} it is durable, and will settle.
   *
   * @param fetchId the caller's name for it: repeating it with the same spec is answered with
   *     {@code EXISTING}, with another one with {@code ID_REUSED}, until the retention after it
   *     settled
   * @param spec answered with {@code NO_SUCH_EXECUTOR} if it names a pool that the node does not
   *     have, with {@code BUSY} if this node or the origin's has no memory for it now, and with
   *     {@code TOO_MANY_PENDING} if the origin holds as much as it may; {@code retriever.memory}
   *     has the limits
   */
  public CompletionStage<Answer> submit(String originId, String fetchId, FetchSpec spec) {
    return memory
        .account(MemoryBudget.Share.UPLOADS)
        .acquire(COPIES * Parcels.size(spec.request()))
        .map(taken -> submit(originId, fetchId, spec, taken))
        .orElseGet(
            () -> CompletableFuture.completedFuture(new Answer(Verdict.BUSY, Optional.empty())));
  }

  /**
   * The same, for whoever has counted the memory that the spec takes.
   *
   * @param taken shrinks to what is needed, and is closed when the origin has answered, or can be
   *     expected to have dropped the submission
   */
  public CompletionStage<Answer> submit(
      String originId, String fetchId, FetchSpec spec, ByteGrant taken) {
    taken.shrinkTo(COPIES * Parcels.size(spec.request()));
    try {
      return fetch(
              originId, replyTo -> packed(new OriginCommand.Submit(id(fetchId), spec, replyTo)))
          .whenComplete((reply, failure) -> over(taken, failure))
          .thenCompose(reply -> answer(originId, reply));
    } catch (RuntimeException e) {
      taken.close();
      throw e;
    }
  }

  /** Messages and rows are bytes, and an unpaired surrogate has none. */
  private static String id(String text) {
    return Utf8.checked("an id", text);
  }

  /** After a time-out the submission waits somewhere yet, for about as long again at most. */
  private void over(ByteGrant taken, Throwable failure) {
    if (failure != null && cause(failure) instanceof TimeoutException) {
      system
          .scheduler()
          .scheduleOnce(settings.askTimeout(), taken::close, system.executionContext());
    } else {
      taken.close();
    }
  }

  /**
   * Why a submission with so many bytes would not be accepted now, as far as that can be known on
   * this node: {@code BUSY} or {@code TOO_MANY_PENDING}. Empty when nothing speaks against it.
   */
  public Optional<Verdict> refusal(String originId, long bytes) {
    return HeldBodies.refusal(memory.open(), HeldBodies.owner(originType, originId), bytes);
  }

  private Object packed(OriginCommand.Submit submit) {
    var busy = new OriginReply.Fetch(Verdict.BUSY, Optional.empty(), Optional.empty());
    var size = Parcels.size(submit.spec().request());
    return parcels.packed(submit, size, () -> submit.replyTo().tell(busy));
  }

  /** Sends a command to an origin. It may be lost: ask where that matters, and repeat. */
  public void tell(String originId, C command) {
    region.tell(originId, command);
  }

  /**
   * Sends a command to an origin, and hands on its answer. A handler that throws, or answers
   * nothing, is seen as a {@link TimeoutException}.
   *
   * @param command makes the command of the address that the answer is to go to
   */
  public <R> CompletionStage<R> ask(String originId, Function<ActorRef<R>, C> command) {
    return region.ask(originId, command::apply, settings.askTimeout());
  }

  /**
   * Runs what is unhandled or parked of a fetch, now. {@code NOTED} with the fetch, whether that
   * helped or not; {@code NO_SUCH_FETCH} when there is none.
   */
  public CompletionStage<Answer> redrive(String originId, String fetchId) {
    return fetch(originId, replyTo -> new OriginCommand.Redrive(id(fetchId), replyTo))
        .thenCompose(reply -> answer(originId, reply));
  }

  /**
   * Runs one continuation that is unhandled or parked, now.
   *
   * @param key from {@link UnhandledView#key}
   * @return what is still unhandled of it; empty when it has run, or there is no such thing
   */
  public CompletionStage<Optional<UnhandledView>> redriveUnhandled(String originId, String key) {
    return region
        .<OriginReply.Redriven>ask(
            originId,
            replyTo -> new OriginCommand.RedriveCause(id(key), replyTo),
            settings.askTimeout())
        .thenApply(OriginReply.Redriven::left);
  }

  /**
   * An origin as it stands: what is pending, what will ring, and what could not be handled.
   *
   * @param limit at most so many of each, 0 to {@link #MAX_VIEW}
   * @throws IllegalArgumentException if the limit is out of its range
   */
  public CompletionStage<OriginView> view(String originId, int limit) {
    if (limit < 0 || limit > MAX_VIEW) {
      throw new IllegalArgumentException("limit must be 0 to " + MAX_VIEW + ", not " + limit);
    }
    return region
        .<OriginReply.Origin>ask(
            originId,
            replyTo -> new OriginCommand.ReadOrigin(limit, replyTo),
            settings.askTimeout())
        .thenApply(OriginReply.Origin::view);
  }

  /**
   * Alarms of an origin, its handlers' and its own, in the order in which they will ring.
   *
   * @param filter by {@link AlarmView#id} and time; of an origin of unknown size, give it a limit
   */
  public CompletionStage<List<AlarmView>> alarms(
      String originId, AlarmFilter filter, Set<AlarmView.Kind> kinds) {
    return region
        .<OriginReply.AlarmList>ask(
            originId,
            replyTo -> new OriginCommand.ListAlarms(filter, kinds, replyTo),
            settings.askTimeout())
        .thenApply(OriginReply.AlarmList::items);
  }

  /**
   * Takes an alarm of the handlers back. Of several callers exactly one gets it, and with it the
   * continuation that will not be run.
   *
   * @return empty when there is none: it has rung, or was taken back before
   */
  public CompletionStage<Optional<ScheduledAlarm>> cancelAlarm(String originId, String alarmId) {
    return region
        .<OriginReply.AlarmTaken>ask(
            originId,
            replyTo -> new OriginCommand.CancelAlarm(id(alarmId), replyTo),
            settings.askTimeout())
        .thenApply(OriginReply.AlarmTaken::alarm);
  }

  /**
   * Rings the earliest alarms of an origin now, before they are due: its handlers' and its own,
   * which give up fetches and attempts. For tests, and for operators who know what they do.
   *
   * @param count 1 to {@link #MAX_TRIGGER}
   * @return those that rang, in order; fewer when there are no more
   * @throws IllegalArgumentException if the count is out of its range
   */
  public CompletionStage<List<AlarmView>> trigger(String originId, int count) {
    if (count < 1 || count > MAX_TRIGGER) {
      throw new IllegalArgumentException("count must be 1 to " + MAX_TRIGGER + ", not " + count);
    }
    return region
        .<OriginReply.AlarmList>ask(
            originId, replyTo -> new OriginCommand.Trigger(count, replyTo), settings.askTimeout())
        .thenApply(OriginReply.AlarmList::items);
  }

  /**
   * {@code NOTED} with the fetch as it stands, or {@code NO_SUCH_FETCH}.
   *
   * @return fails with a {@link java.util.NoSuchElementException} when its rows are purged while
   *     they are read; then the fetch has been forgotten
   */
  public CompletionStage<Answer> read(String originId, String fetchId) {
    return fetch(originId, replyTo -> new OriginCommand.Read(id(fetchId), replyTo))
        .thenCompose(reply -> answer(originId, reply));
  }

  /**
   * The fetch once it has settled or, if that takes longer than {@code wait}, as it stands then;
   * answered as {@link #read}. It is answered at once when as many callers wait as the setting
   * {@code max-waiters} allows.
   *
   * @param wait none if it is zero or negative
   */
  public CompletionStage<Answer> await(String originId, String fetchId, Duration wait) {
    if (wait.isZero() || wait.isNegative()) {
      return read(originId, fetchId);
    }
    var until = clock.instant().plus(wait);
    return region
        .<OriginReply.Fetch>await(originId, replyTo -> new Await(id(fetchId), until, replyTo), wait)
        .thenCompose(reply -> answer(originId, reply))
        .exceptionallyCompose(
            failure ->
                cause(failure) instanceof TimeoutException
                    ? read(originId, fetchId)
                    : CompletableFuture.failedFuture(failure));
  }

  /**
   * Outcomes of an origin, in the order in which its fetches settled: those after a place, of whom
   * each is in exactly one page when every page begins where the one before it ended ({@link
   * OutcomePage#next}). While somebody waits, the origin stays in memory.
   *
   * @param after a place; 0 for all that are kept; empty to be told at once where the origin is
   * @param limit at most so many; at least 1. A page is one message: keep to some hundreds
   * @param wait for there to be something; not at all if it is zero or negative
   * @return empty when there was nothing in that time. A page that {@link OutcomePage#saysNothing}
   *     comes at once when there is nothing and no wait, when the place is beyond the newest, and
   *     when as many wait as the setting {@code max-waiters} allows: ask again after a while
   */
  public CompletionStage<Optional<OutcomePage>> outcomes(
      String originId, Optional<Long> after, int limit, Duration wait) {
    var waits = !wait.isZero() && !wait.isNegative();
    var until = waits ? clock.instant().plus(wait) : Instant.EPOCH;
    Function<ActorRef<OriginReply.Outcomes>, Object> next =
        replyTo -> new OriginCommand.NextOutcomes(after, limit, until, replyTo);
    var page =
        (waits
                ? region.await(originId, next, wait)
                : region.ask(originId, next, settings.askTimeout()))
            .thenApply(reply -> Optional.of(reply.page()));
    return waits ? page.exceptionally(Origins::nothingInTime) : page;
  }

  private static <T> Optional<T> nothingInTime(Throwable failure) {
    if (cause(failure) instanceof TimeoutException) {
      return Optional.empty();
    }
    throw failure instanceof CompletionException it ? it : new CompletionException(failure);
  }

  /**
   * The fetch of that outcome as it settled, without what came late. Empty when its retention is
   * over and its row purged meanwhile.
   */
  public CompletionStage<Optional<FetchView>> outcome(String originId, OutcomePage.Item item) {
    return item.view().isPresent()
        ? CompletableFuture.completedFuture(item.view())
        : journal.settled(originId, item);
  }

  /**
   * Takes a fetch back. {@code SETTLED} when it is cancelled, now or by an earlier call; {@code
   * SETTLED_OTHERWISE} when something else settled it first; {@code NO_SUCH_FETCH} when there is
   * none. Repeating it is safe.
   */
  public CompletionStage<Answer> cancel(String originId, String fetchId) {
    return fetch(originId, replyTo -> new OriginCommand.Cancel(id(fetchId), replyTo))
        .thenCompose(reply -> answer(originId, reply));
  }

  /**
   * The origin's fetches in the order of their acceptance.
   *
   * @param settled only those, or only those pending; empty for both
   * @param after from {@link Page#next}, or 0
   * @param limit at most so many; none if it is not positive. A page is one message: keep to some
   *     hundreds
   */
  public CompletionStage<Page> list(
      String originId, Optional<Boolean> settled, long after, int limit) {
    return region
        .<OriginReply.Page>ask(
            originId,
            replyTo -> new ListFetches(settled, after, limit, replyTo),
            settings.askTimeout())
        .thenApply(page -> new Page(page.items(), page.next()));
  }

  /**
   * Brings an origin back into memory, so that it looks what there is to do.
   *
   * @param row which is known to be journaled; an incarnation that knows fewer recovers
   * @return the latest row that it knows, and when it is to be woken again
   */
  public CompletionStage<Awake> wake(String originId, long row) {
    return region
        .<OriginReply.Awake>ask(
            originId, replyTo -> new OriginCommand.Wake(row, replyTo), settings.askTimeout())
        .thenApply(awake -> new Awake(awake.row(), WakeUp.of(awake.wakeUp()).orElse(WakeUp.NONE)));
  }

  /** What an origin says when it was woken. It holds as long as it journals nothing. */
  public record Awake(long row, WakeUp wakeUp) {}

  /** Counts since the node started, and what is pending on it now. */
  public Stats stats() {
    return new Stats(counters.counts(), counters.pending(), residents.count());
  }

  /** Those in the memory of this node. */
  List<ActorRef<Object>> inMemory() {
    return residents.all();
  }

  /**
   * What the origins of one type count on a node.
   *
   * @param counts every notice, from 0 when the node started
   * @param pending fetches that have not settled, of origins in its memory
   * @param inMemory origins in its memory
   */
  public record Stats(Map<Notice, Long> counts, long pending, long inMemory) {}

  private CompletionStage<Answer> answer(String originId, OriginReply.Fetch reply) {
    return reply
        .stored()
        .map(
            stored ->
                journal
                    .view(originId, stored)
                    .thenApply(view -> new Answer(reply.verdict(), Optional.of(view))))
        .orElseGet(
            () -> CompletableFuture.completedFuture(new Answer(reply.verdict(), reply.view())));
  }

  private CompletionStage<OriginReply.Fetch> fetch(
      String originId, Function<ActorRef<OriginReply.Fetch>, Object> command) {
    return region.ask(originId, command, settings.askTimeout());
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
