package dev.retriever.cluster.tenants;

import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Later;
import dev.retriever.origin.OriginOperations;
import dev.retriever.origin.Origins;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.Schedules;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The origins of one type as one caller reaches them. Ids are those that the caller knows: the
 * tenant is put before an id on the way in, and taken off every view on the way out.
 *
 * <p>An origin that the caller's pattern does not match is never asked, so that neither its answer
 * nor its recovery shows whether it exists. It reads as an origin without fetches. Submissions and
 * subscriptions fail with the problem {@code origin-not-allowed}. Thread-safe.
 *
 * @param <C> the root of the commands
 */
public final class TenantOrigins<C> implements Origins<C> {
  private static final Answer NO_SUCH_FETCH = new Answer(Verdict.NO_SUCH_FETCH, Optional.empty());

  private final Origins<C> origins;
  private final Schedules schedules;
  private final String originType;
  private final Caller caller;
  private final Sight sight;

  TenantOrigins(Origins<C> origins, Schedules schedules, String originType, Caller caller) {
    this.origins = origins;
    this.schedules = schedules;
    this.originType = originType;
    this.caller = caller;
    this.sight = new Sight(originType, caller.has(Role.OPERATE));
  }

  /** The caller whose origins these are. */
  public Caller caller() {
    return caller;
  }

  /**
   * What tells outcomes of this origin from those of all other origins, and of callers that see
   * more or less of them. For keys of caches.
   */
  public Object cacheKey(String originId) {
    return new Cached(inner(originId), sight);
  }

  private record Cached(String innerId, Sight sight) {}

  /**
   * Checks that the caller may use that origin.
   *
   * @throws Problem.Found if not. The origin may exist or not
   */
  public void checkAllowed(String originId) {
    if (!allows(originId)) {
      throw Problem.of(
              ProblemType.ORIGIN_NOT_ALLOWED,
              "The credential is for origins " + caller.origins().text() + " only.")
          .found();
    }
  }

  private boolean allows(String originId) {
    return caller.origins().matches(originId);
  }

  /** An id with a tenant in it must never come in, so ids are checked here too. */
  private String inner(String originId) {
    return originType.equals(Tenant.ORIGIN_TYPE)
        ? caller.tenant().innerId(Ids.inPath("origin", originId))
        : originId;
  }

  Sight sight() {
    return sight;
  }

  <T> CompletionStage<T> ifAllowed(
      String originId, T otherwise, Function<String, CompletionStage<T>> ask) {
    return allows(originId)
        ? ask.apply(inner(originId))
        : CompletableFuture.completedFuture(otherwise);
  }

  @Override
  public CompletionStage<Answer> submit(String originId, String fetchId, FetchSpec spec) {
    checkAllowed(originId);
    return origins.submit(inner(originId), fetchId, spec).thenApply(sight::of);
  }

  @Override
  public CompletionStage<Answer> submit(
      String originId, String fetchId, FetchSpec spec, ByteGrant taken) {
    if (!allows(originId)) {
      taken.close();
    }
    checkAllowed(originId);
    return origins.submit(inner(originId), fetchId, spec, taken).thenApply(sight::of);
  }

  @Override
  public CompletionStage<List<Verdict>> submitAll(String originId, FetchBatch batch) {
    checkAllowed(originId);
    return origins.submitAll(inner(originId), batch);
  }

  @Override
  public CompletionStage<List<Verdict>> submitAll(
      String originId, FetchBatch batch, ByteGrant taken) {
    if (!allows(originId)) {
      taken.close();
    }
    checkAllowed(originId);
    return origins.submitAll(inner(originId), batch, taken);
  }

  /**
   * @throws Problem.Found if the caller may not use that origin
   */
  @Override
  public Optional<Verdict> refusal(String originId, long bytes) {
    checkAllowed(originId);
    return origins.refusal(inner(originId), bytes);
  }

  @Override
  public void tell(String originId, C command) {
    checkAllowed(originId);
    origins.tell(inner(originId), command);
  }

