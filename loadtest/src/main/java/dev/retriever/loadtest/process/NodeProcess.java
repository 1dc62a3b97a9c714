package dev.retriever.loadtest.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A node as a child process. It can be killed and started again on the same data. Closing ends the
 * process.
 */
public final class NodeProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(10);
  private static final Duration DEATH_LIMIT = Duration.ofSeconds(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

  private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w+GC");
  private static final List<String> DEFAULT_OPTIONS = defaultOptions();

  private final List<String> command;
  private final Map<String, String> settings;
  private final Path log;
  private Process process;
  private Thread reader;
  private Ready ready;
  private boolean closed;

  /**
   * Describes the process without starting it.
   *
   * @param command the command that starts a node
   * @param settings of its environment, besides free ports and access to loopback addresses
   * @param log the file that takes its output
   */
  NodeProcess(List<String> command, Map<String, String> settings, Path log) {
    this.command = List.copyOf(command);
    this.settings = Map.copyOf(settings);
    this.log = log;
  }

  /** The node that is on the class path of this process. */
  public static NodeProcess ofClassPath(Path data, Path log) {
    return ofClassPath(List.of(), Map.of("RETRIEVER_DATA_DIR", data.toString()), log);
  }

  /**
   * @param settings of its environment, besides free ports and access to loopback addresses
   */
  public static NodeProcess ofClassPath(
      List<String> options, Map<String, String> settings, Path log) {
    return ofClassPath("dev.retriever.cluster.Main", options, settings, log);
  }

  /** The default options of a node and the given ones, with one garbage collector. */
  private static List<String> javaOptions(List<String> options) {
    var collector = options.stream().filter(COLLECTOR.asMatchPredicate()).findAny();
    return Stream.concat(
            DEFAULT_OPTIONS.stream()
                .filter(it -> collector.isEmpty() || !COLLECTOR.matcher(it).matches()),
            options.stream())
        .toList();
  }

  /** The default options of a node's Java. */
  private static List<String> defaultOptions() {
    try (var in = NodeProcess.class.getResourceAsStream("/node-java.options")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("-"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param main what is started, and says that it is ready as a node does
   */
  public static NodeProcess ofClassPath(
      String main, List<String> options, Map<String, String> settings, Path log) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = new ArrayList<>(List.of(java));
    command.addAll(javaOptions(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    return new NodeProcess(command, settings, log);
  }

  /**
   * The addresses of a ready node.
   *
   * @param remoting {@code host:port} for other nodes
   */
  record Ready(URI api, URI management, String remoting) {
    private static final Pattern LINE =
        Pattern.compile(
            "^retriever node ready api=(https?://\\S+) management=(https?://\\S+)"
                + " remoting=(\\S+)\\s*$");

    static Optional<Ready> parse(String line) {
      var match = LINE.matcher(line);
      return match.matches()
          ? Optional.of(
              new Ready(URI.create(match.group(1)), URI.create(match.group(2)), match.group(3)))
          : Optional.empty();
    }
  }

  /** Starts the process and waits until it is ready; returns the time that this took. */
  public Duration start() throws IOException, InterruptedException {
    var from = System.nanoTime();
    var output = launch();
    try {
      var found = output.ready().get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
      synchronized (this) {
        ready = found;
      }
      return Duration.ofNanos(System.nanoTime() - from);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage() + output.tail(), e);
    } catch (TimeoutException e) {
      kill();
      throw new IOException(
          "the node did not say that it is ready within " + START_LIMIT + output.tail(), e);
    }
  }

  private synchronized NodeOutput launch() throws IOException {
    if (closed || process != null && process.isAlive()) {
      throw new IOException(closed ? "no node is started any more" : "the node is running");
    }
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    var environment = builder.environment();
    // Settings for another node, such as its database, must not reach this one.
    environment.keySet().removeIf(name -> name.startsWith("RETRIEVER_"));
    environment.put("RETRIEVER_HTTP_PORT", "0");
    environment.put("RETRIEVER_MANAGEMENT_PORT", "0");
    environment.put("RETRIEVER_REMOTING_PORT", "0");
    environment.put("RETRIEVER_EGRESS_ALLOW", "127.0.0.0/8");
    environment.put("RETRIEVER_IDENTIFY_ATTEMPTS", "true");
    environment.putAll(settings);
    process = builder.start();
    var output = new NodeOutput(process, log);
    reader = new Thread(output, "node-output");
    reader.setDaemon(true);
    reader.start();
    return output;
  }

  /** Stops the process (SIGTERM); returns its exit status when it is gone. */
  public int stop() throws InterruptedException {
    return end(ProcessHandle::destroy, STOP_LIMIT);
  }

  /** Kills the process (SIGKILL); returns when it is gone. */
  public void kill() throws InterruptedException {
    synchronized (this) {
      if (process == null) {
        return;
      }
    }
    // Process.destroyForcibly would discard the last output of the node.
    end(ProcessHandle::destroyForcibly, DEATH_LIMIT);
  }

  private int end(Consumer<ProcessHandle> signal, Duration limit) throws InterruptedException {
    Process running;
    Thread copying;
    synchronized (this) {
      running = process;
      copying = reader;
    }
    signal.accept(running.toHandle());
    if (!running.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "process " + running.pid() + " has not ended within " + limit.toSeconds() + " s");
    }
    copying.join(DEATH_LIMIT.toMillis());
    return running.exitValue();
  }

  /** Suspends the process (SIGSTOP); true when it is suspended. */
  public boolean pause() throws IOException, InterruptedException {
    signal("STOP");
    var limit = System.nanoTime() + DEATH_LIMIT.toNanos();
    while (!stands() && System.nanoTime() < limit) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return stands();
  }

  /** Resumes the process (SIGCONT). */
  public void goOn() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start().waitFor();
  }

  /** The field behind the name in brackets is T while the process is suspended. */
  private boolean stands() throws IOException {
    var stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
    return stat.substring(stat.lastIndexOf(')')).startsWith(") T");
  }

  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Waits until the process ends by itself; its exit status, if it ends in time. */
  public OptionalInt ended(Duration limit) throws InterruptedException {
    Process running;
    synchronized (this) {
      running = process;
    }
    return running.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
        ? OptionalInt.of(running.exitValue())
        : OptionalInt.empty();
  }

  public synchronized URI api() {
    return ready.api();
  }

  public synchronized URI management() {
    return ready.management();
  }

  /** Where other nodes join it. */
  public synchronized String remoting() {
    return ready.remoting();
  }

  public synchronized long pid() {
    return process.pid();
  }

  /** Processor time used so far, if the system knows it. */
  public synchronized Optional<Duration> cpu() {
    return process.info().totalCpuDuration();
  }

  /** The most memory that the process has held so far, in MiB, if the system knows it. */
  public Optional<Long> peakRssMib() {
    try {
      var status = Files.readString(Path.of("/proc/" + pid() + "/status"));
      return Optional.of(Resources.Sample.field(status, "VmHWM") >> 10).filter(mib -> mib > 0);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    try {
      kill();
    } catch (InterruptedException e) {
      // The signal is sent; only the wait for the end is cut short.
      Thread.currentThread().interrupt();
    }
  }
}
