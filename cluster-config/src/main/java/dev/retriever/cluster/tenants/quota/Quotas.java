package dev.retriever.cluster.tenants.quota;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.database.StoreWork;
import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.storage.TenantLeases;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Verdict;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The quotas of all tenants on this node. Pending fetches are bounded exactly in the whole cluster;
 * a node may refuse early while others hold units. Submissions a second are the node's share. Bytes
 * are those of the last look, with what this node has taken since. Thread-safe.
 */
public final class Quotas implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Quotas.class);

  /** What is bounded, in words for callers. */
  private enum Bounded {
    PENDING("pending fetches"),
    RATE("submissions a second"),
    BYTES("bytes stored");

    private final String what;

    Bounded(String what) {
      this.what = what;
    }
  }

  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** Tenants that submit to one node between two restarts, at most. */
  private static final int MOST_TENANTS = 10_000;

  private final Quota.All quotas;
  private final TenantLeases leases;
  private final PendingQuota.Node node;
  private final ExecutorService database =
      Executors.newSingleThreadExecutor(
          run -> {
            var thread = new Thread(run, "retriever-quotas");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, TenantQuota> byTenant = new ConcurrentHashMap<>();

  private final Map<Bounded, LongAdder> refused = new EnumMap<>(Bounded.class);

  /**
   * @param node its name in the cluster, another one after each start
   * @param members of the cluster, at least 1
   */
  public Quotas(
      Quota.All quotas,
      TenantLeases leases,
      String node,
      IntSupplier members,
      Clock clock,
      LongSupplier nanos) {
    this.quotas = quotas;
    this.leases = leases;
    for (var quota : Bounded.values()) {
      refused.put(quota, new LongAdder());
    }
    this.node = new PendingQuota.Node(node, leases, members, database, clock, nanos);
  }

  /**
   * Why a submission is refused before its body is read: the rate, or the bytes stored.
   *
   * @param length of its body, if the caller has told
   */
  public Optional<Problem> refusal(Tenant tenant, OptionalLong length) {
    return quota(tenant).flatMap(it -> it.refusal(length.orElse(0)));
  }

  /**
   * Records a submission if the tenant may have one more fetch pending. A repeat of a fetch that is
   * there needs no room.
   *
   * @param known reads the fetch of that id
   * @param submit records it, unless it is there
   * @return fails with a {@link Problem.Found} when there is no room, or the database does not say
   */
  public CompletionStage<Origins.Answer> recorded(
      Tenant tenant,
      Supplier<CompletionStage<Origins.Answer>> known,
      Supplier<CompletionStage<Origins.Answer>> submit) {
    var pending = quota(tenant).flatMap(it -> it.pending);
    if (pending.isEmpty()) {
      return submit.get();
    }
    return pending
        .get()
        .take()
        .exceptionally(failure -> unreadable(tenant, failure))
        .thenCompose(
            unit ->
                unit.isPresent()
                    ? settled(unit.get(), submit)
                    : known
                        .get()
                        .thenCompose(
                            answer ->
                                answer.fetch().isPresent()
                                    ? submit.get()
                                    : CompletableFuture.failedStage(usedUp(tenant).found())));
  }

  /**
   * The same for several fetches of one origin, which are recorded together or not at all. Without
   * room for all of them they are refused, those too that are there already.
   *
   * @param submit records them, and gives a verdict for each
   */
  public CompletionStage<List<Verdict>> recordedAll(
      Tenant tenant, int count, Supplier<CompletionStage<List<Verdict>>> submit) {
    var pending = quota(tenant).flatMap(it -> it.pending);
    if (pending.isEmpty()) {
      return submit.get();
    }
    return BatchUnits.taken(
            () -> pending.get().take().exceptionally(failure -> unreadable(tenant, failure)),
            count,
            () -> usedUp(tenant).found())
        .thenCompose(units -> units.settled(submit));
  }

  private static CompletionStage<Origins.Answer> settled(
      Unit unit, Supplier<CompletionStage<Origins.Answer>> submit) {
    CompletionStage<Origins.Answer> answer;
    try {
      answer = submit.get();
    } catch (RuntimeException e) {
      unit.returned();
      throw e;
    }
    return answer.whenComplete(
        (given, failure) -> {
          if (failure != null) {
            unit.doubtful();
          } else if (given.verdict() == Verdict.ACCEPTED) {
            unit.recorded();
          } else {
            unit.returned();
          }
        });
  }

  private static Optional<Unit> unreadable(Tenant tenant, Throwable failure) {
    LOG.warn(
        "A submission of tenant {} is answered 503: its quota cannot be read: {}",
        tenant,
        failure.toString());
    throw Problem.of(
            ProblemType.STORAGE_UNAVAILABLE,
            "The quota cannot be read now. Nothing was changed; repeat it, with the same id.")
        .found();
  }

  private Problem usedUp(Tenant tenant) {
    return exceeded(
        tenant, Bounded.PENDING, quotas.of(tenant).pending().orElse(0), "Wait for some to settle.");
  }

  /**
   * The quotas of a tenant and what it uses, as JSON; empty for the default tenant, which has none.
   *
   * @return fails with an {@link SQLException} when the database does not say
   */
  public CompletionStage<Optional<ObjectNode>> report(Tenant tenant) {
    if (tenant.isDefault()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return StoreWork.begin(
        database, () -> Optional.of(report(quotas.of(tenant), leases.used(tenant.name()))));
  }

  private static ObjectNode report(Quota quota, TenantLeases.Used used) {
    var json = JsonNodeFactory.instance.objectNode();
    var pending = json.putObject("pending").put("used", used.pending());
    quota.pending().ifPresent(limit -> pending.put("limit", limit));
    var bytes = json.putObject("bytes").put("used", used.bytes());
    quota.bytes().ifPresent(limit -> bytes.put("limit", limit));
    quota
        .submitsPerSecond()
        .ifPresent(
            limit ->
                json.putObject("submitsPerSecond").put("limit", limit).put("burst", quota.burst()));
    return json;
  }

  /**
   * Renews leases, gives back unused ones and reads the use at intervals, until the system stops.
   */
  public void start(ActorSystem<?> system) {
    var looking =
        system
            .scheduler()
            .scheduleWithFixedDelay(INTERVAL, INTERVAL, this::look, system.executionContext());
    LastTasks.run(
        system,
        "close-quotas",
        () -> {
          looking.cancel();
          close();
        });
  }

  void look() {
    if (byTenant.isEmpty()) {
      return; // a node without such tenants leaves the database alone
    }
    database.execute(
        () -> {
          try {
            for (var tenant : byTenant.values()) {
              tenant.look();
            }
            leases.deleteLapsed(node.clock().instant());
          } catch (SQLException e) {
            LOG.warn("Quotas cannot be renewed; this node goes on with what it holds: {}", "" + e);
          }
        });
  }

  private Optional<TenantQuota> quota(Tenant tenant) {
    var quota = quotas.of(tenant);
    if (quota.equals(Quota.NONE)) {
      return Optional.empty();
    }
    if (byTenant.size() >= MOST_TENANTS && !byTenant.containsKey(tenant.name())) {
      throw Problem.of(
              ProblemType.OVERLOADED, "More tenants submit to this node than it can count.")
          .found();
    }
    return Optional.of(
        byTenant.computeIfAbsent(tenant.name(), name -> new TenantQuota(name, quota)));
  }

  /** Submissions that were refused on this node since its start, by a word for the quota. */
  public Map<String, Long> refusals() {
    var counts = new TreeMap<String, Long>();
    refused.forEach(
        (quota, count) -> counts.put(quota.name().toLowerCase(Locale.ROOT), count.sum()));
    return counts;
  }

  private Problem exceeded(Tenant tenant, Bounded quota, long limit, String next) {
    refused.get(quota).increment();
    return Problem.of(
        ProblemType.QUOTA_EXCEEDED,
        "Tenant "
            + tenant
            + " has used up its quota of "
            + quota.what
            + ", which is "
            + limit
            + ". "
            + next);
  }

  @Override
  public void close() {
    database.shutdown();
    leases.close();
  }

  private final class TenantQuota {
    private final Tenant tenant;
    private final Quota quota;
    private final Optional<SubmitRate> rate;
    private final Optional<PendingQuota> pending;
    private long bytes;

    TenantQuota(String name, Quota quota) {
      this.tenant = new Tenant(name);
      this.quota = quota;
      this.rate =
          quota.submitsPerSecond().isPresent()
              ? Optional.of(new SubmitRate(quota.submitsPerSecond().getAsLong(), quota.burst()))
              : Optional.empty();
      this.pending =
          quota.pending().isPresent()
              ? Optional.of(new PendingQuota(name, quota.pending().getAsLong(), node))
              : Optional.empty();
      if (quota.bytes().isPresent()) {
        database.execute(this::read);
      }
    }

    synchronized Optional<Problem> refusal(long length) {
      var now = node.nanos().getAsLong();
      if (rate.flatMap(it -> it.waitFor(now, node.members().getAsInt())).isPresent()) {
        return Optional.of(
            exceeded(tenant, Bounded.RATE, quota.submitsPerSecond().getAsLong(), "Send fewer."));
      }
      if (quota.bytes().isPresent() && bytes + length >= quota.bytes().getAsLong()) {
        return Optional.of(
            exceeded(
                tenant,
                Bounded.BYTES,
                quota.bytes().getAsLong(),
                "Wait until old fetches have been purged, or ask for more."));
      }
      bytes += length;
      return Optional.empty();
    }

    void look() throws SQLException {
      if (pending.isPresent()) {
        pending.get().look();
      }
      if (quota.bytes().isPresent()) {
        read();
      }
    }

    private void read() {
      try {
        var read = leases.used(tenant.name()).bytes();
        synchronized (this) {
          bytes = read;
        }
      } catch (SQLException e) {
        LOG.warn(
            "The bytes of tenant {} cannot be read; the last figure stands: {}", tenant, "" + e);
      }
    }
  }
}
