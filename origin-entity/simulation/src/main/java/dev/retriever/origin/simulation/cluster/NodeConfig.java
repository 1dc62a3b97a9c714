package dev.retriever.origin.simulation.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;

/** What simulated nodes are set to. */
final class NodeConfig {
  private static final String OURS =
      """
      simulated-executor = "dev.retriever.origin.simulation.cluster.NodeExecutor"
      pekko {
        # Loggers and materializers are waited for, which one thread cannot do.
        loggers = ["org.apache.pekko.event.Logging$StandardOutLogger"]
        use-slf4j = off
        loglevel = OFF
        stdout-loglevel = OFF
        log-dead-letters = off
        library-extensions = ["org.apache.pekko.serialization.SerializationExtension$"]
        jvm-shutdown-hooks = off
        coordinated-shutdown.run-by-jvm-shutdown-hook = off
        scheduler.implementation = "dev.retriever.origin.simulation.cluster.NodeScheduler"
        actor {
          provider = "dev.retriever.origin.simulation.cluster.NodeRefs"
          default-dispatcher { type = Dispatcher, executor = ${simulated-executor}, throughput = 1 }
          internal-dispatcher { type = Dispatcher, executor = ${simulated-executor}, throughput = 1 }
          default-blocking-io-dispatcher { type = Dispatcher, executor = ${simulated-executor} }
        }
        persistence {
          dispatchers {
            default-plugin-dispatcher { type = Dispatcher, executor = ${simulated-executor} }
            default-replay-dispatcher { type = Dispatcher, executor = ${simulated-executor} }
            default-stream-dispatcher { type = Dispatcher, executor = ${simulated-executor} }
          }
          journal.plugin = simulated-journal
          snapshot-store.plugin = simulated-snapshots
          # As in production.
          journal-plugin-fallback.replay-filter.mode = fail
        }
      }
      simulated-journal.class = "dev.retriever.origin.simulation.cluster.StoreJournal"
      simulated-snapshots {
        class = "dev.retriever.origin.simulation.cluster.StoreSnapshots"
        snapshot-is-optional = false
      }
      retriever.origin {
        restart-jitter = 0
        snapshot-every = 6
        max-lost-attempts = 100
        # Longer than a clock may be ahead: what is forgotten may be asked for again.
        retention = 30 d
        idle = 20 s
        handling.max-backoff = 10 s
      }
      retriever.queue.restart-jitter = 0
      retriever.executor.transport.max-per-target = 3
      """;

  private static final Config CONFIG = make();

  /** With attempts made by whichever node has room; with room for few; and with both. */
  private static final Config SPREAD = with(CONFIG, "placement", "executor-nodes");

  private static final Config NARROW = with(CONFIG, "permits", 2);
  private static final Config BOTH = with(SPREAD, "permits", 2);

  private NodeConfig() {}

  private static Config make() {
    var ours = ConfigFactory.parseString(OURS);
    return ours.withFallback(ConfigFactory.defaultReferenceUnresolved()).resolve();
  }

  private static Config with(Config config, String key, Object value) {
    return config.withValue("retriever.executor." + key, ConfigValueFactory.fromAnyRef(value));
  }

  /**
   * @param spread whether attempts are made by whichever node has room
   * @param narrow whether nodes have room for few attempts only, and the others wait
   */
  static Config get(boolean spread, boolean narrow) {
    return narrow ? spread ? BOTH : NARROW : spread ? SPREAD : CONFIG;
  }
}
