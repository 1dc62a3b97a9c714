package dev.retriever.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.TransportSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What goes between nodes: how large it may be, and how it is encrypted. */
final class Remoting {
  private static final String ARTERY = "pekko.remote.artery.";
  private static final String LARGE_FRAME = ARTERY + "advanced.maximum-large-frame-size";
  private static final String LARGE_BUFFERS = ARTERY + "advanced.large-buffer-pool-size";
  private static final String SSL = ARTERY + "ssl.config-ssl-engine.";
  private static final long MIB = 1024 * 1024;

  /** Names of fields in CBOR; each header of a response is an object of its own. */
  private static final int SPELT_OUT = 8;

  /** Buffers of the large lane that are kept for use again, all together. */
  private static final long BUFFERS = 64 * MIB;

  private Remoting() {}

  /**
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  static Config configure(Config config) {
    var transport = TransportSettings.from(config);
    var body =
        Math.max(transport.maxResponseBody(), config.getBytes("retriever.node.max-request-body"));
    var frame =
        Math.max(
            config.getBytes(LARGE_FRAME),
            body + (long) SPELT_OUT * transport.maxResponseHeaders() + MIB / 4);
    var settings = new HashMap<String, Object>();
    // Origins themselves: what is small goes to their shard regions, /system/sharding/<type>.
    settings.put(ARTERY + "large-message-destinations", List.of("/system/sharding/*/*/*"));
    settings.put(LARGE_FRAME, frame);
    settings.put(
        LARGE_BUFFERS, Math.max(1, Math.min(config.getInt(LARGE_BUFFERS), BUFFERS / frame)));
    settings.putAll(tls(config.getConfig("retriever.node.tls")));
    return ConfigFactory.parseMap(settings, "what goes between nodes").withFallback(config);
  }

  private static Map<String, Object> tls(Config c) {
    var keystore = c.getString("keystore");
    var truststore = c.getString("truststore");
    if (keystore.isBlank() && truststore.isBlank()) {
      return Map.of();
    }
    var password = c.getString("password");
    return Map.of(
        ARTERY + "transport",
        "tls-tcp",
        SSL + "key-store",
        file("KEYSTORE", keystore),
        SSL + "key-store-password",
        password,
        SSL + "key-password",
        password,
        SSL + "trust-store",
        file("TRUSTSTORE", truststore),
        SSL + "trust-store-password",
        password,
        // Either side shows a certificate: who has none does not get in.
        SSL + "require-mutual-authentication",
        true);
  }

  private static String file(String what, String path) {
    if (path.isBlank() || !Files.isReadable(Path.of(path))) {
      throw new IllegalArgumentException(
          "RETRIEVER_TLS_KEYSTORE and RETRIEVER_TLS_TRUSTSTORE must both name a file that can be"
              + " read, or neither; RETRIEVER_TLS_"
              + what
              + " is '"
              + path
              + "'");
    }
    return path;
  }
}