  @Override
  public <R> CompletionStage<R> ask(String originId, Function<ActorRef<R>, C> command) {
    checkAllowed(originId);
    return origins.ask(inner(originId), command);
  }

  @Override
  public CompletionStage<Answer> read(String originId, String fetchId) {
    return ifAllowed(originId, NO_SUCH_FETCH, id -> origins.read(id, fetchId).thenApply(sight::of));
  }

  @Override
  public CompletionStage<Answer> await(String originId, String fetchId, Duration wait) {
    return ifAllowed(
        originId, NO_SUCH_FETCH, id -> origins.await(id, fetchId, wait).thenApply(sight::of));
  }

  /**
   * @throws Problem.Found if the caller may not use that origin
   */
  @Override
  public CompletionStage<Optional<OutcomePage>> outcomes(
      String originId, Optional<Long> after, int limit, Duration wait) {
    checkAllowed(originId);
    return origins
        .outcomes(inner(originId), after, limit, wait)
        .thenApply(page -> page.map(sight::of));
  }

  @Override
  public CompletionStage<Optional<FetchView>> outcome(String originId, OutcomePage.Item item) {
    checkAllowed(originId);
    return origins.outcome(inner(originId), item).thenApply(view -> view.map(sight::of));
  }

  @Override
  public CompletionStage<Answer> cancel(String originId, String fetchId) {
    return ifAllowed(
        originId, NO_SUCH_FETCH, id -> origins.cancel(id, fetchId).thenApply(sight::of));
  }

  @Override
  public CompletionStage<Answer> cancelAt(String originId, String fetchId, long place) {
    return ifAllowed(
        originId, NO_SUCH_FETCH, id -> origins.cancelAt(id, fetchId, place).thenApply(sight::of));
  }

  @Override
  public CompletionStage<Answer> move(String originId, String fetchId, Later later) {
    return ifAllowed(
        originId, NO_SUCH_FETCH, id -> origins.move(id, fetchId, later).thenApply(sight::of));
  }

  @Override
  public CompletionStage<Answer> bringForward(String originId, String fetchId) {
    return ifAllowed(
        originId, NO_SUCH_FETCH, id -> origins.bringForward(id, fetchId).thenApply(sight::of));
  }

  @Override
  public CompletionStage<Again> again(String originId, String fetchId) {
    return ifAllowed(
        originId,
        new Again(Verdict.NO_SUCH_FETCH, Optional.empty(), ""),
        id -> origins.again(id, fetchId));
  }

  @Override
  public CompletionStage<Answer> erase(String originId, String fetchId) {
    return ifAllowed(
        originId, NO_SUCH_FETCH, id -> origins.erase(id, fetchId).thenApply(sight::of));
  }

  @Override
  public CompletionStage<Answer> eraseAt(String originId, String fetchId, long place) {
    return ifAllowed(
        originId, NO_SUCH_FETCH, id -> origins.eraseAt(id, fetchId, place).thenApply(sight::of));
  }

  @Override
  public CompletionStage<Page> list(
      String originId, Optional<Boolean> settled, long after, int limit) {
    return ifAllowed(
        originId,
        new Page(List.of(), Optional.empty()),
        id -> origins.list(id, settled, after, limit).thenApply(sight::of));
  }

  @Override
  public CompletionStage<Optional<ScheduledAlarm>> cancelAlarm(String originId, String alarmId) {
    return ifAllowed(originId, Optional.empty(), id -> origins.cancelAlarm(id, alarmId));
  }

  /**
   * Their schedules. An origin that the caller may not use has none.
   *
   * @throws Problem.Found if a schedule is to be made in such an origin
   */
  public CompletionStage<ScheduleAnswer> schedules(String originId, ScheduleRequest request) {
    if (request.makes()) {
      checkAllowed(originId);
    }
    return ifAllowed(
        originId,
        ScheduleAnswer.of(ScheduleAnswer.Result.NO_SUCH_SCHEDULE),
        id -> schedules.ask(id, request));
  }

  @Override
  public OriginOperations operations() {
    return new TenantOperations(this, origins.operations());
  }
}
