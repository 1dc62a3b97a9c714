package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Reservation;
import dev.retriever.executor.Room;
import dev.retriever.executor.Target;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/** The pools that nodes offer to the origins of all nodes, by pool name. Thread-safe. */
final class ExecutorNodes {
  private final Function<String, Optional<? extends Pool>> withId;
  private final Map<String, List<String>> ids = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();

  private ExecutorNodes(Function<String, Optional<? extends Pool>> withId) {
    this.withId = withId;
  }

  /**
   * Subscribes at the receptionist to the pools of those names.
   *
   * @param withId returns the pool with an id, if its node is a member of the cluster
   */
  static ExecutorNodes listen(
      ActorSystem<?> system,
      Iterable<String> names,
      Function<String, Optional<? extends Pool>> withId) {
    var nodes = new ExecutorNodes(withId);
    for (var name : names) {
      system.systemActorOf(nodes.listener(name), "retriever-nodes-with-" + name, Props.empty());
    }
    return nodes;
  }

  /** Offers a pool of this node to all nodes. */
  static void offer(ActorSystem<?> system, String name, ActorRef<PoolDoor.Command> door) {
    system.receptionist().tell(Receptionist.register(key(name), door));
  }

  /** Withdraws the offer. */
  static void withdraw(ActorSystem<?> system, String name, ActorRef<PoolDoor.Command> door) {
    system.receptionist().tell(Receptionist.deregister(key(name), door));
  }

  private static ServiceKey<PoolDoor.Command> key(String name) {
    return ServiceKey.create(PoolDoor.Command.class, "retriever-pool-" + name);
  }

  private Behavior<Receptionist.Listing> listener(String name) {
    return Behaviors.setup(
        ctx -> {
          var key = key(name);
          var self = ctx.getSelf();
          ctx.getSystem().receptionist().tell(Receptionist.subscribe(key, self));
          return Behaviors.receiveMessage(
              listing -> {
                ids.put(
                    name,
                    listing.getServiceInstances(key).stream()
                        .map(door -> PoolDoor.poolId(door.path().name()))
                        .sorted(Comparator.naturalOrder())
                        .toList());
                return Behaviors.same();
              });
        });
  }

  /**
   * Reserves in the pool of the next node in turn, or of the first one after it that has room. The
   * result is {@code TARGET_FULL} if some pool has room, but none for the target.
   */
  Reservation reserve(String name, AttemptKey key, Target target) {
    var pools = pools(name);
    var first = turn.getAndIncrement();
    var none = Reservation.none();
    for (var i = 0; i < pools.size(); i++) {
      var pool = pools.get(Math.floorMod(first + i, pools.size()));
      var room = pool.reserve(key, target);
      if (room == Room.RESERVED) {
        return Reservation.of(room, pool.id());
      }
      none = room == Room.POOL_FULL ? none : Reservation.of(room, pool.id());
    }
    return none;
  }

  void awaitRoom(String name, Optional<Target> full, String waiter, Runnable tryAgain) {
    pools(name).forEach(pool -> pool.awaitRoom(full, waiter, tryAgain));
  }

  private List<Pool> pools(String name) {
    return ids.getOrDefault(name, List.of()).stream()
        .flatMap(id -> withId.apply(id).stream().map(pool -> (Pool) pool))
        .toList();
  }
}
