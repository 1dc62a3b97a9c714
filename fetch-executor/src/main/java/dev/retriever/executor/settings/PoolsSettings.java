package dev.retriever.executor.settings;

import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Settings of a node's pools of executors, from {@code retriever.executor}.
 *
 * @param standard settings of the default pool, for fetches that name no pool
 * @param named settings of the named pools, sorted; names must pass {@link #isPoolName}
 * @param placement selects the nodes whose pools are used
 * @param maxPerTarget the most attempts with one target at a time in all pools of a node, 1 to
 *     1,000,000
 */
public record PoolsSettings(
    ExecutorSettings standard,
    Map<String, ExecutorSettings> named,
    Placement placement,
    int maxPerTarget) {
  /** Selects the nodes whose pools make the attempts of a node's origins. */
  public enum Placement {
    /** The origin's own node. */
    OWN_NODE,
    /** All nodes that offer their pools. */
    EXECUTOR_NODES
  }

  /** The name of the default pool in figures and logs; a named pool must not have it. */
  public static final String DEFAULT = "default";

  private static final String PATH = "retriever.executor";
  private static final String MAX_PER_TARGET = "transport.max-per-target";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * @throws IllegalArgumentException naming the pool whose name is invalid, or the setting
   */
  public PoolsSettings {
    between(MAX_PER_TARGET, maxPerTarget, 1, 1_000_000);
    named = Collections.unmodifiableMap(new TreeMap<>(named));
    for (var name : named.keySet()) {
      if (name.equals(DEFAULT)) {
        throw new IllegalArgumentException(
            key(name) + ": the default pool has its settings in " + PATH + " itself");
      }
      if (!isPoolName(name)) {
        throw new IllegalArgumentException(
            key(name) + ": the name of a pool must be 1 to 64 of A-Z a-z 0-9 . _ -");
      }
    }
  }

  /** Whether that is a valid name of a pool: 1 to 64 of {@code A-Z a-z 0-9 . _ -}. */
  public static boolean isPoolName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * Reads the settings. A named pool inherits missing settings from the default pool.
   *
   * @param config the whole configuration
   * @throws IllegalArgumentException naming the key that is missing, unknown or out of its range
   */
  public static PoolsSettings from(Config config) {
    var standard = SettingsReader.read(config, PATH, ExecutorSettings::from);
    var named = new TreeMap<String, ExecutorSettings>();
    for (var name : config.getObject(PATH + ".pools").keySet()) {
      named.put(name, pool(name, config));
    }
    return SettingsReader.read(
        config,
        PATH,
        c ->
            new PoolsSettings(
                standard, named, c.choice("placement", Placement.class), c.count(MAX_PER_TARGET)));
  }

  private static ExecutorSettings pool(String name, Config config) {
    var path = PATH + "." + key(name);
    if (!(config.getObject(PATH + ".pools").get(name) instanceof ConfigObject own)) {
      throw new IllegalArgumentException(path + " must be an object, such as { permits = 100 }");
    }
    for (var key : own.keySet()) {
      if (!ExecutorSettings.KEYS.contains(key)) {
        throw new IllegalArgumentException(
            "%s.%s is no setting of a pool; those are %s, and a pool name with a dot is quoted"
                .formatted(path, key, ExecutorSettings.KEYS.stream().sorted().toList()));
      }
    }
    var whole = own.toConfig().withFallback(config.getConfig(PATH));
    return SettingsReader.read(whole.atPath(path), path, ExecutorSettings::from);
  }

  private static String key(String name) {
    return "pools." + ConfigUtil.joinPath(name);
  }
}
