package dev.retriever.origin.simulation.cluster;

import com.typesafe.config.Config;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.executor.settings.DrainSettings;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.FaultChances;
import dev.retriever.origin.simulation.fault.RandomStreams;
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
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.persistence.PersistentRepr;

/** Nodes that come and go around one database, one network and the targets. */
public final class SimulatedCluster {
  static final String TYPE = "origin";

  /** By how much the clocks of nodes differ when nothing is wrong with them. */
  public static final Duration IN_ORDER = Duration.ofSeconds(3);

  /** The others notice within this. */
  private static final Duration NOTICED_EARLY = Duration.ofSeconds(3);

  /** As long as a write takes at most: its time is of the clock from before. */
  private static final Duration UNCERTAIN = Duration.ofSeconds(20);

  /** An attempt that is not wanted any more is over within this, on the same node. */
  private static final Duration ABORTED = Duration.ofSeconds(2);

  private static final Duration NOTICED_LATE = Duration.ofSeconds(12);

  /** Its origins come up elsewhere within this, when somebody asks for them. */
  private static final Duration REPLACED = Duration.ofSeconds(1);

  /** In how many of the runs attempts are made by whichever node has room. */
  private static final double SPREAD = 0.4;

  /** In how many of them nodes have room for few attempts only. */
  private static final double NARROW = 0.3;

  /** There it is seen whether those who wait for room have it when there is some. */
  private static final double NARROW_CALM = 0.8;

  private final long seed;
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
  private final Checker witness;
  private final Map<String, SimulatedNode> nodes = new LinkedHashMap<>();
  private final Code code;
  private final Set<SimulatedNode> outOfDate = new HashSet<>();
  private boolean current = true;

  /** What nodes that start now are off by, and the most that any was. */
  private Duration skew = Duration.ZERO;

  private Duration mostSkew = Duration.ZERO;
  private boolean astray;
  private int started;

