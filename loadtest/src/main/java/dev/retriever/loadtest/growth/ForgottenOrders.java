package dev.retriever.loadtest.growth;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.Database.Kind;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * An origin for each order, with one fetch: as many as settle in a retention, for several of them.
 * A node forgets those of each retention while it runs. The rows are copies of those of one real
 * fetch, with time stamps of two days ago.
 */
public final class ForgottenOrders {
  /** Of the row of a forgotten origin with an id of about 20 characters, with its share of keys. */
  private static final double BYTES = 250;

  private static final Duration PATIENCE = Duration.ofHours(1);
  private static final String OFTEN = "-Dretriever.node.purge.interval=1s";

  private static final String COPY =
      """
      INSERT INTO "event_journal" ("persistence_id", "sequence_number", "deleted", "writer",
        "write_timestamp", "adapter_manifest", "event_ser_id", "event_ser_manifest",
        "event_payload")
      SELECT 'http|order-%d-' || %s, j."sequence_number", FALSE, j."writer", %d,
        j."adapter_manifest", j."event_ser_id", j."event_ser_manifest", j."event_payload"
      FROM %s CROSS JOIN "template" j
      """;

  private final TestBed stage;
  private final Context context;
  private final boolean postgres;

  public ForgottenOrders(TestBed stage) {
    this.stage = stage;
    context = stage.context();
    postgres = context.databases().kind() == Kind.POSTGRES;
  }

  public void run() throws IOException, InterruptedException {
    var origins = context.size("origins");
    var retentions = context.size("retentions");
    template();
    compact();
    var empty = stage.database().bytes();
    var table = stage.draft().table("Retentions, one after the other");
    var forgotten = 0L;
    for (var number = 1; number <= retentions; number++) {
      copy(number, origins);
      var full = stage.database().bytes();
      var seconds = forget(origins);
      forgotten += origins;
      vacuum();
      row(table.next(), number, full, seconds);
      context.say("%d of %d retentions are over", number, retentions);
    }
    compact();
    var left = (stage.database().bytes() - empty) / (double) forgotten;
    stage
        .draft()
        .promise(
            "rows left",
            stage.database().rows("event_journal") == forgotten,
            stage.database().rows("event_journal"),
            "one for each origin that was forgotten");
    if (postgres) {
      stage.draft().atMost("left of an origin", left, "bytes", BYTES);
    }
  }

  private void row(ResultDraft.Rows row, int number, long full, double seconds) throws IOException {
    row.cell("retention", number)
        .cell("new origins", context.size("origins"))
        .cell("MiB with them", full / 1048576.0)
        .cell("forgotten after, s", seconds)
        .cell("origins/s", context.size("origins") / seconds)
        .cell("MiB afterwards", stage.database().bytes() / 1048576.0);
  }

  /** One real fetch, whose rows are copied. */
  private void template() throws IOException, InterruptedException {
    var node = stage.node(Map.of());
    node.start();
    new Jobs(stage, node).settle("template", 1, 1, Submission.get(stage.url("/uuid")));
    node.stop();
    stage.database().execute("CREATE TABLE \"template\" AS SELECT * FROM \"event_journal\"");
    stage.database().execute("DELETE FROM \"event_journal\"");
  }

  private void copy(int number, int origins) throws IOException {
    var old = Instant.now().minus(Duration.ofDays(2)).toEpochMilli();
    var counted = postgres ? "generate_series(1, %d) AS g(n)" : "SYSTEM_RANGE(1, %d)";
    var each = postgres ? "n" : "\"X\"";
    stage.database().execute(COPY.formatted(number, each, old, counted.formatted(origins)));
  }

  /** Until a node that starts has forgotten so many; in seconds, from its start. */
  private double forget(int origins) throws IOException, InterruptedException {
    var node = stage.node(Map.of(), OFTEN);
    node.start();
    var api = stage.api();
    var begun = System.nanoTime();
    Polling.until(
        PATIENCE, 100, () -> api.stat(node.management(), "forgottenOrigins").join() >= origins);
    var seconds = (System.nanoTime() - begun) / 1e9;
    node.stop();
    return seconds;
  }

  /** What was deleted may be used again, as a server does by itself after a while. */
  private void vacuum() throws IOException {
    if (postgres) {
      stage.database().execute("VACUUM ANALYZE event_journal");
    }
  }

  private void compact() throws IOException {
    if (postgres) {
      stage.database().execute("VACUUM FULL");
    }
  }
}
