package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.storage.Storage;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL goes away under load, and comes back. {@code -Dretriever.outage=PT20S} makes it
 * longer.
 */
class DatabaseAwayTest {
  private static final Duration OUTAGE =
      Duration.parse(System.getProperty("retriever.outage", "PT2S"));
  private static final Duration DRAINED = Duration.ofSeconds(60);

  /**
   * What callers put up with; the longest are those that were waiting when it went away, 10 s on a
   * machine that is not busy.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final int CALLERS = 4;
  private static final int HELD = 10;

  @TempDir private Path dataDir;

  private record Submitted(
      String id, int status, boolean retryAfter, String detail, Duration took) {
    /** By its own words: without so much as asking the origin. */
    boolean isRefusedAtOnce() {
      return status == 503 && retryAfter && detail.startsWith("The database is away. Nothing was");
    }
  }

  @Test
  void callers_are_told_at_once_and_what_was_accepted_settles_once_when_it_is_back()
      throws Exception {
    try (var target = new TestTarget();
        var postgres = TestPostgres.start(dataDir.resolve("pg"));
        var node =
            RunningNode.start(
                dataDir.resolve("node"), RunningNode.MAY_CALL_LOOPBACK, postgres.database())) {
      var held = IntStream.range(0, HELD).mapToObj(i -> "held-" + i).toList();
      for (var id : held) {
        assertThat(submit(node, id, target.url("/held/away")).status()).isEqualTo(202);
        target.awaitHits(id, 1);
      }

      var during = new Load(node, target, "during");
      Eventually.becomes(true, () -> during.results.size() > 2 * CALLERS, DRAINED);
      postgres.stop();
      target.release("away");
      Eventually.becomes(503, () -> submit(node, "noticed", target.url("/ok")).status());
      assertThat(node.api().delete(fetch("o-held-0", "held-0")))
          .satisfies(it -> assertThat(it.status()).isEqualTo(503))
          .satisfies(
              it -> assertThat(it.at("/detail")).startsWith("The database is away. Nothing"));
      var refused = new Load(node, target, "refused");
      pause(OUTAGE);
      assertThat(refused.over()).isNotEmpty().allMatch(Submitted::isRefusedAtOnce);
      assertThat(node.stat("/permitsHeld")).as("reports are kept").isGreaterThanOrEqualTo(HELD);
      postgres.start();

      Eventually.becomes(202, () -> submit(node, "back", target.url("/ok")).status(), DRAINED);
      assertThat(during.over()).allMatch(s -> s.took().compareTo(PATIENCE) < 0);
      var tried = Stream.of(during, refused).flatMap(load -> load.results.stream()).toList();
      report(tried);
      acceptedSettle(node, held, tried);
      againWithTheSameId(node, target, tried);
      Eventually.becomes(0L, () -> node.stat("/pending"), DRAINED);
      Eventually.becomes(0L, () -> node.stat("/permitsHeld"), DRAINED);
      assertThat(node.stat("/resentReports")).as("until it was back").isPositive();
      assertThat(node.stat("/undeliveredReports")).isZero();
      var ids = Stream.concat(held.stream(), tried.stream().map(Submitted::id)).toList();
      assertThat(ids).allSatisfy(id -> assertThat(target.hits(id)).as(id).hasSize(1));
      assertThat(settledRows(postgres)).doesNotHaveDuplicates().containsAll(origins(ids));
    }
  }

  /** Nobody has asked for them since: they settle by themselves. */
  private static void acceptedSettle(RunningNode node, List<String> held, List<Submitted> tried) {
    var accepted = tried.stream().filter(s -> s.status() == 202).map(Submitted::id);
    Stream.concat(held.stream(), accepted)
        .forEach(
            id ->
                Eventually.becomes(
                    "answered",
                    () -> node.api().get(fetch("o-" + id, id)).at("/outcome/type"),
                    DRAINED));
  }

  /** What was refused may have been accepted nevertheless: repeating it makes it once. */
  private static void againWithTheSameId(
      RunningNode node, TestTarget target, List<Submitted> tried) {
    for (var submitted : tried) {
      if (submitted.status() != 202) {
        var id = submitted.id();
        Eventually.becomes(true, () -> submit(node, id, target.url("/ok")).status() < 300, DRAINED);
        assertThat(node.api().settled(fetch("o-" + id, id)).at("/outcome/type"))
            .isEqualTo("answered");
      }
    }
  }

  /** Callers that submit until it is over, each to origins of its own. */
  private static final class Load {
    private final Queue<Submitted> results = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Void>> callers;
    private volatile boolean over;

    Load(RunningNode node, TestTarget target, String name) {
      callers =
          IntStream.range(0, CALLERS)
              .mapToObj(caller -> name + "-" + caller + "-")
              .map(
                  prefix ->
                      CompletableFuture.runAsync(
                          () -> submitAll(node, prefix, target.url("/ok")),
                          task -> new Thread(task).start()))
              .toList();
    }

    private void submitAll(RunningNode node, String prefix, String url) {
      for (var i = 0; !over; i++) {
        results.add(timed(node, prefix + i, url));
        pause(Duration.ofMillis(200));
      }
    }

    /** Waits until the last answer has come. */
    List<Submitted> over() {
      over = true;
      callers.forEach(CompletableFuture::join);
      return new ArrayList<>(results);
    }
  }

  private static Submitted timed(RunningNode node, String id, String url) {
    var start = System.nanoTime();
    var answer = submit(node, id, url);
    var took = Duration.ofNanos(System.nanoTime() - start);
    var retryAfter = answer.header("Retry-After").isPresent();
    var detail = answer.status() == 503 ? answer.at("/detail") : "";
    return new Submitted(id, answer.status(), retryAfter, detail, took);
  }

  private static Api.Answer submit(RunningNode node, String id, String url) {
    return node.api()
        .submit(
            "o-" + id, json("{'id': '%s', 'request': {'url': '%s', 'method': 'POST'}}", id, url));
  }

  private static List<String> origins(List<String> ids) {
    return ids.stream().map(id -> "http|o-" + id).toList();
  }

  /** The origins that have settled something, as often as they have. */
  private List<String> settledRows(TestPostgres postgres) throws SQLException {
    var origins = new ArrayList<String>();
    try (var connection = Storage.from(RunningNode.config(dataDir, postgres.database())).connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                SELECT persistence_id FROM event_journal
                WHERE event_ser_manifest LIKE '%FetchSettled%'
                """)) {
      while (rows.next()) {
        origins.add(rows.getString(1));
      }
    }
    return origins;
  }

  private static void report(List<Submitted> tried) {
    if (System.getProperty("retriever.outage") != null) {
      for (var status : List.of(202, 503)) {
        var times =
            tried.stream().filter(s -> s.status() == status).map(Submitted::took).sorted().toList();
        System.err.printf(
            "%d: %d, median %s, longest %s%n",
            status, times.size(), times.get(times.size() / 2), times.get(times.size() - 1));
      }
    }
  }

  /** Another process is away, or has to be seen under load, for so long. */
  private static void pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }
}
