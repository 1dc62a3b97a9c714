package dev.retriever.origin.simulation;

import com.typesafe.config.Config;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.DrainSettings;
import dev.retriever.executor.Report;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginHost;
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
final class Cluster {
  static final String TYPE = "origin";

  /** By how much the clocks of nodes differ when nothing is wrong with them. */
  static final Duration IN_ORDER = Duration.ofSeconds(3);

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
  private final World world;
  private final Luck luck;
  private final Store store;
  private final Network network;
  private final Members members;
  private final Clocks clocks;
  private final Doors doors;
  private final Target target;
  private final boolean spread;
  private final Config config;
  private final Chance journalChance;
  private final Chance chance;
  private final Witness witness;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Code code;
  private final Set<Node> outOfDate = new HashSet<>();
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
  record Code(Origin<Object, ?, ?> current, Origin<Object, ?, ?> other) {
    static Code of(Origin<Object, ?, ?> definition) {
      return new Code(definition, definition);
    }
  }

  Cluster(long seed, Set<Fault> faults, Trace trace, Function<Luck, Code> code, Witness witness) {
    this.seed = seed;
    this.world = new World(seed, trace);
    this.luck = new Luck(seed, faults);
    this.store = new Store(this);
    this.network = new Network(this, seed);
    this.members = new Members(this, seed);
    this.clocks = new Clocks(this);
    this.doors = new Doors(this);
    this.target = new Target(this, seed);
    var settings = new Chance(seed, "settings");
    this.spread = settings.happens(SPREAD);
    this.config = NodeConfig.get(spread, settings.happens(luck.isCalm() ? NARROW_CALM : NARROW));
    this.journalChance = new Chance(seed, "journal");
    this.chance = new Chance(seed, "cluster");
    this.code = code.apply(luck);
    this.witness = witness;
  }

  /** Another node, which is a member from now on. */
  Node start() {
    var node = new Node(this, ++started, current ? code.current() : code.other());
    nodes.put(node.name(), node);
    if (!current) {
      outOfDate.add(node);
    }
    note(() -> Line.ofNode(node.name(), current ? "starts" : "starts with other code"));
    members.join(node.name());
    if (spread) {
      nodes().stream().filter(other -> other != node).forEach(other -> introduce(node, other));
    }
    return node;
  }

  private void introduce(Node one, Node other) {
    world.after(chance.between(Duration.ZERO, Duration.ofSeconds(2)), () -> one.meet(other));
    world.after(chance.between(Duration.ZERO, Duration.ofSeconds(2)), () -> other.meet(one));
  }

  void setClock(Node node, Duration offBy) {
    astray |= offBy.abs().compareTo(IN_ORDER) > 0;
    mostSkew = offBy.compareTo(mostSkew) > 0 ? offBy : mostSkew;
    node.skew(offBy);
  }

  /** By how much the clock of a node that starts now is off. */
  Duration skew() {
    return skew;
  }

