package dev.retriever.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The options of the command line. Each stands for one setting and overrides the environment. */
final class NodeOptions {
  private static final String JOIN = "--join";

  /** Passwords have no option: every user of the machine can read arguments. */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("--http-port", "retriever.node.http.port"),
          Map.entry("--http-host", "retriever.node.http.host"),
          Map.entry("--management-port", "retriever.node.management.port"),
          Map.entry("--management-host", "retriever.node.management.host"),
          Map.entry("--remoting-port", "pekko.remote.artery.canonical.port"),
          Map.entry("--remoting-host", "pekko.remote.artery.canonical.hostname"),
          Map.entry("--data-dir", "retriever.node.data-dir"),
          Map.entry("--db-url", "retriever.node.db.url"),
          Map.entry("--db-user", "retriever.node.db.user"),
          Map.entry("--roles", "retriever.node.roles"),
          Map.entry("--placement", "retriever.executor.placement"),
          Map.entry("--egress-allow", "retriever.node.egress-allow"),
          Map.entry(JOIN, "retriever.node.join"));

  private NodeOptions() {}

  /**
   * @param args {@code --name value} or {@code --name=value}; the last of several counts, but
   *     {@code --join} adds up
   * @throws IllegalArgumentException when one is unknown, or has no value
   */
  static Config parse(List<String> args) {
    var settings = new HashMap<String, String>();
    var rest = args.iterator();
    while (rest.hasNext()) {
      var parts = rest.next().split("=", 2);
      var name = parts[0];
      var key = SETTINGS.get(name);
      if (key == null) {
        throw new IllegalArgumentException("unknown argument " + name);
      }
      if (parts.length == 1 && !rest.hasNext()) {
        throw new IllegalArgumentException(name + " needs a value");
      }
      var value = parts.length == 2 ? parts[1] : rest.next();
      settings.merge(key, value, (one, other) -> name.equals(JOIN) ? one + "," + other : other);
    }
    return ConfigFactory.parseMap(settings, "the command line");
  }
}
