package dev.retriever.cluster.security.keys;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the database, in memory. They are read again at intervals, so that other nodes'
 * changes arrive, and none is accepted when that has failed for too long. Reads do not block;
 * changes wait for the database. Thread-safe.
 */
public final class StoredKeys implements KeySource {
  private static final Logger LOG = LoggerFactory.getLogger(StoredKeys.class);

  private final KeyTable table;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final long maxAge;
  private final int maxKeys;
  private final Duration keepEnded;
  private final UsedKeys used = new UsedKeys();
  private volatile Copy copy;
  private boolean away;
  private Instant forgotten = Instant.EPOCH;

  /** What was read, and when the reading began. */
  private record Copy(Map<String, Key> byId, long version, long readAt) {}

  /**
   * @param nanoTime of which ages are made, because the clock may be set
   */
  StoredKeys(KeyTable table, KeySettings settings, Clock clock, LongSupplier nanoTime) {
    this.table = table;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.maxAge = settings.maxAge().toNanos();
    this.maxKeys = settings.maxKeys();
    this.keepEnded = settings.keepEnded();
    this.copy = new Copy(Map.of(), -1, nanoTime.getAsLong() - maxAge - 1);
  }

  @Override
  public Optional<Key> find(String id) {
    var now = copy;
    if (nanoTime.getAsLong() - now.readAt() > maxAge) {
      throw Problem.of(
              ProblemType.STORAGE_UNAVAILABLE,
              "The database is away, so it is not known whether this key was revoked; repeat the"
                  + " request when it is back.")
          .found();
    }
    return Optional.ofNullable(now.byId().get(id));
  }

  @Override
  public void used(String id, Instant now) {
    used.note(id, now);
  }

  /** One look at the database. Never throws: the next one tries again. */
  synchronized void poll() {
    try {
      read();
      if (away) {
        away = false;
        LOG.info("The keys of the database are read again");
      }
      noteUses();
    } catch (SQLException | RuntimeException e) {
      if (!away) {
        away = true;
        LOG.warn(
            "The keys of the database cannot be read. Those read before are accepted for {} s from"
                + " then: {}",
            Duration.ofNanos(maxAge).toSeconds(),
            e.toString());
      }
    }
  }

  /** The first look. */
  synchronized void start() throws SQLException {
    copy = all();
  }

  private void read() throws SQLException {
    var at = nanoTime.getAsLong();
    var changes = table.changedAfter(copy.version());
    var byId = new HashMap<>(copy.byId());
    changes.keys().forEach(key -> put(byId, key));
    // Otherwise rows were deleted, or the database is a former state of itself.
    var whole = changes.version() >= copy.version() && changes.standing() == byId.size();
    copy = whole ? new Copy(Map.copyOf(byId), changes.version(), at) : all();
  }

  private Copy all() throws SQLException {
    var at = nanoTime.getAsLong();
    var all = table.standing();
    var byId = new HashMap<String, Key>();
    all.keys().forEach(key -> put(byId, key));
    return new Copy(Map.copyOf(byId), all.version(), at);
  }

  private static void put(Map<String, Key> byId, StoredKey key) {
    if (key.isRevoked()) {
      byId.remove(key.id());
    } else {
      byId.put(key.id(), key.key());
    }
  }

  private void noteUses() throws SQLException {
    var hours = used.take();
    try {
      if (!hours.isEmpty()) {
        table.used(hours);
      }
    } catch (SQLException e) {
      used.giveBack(hours);
      throw e;
    }
    var now = clock.instant();
    if (forgotten.plus(Duration.ofHours(1)).isBefore(now)) {
      forgotten = now;
      table.forget(now.minus(keepEnded));
      used.keepOnly(copy.byId().keySet());
    }
  }

  /**
   * Stores a key. This node accepts it at once, others at their next look.
   *
   * @return false if there are as many as there may be
   */
  public synchronized boolean add(StoredKey key) throws SQLException {
    if (!table.add(key, maxKeys)) {
      return false;
    }
    apply(key);
    return true;
  }

  /**
   * Revokes a key. This node refuses it at once, others at their next look.
   *
   * @return the key after that; empty if there is none
   */
  public synchronized Optional<StoredKey> revoke(String id) throws SQLException {
    var revoked = table.revoke(id, clock.instant());
    revoked.ifPresent(this::apply);
    return revoked;
  }

  /** Looks at the database come after each other, so that an older one cannot undo this. */
  private void apply(StoredKey key) {
    var byId = new HashMap<>(copy.byId());
    put(byId, key);
    copy = new Copy(Map.copyOf(byId), copy.version(), copy.readAt());
  }

  /** The key as the database has it. */
  public Optional<StoredKey> stored(String id) throws SQLException {
    return table.find(id);
  }

  /** See {@link KeyTable#page}. */
  public List<StoredKey> page(
      Optional<dev.retriever.executor.Tenant> tenant, String after, int limit) throws SQLException {
    return table.page(tenant, after, limit);
  }

  public int maxKeys() {
    return maxKeys;
  }
}
