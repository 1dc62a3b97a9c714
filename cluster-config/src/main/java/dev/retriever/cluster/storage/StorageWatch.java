package dev.retriever.cluster.storage;

import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.http.AwaitedAnswers;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches whether the database is away, so that callers do not have to wait for a time-out. An
 * origin that cannot write does not answer; its callers would wait and pile up.
 *
 * <p>It asks the database at intervals, on its own connection. A database that answers is there,
 * even if it answers with an error. The embedded one is always there. Thread-safe.
 */
public final class StorageWatch {
  private static final Logger LOG = LoggerFactory.getLogger(StorageWatch.class);

  /** H2's error code for a connection to a server that is gone. */
  private static final String H2_BROKEN = "90067";

  private static final Problem WENT_AWAY =
      Problem.of(
          ProblemType.STORAGE_UNAVAILABLE,
          "The database went away while this was recorded. Whether it was is not known; repeat it"
              + " with the same id when the database is back.");

  private final Storage storage;
  private final AwaitedAnswers answers = new AwaitedAnswers(WENT_AWAY);
  private Connection connection;

  public StorageWatch(Storage storage) {
    this.storage = storage;
  }

  /** Checks from now on, until the system stops. */
  public void start(ActorSystem<?> system, Duration interval) {
    if (!storage.isRemote()) {
      return;
    }
    var threads = system.dispatchers().lookup(DispatcherSelector.blocking());
    var looking =
        system.scheduler().scheduleWithFixedDelay(interval, interval, this::look, threads);
    LastTasks.await(
        system,
        "stop-storage-watch",
        () -> {
          looking.cancel();
          return CompletableFuture.supplyAsync(this::stop, threads);
        });
  }

  /** Whether the last check found the database away. */
  public boolean isAway() {
    return answers.isGivenUp();
  }

  /**
   * The answer to a request that is being recorded. If the database goes away before the answer
   * comes, it fails with {@link ProblemType#STORAGE_UNAVAILABLE}; the request may have been
   * recorded.
   */
  public <T> CompletionStage<T> whileThere(CompletionStage<T> answer) {
    return answers.await(answer);
  }

  /**
   * @throws Problem.Found while the database is away
   */
  public void checkThere() {
    if (isAway()) {
      throw Problem.of(
              ProblemType.STORAGE_UNAVAILABLE,
              "The database is away. Nothing was changed; repeat it when it is back.")
          .found();
    }
  }

  /** One check. Never throws. */
  public synchronized void look() {
    var now = !isReachable();
    if (now != isAway()) {
      if (now) {
        answers.giveUp();
        LOG.warn("The database {} is away; submissions are refused until it is back", storage);
      } else {
        answers.resume();
        LOG.info("The database {} is back", storage);
      }
    }
  }

  private boolean isReachable() {
    var patience = storage.limits().limits(Use.WATCH).silent();
    try {
      if (connection != null && connection.isValid((int) patience.toSeconds())) {
        return true;
      }
      disconnect();
      connection = storage.connections().open(Use.WATCH);
      return true;
    } catch (SQLException e) {
      LOG.debug("No connection to {}", storage, e);
      return !isUnreachable(e);
    }
  }

  /**
   * Whether the server is gone (class 08), or is starting or stopping (57P). Any other refusal,
   * such as too many connections, comes from a database that may still serve the journal.
   */
  static boolean isUnreachable(SQLException e) {
    var state = e.getSQLState();
    return state != null
        && (state.startsWith("08") || state.startsWith("57P") || state.equals(H2_BROKEN));
  }

  private synchronized Done stop() {
    disconnect();
    return Done.getInstance();
  }

  private void disconnect() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.debug("A broken connection could not be closed; it is dropped", e);
      }
      connection = null;
    }
  }
}
