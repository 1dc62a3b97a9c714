package dev.retriever.cluster.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.storage.Purge;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.executor.pool.ExecutorPool;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginOperations;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** Health and figures of a node: is it alive, is it ready, and what has it done. */
public final class Health extends AllDirectives {
  private final Supplier<Optional<String>> notReady;
  private final Supplier<OriginOperations.Stats> origins;
  private final ExecutorPools pools;
  private final Parcels parcels;
  private final MemoryBudget memory;
  private final Supplier<Purge.Count> purged;
  private final IntSupplier subscriptions;
  private final String authentication;

  /**
   * @param notReady why the node is not ready, in a sentence; empty when it is
   * @param origins counts of all origins together
   * @param authentication whether credentials are asked for, in a word
   */
  public Health(
      Supplier<Optional<String>> notReady,
      Supplier<OriginOperations.Stats> origins,
      ExecutorPools pools,
      Parcels parcels,
      MemoryBudget memory,
      Supplier<Purge.Count> purged,
      IntSupplier subscriptions,
      String authentication) {
    this.notReady = notReady;
    this.origins = origins;
    this.pools = pools;
    this.parcels = parcels;
    this.memory = memory;
    this.purged = purged;
    this.subscriptions = subscriptions;
    this.authentication = authentication;
  }

  /** The caller seals this route. */
  public Route routes() {
    return concat(
        path("alive", () -> get(() -> complete(JsonResponse.of(flag("alive"), 200)))),
        path("ready", () -> get(this::ready)),
        path("stats", () -> get(() -> complete(JsonResponse.of(stats(), 200)))));
  }

  private Route ready() {
    return notReady
        .get()
        .map(why -> complete(Problem.of(ProblemType.NOT_READY, why).toResponse()))
        .orElseGet(() -> complete(JsonResponse.of(flag("ready"), 200)));
  }

  private static ObjectNode flag(String name) {
    return JsonNodeFactory.instance.objectNode().put(name, true);
  }

  private ObjectNode stats() {
    var stats = origins.get();
    var counts = stats.counts();
    var executors = pools.stats();
    var json = JsonNodeFactory.instance.objectNode();
    json.put("authentication", authentication);
    json.put("accepted", counts.get(Notice.ACCEPTED));
    json.putObject("settled")
        .put("answered", counts.get(Notice.ANSWERED))
        .put("failed", counts.get(Notice.FAILED))
        .put("unknown", counts.get(Notice.UNKNOWN))
        .put("cancelled", counts.get(Notice.CANCELLED));
    json.put("timedOut", counts.get(Notice.TIMED_OUT));
    json.put("late", counts.get(Notice.LATE));
    json.put("duplicateReports", counts.get(Notice.DUPLICATE_REPORTS));
    json.put("contradictingReports", counts.get(Notice.CONTRADICTING_REPORTS));
    json.put("strayReports", counts.get(Notice.STRAY_REPORTS));
    json.put("undeliveredReports", sum(executors, ExecutorPool.Stats::reportsUndelivered));
    json.put("resentReports", sum(executors, ExecutorPool.Stats::reportsResent));
    json.put("refusedDispatches", sum(executors, ExecutorPool.Stats::dispatchesRefused));
    json.put("lostAttempts", counts.get(Notice.ATTEMPTS_LOST));
    json.put("lostRaces", counts.get(Notice.LOST_RACES));
    json.put("alarmsFired", counts.get(Notice.ALARMS_FIRED));
    json.put("handlingFailed", counts.get(Notice.HANDLING_FAILED));
    json.put("parked", counts.get(Notice.PARKED));
    json.put("purgedRows", purged.get().rows());
    json.put("purgedSnapshots", purged.get().snapshots());
    json.put("forgottenOrigins", purged.get().origins());
    json.put("refusedMessages", parcels.stats().refused());
    json.put("pulledBytes", parcels.stats().pulledBytes());
    json.set("memory", memory());
    json.put("pending", stats.pending());
    json.put("mostUnsettled", stats.mostUnsettled());
    json.put("originsInMemory", stats.inMemory());
    json.put("subscriptions", subscriptions.getAsInt());
    json.put("inFlight", sum(executors, ExecutorPool.Stats::inFlight));
    json.put("permitsHeld", sum(executors, ExecutorPool.Stats::permitsHeld));
    json.put("waitingForTargets", pools.waitingForTargets());
    json.put("mostWaitedForTargets", pools.mostWaitedForTargets());
    var byPool = json.putObject("executors");
    executors.forEach((name, pool) -> byPool.set(name, stats(pool)));
    return json;
  }

  private ObjectNode memory() {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("total", memory.total());
    for (var share : MemoryBudget.Share.values()) {
      var account = memory.account(share);
      json.putObject(share.key())
          .put("limit", account.limit())
          .put("held", account.held())
          .put("refused", account.refused());
    }
    return json;
  }

  private static long sum(
      Map<String, ExecutorPool.Stats> executors, ToLongFunction<ExecutorPool.Stats> figure) {
    return executors.values().stream().mapToLong(figure).sum();
  }

  private static ObjectNode stats(ExecutorPool.Stats pool) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("inFlight", pool.inFlight())
        .put("permitsHeld", pool.permitsHeld())
        .put("waiting", pool.waiting())
        .put("mostInFlight", pool.most().inFlight())
        .put("mostPermitsHeld", pool.most().permitsHeld())
        .put("mostWaiting", pool.most().waiting())
        .put("undeliveredReports", pool.reportsUndelivered())
        .put("resentReports", pool.reportsResent())
        .put("refusedDispatches", pool.dispatchesRefused());
  }
}
