package dev.retriever.cluster.storage;

import dev.retriever.cluster.database.PostgresMessage;
import dev.retriever.cluster.storage.QueueWrite.HolderOf;
import dev.retriever.cluster.storage.QueueWrite.LineRow;
import dev.retriever.cluster.storage.QueueWrite.StartOf;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.Listed;
import java.time.Instant;
import java.util.List;

/**
 * The rows of queues, as parts of a message to PostgreSQL. Slots become free before others are
 * taken, and lines come last.
 */
final class PostgresQueueWrite {
  static final String FREE_SLOTS =
      """
      DELETE FROM "queue_slot" s USING unnest(?::text[], ?::int[], ?::bigint[])
        AS e(queue, slot, grant_no)
      WHERE s."queue" = e.queue AND s."slot" = e.slot AND s."grant_no" = e.grant_no
      """;

  private static final String LINGER =
      """
      UPDATE "queue_slot" s SET "lingers" = TRUE FROM unnest(?::text[], ?::int[], ?::bigint[])
        AS e(queue, slot, grant_no)
      WHERE s."queue" = e.queue AND s."slot" = e.slot AND s."grant_no" = e.grant_no
      """;

  /**
   * Held until the commit, so a start is before a raise, or sees it. A lock on the row of the fence
   * would do the same, but a raise gets that one only when no start has it: with 16 writers it took
   * 4 s and more. Before this kind of lock, those who come later wait behind a raise.
   */
  private static final String HOLD_FENCES =
      "SELECT pg_advisory_xact_lock_shared(%d, fence) FROM unnest(?::int[]) AS f(fence)"
          .formatted(QueueStatements.FENCES);

  /**
   * It sees the floors after the locks, as a statement of its own. A stale grant has no slot, which
   * the table refuses. A grant without a slot makes a row only if it is stale, for the same
   * refusal.
   */
  private static final String TAKE_SLOTS =
      """
      INSERT INTO "queue_slot" ("queue", "slot", "grant_no", "persistence_id", "fetch_id",
        "attempt", "key", "time_up", "lingers", "probe", "strict")
      SELECT g.queue, CASE WHEN f."floor" < g.grant_no THEN g.slot END, g.grant_no, g.id, g.fetch_id,
        g.attempt, g.key,
        CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) + g.timeout,
        FALSE, g.probe, g.strict
      FROM unnest(?::text[], ?::int[], ?::bigint[], ?::text[], ?::text[], ?::int[], ?::text[],
          ?::bigint[], ?::bool[], ?::bool[])
        AS g(queue, slot, grant_no, id, fetch_id, attempt, key, timeout, probe, strict)
      LEFT JOIN "queue_fence" f ON f."queue" = g.queue
      WHERE g.slot > 0 OR (f."floor" < g.grant_no) IS NOT TRUE
      ORDER BY g.queue, g.slot
      """;

  private static final String FREE_KEYS =
      """
      DELETE FROM "queue_key" k USING unnest(?::text[], ?::text[], ?::text[], ?::text[])
        AS e(queue, key, id, fetch_id)
      WHERE k."queue" = e.queue AND k."key" = e.key AND k."persistence_id" = e.id
        AND k."fetch_id" = e.fetch_id
      """;

  private static final String HOLD_KEYS =
      """
      INSERT INTO "queue_key" ("queue", "key", "persistence_id", "fetch_id")
      SELECT h.queue, h.key, h.id, h.fetch_id
      FROM unnest(?::text[], ?::text[], ?::text[], ?::text[]) AS h(queue, key, id, fetch_id)
      WHERE NOT EXISTS (
        SELECT 1 FROM "queue_key" k WHERE k."queue" = h.queue AND k."key" = h.key
          AND k."persistence_id" = h.id AND k."fetch_id" = h.fetch_id)
      """;

  private static final String DELETE_LINES =
      """
      DELETE FROM "queue_line" l USING unnest(?::text[], ?::text[], ?::text[], ?::int[])
        AS e(queue, id, key, priority)
      WHERE l."queue" = e.queue AND l."persistence_id" = e.id AND l."key" = e.key
        AND l."priority" = e.priority
      """;

  private static final String LINES =
      """
      INSERT INTO "queue_line" ("queue", "persistence_id", "key", "priority", "tenant", "waiting",
        "ready", "oldest", "ready_at", "later_at", "deadline", "sequence_number")
      SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::int[], ?::int[],
        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
      ON CONFLICT ("queue", "persistence_id", "key", "priority") DO UPDATE
      SET "waiting" = EXCLUDED."waiting", "ready" = EXCLUDED."ready", "oldest" = EXCLUDED."oldest",
        "ready_at" = EXCLUDED."ready_at", "later_at" = EXCLUDED."later_at",
        "deadline" = EXCLUDED."deadline", "sequence_number" = EXCLUDED."sequence_number"
      """;

