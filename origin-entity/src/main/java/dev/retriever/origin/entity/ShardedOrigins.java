package dev.retriever.origin.entity;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.executor.Futures;
import dev.retriever.executor.Utf8;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Later;
import dev.retriever.origin.OriginOperations;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.OriginView;
import dev.retriever.origin.Origins;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.UnhandledView;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Callbacks;
import dev.retriever.origin.entity.OriginCommand.Await;
import dev.retriever.origin.entity.OriginCommand.ListFetches;
import dev.retriever.origin.storage.Journal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * The callers' and operators' interfaces to the origins of one type: sends messages to their
 * region, and reads their journal.
 */
final class ShardedOrigins<C> implements Origins<C>, OriginOperations {
  /** A request takes at most this many times its size in memory until it is journaled. */
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

  ShardedOrigins(
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

  @Override
  public CompletionStage<Answer> submit(String originId, String fetchId, FetchSpec spec) {
    return memory
        .account(MemoryBudget.Share.UPLOADS)
        .acquire(COPIES * Parcels.size(spec.request()))
        .map(taken -> submit(originId, fetchId, spec, taken))
        .orElseGet(
            () -> CompletableFuture.completedFuture(new Answer(Verdict.BUSY, Optional.empty())));
  }

  @Override
  public CompletionStage<Answer> submit(
      String originId, String fetchId, FetchSpec spec, ByteGrant taken) {
    taken.shrinkTo(COPIES * Parcels.size(spec.request()));
    try {
      return this.<OriginReply.Fetch>asked(
              originId,
              replyTo -> packed(new OriginCommand.Submit(newId(fetchId, spec), spec, replyTo)))
          .whenComplete((reply, failure) -> over(taken, failure))
          .thenCompose(reply -> answer(originId, reply));
    } catch (RuntimeException e) {
      taken.close();
      throw e;
    }
  }

  @Override
  public CompletionStage<List<Verdict>> submitAll(String originId, FetchBatch batch) {
    return memory
        .account(MemoryBudget.Share.UPLOADS)
        .acquire(COPIES * batch.bytes())
        .map(taken -> submitAll(originId, batch, taken))
        .orElseGet(() -> CompletableFuture.completedFuture(busy(batch)));
  }

  private static List<Verdict> busy(FetchBatch batch) {
    return Collections.nCopies(batch.entries().size(), Verdict.BUSY);
  }

  @Override
  public CompletionStage<List<Verdict>> submitAll(
      String originId, FetchBatch batch, ByteGrant taken) {
    taken.shrinkTo(COPIES * batch.messageBytes());
    try {
      batch.entries().forEach(entry -> newId(entry.fetchId(), entry.spec()));
      return this.<OriginReply.Verdicts>asked(originId, replyTo -> packed(batch, replyTo))
          .whenComplete((reply, failure) -> over(taken, failure))
          .thenApply(OriginReply.Verdicts::all);
    } catch (RuntimeException e) {
      taken.close();
      throw e;
    }
  }

  private Object packed(FetchBatch batch, ActorRef<OriginReply.Verdicts> replyTo) {
    var submit = new OriginCommand.SubmitAll(batch, replyTo);
    return parcels.packed(
        submit, batch.messageBytes(), () -> replyTo.tell(new OriginReply.Verdicts(busy(batch))));
  }

  /** Checks the id: an unpaired surrogate cannot be written as bytes. */
  private static String id(String text) {
    return Utf8.checked("an id", text);
  }

  private static String newId(String text, FetchSpec spec) {
    Callbacks.checkId(text, spec);
    return id(text);
  }

  /** After a time-out the submission may still wait in a queue, for about as long again. */
  private void over(ByteGrant taken, Throwable failure) {
    if (failure != null && Futures.cause(failure) instanceof TimeoutException) {
      system
          .scheduler()
          .scheduleOnce(settings.askTimeout(), taken::close, system.executionContext());
    } else {
      taken.close();
    }
  }

  @Override
  public Optional<Verdict> refusal(String originId, long bytes) {
    return HeldBodies.refusal(memory.open(), HeldBodies.owner(originType, originId), bytes);
  }

  private Object packed(OriginCommand.Submit submit) {
    var busy = new OriginReply.Fetch(Verdict.BUSY, Optional.empty(), Optional.empty());
    var size = Parcels.size(submit.spec().request());
    return parcels.packed(submit, size, () -> submit.replyTo().tell(busy));
  }

  @Override
  public void tell(String originId, C command) {
    region.tell(originId, command);
  }

  @Override
  public <R> CompletionStage<R> ask(String originId, Function<ActorRef<R>, C> command) {
    return asked(originId, command::apply);
  }

  @Override
  public CompletionStage<Answer> read(String originId, String fetchId) {
    return answered(originId, replyTo -> new OriginCommand.Read(id(fetchId), replyTo));
  }

  @Override
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
                Futures.cause(failure) instanceof TimeoutException
                    ? read(originId, fetchId)
                    : CompletableFuture.failedFuture(failure));
  }

  @Override
  public CompletionStage<Optional<OutcomePage>> outcomes(
      String originId, Optional<Long> after, int limit, Duration wait) {
    var waits = !wait.isZero() && !wait.isNegative();
    var until = waits ? clock.instant().plus(wait) : Instant.EPOCH;
    Function<ActorRef<OriginReply.Outcomes>, Object> next =
        replyTo -> new OriginCommand.NextOutcomes(after, limit, until, replyTo);
    var page =
        (waits ? region.await(originId, next, wait) : asked(originId, next))
            .thenApply(reply -> Optional.of(reply.page()));
    return waits ? page.exceptionally(ShardedOrigins::nothingInTime) : page;
  }

  private static <T> Optional<T> nothingInTime(Throwable failure) {
    if (Futures.cause(failure) instanceof TimeoutException) {
      return Optional.empty();
    }
    throw failure instanceof CompletionException it ? it : new CompletionException(failure);
  }

  @Override
  public CompletionStage<Optional<FetchView>> outcome(String originId, OutcomePage.Item item) {
    return item.view().isPresent()
        ? CompletableFuture.completedFuture(item.view())
        : journal.settled(originId, item);
  }

  @Override
  public CompletionStage<Answer> cancel(String originId, String fetchId) {
    return answered(originId, replyTo -> new OriginCommand.Cancel(id(fetchId), replyTo));
  }

  @Override
  public CompletionStage<Answer> cancelAt(String originId, String fetchId, long place) {
    return answered(originId, replyTo -> new OriginCommand.CancelAt(id(fetchId), place, replyTo));
  }

  @Override
  public CompletionStage<Answer> move(String originId, String fetchId, Later later) {
    return answered(originId, replyTo -> new OriginCommand.Move(id(fetchId), later, replyTo));
  }

  @Override
  public CompletionStage<Answer> bringForward(String originId, String fetchId) {
    return answered(originId, replyTo -> new OriginCommand.BringForward(id(fetchId), replyTo));
  }

  @Override
  public CompletionStage<Again> again(String originId, String fetchId) {
    return this.<OriginReply.Request>asked(
            originId, replyTo -> new OriginCommand.FindRequest(id(fetchId), replyTo))
        .thenCompose(found -> again(originId, fetchId, found));
  }

  private CompletionStage<Again> again(String originId, String fetchId, OriginReply.Request found) {
    var newId = fetchId + "~r" + found.order();
    if (found.verdict() != Verdict.NOTED) {
      var none = new Again(found.verdict(), Optional.empty(), newId);
      return CompletableFuture.completedFuture(none);
    }
    return journal
        .spec(originId, fetchId, found.row())
        .thenApply(
            spec ->
                new Again(
                    spec.isPresent() ? Verdict.NOTED : Verdict.REQUEST_GONE,
                    spec.map(it -> it.redrive(fetchId)),
                    newId));
  }

  @Override
  public CompletionStage<Answer> erase(String originId, String fetchId) {
    return answered(originId, replyTo -> new OriginCommand.Erase(id(fetchId), replyTo));
  }

  @Override
  public CompletionStage<Answer> eraseAt(String originId, String fetchId, long place) {
    return answered(originId, replyTo -> new OriginCommand.EraseAt(id(fetchId), place, replyTo));
  }

  @Override
  public CompletionStage<Page> list(
      String originId, Optional<Boolean> settled, long after, int limit) {
    return this.<OriginReply.Page>asked(
            originId, replyTo -> new ListFetches(settled, after, limit, replyTo))
        .thenApply(page -> new Page(page.items(), page.next()));
  }

  @Override
  public CompletionStage<Optional<ScheduledAlarm>> cancelAlarm(String originId, String alarmId) {
    return this.<OriginReply.AlarmTaken>asked(
            originId, replyTo -> new OriginCommand.CancelAlarm(id(alarmId), replyTo))
        .thenApply(OriginReply.AlarmTaken::alarm);
  }

  @Override
  public OriginOperations operations() {
    return this;
  }

  @Override
  public CompletionStage<OriginView> view(String originId, int limit) {
    if (limit < 0 || limit > MAX_VIEW) {
      throw new IllegalArgumentException("limit must be 0 to " + MAX_VIEW + ", not " + limit);
    }
    return this.<OriginReply.Origin>asked(
            originId, replyTo -> new OriginCommand.ReadOrigin(limit, replyTo))
        .thenApply(OriginReply.Origin::view);
  }

  @Override
  public CompletionStage<List<AlarmView>> alarms(
      String originId, AlarmFilter filter, Set<AlarmView.Kind> kinds) {
    return this.<OriginReply.AlarmList>asked(
            originId, replyTo -> new OriginCommand.ListAlarms(filter, kinds, replyTo))
        .thenApply(OriginReply.AlarmList::items);
  }

  @Override
  public CompletionStage<List<AlarmView>> trigger(String originId, int count) {
    if (count < 1 || count > MAX_TRIGGER) {
      throw new IllegalArgumentException("count must be 1 to " + MAX_TRIGGER + ", not " + count);
    }
    return this.<OriginReply.AlarmList>asked(
            originId, replyTo -> new OriginCommand.Trigger(count, replyTo))
        .thenApply(OriginReply.AlarmList::items);
  }

  @Override
  public CompletionStage<Boolean> trigger(String originId, AlarmView shown) {
    return this.<OriginReply.AlarmList>asked(
            originId, replyTo -> new OriginCommand.TriggerShown(shown, replyTo))
        .thenApply(fired -> !fired.items().isEmpty());
  }

  @Override
  public CompletionStage<Answer> redrive(String originId, String fetchId) {
    return answered(originId, replyTo -> new OriginCommand.Redrive(id(fetchId), replyTo));
  }

  @Override
  public CompletionStage<Optional<UnhandledView>> redriveUnhandled(String originId, String key) {
    return this.<OriginReply.Redriven>asked(
            originId, replyTo -> new OriginCommand.RedriveCause(id(key), replyTo))
        .thenApply(OriginReply.Redriven::left);
  }

  @Override
  public Stats stats() {
    return new Stats(
        counters.counts(), counters.pending(), counters.mostUnsettled(), residents.count());
  }

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

  private CompletionStage<Answer> answered(
      String originId, Function<ActorRef<OriginReply.Fetch>, Object> command) {
    return asked(originId, command).thenCompose(reply -> answer(originId, reply));
  }

  private <R> CompletionStage<R> asked(String originId, Function<ActorRef<R>, Object> command) {
    return region.ask(originId, command, settings.askTimeout());
  }
}
