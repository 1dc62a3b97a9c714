package dev.retriever.origin.simulation.cluster;

import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefProvider;
import org.apache.pekko.actor.EmptyLocalActorRef;
import org.apache.pekko.dispatch.sysmsg.SystemMessage;
import org.apache.pekko.dispatch.sysmsg.Unwatch;
import org.apache.pekko.dispatch.sysmsg.Watch;
import org.apache.pekko.event.EventStream;

/** An actor of another node: what it is told goes over the network. */
final class RemoteRef extends EmptyLocalActorRef {
  private static final long serialVersionUID = 1;

  private final transient SimulatedNode from;

  RemoteRef(SimulatedNode from, ActorRefProvider provider, ActorPath path, EventStream events) {
    super(provider, path, events);
    this.from = from;
  }

  private String node() {
    return path().address().system();
  }

  @Override
  public void $bang(Object message, ActorRef sender) {
    var there = path().toSerializationFormat();
    from.network().send(from, node(), "", message, (to, copy) -> to.actor(there).tell(copy, null));
  }

  /** Its watchers learn when its node has left. */
  @Override
  public void sendSystemMessage(SystemMessage message) {
    if (message instanceof Watch watch) {
      from.members().watch(from, node(), watch.watchee(), watch.watcher());
    } else if (message instanceof Unwatch unwatch) {
      from.members().unwatch(unwatch.watchee(), unwatch.watcher());
    }
  }

  /** Not known, so that messages are sent to it. */
  @Override
  public boolean isTerminated() {
    return false;
  }

  /** For Java serialization, which nothing here uses. */
  @Override
  public Object writeReplace() {
    return this;
  }
}
