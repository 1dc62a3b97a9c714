package dev.retriever.origin.simulation.cluster;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.DrainSettings;
import dev.retriever.origin.Origin;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.FaultChances;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.queue.QueueChecker;
import dev.retriever.origin.simulation.queue.QueuePlan;
import dev.retriever.origin.simulation.trace.Trace;
import dev.retriever.origin.simulation.trace.TraceLine;
import dev.retriever.origin.simulation.trace.TraceWords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** The nodes of a simulated cluster, with one database, one network and the targets. */
public final class SimulatedCluster {
  static final String TYPE = "origin";

  /** Clocks of healthy nodes differ by less. */
  public static final Duration IN_ORDER = Duration.ofSeconds(3);

  /** The others remove a node that does not answer after this, or a little later. */
  static final Duration NOTICED_EARLY = Duration.ofSeconds(3);

  private static final Duration NOTICED_LATE = Duration.ofSeconds(12);

  /** The part of the runs in which any node with room makes the attempts. */
  private static final double SPREAD = 0.4;

  /** The parts of the runs in which nodes have room for few attempts; calm ones test waiting. */
  private static final double NARROW = 0.3;

  private static final double NARROW_CALM = 0.8;

  private final long seed;
  private final QueuePlan queues;
  private final SimulatedTime world;
  private final FaultChances luck;
  private final Store store;
  private final SimulatedNetwork network;
  private final Members members;
  private final ClockPlacement clocks;
  private final DispatchChecker doors;
  private final SimulatedTargets target;
  private final boolean spread;
  private final Config config;
  private final RandomStreams journalChance;
  private final RandomStreams chance;
  private final CheckerFeed feed;
  private final Map<String, SimulatedNode> nodes = new LinkedHashMap<>();
  private final Code code;
  private final Set<SimulatedNode> outOfDate = new HashSet<>();
  private boolean current = true;

  /** By how much the clocks of healthy nodes are ahead of the time of the world. */
  private Duration epoch = Duration.ZERO;

  /** The clock skew of nodes that start now, and the largest skew so far. */
  private Duration skew = Duration.ZERO;

  private Duration mostSkew = Duration.ZERO;
  private boolean astray;
  private int started;

  /** Deployed origins: the right ones, and those of a deploy that lacks a continuation. */
  public record Code(Origin<Object, ?, ?> current, Origin<Object, ?, ?> other) {
    public static Code of(Origin<Object, ?, ?> definition) {
      return new Code(definition, definition);
    }
  }

  public SimulatedCluster(
      long seed,
      Set<Fault> faults,
      Trace trace,
      Function<FaultChances, Code> code,
      QueuePlan queues,
      PromiseChecker witness) {
    this.seed = seed;
    this.queues = queues;
    this.world = new SimulatedTime(seed, trace);
    this.luck = new FaultChances(seed, faults);
    this.store = new Store(this);
    this.network = new SimulatedNetwork(this, seed);
    this.members = new Members(this, seed);
    this.clocks = new ClockPlacement(this);
    this.doors = new DispatchChecker(this);
    this.target = new SimulatedTargets(this, seed);
    var settings = new RandomStreams(seed, "settings");
    this.spread = settings.happens(SPREAD);
    this.config = NodeConfig.get(spread, settings.happens(luck.isCalm() ? NARROW_CALM : NARROW));
    this.journalChance = new RandomStreams(seed, "journal");
    this.chance = new RandomStreams(seed, "cluster");
    this.code = code.apply(luck);
    this.feed = new CheckerFeed(this, witness);
  }

  /** Starts another node, which is a member from now on. */
  SimulatedNode start() {
    var node = new SimulatedNode(this, ++started, current ? code.current() : code.other());
    nodes.put(node.name(), node);
    if (!current) {
      outOfDate.add(node);
    }
    note(() -> TraceLine.ofNode(node.name(), current ? "starts" : "starts with other code"));
    members.join(node.name());
    if (spread) {
      nodes().stream().filter(other -> other != node).forEach(other -> introduce(node, other));
    }
    return node;
  }

  private void introduce(SimulatedNode one, SimulatedNode other) {
    world.after(chance.between(Duration.ZERO, Duration.ofSeconds(2)), () -> one.meet(other));
    world.after(chance.between(Duration.ZERO, Duration.ofSeconds(2)), () -> other.meet(one));
  }

  /** Sets a clock, so that it differs by that from those of healthy nodes. */
  public void setClock(SimulatedNode node, Duration offBy) {
    var by = epoch.plus(offBy);
    astray |= offBy.abs().compareTo(IN_ORDER) > 0;
    mostSkew = by.compareTo(mostSkew) > 0 ? by : mostSkew;
    node.skew(by);
  }

  /**
   * That time passes by all clocks, and nothing happens in it: as if all machines had been asleep.
   */
  public void sleep(Duration length) {
    note(() -> TraceLine.ofAll("all sleeps for " + TraceWords.of(length)));
    epoch = skew.plus(length);
    skew = epoch;
    mostSkew = epoch;
    astray = false;
    nodes().forEach(node -> node.skew(epoch));
  }

  /** The clock skew of a node that starts now. */
  public Duration skew() {
    return skew;
  }

  /** The time by the clocks of the nodes after the cluster has healed. */
  public Instant wall() {
    return world.now().plus(skew);
  }

