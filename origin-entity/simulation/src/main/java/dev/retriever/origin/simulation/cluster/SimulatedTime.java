package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.trace.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.Cancellable;

/**
 * The one thread in which everything happens, and its time. What is ready runs in an order drawn by
 * chance; when nothing is, time goes on to the next timer. Not thread-safe.
 */
public final class SimulatedTime {
  /** More than any run has; one that goes in circles must end. */
  private static final long MOST_STEPS = 2_000_000;

  private final Thread thread = Thread.currentThread();
  private final RandomStreams order;
  private final Trace trace;
  private final List<Task> ready = new ArrayList<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private long nanos;
  private long timersMade;
  private long steps;

  /** A task of a process, or of none. */
  private record Task(NodeTasks process, Runnable action) {}

  /** Something to be run at its time; those of one instant in the order in which they were made. */
  static final class Timer implements Cancellable, Comparable<Timer> {
    private final long at;
    private final long number;
    private final NodeTasks process;
    private Runnable action;

    private Timer(long at, long number, NodeTasks process, Runnable action) {
      this.at = at;
      this.number = number;
      this.process = process;
      this.action = action;
    }

    /** False when it has run or was cancelled before. */
    @Override
    public boolean cancel() {
      var was = action != null;
      action = null;
      return was;
    }

    @Override
    public boolean isCancelled() {
      return action == null;
    }

    @Override
    public int compareTo(Timer other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  SimulatedTime(long seed, Trace trace) {
    this.order = new RandomStreams(seed, "order");
    this.trace = trace;
  }

  public Instant now() {
    return Trace.BEGINNING.plusNanos(nanos);
  }

  /** What no clock that is set changes. */
  long nanos() {
    return nanos;
  }

  public Duration elapsed() {
    return Duration.ofNanos(nanos);
  }

  public long steps() {
    return steps;
  }

  public Trace trace() {
    return trace;
  }

  /** What the process has ready is run while it runs. */
  void ready(NodeTasks process, Runnable action) {
    checkThread();
    ready.add(new Task(process, action));
  }

  /** Of the world itself: it is run whatever becomes of processes. */
  public Timer after(Duration delay, Runnable action) {
    return after(delay, NodeTasks.NONE, action);
  }

  public Timer after(Duration delay, NodeTasks process, Runnable action) {
    checkThread();
    var at = nanos + Math.max(0, delay.toNanos());
    var timer = new Timer(at, ++timersMade, process, action);
    timers.add(timer);
    return timer;
  }

  /** What runs elsewhere would come in an order of its own. */
  private void checkThread() {
    if (Thread.currentThread() != thread) {
      throw new IllegalStateException(Thread.currentThread() + " is not the world's");
    }
  }

  /** Runs everything up to that time, or until it is enough. */
  public void run(Duration until, BooleanSupplier enough) {
    var end = until.toNanos();
    while (!enough.getAsBoolean()) {
      if (!step(end)) {
        nanos = Math.max(nanos, end);
        return;
      }
      if (++steps > MOST_STEPS) {
        throw new IllegalStateException("it goes in circles at " + elapsed());
      }
    }
  }

  private boolean step(long end) {
    if (!ready.isEmpty()) {
      run(take());
      return true;
    }
    var next = timers.peek();
    if (next == null || next.at > end) {
      return false;
    }
    timers.poll();
    nanos = Math.max(nanos, next.at);
    var action = next.action;
    if (action != null) {
      next.action = null;
      run(new Task(next.process, action));
    }
    return true;
  }

  private Task take() {
    var chosen = order.below(ready.size());
    var last = ready.remove(ready.size() - 1);
    return chosen == ready.size() ? last : ready.set(chosen, last);
  }

  private void run(Task task) {
    trace.step(nanos, task.process().number());
    task.process().run(task.action());
  }
}
