package dev.retriever.loadtest.process;

import dev.retriever.loadtest.result.ResultDraft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/**
 * Samples memory, processor time, threads and descriptors of processes. On Linux only; elsewhere
 * all figures are 0. Closing ends it.
 */
public final class Resources implements AutoCloseable {
  private static final int EVERY_MS = 200;
  private static final int JCMD_SECONDS = 30;

  /** The unit of times in /proc, the same on all supported systems. */
  private static final int TICKS_PER_SECOND = 100;

  /**
   * The figures of a process at one moment.
   *
   * @param cpuMs processor time since its start
   */
  public record Sample(
      long rssBytes, long cpuMs, long childrenCpuMs, int threads, int descriptors) {
    static final Sample NONE = new Sample(0, 0, 0, 0, 0);

    /**
     * @param stat the text of /proc/PID/stat
     * @param status the text of /proc/PID/status
     */
    static Sample parse(String stat, String status, int descriptors) {
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return new Sample(
          field(status, "VmRSS") * 1024,
          ticks(fields, 11) + ticks(fields, 12),
          ticks(fields, 13) + ticks(fields, 14),
          (int) field(status, "Threads"),
          descriptors);
    }

    private static long ticks(String[] fields, int index) {
      return Long.parseLong(fields[index]) * 1000 / TICKS_PER_SECOND;
    }

    static long field(String status, String name) {
      return status
          .lines()
          .filter(line -> line.startsWith(name + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    }

    Sample most(Sample other) {
      return new Sample(
          Math.max(rssBytes, other.rssBytes),
          Math.max(cpuMs, other.cpuMs),
          Math.max(childrenCpuMs, other.childrenCpuMs),
          Math.max(threads, other.threads),
          Math.max(descriptors, other.descriptors));
    }
  }

  private final long pid;
  private final Optional<Long> store;
  private final Sample start;
  private final long storeCpuStart;
  private final OptionalLong heapStart;
  private final Thread sampler;
  private Sample peak;

  private Resources(long pid, Optional<Long> store, boolean heap) {
    this.pid = pid;
    this.store = store;
    heapStart = heap ? heapAfterGc(pid) : OptionalLong.empty();
    start = sample(pid);
    peak = start;
    storeCpuStart = store.map(Resources::treeCpuMs).orElse(0L);
    sampler = new Thread(this::watch, "resources");
    sampler.setDaemon(true);
    sampler.start();
  }

  /**
   * Begins to watch a node, and the server that it stores on.
   *
   * @param heap whether to collect garbage at the start and at the end, and measure the heap
   */
  public static Resources of(NodeProcess node, Database database, boolean heap) throws IOException {
    return new Resources(node.pid(), database.pid(), heap);
  }

  private void watch() {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(EVERY_MS);
        look();
      }
    } catch (InterruptedException e) {
      // Interrupted by close.
    }
  }

  private synchronized Sample look() {
    var now = sample(pid);
    peak = peak.most(now);
    return now;
  }

  /** The figures of a process now; all 0 when it is gone. */
  public static Sample sample(long pid) {
    try {
      var proc = Path.of("/proc", String.valueOf(pid));
      return Sample.parse(
          Files.readString(proc.resolve("stat")),
          Files.readString(proc.resolve("status")),
          descriptors(proc));
    } catch (IOException e) {
      return Sample.NONE;
    }
  }