  /** Sets all clocks to the latest time that any had, so that no due time lies far ahead. */
  private void healClocks() {
    if (astray) {
      skew = mostSkew;
      nodes().forEach(node -> node.skew(skew));
    }
  }

  /** Whether any node with room makes the attempts. */
  public boolean isSpread() {
    return spread;
  }

  /** The configuration of the nodes. */
  public Config config() {
    return config;
  }

  /** Ends a node as {@code kill -9} does. The others notice it later. */
  public void crash(SimulatedNode node, String when) {
    if (node.process().isDead()) {
      return;
    }
    note(() -> TraceLine.ofNode(node.name(), "crashes " + when));
    node.process().kill();
    nodes.remove(node.name());
    world.after(chance.between(NOTICED_EARLY, NOTICED_LATE), () -> members.remove(node.name()));
  }

  /** All nodes that run or are paused, in the order of their starts. */
  public List<SimulatedNode> nodes() {
    return new ArrayList<>(nodes.values());
  }

  public Optional<SimulatedNode> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** Sets the code of nodes that start from now on. */
  public void deploy(boolean theCurrentCode) {
    current = theCurrentCode;
    note(() -> TraceLine.ofAll("deployed is " + (current ? "the current code" : "other code")));
  }

  /** Pauses a node. If the pause is longer than the others wait, they replace the node. */
  public void pause(SimulatedNode node, Duration forSo) {
    pause(node, forSo, chance.between(NOTICED_EARLY, NOTICED_LATE));
  }

  /** The same, with the time after which the others remove the node. A dead one stays dead. */
  void pause(SimulatedNode node, Duration forSo, Duration noticed) {
    if (node.process().isDead()) {
      return;
    }
    note(() -> TraceLine.ofNode(node.name(), "stands still for " + TraceWords.of(forSo)));
    node.process().pause();
    if (forSo.compareTo(noticed) > 0) {
      world.after(noticed, () -> notice(node));
    }
    world.after(forSo, () -> resume(node));
  }

  private void notice(SimulatedNode node) {
    if (!node.process().isRunning()) {
      members.remove(node.name());
    }
  }

  private void resume(SimulatedNode node) {
    if (node.process().isDead() || node.process().isRunning()) {
      return;
    }
    note(() -> TraceLine.ofNode(node.name(), "goes on"));
    node.process().resume();
    if (isRemoved(node)) {
      world.after(
          chance.between(Duration.ofMillis(100), NOTICED_EARLY),
          () -> crash(node, "since it was removed"));
    }
  }

  /** Stops a node in order: first its executors, then its origins, then the rest. */
  public void leave(SimulatedNode node) {
    note(() -> TraceLine.ofNode(node.name(), "is to leave"));
    node.process()
        .run(
            () ->
                node.pools()
                    .drain(DrainSettings.from(config))
                    .whenComplete((done, failure) -> handOver(node)));
  }

  private void handOver(SimulatedNode node) {
    members.leaving(node.name());
    world.after(
        Duration.ofSeconds(2),
        () -> {
          if (!node.process().isDead()) {
            note(() -> TraceLine.ofNode(node.name(), "has left"));
            node.process().kill();
            nodes.remove(node.name());
            members.remove(node.name());
          }
        });
  }

  /** Ends all faults: paused nodes resume, and nodes with old code are replaced. */
  public void heal(int wanted) {
    note(() -> TraceLine.ofAll("everything heals"));
    luck.isOver();
    store.away(false);
    current = true;
    healClocks();
    nodes().forEach(this::resume);
    network.letAllGo();
    nodes().stream()
        .filter(node -> outOfDate.contains(node) || isRemoved(node))
        .forEach(node -> crash(node, "to be replaced"));
    keepUp(wanted);
  }

  /** Starts nodes until there are so many. */
  public void keepUp(int wanted) {
    while (nodes.size() < wanted) {
      start();
    }
  }

  void note(Supplier<TraceLine> words) {
    world.trace().note(1, words);
  }

  public static String originOf(String persistenceId) {
    return persistenceId.substring(persistenceId.indexOf('|') + 1);
  }

  CheckerFeed feed() {
    return feed;
  }

  DispatchChecker doors() {
    return doors;
  }

  /**
   * Notes what happened.
   *
   * @param what a number that differs between runs that differ here
   */
  void note(int what, Supplier<TraceLine> words) {
    world.trace().note(what, words);
  }

  /** Whether the others have removed it, which a living node learns later. */
  public boolean isRemoved(SimulatedNode node) {
    return !members.all().contains(node.name());
  }

  public long seed() {
    return seed;
  }

  /** What queues promise. */
  public QueueChecker queueChecker() {
    return feed.queues();
  }

  /** The queues of this run. */
  public QueuePlan queues() {
    return queues;
  }

  public SimulatedTime world() {
    return world;
  }

  public FaultChances luck() {
    return luck;
  }

  public Store store() {
    return store;
  }

  public SimulatedNetwork network() {
    return network;
  }

  public Members members() {
    return members;
  }

  ClockPlacement clocks() {
    return clocks;
  }

  public SimulatedTargets target() {
    return target;
  }

  RandomStreams journalChance() {
    return journalChance;
  }
}
