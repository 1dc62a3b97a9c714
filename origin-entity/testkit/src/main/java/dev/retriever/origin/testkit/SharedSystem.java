package dev.retriever.origin.testkit;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.origin.OriginSettings;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * One actor system for all kits of a JVM: it serializes, and gives the addresses that commands
 * carry. Its threads are daemons, so it need not be stopped.
 */
final class SharedSystem {
  private static final String CONFIG =
      """
      pekko {
        actor.provider = local
        actor.allow-java-serialization = off
        actor.default-dispatcher.fork-join-executor { parallelism-min = 1, parallelism-max = 2 }
        actor.internal-dispatcher.fork-join-executor { parallelism-min = 1, parallelism-max = 2 }
        coordinated-shutdown.run-by-jvm-shutdown-hook = off
        daemonic = on
        extensions = []
        loglevel = WARNING
        log-dead-letters = off
        stdout-loglevel = OFF
      }
      """;

  private static final class Holder {
    private static final ActorSystem<Object> SYSTEM =
        ActorSystem.create(
            Behaviors.ignore(),
            "origin-testkit",
            ConfigFactory.parseString(CONFIG).withFallback(ConfigFactory.load()));
  }

  private static final AtomicLong NUMBERED = new AtomicLong();

  private SharedSystem() {}

  static ActorSystem<?> get() {
    return Holder.SYSTEM;
  }

  static OriginSettings originSettings() {
    return OriginSettings.from(get().settings().config());
  }

  static PoolsSettings poolsSettings() {
    return PoolsSettings.from(get().settings().config());
  }

  /** A new address, to be {@link #forget forgotten}. Messages to it are ignored. */
  static <R> ActorRef<R> address() {
    return get()
        .systemActorOf(Behaviors.ignore(), "asks-" + NUMBERED.incrementAndGet(), Props.empty());
  }

  static void forget(ActorRef<?> address) {
    Adapter.toClassic(get()).stop(Adapter.toClassic(address));
  }
}
