package dev.retriever.origin.simulation.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/** What runs the tasks of one node: it may be paused, and then what it has to do waits; or dead. */
public final class NodeTasks {
  /** Of no node, and always there. */
  static final NodeTasks NONE = new NodeTasks(0, null);

  private static final ThreadLocal<SimulatedNode> CURRENT = new ThreadLocal<>();

  private enum State {
    RUNNING,
    PAUSED,
    DEAD
  }

  private final int number;
  private final SimulatedNode node;
  private final Queue<Runnable> held = new ArrayDeque<>();
  private State state = State.RUNNING;
  private Instant resumed = Instant.MIN;

  NodeTasks(int number, SimulatedNode node) {
    this.number = number;
    this.node = node;
  }

  int number() {
    return number;
  }

  boolean isDead() {
    return state == State.DEAD;
  }

  public boolean isRunning() {
    return state == State.RUNNING;
  }

  /** The node on whose behalf this thread works: what is made by reflection finds it so. */
  static SimulatedNode current() {
    var node = CURRENT.get();
    if (node == null) {
      throw new IllegalStateException("nothing of a simulated node runs here");
    }
    return node;
  }

  public void run(Runnable action) {
    switch (state) {
      case PAUSED -> held.add(action);
      case DEAD -> {}
      case RUNNING ->
          as(
              () -> {
                action.run();
                return null;
              });
    }
  }

  <T> T as(Supplier<T> action) {
    var before = CURRENT.get();
    CURRENT.set(node);
    try {
      return action.get();
    } finally {
      CURRENT.set(before);
    }
  }

  void pause() {
    state = State.PAUSED;
  }

  /** Whether it stood still at some time in the last so long. */
  boolean stoodStillWithin(Duration time) {
    var latest = node.cluster().world().now().minus(time);
    return state == State.PAUSED || resumed.isAfter(latest);
  }

  void resume() {
    if (state == State.PAUSED) {
      resumed = node.cluster().world().now();
    }
    state = State.RUNNING;
    while (!held.isEmpty() && state == State.RUNNING) {
      run(held.remove());
    }
  }

  /** As with {@code kill -9}: what it had to do is gone. */
  void kill() {
    state = State.DEAD;
    held.clear();
  }
}
