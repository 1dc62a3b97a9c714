package dev.retriever.cluster.storage;

import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node as a writer to the journal: renews its {@link JournalLicence} while it is in the
 * cluster, takes those of nodes that are not, and ends when it has lost its own. Thread-safe; one
 * for each actor system.
 */
public final class JournalWriter implements Extension {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
  private static final ExtensionId<JournalWriter> ID = new Id();

  private static final Duration RENEWAL = Duration.ofSeconds(30);

  /**
   * A node that has not renewed its licence for so long loses it. Longer than a database is away,
   * or a machine suspended, in the usual course of things.
   */
  public static final Duration LIMIT = Duration.ofHours(1);

  /** What a member is before it is removed. */
  private static final Set<MemberStatus> GONE = Set.of(MemberStatus.exiting(), MemberStatus.down());

  private final ActorSystem<?> system;
  private final Cluster cluster;
  private final JournalLicence licence;
  private final SteadyRenewals renewals = new SteadyRenewals(LIMIT);

  /** Of nodes that were removed, and whose licences are not taken yet. */
  private final Set<String> removed = ConcurrentHashMap.newKeySet();

  /**
   * Why a node stops. The settings name this class: such a node ends with the status of one that
   * was downed.
   */
  public enum Lost implements CoordinatedShutdown.Reason {
    /** Other nodes have taken the licence to write. */
    LICENCE
  }

  private static final class Id extends ExtensionId<JournalWriter> {
    @Override
    public JournalWriter createExtension(ActorSystem<?> system) {
      return new JournalWriter(system);
    }
  }

  private JournalWriter(ActorSystem<?> system) {
    this.system = system;
    cluster = Cluster.get(system);
    licence = new JournalLicence(id(cluster.selfMember().uniqueAddress()), this::lost);
  }

  public static JournalWriter get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /** After a restart the node's uid is another one. */
  private static String id(UniqueAddress node) {
    return node.toString();
  }

  JournalLicence licence() {
    return licence;
  }

  private void lost() {
    if (CoordinatedShutdown.get(system).getShutdownReason().isEmpty()) {
      LOG.error(
          "The node {} was removed from the cluster, or did not reach the database for {}, and has"
              + " lost its licence to write. Nothing of its writes since then is stored. It stops;"
              + " start it again",
          licence.id(),
          LIMIT);
      CoordinatedShutdown.get(system).run(Lost.LICENCE);
    }
  }

  /** Renews the licence from now on, until the system stops. To be called once. */
  public void start(Storage storage) {
    var threads = system.dispatchers().lookup(DispatcherSelector.blocking());
    var connections = storage.connections().pool(Use.WAKE_UP, 1);
    var renewing =
        system
            .scheduler()
            .scheduleWithFixedDelay(Duration.ZERO, RENEWAL, () -> renew(connections), threads);
    watch(connections, threads);
    LastTasks.run(
        system,
        "stop-licence",
        () -> {
          renewing.cancel();
          connections.close();
        });
  }

  private void renew(Connections.Pool connections) {
    if (cluster.isTerminated()) {
      return;
    }
    synchronized (renewals) {
      try (var connection = connections.get()) {
        revoke(connection);
        licence.issue(connection);
        var at = licence.renew(connection);
        if (at.isPresent() && renewals.renewedAt(at.getAsLong())) {
          var revoked = JournalLicence.revokeUnseen(connection, LIMIT);
          if (revoked > 0) {
            LOG.info("{} nodes were not seen for {} and may not write any more", revoked, LIMIT);
          }
        }
      } catch (SQLException | RuntimeException e) {
        // A failure that leaves this method would end all renewals.
        renewals.failed();
        LOG.warn(
            "The licence of {} was not renewed; it ends {} after the last renewal",
            licence.id(),
            LIMIT,
            e);
      }
    }
  }

  /**
   * A node that was removed from the cluster does not write from now on, whether it knows or not.
   */
  private void watch(Connections.Pool connections, Executor threads) {
    var watch =
        Behaviors.<MemberRemoved>setup(
            ctx -> {
              cluster.subscriptions().tell(Subscribe.create(ctx.getSelf(), MemberRemoved.class));
              return Behaviors.receiveMessage(
                  removed -> {
                    if (GONE.contains(removed.previousStatus()) && !cluster.isTerminated()) {
                      this.removed.add(id(removed.member().uniqueAddress()));
                      threads.execute(() -> revoke(connections));
                    }
                    return Behaviors.same();
                  });
            });
    system.systemActorOf(watch, "retriever-licences", Props.empty());
  }

  /** If it fails, it is tried again with each renewal. */
  private void revoke(Connections.Pool connections) {
    try (var connection = connections.get()) {
      revoke(connection);
    } catch (SQLException | RuntimeException e) {
      LOG.warn("The licences of removed nodes {} are taken later", removed, e);
    }
  }

  private void revoke(Connection connection) throws SQLException {
    for (var id : removed) {
      JournalLicence.revoke(connection, id);
      removed.remove(id);
    }
  }
}
