package dev.retriever.executor;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How what is too large for one hop between nodes is pulled, from {@code
 * retriever.executor.parcels}; {@code reference.conf} explains each.
 *
 * @param piece in bytes
 * @param pulledBytes in bytes
 */
record ParcelSettings(
    int piece, long pulledBytes, int pulledByOne, Duration silence, int tries, Duration kept) {
  private static final String PATH = "retriever.executor.parcels.";
  private static final int LEAST_PIECE = 1024;
  private static final int LARGEST_PIECE = 128 * 1024;

  ParcelSettings {
    if (piece < LEAST_PIECE || piece > LARGEST_PIECE) {
      throw wrong("piece", "must be 1 KiB to 128 KiB, but is " + piece);
    }
    atLeastOne("pulled-bytes", pulledBytes);
    atLeastOne("pulled-by-one", pulledByOne);
    atLeastOne("tries", tries);
    positive("silence", silence);
    positive("kept", kept);
  }

  /**
   * @param config the whole configuration
   * @param automatic what {@code pulled-bytes} is when it is "auto", in bytes
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  static ParcelSettings from(Config config, long automatic) {
    return new ParcelSettings(
        (int) Math.min(Integer.MAX_VALUE, config.getBytes(PATH + "piece")),
        config.getString(PATH + "pulled-bytes").equals("auto")
            ? automatic
            : config.getBytes(PATH + "pulled-bytes"),
        config.getInt(PATH + "pulled-by-one"),
        config.getDuration(PATH + "silence"),
        config.getInt(PATH + "tries"),
        config.getDuration(PATH + "kept"));
  }

  private static void atLeastOne(String key, long value) {
    if (value < 1) {
      throw wrong(key, "must be at least 1, but is " + value);
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw wrong(key, "must be longer than 0, but is " + value);
    }
  }

  private static IllegalArgumentException wrong(String key, String rule) {
    return new IllegalArgumentException(PATH + key + " " + rule);
  }
}
