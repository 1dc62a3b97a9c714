package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import dev.retriever.cluster.Api.Answer;
import dev.retriever.cluster.security.keys.ApiKey;
import dev.retriever.cluster.storage.Storage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quotas of tenants on real nodes. */
class TenantQuotaTest {
  private static final int LIMIT = 200;
  private static final ApiKey ACME = ApiKey.generate(new SecureRandom());
  private static final ApiKey SHOP = ApiKey.generate(new SecureRandom());

  /** Every caller waits for its own answers. */
  private static final Executor SOON = run -> new Thread(run, "caller").start();

  @TempDir private Path dataDir;

  private static String key(ApiKey key, String tenant) {
    return "{ id = %s, hash = \"%s\", tenant = %s, roles = [submit, read, cancel] }"
        .formatted(key.id(), key.hash().hex(), tenant);
  }

  private static String keys() {
    return "retriever.node.auth.keys.configured = [%s, %s]"
        .formatted(key(ACME, "acme"), key(SHOP, "shop"));
  }

  private static String quota(String tenant, String quota) {
    return "retriever.node.tenants." + tenant + ".quota { " + quota + " }";
  }

  private static Answer submit(Api api, ApiKey key, String origin, String fetch) {
    return api.submit(origin, fetch, bearer(key));
  }

  private static String[] bearer(ApiKey key) {
    return new String[] {"Authorization", "Bearer " + key.secretText()};
  }

  private static String slow(QuietTarget target, String id) {
    return Api.json(
        "{'id': '%s', 'request': {'url': '%s'}, 'within': '10m'}", id, target.url(1, 60_000));
  }

  private static String[] with(String[] settings, String... more) {
    var all = new ArrayList<>(List.of(settings));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void a_tenant_never_has_more_pending_than_its_quota_though_a_node_crashes() throws Exception {
    var shared = TestDatabase.POSTGRESQL.settings();
    var settings =
        new String[] {
          shared,
          keys(),
          quota("acme", "pending = " + LIMIT),
          quota("shop", "pending = " + LIMIT),
          RunningNode.MAY_CALL_LOOPBACK
        };
    try (var target = new QuietTarget();
        var first = RunningNode.start(dataDir, settings);
        var second = RunningNode.start(dataDir, with(settings, first.joining()))) {
      var third = RunningNode.start(dataDir, with(settings, first.joining(), RunningNode.CRASHING));
      var pending = new Pending(RunningNode.config(dataDir, settings));
      var watching = CompletableFuture.runAsync(pending::watch, SOON);
      var callers = new ArrayList<CompletableFuture<Void>>();
      for (var node : List.of(first, second, third)) {
        for (var key : List.of(ACME, SHOP)) {
          callers.add(CompletableFuture.runAsync(() -> submitMuch(node.api(), key, target), SOON));
        }
      }
      pending.awaitMoreThan(LIMIT / 4);
      third.close();
      callers.forEach(caller -> caller.handle((done, failure) -> null).join());
      pending.over();
      watching.join();

      assertThat(pending.most("acme")).isBetween(LIMIT / 2L, (long) LIMIT);
      assertThat(pending.most("shop")).isBetween(LIMIT / 2L, (long) LIMIT);
    }
  }

  /** Submits until ten submissions in a row are refused, or the node is gone. */
  private static void submitMuch(Api api, ApiKey key, QuietTarget target) {
    var refused = 0;
    for (var n = 0; n < 2 * LIMIT && refused < 10; n++) {
      var id = UUID.randomUUID().toString();
      var answer = submit(api, key, "o-" + n % 40, slow(target, id));
      refused = answer.status() == 429 ? refused + 1 : 0;
    }
  }

  @Test
  void a_repeat_is_answered_though_the_quota_is_used_up() throws Exception {
    try (var target = new QuietTarget();
        var node =
            RunningNode.start(
                dataDir, keys(), quota("acme", "pending = 2"), RunningNode.MAY_CALL_LOOPBACK)) {
      assertThat(submit(node.api(), ACME, "o", slow(target, "a")).status()).isEqualTo(202);
      assertThat(submit(node.api(), ACME, "o", slow(target, "b")).status()).isEqualTo(202);

      var further = submit(node.api(), ACME, "o", slow(target, "c"));
      assertThat(further.status()).isEqualTo(429);
      assertThat(further.at("/type")).isEqualTo("/problems/quota-exceeded");
      assertThat(further.at("/detail")).contains("acme").contains("pending fetches, which is 2");
      assertThat(further.header("Retry-After")).isPresent();

      var repeat = submit(node.api(), ACME, "o", slow(target, "a"));
      assertThat(repeat.status()).isEqualTo(202);
      assertThat(repeat.header("Idempotency-Replayed")).contains("true");
      assertThat(submit(node.api(), SHOP, "o", slow(target, "c")).status()).isEqualTo(202);

      var me = node.api().get("/v1/me", bearer(ACME)).json();
      assertThat(me.at("/quotas/pending").toString()).isEqualTo("{\"used\":2,\"limit\":2}");
      assertThat(me.at("/quotas/bytes/used").asLong()).isPositive();
    }
  }

  @Test
  void a_cancelled_fetch_makes_room_for_another() throws Exception {
    try (var target = new QuietTarget();
        var node =
            RunningNode.start(
                dataDir, keys(), quota("acme", "pending = 1"), RunningNode.MAY_CALL_LOOPBACK)) {
      assertThat(submit(node.api(), ACME, "o", slow(target, "a")).status()).isEqualTo(202);
      assertThat(submit(node.api(), ACME, "o", slow(target, "b")).status()).isEqualTo(429);

      node.api().send("DELETE", Api.fetch("o", "a"), null, bearer(ACME));

      Eventually.becomes(
          true, () -> submit(node.api(), ACME, "o", slow(target, "b")).status() == 202);
    }
  }

  @Test
  void submissions_beyond_the_rate_and_the_bytes_are_refused_with_the_quota_named()
      throws Exception {
    try (var target = new QuietTarget();
        var node =
            RunningNode.start(
                dataDir,
                keys(),
                quota("acme", "submits-per-second = 1, burst = 2"),
                quota("shop", "bytes = 0"),
                RunningNode.MAY_CALL_LOOPBACK)) {
      submit(node.api(), ACME, "o", slow(target, "a"));
      submit(node.api(), ACME, "o", slow(target, "b"));

      assertThat(submit(node.api(), ACME, "o", slow(target, "c")).at("/detail"))
          .contains("submissions a second, which is 1");
      assertThat(submit(node.api(), SHOP, "o", slow(target, "a")).at("/detail"))
          .contains("bytes stored, which is 0");
    }
  }

  /** What the database counts as pending, read again and again. */
  private static final class Pending {
    private final Storage storage;
    private final Map<String, Long> most = new ConcurrentHashMap<>();
    private volatile boolean over;

    Pending(Config config) {
      storage = Storage.from(config);
    }

    void watch() {
      try (var connection = storage.connect();
          var query =
              connection.prepareStatement(
                  "SELECT \"tenant\", SUM(\"pending\") FROM \"tenant_use\" GROUP BY 1")) {
        while (!over) {
          try (var rows = query.executeQuery()) {
            while (rows.next()) {
              most.merge(rows.getString(1), rows.getLong(2), Math::max);
            }
          }
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    void over() {
      over = true;
    }

    long most(String tenant) {
      return most.getOrDefault(tenant, 0L);
    }

    void awaitMoreThan(long pending) {
      Eventually.becomes(true, () -> most("acme") > pending && most("shop") > pending);
    }
  }
}
