package dev.retriever.cluster.formation;

import dev.retriever.executor.egress.OwnNodes;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.typed.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows at which addresses and ports the nodes of the cluster listen. Each node registers an actor
 * whose name has its ports, so no message has to be serialized, and what is registered goes with
 * its node. Looked at again every few seconds. Thread-safe.
 */
public final class NodeAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAddresses.class);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final String PREFIX = "retriever-ports-";
  private static final ServiceKey<Void> KEY = ServiceKey.create(Void.class, "retriever-ports");

  private final ActorSystem<?> system;
  private final Cluster cluster;
  private Set<Integer> own = Set.of();
  private Map<Address, Set<Integer>> told = Map.of();
  private volatile OwnNodes nodes = OwnNodes.NONE;

  private NodeAddresses(ActorSystem<?> system) {
    this.system = system;
    this.cluster = Cluster.get(system);
  }

  /** Begins to look. To be called once for each actor system. */
  public static NodeAddresses start(ActorSystem<?> system) {
    var addresses = new NodeAddresses(system);
    addresses.look();
    system.systemActorOf(
        addresses.looking(), "retriever-node-addresses", DispatcherSelector.blocking());
    return addresses;
  }

  /** As they are known now. Does not block. */
  public OwnNodes nodes() {
    return nodes;
  }

  /** Tells this node and all others at which ports this node listens. To be called once. */
  public void opened(Collection<Integer> ports) {
    synchronized (this) {
      own = Set.copyOf(ports);
    }
    look();
    var name = ports.stream().map(String::valueOf).collect(Collectors.joining("-", PREFIX, ""));
    var registered =
        system.systemActorOf(
            Behaviors.<Void>empty(), name, org.apache.pekko.actor.typed.Props.empty());
    system.receptionist().tell(Receptionist.register(KEY, registered));
  }

  /** Looks at what is registered when it changes, and at the machine from time to time. */
  private Behavior<Object> looking() {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay("look", LOOK);
                  var changes =
                      context.messageAdapter(
                          Receptionist.Listing.class, listing -> (Object) listing);
                  context.getSystem().receptionist().tell(Receptionist.subscribe(KEY, changes));
                  return Behaviors.receive(Object.class)
                      .onMessage(Receptionist.Listing.class, this::listed)
                      .onAnyMessage(tick -> looked())
                      .build();
                }));
  }

  private Behavior<Object> listed(Receptionist.Listing listing) {
    var ports = new HashMap<Address, Set<Integer>>();
    for (var registered : listing.getAllServiceInstances(KEY)) {
      ports.put(registered.path().address(), ports(registered));
    }
    synchronized (this) {
      told = Map.copyOf(ports);
    }
    return looked();
  }

  private static Set<Integer> ports(ActorRef<Void> registered) {
    var name = registered.path().name();
    return name.matches(PREFIX + "\\d{1,5}(-\\d{1,5}){0,7}")
        ? Arrays.stream(name.substring(PREFIX.length()).split("-"))
            .map(Integer::valueOf)
            .collect(Collectors.toUnmodifiableSet())
        : Set.of();
  }

  private Behavior<Object> looked() {
    look();
    return Behaviors.same();
  }

  private synchronized void look() {
    var machine = machine();
    var local = new HashSet<>(own);
    cluster.selfMember().address().getPort().ifPresent(local::add);
    var others = new HashSet<InetSocketAddress>();
    var ports = new HashMap<Address, Set<Integer>>(told);
    for (var member : cluster.state().getMembers()) {
      var address = member.address();
      var all = new HashSet<>(ports.getOrDefault(address, Set.of()));
      address.getPort().ifPresent(all::add);
      ports.put(address, all);
    }
    ports.forEach(
        (address, listening) -> {
          for (var at : resolved(address)) {
            if (at.isLoopbackAddress() || machine.contains(at)) {
              local.addAll(listening);
            } else {
              listening.forEach(port -> others.add(new InetSocketAddress(at, port)));
            }
          }
        });
    nodes = new OwnNodes(machine, local, others);
  }

  /** Empty for this node itself, whose address has no host in what is registered here. */
  private static List<InetAddress> resolved(Address address) {
    if (address.getHost().isEmpty()) {
      return List.of();
    }
    try {
      return List.of(InetAddress.getAllByName(address.getHost().get()));
    } catch (UnknownHostException e) {
      LOG.warn("The node {} has no address, so fetches to it are not denied", address);
      return List.of();
    }
  }

  private static Set<InetAddress> machine() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .collect(Collectors.toUnmodifiableSet());
    } catch (SocketException e) {
      throw new UncheckedIOException("this machine does not tell its addresses", e);
    }
  }
}
