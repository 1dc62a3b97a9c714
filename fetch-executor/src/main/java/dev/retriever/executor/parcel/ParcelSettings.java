package dev.retriever.executor.parcel;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;
import static dev.retriever.executor.settings.SettingRules.positive;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.time.Duration;

/**
 * Settings for large messages between nodes, from {@code retriever.executor.parcels}; {@code
 * reference.conf} explains each.
 *
 * @param piece in bytes
 * @param pulledBytes in bytes
 */
record ParcelSettings(
    int piece, long pulledBytes, int pulledByOne, Duration silence, int tries, Duration kept) {
  ParcelSettings {
    between("piece", (long) piece, 1L << 10, 128L << 10);
    atLeast("pulled-bytes", pulledBytes, 1L);
    atLeast("pulled-by-one", pulledByOne, 1);
    positive("silence", silence);
    atLeast("tries", tries, 1);
    positive("kept", kept);
  }

  /**
   * @param config the whole configuration
   * @param automatic the bytes for {@code pulled-bytes = "auto"}
   */
  static ParcelSettings from(Config config, long automatic) {
    return SettingsReader.read(
        config,
        "retriever.executor.parcels",
        c ->
            new ParcelSettings(
                c.fewBytes("piece"),
                c.unless("auto", "pulled-bytes", c::bytes).orElse(automatic),
                c.count("pulled-by-one"),
                c.duration("silence"),
                c.count("tries"),
                c.duration("kept")));
  }
}
