package dev.retriever.executor.invocation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.retriever.executor.Transport;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.LoggerFactory;

/**
 * Writes one line of JSON for each {@link Invocation} of an origin or executor. Without {@code
 * retriever.invocation-log.enabled} the log does not exist, and its callers run without it.
 * Thread-safe.
 */
public final class InvocationLog {
  /** The name of the logger that receives the lines, at INFO. */
  public static final String LOGGER = "dev.retriever.invocations";

  private static final String ENABLED = "retriever.invocation-log.enabled";
  private static final ObjectMapper JSON = new ObjectMapper().registerModule(new Jdk8Module());

  private final Clock clock;
  private final LongSupplier nanos;
  private final LongSupplier cpuNanos;
  private final Consumer<String> lines;

  InvocationLog(Clock clock, LongSupplier nanos, LongSupplier cpuNanos, Consumer<String> lines) {
    this.clock = clock;
    this.nanos = nanos;
    this.cpuNanos = cpuNanos;
    this.lines = lines;
  }

  /** The log of an actor system, if its configuration enables it. */
  public static Optional<InvocationLog> of(ActorSystem<?> system, Clock clock) {
    if (!system.settings().config().getBoolean(ENABLED)) {
      return Optional.empty();
    }
    return Optional.of(to(LoggerFactory.getLogger(LOGGER)::info, clock));
  }

  /**
   * A log that writes to {@code lines}.
   *
   * @param lines receives each line, without its line end, on any thread; must not throw
   * @param clock the clock of the node
   */
  public static InvocationLog to(Consumer<String> lines, Clock clock) {
    return new InvocationLog(clock, System::nanoTime, threadCpu(), lines);
  }

  private static LongSupplier threadCpu() {
    var threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported() ? threads::getCurrentThreadCpuTime : () -> 0;
  }

  /** A reading of the clocks at the start of an invocation. */
  public record Moment(long epochMillis, long nanos) {}

  /** Reads the clocks. */
  public Moment now() {
    return new Moment(clock.millis(), nanos.getAsLong());
  }

  /** The monotonic clock; only differences have a meaning. */
  public long nanos() {
    return nanos.getAsLong();
  }

  /** The processor time of the calling thread in nanoseconds; always 0 if unknown. */
  public long cpuNanos() {
    return cpuNanos.getAsLong();
  }

  /** Converts nanoseconds to milliseconds, rounded to the microsecond. */
  public static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }

  /** Writes a line. Never fails, and blocks only if the appender does. */
  public void write(Invocation invocation) {
    lines.accept(json(invocation));
  }

  private static String json(Invocation invocation) {
    try {
      return JSON.writeValueAsString(invocation);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e); // strings and numbers
    }
  }

  /** Wraps a transport so that it writes a line for each attempt that has ended. */
  public Transport around(Transport transport) {
    return (key, request, limit, done) -> {
      var attempt = new LoggedAttempt(this, key);
      var exchange = transport.start(key, request, limit, report -> attempt.ends(report, done));
      attempt.hasStarted();
      return exchange;
    };
  }
}
