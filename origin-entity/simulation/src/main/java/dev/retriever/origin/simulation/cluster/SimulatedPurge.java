package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.entity.OriginHost.Remains;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;

/**
 * The purge of a simulated cluster: now and then a node looks at an origin whose last row is old,
 * by its rows alone, and a little later puts what is left of it in their place. What may be left is
 * production code; how it is written is modelled. A node that the others have removed has no
 * licence for it.
 */
public final class SimulatedPurge {
  /** As the retention of fetches, and the margin of the purge. */
  static final Duration AGE = Duration.ofDays(30).plusHours(1);

  private static final int LOOKS = 3;

  /** Between looking at an origin and writing. */
  private static final Duration LONGEST = Duration.ofSeconds(4);

  private final SimulatedCluster cluster;
  private final RandomStreams chance;

  public SimulatedPurge(SimulatedCluster cluster) {
    this.cluster = cluster;
    this.chance = new RandomStreams(cluster.seed(), "purge");
  }

  private record Found(PersistentRepr row, Optional<SelectedSnapshot> state) {}

  /** Looks at all origins that there are, at any time until then. */
  public void begin(Duration until) {
    for (var originId : cluster.store().origins()) {
      var id = OriginHost.persistenceId(SimulatedCluster.TYPE, originId);
      for (var look = 0; look < LOOKS; look++) {
        cluster.world().after(chance.between(Duration.ZERO, until), () -> look(id));
      }
    }
  }

  private void look(String persistenceId) {
    var nodes = cluster.nodes();
    if (nodes.isEmpty()) {
      return;
    }
    var node = chance.oneOf(nodes);
    var takes = chance.between(Duration.ZERO, LONGEST);
    node.process()
        .run(
            () ->
                found(node, persistenceId)
                    .ifPresent(it -> node.after(takes, () -> write(node, it))));
  }

  private Optional<Found> found(SimulatedNode node, String persistenceId) {
    var store = cluster.store();
    var rows = store.rows(persistenceId);
    var before = node.clock().instant().minus(AGE);
    var isOld = store.lastWritten(persistenceId).filter(before::isAfter).isPresent();
    if (!isOld
        || store.isAway()
        || rows.lastEntry().getValue().payload() instanceof OriginForgotten) {
      return Optional.empty();
    }
    var snapshot = store.snapshot(persistenceId);
    var after = snapshot.map(it -> it.metadata().sequenceNr()).orElse(0L);
    var payloads =
        rows.tailMap(after, false).values().stream().map(PersistentRepr::payload).toList();
    try {
      return node.remains(
              snapshot.map(it -> StoreSnapshots.stateOf(it, node)), payloads, rows.lastKey())
          .map(it -> found(node, persistenceId, rows.lastKey() + 1, it));
    } catch (RuntimeException e) {
      cluster.feed().unreadable(persistenceId, e);
      return Optional.empty();
    }
  }

  private static Found found(
      SimulatedNode node, String persistenceId, long number, Remains remains) {
    var row =
        PersistentRepr.apply(
            remains.row(), number, persistenceId, "", false, ActorRef.noSender(), "");
    return new Found(
        row,
        remains
            .state()
            .map(
                state ->
                    StoreSnapshots.stored(
                        new SnapshotMetadata(persistenceId, number, 0), state, node)));
  }

  private void write(SimulatedNode node, Found found) {
    if (cluster.store().isAway() || cluster.isRemoved(node)) {
      return;
    }
    if (!cluster.store().purge(node, found.row(), found.state())) {
      cluster.feed().gaveWay();
    }
  }
}
