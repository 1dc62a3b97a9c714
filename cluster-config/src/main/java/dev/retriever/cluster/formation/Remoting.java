package dev.retriever.cluster.formation;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.settings.SettingsReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encryption of messages between nodes. */
public final class Remoting {
  private static final String ARTERY = "pekko.remote.artery.";
  private static final Logger LOG = LoggerFactory.getLogger(Remoting.class);
  private static final String SECTION = "retriever.node.tls";

  /** Of the providers that Pekko has, the one that can do without certificates of clients. */
  private static final String OPTIONAL_MUTUAL = ".ConfigSSLEngineProvider";

  private static final String SSL = ARTERY + "ssl.config-ssl-engine.";

  private Remoting() {}

  /**
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  public static Config configure(Config config) {
    var settings = tls(config.getConfig(SECTION));
    return ConfigFactory.parseMap(settings, "TLS between nodes").withFallback(config);
  }

  /**
   * Refuses a node that other hosts reach without TLS: every connection to its remoting port counts
   * as a node, which may do anything to any origin.
   *
   * @param config as {@link #configure} gave it
   * @throws IllegalArgumentException naming the settings that there are
   */
  public static void check(Config config) {
    var hosts = hosts(config);
    if (isMutualTls(config) || hosts.stream().allMatch(Remoting::isLoopback)) {
      return;
    }
    if (required(config)) {
      throw new IllegalArgumentException(
          "other hosts reach the remoting port at "
              + String.join(" and ", hosts)
              + " (RETRIEVER_REMOTING_HOST), and without TLS every connection to it counts as a"
              + " node; set RETRIEVER_TLS_KEYSTORE and RETRIEVER_TLS_TRUSTSTORE, or say"
              + " RETRIEVER_REMOTING_TLS=off if the network lets no others than nodes reach it");
    }
    LOG.warn(
        "Nodes speak to each other without TLS at {}, as RETRIEVER_REMOTING_TLS=off says: every"
            + " connection to the remoting port counts as a node. Let the network keep others away"
            + " from it",
        hosts);
  }

  private static boolean required(Config config) {
    return SettingsReader.read(config, SECTION, section -> section.flag("required"));
  }

  private static boolean isMutualTls(Config config) {
    return config.getString(ARTERY + "transport").equals("tls-tcp")
        && (config.getBoolean(SSL + "require-mutual-authentication")
            || !config.getString(ARTERY + "ssl.ssl-engine-provider").endsWith(OPTIONAL_MUTUAL));
  }

  /** What is announced, and what is bound if that is another one. */
  private static List<String> hosts(Config config) {
    var announced = config.getString(ARTERY + "canonical.hostname");
    var bound = config.getString(ARTERY + "bind.hostname");
    return bound.isEmpty() ? List.of(announced) : List.of(announced, bound);
  }

  private static boolean isLoopback(String host) {
    try {
      return !host.isBlank()
          && Stream.of(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      return false;
    }
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
