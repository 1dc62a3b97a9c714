package dev.retriever.origin.simulation;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/** What runs the tasks of one node: it may be paused, and then what it has to do waits; or dead. */
final class Process {
  /** Of no node, and always there. */
  static final Process NONE = new Process(0, null);

  private static final ThreadLocal<Node> CURRENT = new ThreadLocal<>();

  private enum State {
    RUNNING,
    PAUSED,
    DEAD
  }

  private final int number;
  private final Node node;
  private final Queue<Runnable> held = new ArrayDeque<>();
  private State state = State.RUNNING;

  Process(int number, Node node) {
    this.number = number;
    this.node = node;
  }

  int number() {
    return number;
  }

  boolean isDead() {
    return state == State.DEAD;
  }

  boolean isRunning() {
    return state == State.RUNNING;
  }

  /** The node on whose behalf this thread works: what is made by reflection finds it so. */
  static Node current() {
    var node = CURRENT.get();
    if (node == null) {
      throw new IllegalStateException("nothing of a simulated node runs here");
    }
    return node;
  }

  void run(Runnable action) {
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

  void resume() {
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
