package dev.retriever.cluster.storage;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import dev.retriever.origin.entity.OriginHost;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.serialization.SerializationExtension;

/**
 * Settings of the purge, from {@code retriever.node.purge}; {@code application.conf} explains each.
 */
public record PurgeSettings(
    boolean enabled, Duration interval, int batch, Duration margin, Duration tombstones) {
  public PurgeSettings {
    atLeast("interval", interval, Duration.ofSeconds(1));
    between("batch", batch, 1, 10_000);
    atLeast("margin", margin, Duration.ofMinutes(1));
    atLeast("tombstones", tombstones, Duration.ofDays(7));
  }

  /**
   * @param retention of settled fetches; if empty, they are kept for good and no rows are deleted
   */
  public Purge purge(Storage storage, Optional<Duration> retention) {
    return new Purge(storage, retention.map(margin::plus), batch);
  }

  /**
   * The purge of a node.
   *
   * @param retention as above
   * @param types of origins by name, which may still be started
   */
  public PurgeTask task(
      ActorSystem<?> system,
      Storage storage,
      Optional<Duration> retention,
      Supplier<Map<String, OriginHost<?>>> types,
      Clock clock) {
    var serialization = SerializationExtension.get(system);
    var licence = JournalWriter.get(system).licence();
    var forgetting =
        retention
            .map(margin::plus)
            .filter(age -> age.compareTo(Forgetting.LEAST_AGE) >= 0)
            .map(
                age ->
                    new Forgetting(
                        storage,
                        new StoredOrigins(types, serialization),
                        new Tombstones(storage, serialization, licence),
                        age,
                        tombstones));
    return new PurgeTask(purge(storage, retention), forgetting, clock);
  }

  public static PurgeSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node.purge",
        c ->
            new PurgeSettings(
                c.flag("enabled"),
                c.duration("interval"),
                c.count("batch"),
                c.duration("margin"),
                c.duration("tombstones")));
  }
}
