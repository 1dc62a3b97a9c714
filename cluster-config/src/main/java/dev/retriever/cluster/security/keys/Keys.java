package dev.retriever.cluster.security.keys;

import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.security.Authenticator;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import scala.concurrent.ExecutionContextExecutor;

/**
 * The keys of a node, of all sources: its settings, a file, and the database. Keys of the settings
 * and the file decide whether the node asks for credentials; those of the database do not, because
 * others can change them while it is down. Thread-safe.
 */
public final class Keys {
  private final KeySettings settings;
  private final Clock clock;
  private final Optional<KeysFile> file;
  private final StoredKeys stored;
  private final KeyTable table;
  private final List<Cancellable> repeated = new ArrayList<>();

  private Keys(KeySettings settings, KeyTable table, Clock clock, LongSupplier nanoTime) {
    this.settings = settings;
    this.clock = clock;
    this.table = table;
    this.file = file(settings);
    this.stored = new StoredKeys(table, settings, clock, nanoTime);
  }

  /**
   * @throws IllegalArgumentException if the file of keys is broken, or is not where it must be
   */
  public static Keys of(KeySettings settings, KeyTable table, Clock clock, LongSupplier nanoTime) {
    return new Keys(settings, table, clock, nanoTime);
  }

  /**
   * Whether the settings name any key, or there is a file of keys, be it one without keys.
   *
   * @throws IllegalArgumentException if the file of keys is broken, or is not where it must be
   */
  public static boolean areConfigured(KeySettings settings) {
    return areConfigured(settings, file(settings));
  }

  private static boolean areConfigured(KeySettings settings, Optional<KeysFile> file) {
    return !settings.configured().isEmpty() || file.isPresent();
  }

  /** Whether the settings name any key, or there is a file of keys, be it one without keys. */
  public boolean areConfigured() {
    return areConfigured(settings, file);
  }

  private static Optional<KeysFile> file(KeySettings settings) {
    return settings.isFileNeeded() || Files.exists(settings.file())
        ? Optional.of(KeysFile.of(settings.file(), settings.maxKeys()))
        : Optional.empty();
  }

  /** Checks keys. */
  public Authenticator authenticator() {
    var sources = new ArrayList<KeySource>(List.of(new ConfiguredKeys(settings.configured())));
    file.ifPresent(sources::add);
    sources.add(stored);
    return new KeyAuthenticator(sources, clock);
  }

  /** Those of the database. */
  public StoredKeys stored() {
    return stored;
  }

  /**
   * Reads the keys, and reads them again at intervals until the system stops.
   *
   * @param isNeeded whether keys are asked for; else nothing is read
   * @throws IllegalStateException if the database does not give its keys
   */
  public void start(ActorSystem<?> system, boolean isNeeded) {
    if (isNeeded) {
      try {
        stored.start();
      } catch (SQLException e) {
        throw new IllegalStateException("the keys of the database cannot be read: " + e, e);
      }
      file.ifPresent(KeysFile::warnOfPermissions);
      again(system, settings.pollInterval(), stored::poll);
      file.ifPresent(it -> again(system, settings.readInterval(), it::readAgain));
    }
    LastTasks.await(
        system, "close-keys", () -> CompletableFuture.supplyAsync(this::stop, threads(system)));
  }

  private void again(ActorSystem<?> system, Duration interval, Runnable task) {
    repeated.add(
        system.scheduler().scheduleWithFixedDelay(interval, interval, task, threads(system)));
  }

  private static ExecutionContextExecutor threads(ActorSystem<?> system) {
    return system.dispatchers().lookup(DispatcherSelector.blocking());
  }

  private Done stop() {
    repeated.forEach(Cancellable::cancel);
    table.close();
    return Done.getInstance();
  }
}
