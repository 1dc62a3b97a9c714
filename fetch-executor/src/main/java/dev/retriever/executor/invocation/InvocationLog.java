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
 * Where a node writes what its origins and executors handle, one line of JSON for each: {@link
 * Invocation}. Off unless {@code retriever.invocation-log.enabled}; then there is none, and whoever
 * would write is made without it. Thread-safe.
 */
public final class InvocationLog {
  /** The name of the logger that lines go to, at INFO. */
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

  /** That of an actor system, if its configuration wants one. */
  public static Optional<InvocationLog> of(ActorSystem<?> system, Clock clock) {
    if (!system.settings().config().getBoolean(ENABLED)) {
      return Optional.empty();
    }
    return Optional.of(to(LoggerFactory.getLogger(LOGGER)::info, clock));
  }

  /**
   * One that writes there.
   *
   * @param lines takes each line, without its end, on any thread; must not throw
   * @param clock of the node
   */
  public static InvocationLog to(Consumer<String> lines, Clock clock) {
    return new InvocationLog(clock, System::nanoTime, threadCpu(), lines);
  }

  private static LongSupplier threadCpu() {
    var threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported() ? threads::getCurrentThreadCpuTime : () -> 0;
  }

  /** What is read when something begins, and again when it has ended. */
  public record Moment(long epochMillis, long nanos) {}

  /** Now. */
  public Moment now() {
    return new Moment(clock.millis(), nanos.getAsLong());
  }

  /** Nanoseconds since some moment, of no meaning but their difference. */
  public long nanos() {
    return nanos.getAsLong();
  }

  /** Nanoseconds of processor time that the calling thread has used; always 0 if unknown. */
  public long cpuNanos() {
    return cpuNanos.getAsLong();
  }

  /** A duration as lines have it: milliseconds, to the microsecond. */
  public static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }

  /** Writes a line. Never fails, and does not wait where the appender does not. */
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

  /** The same transport, for an executor: a line for each attempt, when it has ended. */
  public Transport around(Transport transport) {
    return (key, request, takenAt, done) -> {
      var attempt = new LoggedAttempt(this, key);
      var exchange = transport.start(key, request, takenAt, report -> attempt.ends(report, done));
      attempt.hasStarted();
      return exchange;
    };
  }
}
