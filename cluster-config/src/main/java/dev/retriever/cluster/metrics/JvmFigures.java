package dev.retriever.cluster.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * What the JVM and the operating system tell of the process, read at each scrape. The names are
 * those that Prometheus' own client has, so that dashboards for any JVM show them. They are made by
 * hand, since of its some 70 series a node needs a few.
 */
final class JvmFigures {
  private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Instruments instruments;

  private JvmFigures(Instruments instruments) {
    this.instruments = instruments;
  }

  static void register(Instruments instruments) {
    var figures = new JvmFigures(instruments);
    figures.memory();
    figures.collections();
    figures.threads();
    figures.process();
  }

  private void memory() {
    var memory = ManagementFactory.getMemoryMXBean();
    instruments.gauges(
        "jvm_memory_used_bytes",
        "Memory of the JVM that is used, by area.",
        values -> {
          values.add(memory.getHeapMemoryUsage().getUsed(), "heap");
          values.add(memory.getNonHeapMemoryUsage().getUsed(), "nonheap");
        },
        "area");
    instruments.gauge(
        "jvm_memory_max_bytes",
        "The heap that the JVM may have.",
        () -> memory.getHeapMemoryUsage().getMax());
    var buffers = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
    instruments.gauge(
        "jvm_buffer_pool_used_bytes",
        "Memory outside of the heap that direct buffers use.",
        () ->
            buffers.stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum());
  }

  private void collections() {
    var collectors = ManagementFactory.getGarbageCollectorMXBeans();
    instruments.counts(
        "jvm_gc_collections_total",
        "Collections of garbage, by collector.",
        values ->
            collectors.forEach(
                it -> values.add(Math.max(0, it.getCollectionCount()), it.getName())),
        "gc");
    instruments.counts(
        "jvm_gc_seconds_total",
        "Time of collections of garbage, by collector.",
        values ->
            collectors.forEach(
                it -> values.add(Math.max(0, it.getCollectionTime()) / MILLIS, it.getName())),
        "gc");
  }

  private void threads() {
    var threads = ManagementFactory.getThreadMXBean();
    instruments.gauge(
        "jvm_threads_current", "Threads of the JVM that live.", threads::getThreadCount);
  }

  /** Windows has no such descriptors. */
  private void process() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    if (system instanceof UnixOperatingSystemMXBean unix) {
      instruments.gauge(
          "process_open_fds", "Open file descriptors.", unix::getOpenFileDescriptorCount);
      instruments.gauge(
          "process_max_fds",
          "File descriptors that the process may have.",
          unix::getMaxFileDescriptorCount);
      instruments.count(
          "process_cpu_seconds_total",
          "Time on processors, of the user and of the system.",
          () -> Math.max(0, unix.getProcessCpuTime()) / NANOS);
    }
  }
}
