package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/** The snapshots of a simulated node: its way to the {@link Store}. */
public final class StoreSnapshots extends SnapshotStore {
  private static final Duration QUICK = Duration.ofMillis(1);
  private static final Duration USUAL = Duration.ofMillis(20);

  private final SimulatedNode node = NodeTasks.current();
  private final RandomStreams chance = node.cluster().journalChance();

  /** As Pekko makes one, by reflection. */
  public StoreSnapshots() {}

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    var result = new CompletableFuture<Optional<SelectedSnapshot>>();
    node.after(
        chance.between(QUICK, USUAL),
        () -> result.complete(node.cluster().store().snapshot(persistenceId).map(this::read)));
    return FutureConverters.asScala(result);
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object state) {
    var result = new CompletableFuture<Void>();
    node.after(
        chance.between(QUICK, USUAL),
        () -> {
          if (node.cluster().luck().strikes(Fault.SNAPSHOT_FAILS)) {
            result.completeExceptionally(new java.sql.SQLException("the snapshot is not saved"));
          } else {
            node.cluster().store().save(stored(metadata, state, node));
            result.complete(null);
          }
        });
    return FutureConverters.asScala(result);
  }

  private SelectedSnapshot read(SelectedSnapshot stored) {
    return new SelectedSnapshot(stored.metadata(), stateOf(stored, node));
  }

  /** As that node writes it. */
  static SelectedSnapshot stored(SnapshotMetadata metadata, Object state, SimulatedNode by) {
    return new SelectedSnapshot(metadata, SimulatedNetwork.Packet.of(by, state));
  }

  /** As that node reads it. */
  static Object stateOf(SelectedSnapshot stored, SimulatedNode by) {
    return ((SimulatedNetwork.Packet) stored.snapshot()).on(by);
  }

  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
    return FutureConverters.asScala(CompletableFuture.completedFuture(null));
  }

  @Override
  public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
    return FutureConverters.asScala(CompletableFuture.completedFuture(null));
  }
}
