package dev.retriever.loadtest.walls;

import java.util.Locale;
import java.util.Optional;

/**
 * The setting or resource that a ramp met first.
 *
 * @param what the name of a setting, or of a resource
 * @param words what is known of it
 * @param raise how it is moved
 */
record Wall(String what, String words, String raise) {
  /** Ports for connections from one address to one address and port, on Linux as it is shipped. */
  private static final int PORTS = 28_232;

  private static final double FULL = 0.98;
  private static final String HEAP = "the heap of ";
  private static final String UNKNOWN = "not known";

  /** What kept a step from holding all that it asked; empty when it held all. */
  static Optional<Wall> of(Reached step, RampPlan plan) {
    if (step.allHeld()) {
      return Optional.empty();
    }
    return setting(step, plan)
        .or(() -> resource(step, plan))
        .or(() -> memory(step))
        .or(() -> Optional.of(unknown(step)));
  }

  private static Optional<Wall> setting(Reached step, RampPlan plan) {
    if (step.held() >= (long) plan.perTarget() * plan.targets()) {
      return Optional.of(
          new Wall(
              "retriever.executor.transport.max-per-target",
              format("each target has its %,d attempts", plan.perTarget()),
              "the setting, or more targets"));
    }
    if (step.permitsHeld() >= plan.permits()) {
      return Optional.of(
          new Wall(
              "retriever.executor.permits",
              format("all %,d are held", plan.permits()),
              "the setting, or more executor nodes"));
    }
    return Optional.empty();
  }

  private static Optional<Wall> resource(Reached step, RampPlan plan) {
    for (var process : step.processes()) {
      if (!process.alive()) {
        return Optional.of(new Wall("the life of " + process.who(), "it has ended", "see its log"));
      }
      if (process.isOutOfDescriptors()) {
        return Optional.of(
            new Wall(
                "file descriptors of " + process.who(),
                format("%,d of %,d are open", process.descriptors(), process.descriptorLimit()),
                "ulimit -n, or more nodes"));
      }
      if (process.isOutOfHeap()) {
        return Optional.of(
            new Wall(
                HEAP + process.who(),
                format(
                    "%,d of %,d MiB are left after a collection",
                    process.heap() >> 20, process.heapLimit() >> 20),
                "-Xmx, or more nodes"));
      }
    }
    return step.held() >= FULL * PORTS * plan.targets()
        ? Optional.of(
            new Wall(
                "ephemeral ports",
                format("%,d connections to each target", step.held() / plan.targets()),
                "net.ipv4.ip_local_port_range, or targets with several addresses"))
        : Optional.empty();
  }

  private static Optional<Wall> memory(Reached step) {
    return step.shares().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Wall(
                "retriever.memory.shares." + String.join(", ", step.shares()),
                "it refused; " + step.firstRefusal().orElse("no submission was refused"),
                "the share, or -Xmx"));
  }

  boolean isHeap() {
    return what.startsWith(HEAP);
  }

  boolean isKnown() {
    return !what.equals(UNKNOWN);
  }

  private static Wall unknown(Reached step) {
    return new Wall(
        UNKNOWN,
        format("%,d of %,d were held; ", step.held(), step.asked())
            + step.firstRefusal().orElse("no submission was refused"),
        "keep the logs (--keep-logs) and look for the first error");
  }

  private static String format(String words, Object... figures) {
    return String.format(Locale.ROOT, words, figures);
  }
}