  private static final String UNLIST = "DELETE FROM \"queue\" WHERE \"name\" = ANY (?::text[])";

  private static final String LIST =
      """
      INSERT INTO "queue" ("name", "version", "settings")
      SELECT * FROM unnest(?::text[], ?::bigint[], ?::text[])
      ON CONFLICT ("name") DO UPDATE
      SET "version" = EXCLUDED."version", "settings" = EXCLUDED."settings"
      """;

  private PostgresQueueWrite() {}

  /** Adds what is to be written, if there is anything. */
  static void add(PostgresMessage message, QueueWrite write) {
    if (write.isNothing()) {
      return;
    }
    hold(message, write.starts());
    slots(message, write.ends(), write.starts());
    keys(message, FREE_KEYS, write.freed());
    keys(message, HOLD_KEYS, write.held());
    lines(message, write.lines());
    listed(message, write.listed());
  }

  /** Before all locks on rows, so that no holder of these waits for a raise. */
  private static void hold(PostgresMessage message, List<StartOf> starts) {
    if (!starts.isEmpty()) {
      var fences =
          starts.stream().map(it -> QueueStatements.fence(it.lease().fence())).distinct().sorted();
      message.then(HOLD_FENCES).array("int", fences.toList(), it -> it);
    }
  }

  private static void slots(PostgresMessage message, List<End> ends, List<StartOf> starts) {
    ends(message, FREE_SLOTS, ends.stream().filter(it -> !it.lingers()).toList());
    ends(message, LINGER, ends.stream().filter(End::lingers).toList());
    if (!starts.isEmpty()) {
      message
          .then(TAKE_SLOTS)
          .array("text", starts, it -> it.lease().fence())
          .array("int", starts, it -> it.lease().slot())
          .array("bigint", starts, it -> it.lease().grantNo())
          .array("text", starts, StartOf::persistenceId)
          .array("text", starts, it -> it.start().fetchId())
          .array("int", starts, it -> it.start().attempt())
          .array("text", starts, it -> it.start().key())
          .array("bigint", starts, it -> it.start().timeoutMillis())
          .array("bool", starts, it -> it.lease().probe())
          .array("bool", starts, it -> it.lease().strict());
    }
  }

  private static void ends(PostgresMessage message, String statement, List<End> all) {
    var ends = all.stream().filter(it -> it.lease().hasSlot()).toList();
    if (!ends.isEmpty()) {
      message
          .then(statement)
          .array("text", ends, it -> it.lease().queue())
          .array("int", ends, it -> it.lease().slot())
          .array("bigint", ends, it -> it.lease().grantNo());
    }
  }

  private static void keys(PostgresMessage message, String statement, List<HolderOf> keys) {
    if (!keys.isEmpty()) {
      message
          .then(statement)
          .array("text", keys, it -> it.key().queue())
          .array("text", keys, it -> it.key().key())
          .array("text", keys, HolderOf::persistenceId)
          .array("text", keys, it -> it.key().fetchId());
    }
  }

  private static void lines(PostgresMessage message, List<LineRow> lines) {
    var gone = lines.stream().filter(it -> it.line().isEmpty()).toList();
    if (!gone.isEmpty()) {
      places(message.then(DELETE_LINES), gone);
    }
    var some = lines.stream().filter(it -> !it.line().isEmpty()).toList();
    if (!some.isEmpty()) {
      places(message.then(LINES), some)
          .array("text", some, it -> it.of().tenant())
          .array("int", some, it -> it.line().waiting())
          .array("int", some, it -> it.line().ready())
          .array("bigint", some, it -> it.line().oldest().toEpochMilli())
          .array("bigint", some, it -> it.line().readyAt().toEpochMilli())
          .array("bigint", some, it -> it.line().laterAt().map(Instant::toEpochMilli).orElse(null))
          .array("bigint", some, it -> it.line().deadline().toEpochMilli())
          .array("bigint", some, LineRow::row);
    }
  }

  private static PostgresMessage places(PostgresMessage message, List<LineRow> lines) {
    return message
        .array("text", lines, LineRow::queue)
        .array("text", lines, LineRow::persistenceId)
        .array("text", lines, it -> it.line().key())
        .array("int", lines, it -> it.line().priority());
  }

  private static void listed(PostgresMessage message, List<Listed> listed) {
    var gone = listed.stream().filter(it -> it.settings().isEmpty()).toList();
    if (!gone.isEmpty()) {
      message.then(UNLIST).array("text", gone, Listed::queue);
    }
    var some = listed.stream().filter(it -> it.settings().isPresent()).toList();
    if (!some.isEmpty()) {
      message
          .then(LIST)
          .array("text", some, Listed::queue)
          .array("bigint", some, Listed::version)
          .array("text", some, it -> it.settings().orElseThrow());
    }
  }
}
