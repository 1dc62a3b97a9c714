package dev.retriever.cluster.index;

import dev.retriever.cluster.database.PostgresMessage;
import dev.retriever.cluster.index.IndexWrite.RowOf;
import dev.retriever.origin.index.IndexRow;
import dev.retriever.origin.index.IndexRow.End;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The rows of the index, as parts of a message to PostgreSQL. */
final class PostgresIndexWrite {
  private static final String ROWS =
      """
      INSERT INTO "fetch_index" ("persistence_id", "place", "row_number", "fetch_id", "state",
        "stage", "reason", "status", "attempts", "method", "host", "queue", "labels",
        "accepted_at", "not_before", "settled_at")
      SELECT * FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::smallint[],
        ?::text[], ?::text[], ?::smallint[], ?::smallint[], ?::text[], ?::text[], ?::text[],
        ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
      ON CONFLICT ("persistence_id", "place") DO UPDATE
      SET "row_number" = EXCLUDED."row_number", "fetch_id" = EXCLUDED."fetch_id",
        "state" = EXCLUDED."state", "stage" = EXCLUDED."stage", "reason" = EXCLUDED."reason",
        "status" = EXCLUDED."status", "attempts" = EXCLUDED."attempts",
        "method" = EXCLUDED."method", "host" = EXCLUDED."host", "queue" = EXCLUDED."queue",
        "labels" = EXCLUDED."labels", "accepted_at" = EXCLUDED."accepted_at",
        "not_before" = EXCLUDED."not_before", "settled_at" = EXCLUDED."settled_at"
      WHERE "fetch_index"."row_number" < EXCLUDED."row_number"
      """;

  /**
   * The labels of a fetch never change, but may be erased: the statement before has locked its row,
   * which says so. A condition of that form is looked up by key for each label, whatever statistics
   * say.
   */
  private static final String LABELS =
      """
      INSERT INTO "fetch_label" ("label", "persistence_id", "place")
      SELECT l.label, l.id, l.place
      FROM unnest(?::text[], ?::text[], ?::bigint[]) AS l(label, id, place)
      WHERE (SELECT f."labels" FROM "fetch_index" f
        WHERE f."persistence_id" = l.id AND f."place" = l.place) IS NOT NULL
      ON CONFLICT ("label", "persistence_id", "place") DO NOTHING
      """;

  private PostgresIndexWrite() {}

  static void add(PostgresMessage message, IndexWrite write) {
    var rows = write.rows();
    message
        .then(ROWS)
        .array("text", rows, RowOf::persistenceId)
        .array("bigint", rows, it -> it.row().place())
        .array("bigint", rows, it -> it.row().row())
        .array("text", rows, it -> IndexText.of(it.row().fetchId()))
        .array("smallint", rows, RowOf::state)
        .array("text", rows, end(End::stage))
        .array("text", rows, end(it -> it.reason().map(IndexText::reason)))
        .array("smallint", rows, end(End::status))
        .array("smallint", rows, it -> it.row().end().map(End::attempts).orElse(0))
        .array("text", rows, it -> it.row().method())
        .array("text", rows, it -> IndexText.of(it.row().host()))
        .array("text", rows, it -> it.row().queue().orElse(null))
        .array("text", rows, RowOf::labels)
        .array("bigint", rows, it -> it.row().acceptedAt().toEpochMilli())
        .array("bigint", rows, it -> millis(it.row().notBefore()))
        .array("bigint", rows, it -> millis(it.row().end().map(End::at)));
    labels(message, rows);
  }

  private static Function<RowOf, Object> end(Function<End, Optional<?>> part) {
    return it -> it.row().end().flatMap(part).map(Object.class::cast).orElse(null);
  }

  private static Long millis(Optional<Instant> at) {
    return at.map(Instant::toEpochMilli).orElse(null);
  }

  private record LabelOf(String label, String persistenceId, IndexRow row) {}

  private static void labels(PostgresMessage message, List<RowOf> rows) {
    var labels =
        rows.stream()
            .flatMap(
                it ->
                    it.row().labels().stream()
                        .map(label -> new LabelOf(label, it.persistenceId(), it.row())))
            .sorted(
                java.util.Comparator.comparing(LabelOf::label)
                    .thenComparing(LabelOf::persistenceId)
                    .thenComparing(it -> it.row().place()))
            .toList();
    if (!labels.isEmpty()) {
      message
          .then(LABELS)
          .array("text", labels, LabelOf::label)
          .array("text", labels, LabelOf::persistenceId)
          .array("bigint", labels, it -> it.row().place());
    }
  }
}
