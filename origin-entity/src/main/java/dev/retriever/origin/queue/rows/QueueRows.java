package dev.retriever.origin.queue.rows;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.wire.Line;
import java.util.List;
import java.util.Optional;

/**
 * What a write of journal rows changes in the rows of queues. Both are written in one transaction,
 * or neither is: the database refuses the whole write when a start's grant is stale, its slot is
 * taken, or its key is held. Immutable.
 *
 * @param starts attempts that begin
 * @param ends attempts that are over
 * @param held keys that a fetch holds from now on until it settles
 * @param freed keys that a settled fetch no longer holds
 * @param lines each replaces the row of the same queue, origin, key and priority; an empty line
 *     deletes it
 * @param listed settings of a queue that have changed; only in writes of queues themselves
 */
public record QueueRows(
    List<Start> starts,
    List<End> ends,
    List<KeyOf> held,
    List<KeyOf> freed,
    List<LineOf> lines,
    List<Listed> listed) {
  /** Nothing changes. */
  public static final QueueRows NONE =
      new QueueRows(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  /**
   * An attempt begins. Its row says when its time is up: the database's time plus the timeout.
   *
   * @param timeoutMillis of the attempt
   */
  public record Start(Lease lease, String fetchId, int attempt, String key, long timeoutMillis) {}

  /**
   * An attempt is over. Its slot is free, unless the request may still run.
   *
   * @param lingers whether it may still run
   */
  public record End(Lease lease, boolean lingers) {}

  /**
   * A key of a strict queue, and the fetch that holds it.
   *
   * @param key after the name of its tenant and a slash
   */
  public record KeyOf(String queue, String key, String fetchId) {
    /** Tenants have keys of their own. No tenant's name has a slash, so the first one ends it. */
    public static KeyOf of(String queue, String tenant, String key, String fetchId) {
      return new KeyOf(queue, ofTenant(tenant, key), fetchId);
    }

    /** The key after the name of its tenant. */
    public static String ofTenant(String tenant, String key) {
      return tenant + "/" + key;
    }
  }

  /** A line of the origin in that queue. */
  public record LineOf(String queue, String tenant, Line line) {}

  /**
   * The settings of a queue, for all nodes.
   *
   * @param settings as JSON; empty when the queue is removed
   */
  public record Listed(String queue, long version, Optional<String> settings) {}

  /** Whether nothing changes. */
  public boolean isNothing() {
    return starts.isEmpty()
        && ends.isEmpty()
        && held.isEmpty()
        && freed.isEmpty()
        && lines.isEmpty()
        && listed.isEmpty();
  }

  /**
   * As a tag of the last journal row of the write. The database's journal takes it off and writes
   * these rows with that row; no tag is stored. Times are rounded down to the millisecond.
   */
  public String tag() {
    return QueueRowsTag.of(this);
  }

  /** Reads a tag of a journal row; empty when the tag is of another kind. */
  public static Optional<QueueRows> of(String tag) {
    return tag.startsWith(QueueRowsTag.PREFIX)
        ? Optional.of(QueueRowsTag.read(tag))
        : Optional.empty();
  }
}