  /**
   * What is deployed: the origins as they are, and as they are after a deploy that forgot
   * something.
   */
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
      Checker witness) {
    this.seed = seed;
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
    this.witness = witness;
  }

  /** Another node, which is a member from now on. */
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

  public void setClock(SimulatedNode node, Duration offBy) {
    astray |= offBy.abs().compareTo(IN_ORDER) > 0;
    mostSkew = offBy.compareTo(mostSkew) > 0 ? offBy : mostSkew;
    node.skew(offBy);
  }

  /** By how much the clock of a node that starts now is off. */
  public Duration skew() {
    return skew;
  }

  /** Now, by the clocks of the nodes once everything is well again. */
  public Instant wall() {
    return world.now().plus(skew);
  }

  /**
   * All clocks agree again. What was journaled by one that was ahead is due by then, or nothing
   * would come of it for as long: so they all are as far ahead.
   */
  private void healClocks() {
    if (astray) {
      skew = mostSkew;
      nodes().forEach(node -> node.skew(skew));
    }
  }

  /** Whether attempts are made by whichever node has room. */
  public boolean isSpread() {
    return spread;
  }

  /** What its nodes are set to. */
  public Config config() {
    return config;
  }

  /** As with {@code kill -9}. The others notice after a while. */
  public void crash(SimulatedNode node, String when) {
    if (node.process().isDead()) {
      return;
    }
    note(() -> TraceLine.ofNode(node.name(), "crashes " + when));
    node.process().kill();
    nodes.remove(node.name());
    world.after(chance.between(NOTICED_EARLY, NOTICED_LATE), () -> members.remove(node.name()));
  }

  /** Those that run, or stand still, in the order of their starts. */
  public List<SimulatedNode> nodes() {
    return new ArrayList<>(nodes.values());
  }

  public Optional<SimulatedNode> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** What nodes have that start from now on. */
  public void deploy(boolean theCurrentCode) {
    current = theCurrentCode;
    note(() -> TraceLine.ofAll("deployed is " + (current ? "the current code" : "other code")));
  }

  /** It stands still. When that takes longer than the others wait, it is replaced. */
  public void pause(SimulatedNode node, Duration forSo) {
    pause(node, forSo, chance.between(NOTICED_EARLY, NOTICED_LATE));
  }

  /** It stands still until it has just been replaced, and that origin has come up elsewhere. */
  void replace(SimulatedNode node, String originId) {
    var noticed = luck.between(Fault.PAUSE_AT_WRITE, NOTICED_EARLY, NOTICED_EARLY.multipliedBy(2));
    var cameUp = noticed.plus(REPLACED);
    pause(node, luck.between(Fault.PAUSE_AT_WRITE, noticed, cameUp.plus(REPLACED)), noticed);
    world.after(
        luck.between(Fault.PAUSE_AT_WRITE, noticed, cameUp),
        () ->
            nodes().stream()
                .filter(other -> other.process().isRunning())
                .findFirst()
                .ifPresent(other -> other.lookFor(originId)));
  }

  private void pause(SimulatedNode node, Duration forSo, Duration noticed) {
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

  /** It is stopped as it should be: first its executors, then its origins, then the rest. */
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

  /** Everything is well again: whoever stands still goes on, and old code is gone. */
  public void heal(int wanted) {
    note(() -> TraceLine.ofAll("everything heals"));
    luck.isOver();
    current = true;
    healClocks();
    nodes().forEach(this::resume);
    network.letAllGo();
    nodes().stream()
        .filter(node -> outOfDate.contains(node) || isRemoved(node))
        .forEach(node -> crash(node, "to be replaced"));
    keepUp(wanted);
  }

  /** Whoever is missing is started. */
  public void keepUp(int wanted) {
    while (nodes.size() < wanted) {
      start();
    }
  }

  void note(Supplier<TraceLine> words) {
    world.trace().note(1, words);
  }

  void journaled(SimulatedNode by, String persistenceId, List<PersistentRepr> rows) {
    for (var row : rows) {
      note(
          persistenceId.hashCode() + (int) row.sequenceNr(),
          () ->
              TraceRows.line(by.name(), originOf(persistenceId), row.sequenceNr(), row.payload()));
    }
    var wall = by.clock().instant();
    var writer =
        new Checker.Writer(
            by.name(), world.now(), wall, by.hasJumpedWithin(UNCERTAIN), isRemoved(by));
    witness.journaled(persistenceId, rows, world.now(), writer);
  }

  public static String originOf(String persistenceId) {
    return persistenceId.substring(persistenceId.indexOf('|') + 1);
  }

  void refused(SimulatedNode by, String persistenceId) {
    var origin = originOf(persistenceId);
    note(
        () ->
            TraceLine.ofOrigin(
                by.name(), origin, origin + " is refused rows that are there already"));
    witness.refused(persistenceId);
  }

  /** An origin has left the memory of that node. */
  void left(SimulatedNode node, String originId) {
    note(() -> TraceLine.ofOrigin(node.name(), originId, originId + " leaves memory"));
    if (store.wakeAt(OriginHost.persistenceId(TYPE, originId)).isPresent()) {
      witness.sleeps(originId);
    }
  }

  void hit(SimulatedTargets.Hit hit) {
    note(
        hit.key().hashCode(),
        () -> about(hit.key(), hit.node(), "reaches the target, answer: " + hit.answer()));
    witness.hit(hit);
  }

  void begun(AttemptKey key, SimulatedNode on) {
    doors.refused(on, key).ifPresent(why -> witness.mustNotBegin(key, why));
    witness.begun(key, on.name());
  }

  /**
   * An origin of that node is told that its rows are durable.
   *
   * @param at when; later than now while earlier writes of the node, of any origin, take longer
   */
  void told(
      SimulatedNode node,
      String originId,
      List<PersistentRepr> rows,
      CompletableFuture<Instant> at) {
    for (var row : rows) {
      if (row.payload() instanceof FetchSettled settled) {
        target
            .underWay(node, originId, settled.fetchId())
            .forEach(
                key ->
                    node.after(ABORTED, () -> node.after(ABORTED, () -> isOver(settled, key, at))));
      }
    }
  }

  private void isOver(FetchSettled settled, AttemptKey key, CompletableFuture<Instant> told) {
    var latest = world.now().minus(ABORTED);
    if (target.isUnderWay(key)
        && isAborted(settled, key.attempt())
        && !told.getNow(Instant.MAX).isAfter(latest)) {
      witness.goesOn(key);
    }
  }

  /** One that was given up before goes on until its own time is up. */
  private static boolean isAborted(FetchSettled settled, int attempt) {
    var all = settled.attempts();
    return all.size() == attempt
        && all.get(attempt - 1).reason().filter(Report.EXECUTOR_LOST::equals).isEmpty();
  }

  DispatchChecker doors() {
    return doors;
  }

  void reported(AttemptKey key, SimulatedNode by, Report report) {
    note(() -> about(key, by.name(), "ends: " + TraceWords.of(report)));
    witness.reported(key, by.name());
  }

  private static TraceLine about(AttemptKey key, String node, String what) {
    var text = "%s/%s#%d %s".formatted(key.originId(), key.fetchId(), key.attempt(), what);
    return TraceLine.ofThing(node, key.originId(), key.fetchId(), text);
  }

  /** The same, where runs may differ in it. */
  void note(int what, Supplier<TraceLine> words) {
    world.trace().note(what, words);
  }

  /** A node that was removed although it lived learns of it, and ends. */
  public boolean isRemoved(SimulatedNode node) {
    return !members.all().contains(node.name());
  }

  public long seed() {
    return seed;
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
