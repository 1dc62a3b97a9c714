package dev.retriever.origin;

import dev.retriever.executor.AttemptReport;
import dev.retriever.executor.ExecutorPools;
import java.time.Clock;
import java.util.function.DoubleSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;

/**
 * One origin as the actor that it is in production, outside of a cluster. Meant for test kits;
 * services use {@link Origins}.
 */
public final class OriginActor {
  private OriginActor() {}

  /**
   * It is told commands of its definition, and what {@link #arrived} gives. Stays in memory until
   * it is stopped. There must be one of an id at a time.
   *
   * @param originType part of every journal row's id
   * @param random numbers evenly from [0, 1)
   * @throws IllegalArgumentException when the definition contradicts itself
   */
  public static <C, E, S> Behavior<Object> behavior(
      ActorSystem<?> system,
      String originType,
      String originId,
      Origin<C, E, S> definition,
      OriginSettings settings,
      ExecutorPools pools,
      Clock clock,
      DoubleSupplier random) {
    var typeKey = EntityTypeKey.create(Object.class, originType);
    var machine =
        new Machine<>(definition, settings.rules(pools.names(), Origins.journalable(system)));
    var snapshots = Snapshots.of(system, originType, machine.empty(), settings.snapshotEvery());
    return OriginEntity.create(
        new EntityContext<>(typeKey, originId, system.ignoreRef()),
        new OriginEntity.Node<>(
            machine,
            settings,
            snapshots,
            pools,
            clock,
            random,
            new OriginCounters(),
            new Residents(1),
            (id, message) -> {},
            false));
  }

  /** The message that brings a report of the pools. */
  public static Object arrived(AttemptReport report) {
    return new OriginCommand.ReportArrived(report);
  }

  /** Under which id its journal rows stand. */
  public static String persistenceId(String originType, String originId) {
    return PersistenceId.of(originType, originId).id();
  }
}
