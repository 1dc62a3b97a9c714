package dev.retriever.cluster.formation;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the connections to other nodes when the actor system stops. Pekko waits without a limit for
 * the streams of remoting to complete. One that is in a TLS handshake with a peer that does not
 * answer never does, and the actor system would not stop.
 */
public final class RemotingEnd {
  private static final Logger LOG = LoggerFactory.getLogger(RemotingEnd.class);
  private static final String STREAMS = "/system/Materializers/StreamSupervisor-*";

  private RemotingEnd() {}

  /** To be called once for each actor system. */
  public static void bound(ActorSystem<?> system) {
    var limit = limit(system.settings().config());
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseActorSystemTerminate(),
            "bound-remoting",
            () -> {
              system
                  .scheduler()
                  .scheduleOnce(limit, () -> end(system, limit), system.executionContext());
              return CompletableFuture.completedFuture(Done.getInstance());
            });
  }

  private static Duration limit(Config config) {
    return SettingsReader.read(
        config, "retriever.node.tls", section -> section.duration("stop-timeout"));
  }

  /** At this time nothing else has streams. Where remoting has ended, this is not called. */
  private static void end(ActorSystem<?> system, Duration limit) {
    LOG.warn("Connections to other nodes have not ended in {}; they are cut", limit);
    Adapter.toClassic(system)
        .actorSelection(STREAMS)
        .tell(PoisonPill.getInstance(), ActorRef.noSender());
  }
}
