package dev.retriever.cluster.formation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Encryption of messages between nodes. */
public final class Remoting {
  private static final String ARTERY = "pekko.remote.artery.";
  private static final String SSL = ARTERY + "ssl.config-ssl-engine.";

  private Remoting() {}

  /**
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  public static Config configure(Config config) {
    var settings = tls(config.getConfig("retriever.node.tls"));
    return ConfigFactory.parseMap(settings, "TLS between nodes").withFallback(config);
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
        // Both sides show a certificate. A connection without one is refused.
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
