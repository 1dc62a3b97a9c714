package dev.retriever.cluster.metrics;

import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.executor.pool.ExecutorPool;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginOperations;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Figures that the parts of a node keep themselves, read at each scrape. */
public final class NodeFigures {
  private final Instruments instruments;
  private final Sources sources;

  /**
   * Where the figures come from. Each is read on the thread of a scrape, and must not block.
   *
   * @param version of the node
   * @param ready whether the node serves
   * @param storageUp whether the database answers
   * @param origins counts of each type of origins, by its name
   * @param pools figures of each pool, by its name; the default pool comes first
   * @param waitingForTargets origins that wait for room at their target
   * @param permits how many permits each pool has, by its name
   * @param purged what the purge has deleted, by kind
   * @param subscriptions of outcomes that are open
   * @param members of the cluster, by status
   * @param certificates when the certificate of each port with TLS ends, by the name of the port
   * @param quotaRefusals submissions that a quota has refused, by the name of the quota
   * @param spans of traces, by what became of them
   */
  public record Sources(
      String version,
      BooleanSupplier ready,
      BooleanSupplier storageUp,
      Supplier<Map<String, OriginOperations.Stats>> origins,
      Supplier<Map<String, ExecutorPool.Stats>> pools,
      IntSupplier waitingForTargets,
      Map<String, Integer> permits,
      Supplier<Parcels.Stats> parcels,
      MemoryBudget memory,
      Map<String, LongSupplier> purged,
      IntSupplier subscriptions,
      Supplier<Map<String, Integer>> members,
      Supplier<Map<String, Instant>> certificates,
      Supplier<Map<String, Long>> quotaRefusals,
      Supplier<Map<String, Long>> spans) {}

  private NodeFigures(Instruments instruments, Sources sources) {
    this.instruments = instruments;
    this.sources = sources;
  }

  static void register(Instruments instruments, Sources sources) {
    var figures = new NodeFigures(instruments, sources);
    figures.node();
    figures.origins();
    figures.reports();
    figures.pools();
    figures.memory();
  }

  private void node() {
    instruments.gauges(
        "retriever_build_info",
        "1, with the version of the node and of Java.",
        values -> values.add(1, sources.version(), Runtime.version().toString()),
        "version",
        "java");
    instruments.gauge(
        "retriever_ready",
        "1 if the node is a member of its cluster and serves, else 0.",
        () -> sources.ready().getAsBoolean() ? 1 : 0);
    instruments.gauge(
        "retriever_storage_up",
        "1 if the database answered the last check of this node, else 0.",
        () -> sources.storageUp().getAsBoolean() ? 1 : 0);
    instruments.gauges(
        "retriever_cluster_members",
        "Members of the cluster as this node sees them, by status.",
        values -> sources.members().get().forEach((status, count) -> values.add(count, status)),
        "status");
    instruments.gauges(
        "retriever_tls_certificate_expiry_timestamp_seconds",
        "When the certificate of a port ends, in seconds since 1970. Only for ports with TLS.",
        values ->
            sources
                .certificates()
                .get()
                .forEach((port, end) -> values.add(end.getEpochSecond(), port)),
        "port");
    instruments.counts(
        "retriever_purged_total",
        "What the purge of this node has deleted, by kind.",
        values -> sources.purged().forEach((kind, count) -> values.add(count.getAsLong(), kind)),
        "kind");
    instruments.counts(
        "retriever_quota_refusals_total",
        "Submissions that a quota has refused on this node, by quota.",
        values -> sources.quotaRefusals().get().forEach((quota, count) -> values.add(count, quota)),
        "quota");
    instruments.counts(
        "retriever_spans_total",
        "Spans that this node has sent to its collector, or dropped.",
        values -> sources.spans().get().forEach((result, count) -> values.add(count, result)),
        "result");
    instruments.gauge(
        "retriever_subscriptions",
        "Open subscriptions to outcomes on this node.",
        () -> sources.subscriptions().getAsInt());
  }

  private void origins() {
    byType(
        "retriever_fetches_pending",
        "Fetches that have not settled, of origins in the memory of this node.",
        OriginOperations.Stats::pending);
    byType(
        "retriever_origins_in_memory",
        "Origins in the memory of this node.",
        OriginOperations.Stats::inMemory);
    counted(
        "retriever_fetches_timed_out_total",
        "Fetches that a time limit has settled.",
        Notice.TIMED_OUT);
    counted(
        "retriever_attempts_lost_total",
        "Attempts that were given up because no report came.",
        Notice.ATTEMPTS_LOST);
    counted(
        "retriever_races_lost_total",
        "Answers, time limits and cancels that came after the outcome.",
        Notice.LOST_RACES);
    counted(
        "retriever_alarms_fired_total",
        "Alarms of the users of the library that fired.",
        Notice.ALARMS_FIRED);
    counted(
        "retriever_continuations_failed_total",
        "Runs of a continuation that failed and are tried again.",
        Notice.HANDLING_FAILED);
    counted(
        "retriever_continuations_parked_total",
        "Continuations that failed for the last time and wait until they are redriven.",
        Notice.PARKED);
  }

