package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.cluster.SimulatedCluster;
import dev.retriever.origin.simulation.cluster.SimulatedNode;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.FaultChances;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The faults that come by themselves: to nodes, links, clocks and deploys. */
final class SpontaneousFaults {
  private final SimulatedCluster cluster;
  private final FaultChances luck;
  private final Duration length;

  SpontaneousFaults(SimulatedCluster cluster, Duration length) {
    this.cluster = cluster;
    this.luck = cluster.luck();
    this.length = length;
  }

  /** Plans all of them. */
  void begin() {
    plan(Fault.CRASH, 1.5, this::crash);
    plan(Fault.PAUSE, 1, this::pause);
    plan(Fault.LEAVE, 0.7, this::leave);
    plan(Fault.MOVE, 4, this::move);
    plan(Fault.PASSIVATE, 6, this::passivate);
    plan(Fault.CLOCK_JUMPS, 2, this::jump);
    plan(Fault.LINK_HELD, 2, this::hold);
    plan(Fault.HANDLER_UNKNOWN, 0.7, this::deploy);
    plan(Fault.PERMIT_LEFT, 1, this::leavePermit);
    if (!cluster.queues().isEmpty()) {
      plan(Fault.DATABASE_AWAY, 0.7, this::databaseAway);
    }
    if (luck.of(Fault.BLACKOUT).happens(0.2 * luck.weight(Fault.BLACKOUT))) {
      cluster.world().after(length.minusMillis(1), this::blackOut);
    }
  }

  /**
   * @param usually how often in a run of usual weight
   */
  private void plan(Fault fault, double usually, Runnable strikes) {
    var times = usually * luck.weight(fault);
    for (var left = times; left > 0; left--) {
      if (left >= 1 || luck.of(fault).happens(left)) {
        cluster.world().after(luck.between(fault, Duration.ZERO, length), strikes);
      }
    }
  }

  private List<SimulatedNode> running() {
    return cluster.nodes().stream().filter(node -> node.process().isRunning()).toList();
  }

  private void crash() {
    var nodes = running();
    if (!nodes.isEmpty()) {
      luck.struck(Fault.CRASH);
      cluster.crash(luck.of(Fault.CRASH).oneOf(nodes), "by itself");
    }
  }

  /** Shorter or longer than the others wait before they take over. */
  private void pause() {
    var nodes = running();
    if (nodes.size() > 1) {
      luck.struck(Fault.PAUSE);
      var node = luck.of(Fault.PAUSE).oneOf(nodes);
      var forSo = luck.between(Fault.PAUSE, Duration.ofSeconds(1), Duration.ofSeconds(25));
      cluster.pause(node, forSo);
    }
  }

  private void blackOut() {
    luck.struck(Fault.BLACKOUT);
    cluster.nodes().forEach(node -> cluster.crash(node, "like all others"));
  }

  private void databaseAway() {
    luck.struck(Fault.DATABASE_AWAY);
    cluster.store().away(true);
    var forSo = luck.between(Fault.DATABASE_AWAY, Duration.ofSeconds(1), Duration.ofSeconds(12));
    cluster.world().after(forSo, () -> cluster.store().away(false));
  }

  private void leave() {
    var nodes = running();
    if (!nodes.isEmpty()) {
      luck.struck(Fault.LEAVE);
      cluster.leave(luck.of(Fault.LEAVE).oneOf(nodes));
    }
  }

  private void move() {
    var origins = new ArrayList<>(cluster.members().homes().keySet());
    if (!origins.isEmpty() && cluster.members().all().size() > 1) {
      luck.struck(Fault.MOVE);
      cluster.members().move(luck.of(Fault.MOVE).oneOf(origins));
    }
  }

  private void passivate() {
    var origins = new ArrayList<>(cluster.members().homes().entrySet());
    if (!origins.isEmpty()) {
      luck.struck(Fault.PASSIVATE);
      var origin = luck.of(Fault.PASSIVATE).oneOf(origins);
      cluster.node(origin.getValue()).ifPresent(node -> node.evict(origin.getKey()));
    }
  }

  private void jump() {
    var nodes = running();
    if (!nodes.isEmpty()) {
      luck.struck(Fault.CLOCK_JUMPS);
      var chance = luck.of(Fault.CLOCK_JUMPS);
      var node = chance.oneOf(nodes);
      cluster.setClock(node, jump(chance));
    }
  }

  /**
   * What clocks differ by that are in order; what one is off by that somebody has set; a suspend.
   */
  private static Duration jump(RandomStreams chance) {
    return switch (chance.below(6)) {
      case 0 -> chance.between(Duration.ofHours(-1), Duration.ZERO);
      case 1 -> chance.between(Duration.ZERO, Duration.ofHours(3));
      case 2 -> chance.between(Duration.ZERO, Duration.ofDays(7));
      default -> chance.between(SimulatedCluster.IN_ORDER.negated(), SimulatedCluster.IN_ORDER);
    };
  }

  private void leavePermit() {
    var nodes = running();
    if (!nodes.isEmpty()) {
      luck.struck(Fault.PERMIT_LEFT);
      luck.of(Fault.PERMIT_LEFT).oneOf(nodes).permits().abandon();
    }
  }

  private void hold() {
    var nodes = running();
    if (nodes.size() > 1) {
      luck.struck(Fault.LINK_HELD);
      var one = nodes.get(0).name();
      var other = nodes.get(nodes.size() - 1).name();
      var forSo = luck.between(Fault.LINK_HELD, Duration.ofMillis(100), Duration.ofSeconds(8));
      cluster.network().hold(one, other);
      cluster.world().after(forSo, () -> cluster.network().letGo(one, other));
    }
  }

  /** Nodes that start from now on have other code; a while later the right one again. */
  private void deploy() {
    luck.struck(Fault.HANDLER_UNKNOWN);
    cluster.deploy(false);
    var nodes = running();
    if (!nodes.isEmpty()) {
      cluster.crash(nodes.get(0), "to be deployed");
    }
    cluster.world().after(Duration.ofSeconds(8), () -> cluster.deploy(true));
  }
}
