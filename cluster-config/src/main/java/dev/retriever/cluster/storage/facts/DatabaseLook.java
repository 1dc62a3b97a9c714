package dev.retriever.cluster.storage.facts;

import dev.retriever.cluster.storage.ConnectionSettings.Use;
import dev.retriever.cluster.storage.Storage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the database what it is, when somebody looks. One question is under way at a time, on a
 * connection of its own, and an answer is shared for some seconds. Thread-safe.
 */
final class DatabaseLook {
  /** A database that has not answered by then is shown as silent. */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration SHARED = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseLook.class);

  private final Opening opening;
  private final Storage storage;
  private final Executor threads;
  private final Clock clock;
  private final LongSupplier nanos;
  private CompletableFuture<Seen> latest = CompletableFuture.completedFuture(null);
  private boolean isBegun;
  private long begun;

  /** Opens a connection. */
  interface Opening {
    Connection open() throws SQLException;
  }

  /**
   * What was seen.
   *
   * @param facts empty if there was no answer
   * @param because why there was none; empty with an answer
   */
  record Seen(Instant at, Optional<DatabaseFacts> facts, String because) {}

  /**
   * @param threads may block
   * @param nanos a clock that never goes back, in nanoseconds
   */
  DatabaseLook(Storage storage, Executor threads, Clock clock, LongSupplier nanos) {
    this(storage, () -> storage.connections().open(Use.WATCH), threads, clock, nanos);
  }

  DatabaseLook(
      Storage storage, Opening opening, Executor threads, Clock clock, LongSupplier nanos) {
    this.storage = storage;
    this.opening = opening;
    this.threads = threads;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** As it was some seconds ago at most. Answers within {@link #PATIENCE}, and never fails. */
  synchronized CompletionStage<Seen> look() {
    var now = nanos.getAsLong();
    if (!isBegun || latest.isDone() && now - begun >= SHARED.toNanos()) {
      isBegun = true;
      begun = now;
      latest = CompletableFuture.supplyAsync(this::asked, threads);
    }
    return latest
        .copy()
        .completeOnTimeout(silent(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(failure -> silent());
  }

  private Seen silent() {
    var text = "The database did not answer within %d s.".formatted(PATIENCE.toSeconds());
    return new Seen(clock.instant(), Optional.empty(), text);
  }

  private Seen asked() {
    try (var connection = opening.open()) {
      var facts = DatabaseFacts.asked(storage, connection, clock);
      return new Seen(clock.instant(), Optional.of(facts), "");
    } catch (SQLException e) {
      // Its text may name hosts and users, which readers are not told.
      LOG.warn("The database {} does not say what it is", storage, e);
      var text = "The database refused, with the SQL state %s.".formatted(e.getSQLState());
      return new Seen(clock.instant(), Optional.empty(), text);
    }
  }
}