  /** The most files that a process may have open; 0 when the system does not say. */
  public static int descriptorLimit(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "limits")).stream()
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.replaceAll("[^0-9 ]", "").strip().split(" +")[0])
          .mapToInt(Integer::parseInt)
          .findFirst()
          .orElse(0);
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** The most that the heap of a Java process may hold, in bytes; empty when it cannot be read. */
  public static OptionalLong heapLimit(long pid) {
    return Pattern.compile("MaxHeapSize=(\\d+)")
        .matcher(jcmd(pid, "VM.flags"))
        .results()
        .mapToLong(match -> Long.parseLong(match.group(1)))
        .findFirst();
  }

  private static int descriptors(Path proc) throws IOException {
    try (var open = Files.list(proc.resolve("fd"))) {
      return (int) open.count();
    }
  }

  /** Processor time of a process and its children, ended ones included. */
  public static long treeCpuMs(long pid) {
    var own = sample(pid);
    return own.cpuMs()
        + own.childrenCpuMs()
        + ProcessHandle.of(pid).stream()
            .flatMap(ProcessHandle::children)
            .mapToLong(child -> sample(child.pid()).cpuMs())
            .sum();
  }

  /** The size of a Java process's heap after garbage collection; empty when it cannot be read. */
  public static OptionalLong heapAfterGc(long pid) {
    jcmd(pid, "GC.run");
    jcmd(pid, "GC.run");
    return used(jcmd(pid, "GC.heap_info"));
  }

  /** The sum of the used parts of the heap. */
  static OptionalLong used(String heapInfo) {
    var pattern = Pattern.compile("total \\d+K, used (\\d+)K");
    var found =
        heapInfo
            .lines()
            .filter(line -> !line.contains("Metaspace") && !line.contains("class space"))
            .flatMap(line -> pattern.matcher(line).results())
            .mapToLong(match -> Long.parseLong(match.group(1)) * 1024)
            .toArray();
    return found.length == 0 ? OptionalLong.empty() : OptionalLong.of(Arrays.stream(found).sum());
  }

  public static double mib(long bytes) {
    return bytes / 1048576.0;
  }

  public static double mib(OptionalLong bytes) {
    return bytes.isPresent() ? mib(bytes.getAsLong()) : Double.NaN;
  }

  static String jcmd(long pid, String what) {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      var process =
          new ProcessBuilder(jcmd, String.valueOf(pid), what).redirectErrorStream(true).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(JCMD_SECONDS, TimeUnit.SECONDS) ? said : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /**
   * The figures from the start until now.
   *
   * @param storeCpuMs processor time of all processes of the database server
   */
  public record Use(
      Sample start,
      Sample peak,
      Sample end,
      OptionalLong heapStart,
      OptionalLong heapEnd,
      long storeCpuMs) {
    public long nodeCpuMs() {
      return end.cpuMs() - start.cpuMs();
    }

    /** Processor time of node and database for each of so many fetches. */
    public double cpuMsPer(long count) {
      return (nodeCpuMs() + storeCpuMs) / (double) count;
    }

    public double peakRssMib() {
      return mib(peak.rssBytes());
    }

    /** Adds a table with the figures at the start, at the peak and at the end. */
    public void table(String title, ResultDraft draft) {
      draft
          .table(title, "of the node", "start", "peak", "end", "growth")
          .row(
              "resident memory, MiB",
              mib(start.rssBytes()),
              mib(peak.rssBytes()),
              mib(end.rssBytes()),
              mib(end.rssBytes() - start.rssBytes()))
          .row("heap after collection, MiB", mib(heapStart), null, mib(heapEnd), heapGrowthMib())
          .row(counts("threads", Sample::threads))
          .row(counts("descriptors", Sample::descriptors))
          .row("processor time, s", null, null, null, nodeCpuMs() / 1e3)
          .row("processor time of the database server, s", null, null, null, storeCpuMs / 1e3);
    }

    private Object[] counts(String name, ToIntFunction<Sample> of) {
      var first = of.applyAsInt(start);
      var last = of.applyAsInt(end);
      return new Object[] {name, first, of.applyAsInt(peak), last, last - first};
    }

    double heapGrowthMib() {
      return mib(heapEnd) - mib(heapStart);
    }
  }

  /** The figures until now; sampling goes on. */
  public Use use() {
    // Before the garbage collection, whose time must not count.
    var now = look();
    var storeCpu = store.map(Resources::treeCpuMs).orElse(0L) - storeCpuStart;
    var heap = heapStart.isPresent() ? heapAfterGc(pid) : OptionalLong.empty();
    synchronized (this) {
      return new Use(start, peak, now, heapStart, heap, storeCpu);
    }
  }

  @Override
  public void close() {
    sampler.interrupt();
  }
}