  /** Now, by the clocks of the nodes once everything is well again. */
  Instant wall() {
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
  boolean isSpread() {
    return spread;
  }

  /** What its nodes are set to. */
  Config config() {
    return config;
  }

  /** As with {@code kill -9}. The others notice after a while. */
  void crash(Node node, String when) {
    if (node.process().isDead()) {
      return;
    }
    note(() -> Line.ofNode(node.name(), "crashes " + when));
    node.process().kill();
    nodes.remove(node.name());
    world.after(chance.between(NOTICED_EARLY, NOTICED_LATE), () -> members.remove(node.name()));
  }

  /** Those that run, or stand still, in the order of their starts. */
  List<Node> nodes() {
    return new ArrayList<>(nodes.values());
  }

  Optional<Node> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** What nodes have that start from now on. */
  void deploy(boolean theCurrentCode) {
    current = theCurrentCode;
    note(() -> Line.ofAll("deployed is " + (current ? "the current code" : "other code")));
  }

  /** It stands still. When that takes longer than the others wait, it is replaced. */
  void pause(Node node, Duration forSo) {
    pause(node, forSo, chance.between(NOTICED_EARLY, NOTICED_LATE));
  }

  /** It stands still until it has just been replaced, and that origin has come up elsewhere. */
  void replace(Node node, String originId) {
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

  private void pause(Node node, Duration forSo, Duration noticed) {
    note(() -> Line.ofNode(node.name(), "stands still for " + Words.of(forSo)));
    node.process().pause();
    if (forSo.compareTo(noticed) > 0) {
      world.after(noticed, () -> notice(node));
    }
    world.after(forSo, () -> resume(node));
  }

  private void notice(Node node) {
    if (!node.process().isRunning()) {
      members.remove(node.name());
    }
  }

  private void resume(Node node) {
    if (node.process().isDead() || node.process().isRunning()) {
      return;
    }
    note(() -> Line.ofNode(node.name(), "goes on"));
    node.process().resume();
    if (isRemoved(node)) {
      world.after(
          chance.between(Duration.ofMillis(100), NOTICED_EARLY),
          () -> crash(node, "since it was removed"));
    }
  }

  /** It is stopped as it should be: first its executors, then its origins, then the rest. */
  void leave(Node node) {
    note(() -> Line.ofNode(node.name(), "is to leave"));
    node.process()
        .run(
            () ->
                node.pools()
                    .drain(DrainSettings.from(config))
                    .whenComplete((done, failure) -> handOver(node)));
  }

  private void handOver(Node node) {
    members.leaving(node.name());
    world.after(
        Duration.ofSeconds(2),
        () -> {
          if (!node.process().isDead()) {
            note(() -> Line.ofNode(node.name(), "has left"));
            node.process().kill();
            nodes.remove(node.name());
            members.remove(node.name());
          }
        });
  }

  /** Everything is well again: whoever stands still goes on, and old code is gone. */
  void heal(int wanted) {
    note(() -> Line.ofAll("everything heals"));
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
  void keepUp(int wanted) {
    while (nodes.size() < wanted) {
      start();
    }
  }

  void note(Supplier<Line> words) {
    world.trace().note(1, words);
  }

  void journaled(Node by, String persistenceId, List<PersistentRepr> rows) {
    for (var row : rows) {
      note(
          persistenceId.hashCode() + (int) row.sequenceNr(),
          () -> Rows.line(by.name(), originOf(persistenceId), row.sequenceNr(), row.payload()));
    }
    var wall = by.clock().instant();
    var writer =
        new Witness.Writer(
            by.name(), world.now(), wall, by.hasJumpedWithin(UNCERTAIN), isRemoved(by));
    witness.journaled(persistenceId, rows, world.now(), writer);
  }

  static String originOf(String persistenceId) {
    return persistenceId.substring(persistenceId.indexOf('|') + 1);
  }

  void refused(Node by, String persistenceId) {
    var origin = originOf(persistenceId);
    note(
        () -> Line.ofOrigin(by.name(), origin, origin + " is refused rows that are there already"));
    witness.refused(persistenceId);
  }

  /** An origin has left the memory of that node. */
  void left(Node node, String originId) {
    note(() -> Line.ofOrigin(node.name(), originId, originId + " leaves memory"));
    if (store.wakeAt(OriginHost.persistenceId(TYPE, originId)).isPresent()) {
      witness.sleeps(originId);
    }
  }

  void hit(Target.Hit hit) {
    note(
        hit.key().hashCode(),
        () -> about(hit.key(), hit.node(), "reaches the target, answer: " + hit.answer()));
    witness.hit(hit);
  }

  void begun(AttemptKey key, Node on) {
    doors.refused(on, key).ifPresent(why -> witness.mustNotBegin(key, why));
    witness.begun(key, on.name());
  }

  /**
   * An origin of that node is told that its rows are durable.
   *
   * @param at when; later than now while earlier writes of the node, of any origin, take longer
   */
  void told(Node node, String originId, List<PersistentRepr> rows, CompletableFuture<Instant> at) {
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

  Doors doors() {
    return doors;
  }

  void reported(AttemptKey key, Node by, Report report) {
    note(() -> about(key, by.name(), "ends: " + Words.of(report)));
    witness.reported(key, by.name());
  }

  private static Line about(AttemptKey key, String node, String what) {
    var text = "%s/%s#%d %s".formatted(key.originId(), key.fetchId(), key.attempt(), what);
    return Line.ofThing(node, key.originId(), key.fetchId(), text);
  }

  /** The same, where runs may differ in it. */
  void note(int what, Supplier<Line> words) {
    world.trace().note(what, words);
  }

  /** A node that was removed although it lived learns of it, and ends. */
  boolean isRemoved(Node node) {
    return !members.all().contains(node.name());
  }

  long seed() {
    return seed;
  }

  World world() {
    return world;
  }

  Luck luck() {
    return luck;
  }

  Store store() {
    return store;
  }

  Network network() {
    return network;
  }

  Members members() {
    return members;
  }

  Clocks clocks() {
    return clocks;
  }

  Target target() {
    return target;
  }

  Chance journalChance() {
    return journalChance;
  }
}