  private void byType(String name, String help, ToDoubleFunction<OriginOperations.Stats> figure) {
    instruments.gauges(
        name,
        help,
        values ->
            sources.origins().get().entrySet().stream()
                .limit(SeriesBounds.ORIGIN_TYPES)
                .forEach(type -> values.add(figure.applyAsDouble(type.getValue()), type.getKey())),
        "origin_type");
  }

  private void counted(String name, String help, Notice notice) {
    instruments.count(name, help, () -> sum(notice));
  }

  private double sum(Notice notice) {
    return sources.origins().get().values().stream()
        .mapToLong(stats -> stats.counts().get(notice))
        .sum();
  }

  private void reports() {
    instruments.counts(
        "retriever_reports_total",
        "Reports of executors that did not arrive once and in time, by kind.",
        values -> {
          values.add(sum(Notice.LATE), "late");
          values.add(sum(Notice.DUPLICATE_REPORTS), "duplicate");
          values.add(sum(Notice.CONTRADICTING_REPORTS), "contradicting");
          values.add(sum(Notice.STRAY_REPORTS), "stray");
          values.add(pooled(ExecutorPool.Stats::reportsUndelivered), "undelivered");
          values.add(pooled(ExecutorPool.Stats::reportsResent), "resent");
        },
        "kind");
    instruments.count(
        "retriever_dispatches_refused_total",
        "Dispatches that came after their permit had lapsed, or again.",
        () -> pooled(ExecutorPool.Stats::dispatchesRefused));
  }

  private double pooled(ToDoubleFunction<ExecutorPool.Stats> figure) {
    return sources.pools().get().values().stream().mapToDouble(figure).sum();
  }

  private void pools() {
    byPool(
        "retriever_pool_attempts",
        "Attempts under way in a pool of this node.",
        ExecutorPool.Stats::inFlight);
    byPool(
        "retriever_pool_waiting",
        "Origins that wait for a permit of a pool of this node.",
        ExecutorPool.Stats::waiting);
    instruments.gauges(
        "retriever_pool_permits",
        "Permits of a pool of this node: held by attempts and reports, and the limit.",
        values -> {
          boundedPools().forEach((name, stats) -> values.add(stats.permitsHeld(), name, "held"));
          boundedPools()
              .keySet()
              .forEach(
                  name ->
                      Optional.ofNullable(sources.permits().get(name))
                          .ifPresent(limit -> values.add(limit, name, "limit")));
        },
        "pool",
        "state");
    instruments.gauge(
        "retriever_targets_waiting",
        "Origins that wait because their target has all the attempts that it may have.",
        () -> sources.waitingForTargets().getAsInt());
  }

  private void byPool(String name, String help, ToDoubleFunction<ExecutorPool.Stats> figure) {
    instruments.gauges(
        name,
        help,
        values ->
            boundedPools().forEach((pool, stats) -> values.add(figure.applyAsDouble(stats), pool)),
        "pool");
  }

  /** The default pool comes first; pools beyond the bound have no figures. */
  private Map<String, ExecutorPool.Stats> boundedPools() {
    var all = sources.pools().get();
    var some = new LinkedHashMap<String, ExecutorPool.Stats>();
    all.entrySet().stream()
        .limit(SeriesBounds.POOLS)
        .forEach(pool -> some.put(pool.getKey(), pool.getValue()));
    return some;
  }

  private void memory() {
    instruments.gauges(
        "retriever_memory_bytes",
        "Estimated bytes of bodies in memory, by share: held, and the limit.",
        values -> {
          for (var share : MemoryBudget.Share.values()) {
            var account = sources.memory().account(share);
            values.add(account.held(), share.key(), "held");
            values.add(account.limit(), share.key(), "limit");
          }
        },
        "share",
        "state");
    instruments.counts(
        "retriever_memory_refused_total",
        "Requests for memory of a share that did not fit.",
        values -> {
          for (var share : MemoryBudget.Share.values()) {
            values.add(sources.memory().account(share).refused(), share.key());
          }
        },
        "share");
    instruments.count(
        "retriever_messages_refused_total",
        "Large messages of other nodes that this node had no room for.",
        () -> sources.parcels().get().refused());
    instruments.count(
        "retriever_pulled_bytes_total",
        "Bytes of large messages that this node has fetched from others.",
        () -> sources.parcels().get().pulledBytes());
  }
}
