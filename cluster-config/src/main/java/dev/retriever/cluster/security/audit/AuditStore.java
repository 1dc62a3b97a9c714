package dev.retriever.cluster.security.audit;

import dev.retriever.executor.Tenant;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where the rows of the audit are. Calls block, each for a limited time. Thread-safe. */
public interface AuditStore extends AutoCloseable {
  /**
   * A row as it is stored.
   *
   * @param position greater than those of all rows that were stored before
   * @param end of the deed, if this row is its beginning and it has ended
   */
  record Stored(long position, AuditRow row, Optional<AuditRow.Kind> end) {}

  /**
   * The rows that are asked for.
   *
   * @param tenant whose rows; empty for all
   * @param since the earliest time
   * @param after the position before the first one
   * @param limit how many at most
   */
  record Query(Optional<Tenant> tenant, Optional<Instant> since, long after, int limit) {}

  /** Adds all of these rows or none. */
  void add(List<AuditRow> rows) throws SQLException;

  /** Rows in the order of their positions. */
  List<Stored> read(Query query) throws SQLException;

  /**
   * Deletes the oldest rows.
   *
   * @return how many; fewer than the limit if no more are that old
   */
  int deleteBefore(Instant time, int limit) throws SQLException;

  @Override
  void close();
}
