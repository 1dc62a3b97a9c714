package dev.retriever.origin.simulation.cluster;

import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorPaths;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.DynamicAccess;
import org.apache.pekko.actor.LocalActorRefProvider;
import org.apache.pekko.event.EventStream;
import org.apache.pekko.serialization.Serialization;

/** The actors of a simulated node by their addresses; behind those of others is the network. */
public final class NodeRefs extends LocalActorRefProvider {
  private final SimulatedNode node = NodeTasks.current();
  private final String scheme;

  /** As actor systems make one, by reflection. */
  public NodeRefs(
      String name, ActorSystem.Settings settings, EventStream events, DynamicAccess by) {
    super(name, settings, events, by);
    this.scheme = "pekko://" + name;
  }

  @Override
  public Address getDefaultAddress() {
    return node.address();
  }

  @Override
  public Serialization.Information serializationInformation() {
    return new Serialization.Information(node.address(), node.classic());
  }

  @Override
  public ActorRef resolveActorRef(String path) {
    var own = node.address() + "/";
    if (path.startsWith(own)) {
      return super.resolveActorRef(scheme + "/" + path.substring(own.length()));
    }
    if (path.startsWith(scheme + "/")) {
      return super.resolveActorRef(path);
    }
    var far = ActorPaths.fromString(path);
    return far.address().hasGlobalScope() ? far(far) : super.resolveActorRef(path);
  }

  @Override
  public ActorRef resolveActorRef(ActorPath path) {
    return resolveActorRef(path.toSerializationFormat());
  }

  private ActorRef far(ActorPath path) {
    return new RemoteRef(node, this, path, eventStream());
  }
}
