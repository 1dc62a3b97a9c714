package dev.retriever.origin.simulation.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** The clock of a node, which differs from the time of the simulated world. */
final class NodeClock implements InstantSource {
  private final SimulatedTime world;
  private Duration skew;
  private Optional<Instant> setAt = Optional.empty();

  NodeClock(SimulatedTime world, Duration skew) {
    this.world = world;
    this.skew = skew;
  }

  /** From now on it differs by that. */
  void set(Duration by) {
    skew = by;
    setAt = Optional.of(world.now());
  }

  boolean wasSetWithin(Duration time) {
    var since = world.now().minus(time);
    return setAt.filter(at -> !at.isBefore(since)).isPresent();
  }

  Duration skew() {
    return skew;
  }

  @Override
  public Instant instant() {
    return world.now().plus(skew);
  }
}
