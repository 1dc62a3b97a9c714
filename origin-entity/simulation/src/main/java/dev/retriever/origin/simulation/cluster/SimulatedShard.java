package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.TraceLine;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/**
 * The origins and queues in the memory of a node: they come for what they are told, and leave as
 * they ask.
 */
final class SimulatedShard extends AbstractBehavior<ClusterSharding.ShardCommand> {
  /** For one of them. */
  record Deliver(String originId, Object message) implements ClusterSharding.ShardCommand {}

  /** It is to leave, and then come back for what it was told meanwhile. */
  record Evict(String originId) implements ClusterSharding.ShardCommand {}

  /** It is to live elsewhere. */
  record HandOff(String originId) implements ClusterSharding.ShardCommand {}

  private record Ended(String originId) implements ClusterSharding.ShardCommand {}

  private final SimulatedNode node;
  private final Map<String, ActorRef<Object>> inMemory = new HashMap<>();
  private final Map<String, List<Object>> leaving = new HashMap<>();
  private final Set<String> movingAway = new HashSet<>();
  private long spawned;

  /**
   * @param inside is told of it, to look inside
   */
  static Behavior<ClusterSharding.ShardCommand> create(
      SimulatedNode node, Consumer<SimulatedShard> inside) {
    return Behaviors.setup(
        ctx -> {
          var shard = new SimulatedShard(ctx, node);
          inside.accept(shard);
          return shard;
        });
  }

  private SimulatedShard(ActorContext<ClusterSharding.ShardCommand> ctx, SimulatedNode node) {
    super(ctx);
    this.node = node;
  }

  @Override
  @SuppressWarnings("unchecked") // it takes all that it is told
  public Receive<ClusterSharding.ShardCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(Deliver.class, this::onDeliver)
        .onMessage(Evict.class, evict -> leave(evict.originId()))
        .onMessage(HandOff.class, this::onHandOff)
        .onMessage(Ended.class, this::onEnded)
        .onMessage(
            ClusterSharding.Passivate.class,
            passivate -> onPassivate((ActorRef<Object>) passivate.entity()))
        .build();
  }

  private Behavior<ClusterSharding.ShardCommand> onDeliver(Deliver deliver) {
    var id = deliver.originId();
    if (movingAway.contains(id)) {
      node.tellLater(id, deliver.message());
    } else if (!node.isHomeOf(id)) {
      node.tell(id, deliver.message());
    } else if (leaving.containsKey(id)) {
      leaving.get(id).add(deliver.message());
    } else {
      node.cluster().feed().told(id, deliver.message(), inMemory.containsKey(id));
      inMemory.computeIfAbsent(id, this::spawn).tell(deliver.message());
    }
    return this;
  }

  private ActorRef<Object> spawn(String id) {
    var name = URLEncoder.encode(id, StandardCharsets.UTF_8) + "-" + ++spawned;
    var origin = getContext().spawn(forgetful(id), name);
    getContext().watchWith(origin, new Ended(id));
    node.cluster().note(() -> TraceLine.ofOrigin(node.name(), id, id + " comes into memory"));
    return origin;
  }

  private Behavior<Object> forgetful(String id) {
    return Behaviors.intercept(
        () -> new Forgetful(node, id), node.behavior(id, getContext().getSelf()));
  }

  /** An origin that does not hear all that reminds it of something. */
  private static final class Forgetful extends BehaviorInterceptor<Object, Object> {
    private final SimulatedNode node;
    private final String id;

    private Forgetful(SimulatedNode node, String id) {
      super(Object.class);
      this.node = node;
      this.id = id;
    }

    @Override
    public Behavior<Object> aroundReceive(
        TypedActorContext<Object> ctx, Object message, ReceiveTarget<Object> target) {
      if (OriginHost.isReminder(message) && node.cluster().luck().strikes(Fault.TIMER_LOST)) {
        var what = message.getClass().getSimpleName();
        node.cluster()
            .note(() -> TraceLine.ofOrigin(node.name(), id, id + " does not hear a " + what));
        return Behaviors.same();
      }
      return target.apply(ctx, message);
    }
  }

  private Behavior<ClusterSharding.ShardCommand> onPassivate(ActorRef<Object> origin) {
    inMemory.entrySet().stream()
        .filter(entry -> entry.getValue().equals(origin))
        .map(Map.Entry::getKey)
        .findFirst()
        .ifPresent(this::leave);
    return this;
  }

  private Behavior<ClusterSharding.ShardCommand> leave(String id) {
    if (inMemory.containsKey(id) && !leaving.containsKey(id)) {
      leaving.put(id, new ArrayList<>());
      inMemory.get(id).tell(node.stop(id));
    }
    return this;
  }

  private Behavior<ClusterSharding.ShardCommand> onHandOff(HandOff handOff) {
    var id = handOff.originId();
    movingAway.add(id);
    leave(id);
    if (!inMemory.containsKey(id)) {
      handedOff(id);
    }
    return this;
  }

  private Behavior<ClusterSharding.ShardCommand> onEnded(Ended ended) {
    var id = ended.originId();
    inMemory.remove(id);
    var meanwhile = leaving.remove(id);
    node.cluster().feed().left(node, id);
    if (movingAway.contains(id)) {
      handedOff(id);
    }
    if (meanwhile != null) {
      meanwhile.forEach(message -> node.tell(id, message));
    }
    return this;
  }

  private void handedOff(String id) {
    movingAway.remove(id);
    node.cluster().members().handedOff(node, id);
  }

  Set<String> inMemory() {
    return inMemory.keySet();
  }
}
