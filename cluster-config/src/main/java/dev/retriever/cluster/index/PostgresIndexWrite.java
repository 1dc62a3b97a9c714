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
   * Labels come with the first row of a fetch, and never change. A row that has no deleting
   * transaction is new; one that was there is locked before it is replaced.
   */
  private static final String LABELLED_ROWS =
      "WITH written AS ("
          + ROWS
          + """
          RETURNING "persistence_id" AS id, "place" AS place, "labels" AS labels, xmax = 0 AS fresh),
          named AS (SELECT unnest(string_to_array(labels, E'\\n')) AS label, id, place FROM written
            WHERE fresh AND labels IS NOT NULL)
          INSERT INTO "fetch_label" ("label", "persistence_id", "place")
          SELECT label, id, place FROM named
          ON CONFLICT ("label", "persistence_id", "place") DO NOTHING
          """;

  /**
   * Labels may be erased: the row of the fetch, which is locked, says so. A condition of that form
   * is looked up by key for each label, whatever statistics say.
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

  static void add(PostgresMessage message, List<RowOf> rows) {
    rows(message.then(areLabelled(rows) ? LABELLED_ROWS : ROWS), rows);
  }

  static boolean areLabelled(List<RowOf> rows) {
    return rows.stream().anyMatch(it -> !it.row().labels().isEmpty());
  }

  private static void rows(PostgresMessage message, List<RowOf> rows) {
    message
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
  }

  private static Function<RowOf, Object> end(Function<End, Optional<?>> part) {
    return it -> it.row().end().flatMap(part).map(Object.class::cast).orElse(null);
  }

  private static Long millis(Optional<Instant> at) {
    return at.map(Instant::toEpochMilli).orElse(null);
  }

  private record LabelOf(String label, String persistenceId, IndexRow row) {}

  /**
   * The labels of fetches whose rows are there, and locked by this transaction if they may be
   * erased meanwhile.
   *
   * @param rows have at least one label
   */
  static void labels(PostgresMessage message, List<RowOf> rows) {
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
    message
        .then(LABELS)
        .array("text", labels, LabelOf::label)
        .array("text", labels, LabelOf::persistenceId)
        .array("bigint", labels, it -> it.row().place());
  }
}
