package dev.retriever.origin.index;

import java.util.List;
import java.util.Optional;

/**
 * What a write of journal rows changes in the index of fetches and schedules. Both are written in
 * one transaction, or neither is. Immutable.
 *
 * @param rows of fetches, one for each place
 * @param schedules one for each id
 */
public record IndexRows(List<IndexRow> rows, List<ScheduleRow> schedules) {
  /** Nothing changes. */
  public static final IndexRows NONE = new IndexRows(List.of());

  /** Of fetches alone. */
  public IndexRows(List<IndexRow> rows) {
    this(rows, List.of());
  }

  /** Whether nothing changes. */
  public boolean isNothing() {
    return rows.isEmpty() && schedules.isEmpty();
  }

  /**
   * As a tag of the last journal row of the write. The database's journal takes it off and writes
   * these rows with that row; no tag is stored.
   */
  public String tag() {
    return IndexRowsTag.of(this);
  }

  /** Reads a tag of a journal row; empty when the tag is of another kind. */
  public static Optional<IndexRows> of(String tag) {
    return tag.startsWith(IndexRowsTag.PREFIX)
        ? Optional.of(IndexRowsTag.read(tag))
        : Optional.empty();
  }
}
