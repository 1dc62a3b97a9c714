package dev.retriever.executor.trace;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A place in a trace, as <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a> has
 * it. It is journaled with fetches. Immutable; it holds no secret.
 *
 * @param traceparent of version 00: the trace, the span, and the flags, of which bit 0 says whether
 *     the trace is recorded
 * @param tracestate of tracing systems: 1 to {@link #MOST_STATE} printable ASCII characters
 */
public record TraceContext(
    String traceparent, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> tracestate) {
  /** The most bytes of a {@code tracestate}, inclusive. A longer one is dropped, and not cut. */
  public static final int MOST_STATE = 256;

  private static final Pattern FORM =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
  private static final Pattern STATE = Pattern.compile("[ -~]{1," + MOST_STATE + "}");
  private static final Pattern LATER =
      Pattern.compile("(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

  /** Where the parts of a {@code traceparent} begin and end. */
  private static final int TRACE = 3;

  private static final int SPAN = 36;
  private static final int FLAGS = 53;
  private static final int END = 55;

  /**
   * Recorded, and with a random trace id; other bits have no meaning yet, and are not passed on.
   */
  private static final int KNOWN_FLAGS = 3;

  /**
   * @throws IllegalArgumentException if one of them has another form
   */
  public TraceContext {
    if (!FORM.matcher(traceparent).matches()) {
      throw new IllegalArgumentException(
          "a traceparent is 00-, 32 hex digits, a hyphen, 16 hex digits, a hyphen, 2 hex digits,"
              + " and no id is 0");
    }
    tracestate = tracestate == null ? Optional.empty() : tracestate;
    if (tracestate.isPresent() && !STATE.matcher(tracestate.get()).matches()) {
      throw new IllegalArgumentException(
          "a tracestate is 1 to " + MOST_STATE + " printable ASCII characters");
    }
  }

  /**
   * The context that these headers of a request give. As the standard says, headers that cannot be
   * understood are ignored, and a {@code tracestate} without a {@code traceparent} too.
   *
   * @param traceparents all values of the header; there must be one
   * @param tracestates all values of the header, in order; dropped if together longer than {@link
   *     #MOST_STATE}
   */
  public static Optional<TraceContext> of(List<String> traceparents, List<String> tracestates) {
    if (traceparents.size() != 1) {
      return Optional.empty();
    }
    var text = traceparents.get(0).trim();
    // Nothing may follow in version 00; in later ones something may.
    if (!LATER.matcher(text).matches() || (text.startsWith("00") && text.length() > END)) {
      return Optional.empty();
    }
    var flags = Integer.parseInt(text.substring(FLAGS, END), 16) & KNOWN_FLAGS;
    var form = "00" + text.substring(2, FLAGS) + "%02x".formatted(flags);
    if (!FORM.matcher(form).matches()) {
      return Optional.empty();
    }
    var state = String.join(",", tracestates).trim();
    return Optional.of(
        new TraceContext(form, Optional.of(state).filter(it -> STATE.matcher(it).matches())));
  }

  /** A context of ids, without a {@code tracestate}. */
  public static TraceContext of(String traceId, String spanId, boolean recorded) {
    return new TraceContext(
        "00-" + traceId + "-" + spanId + (recorded ? "-01" : "-00"), Optional.empty());
  }

  /** 32 hex digits. */
  public String traceId() {
    return traceparent.substring(TRACE, SPAN - 1);
  }

  /** 16 hex digits. */
  public String spanId() {
    return traceparent.substring(SPAN, FLAGS - 1);
  }

  /** Whether the trace is recorded. */
  public boolean recorded() {
    return (Integer.parseInt(traceparent.substring(FLAGS), 16) & 1) == 1;
  }

  /** Another span in the same trace. */
  public TraceContext withSpan(String spanId) {
    return new TraceContext(
        traceparent.substring(0, SPAN) + spanId + traceparent.substring(FLAGS - 1), tracestate);
  }

  /**
   * A span in a new trace, recorded if this one is. The {@code tracestate} belongs to the old one.
   */
  public TraceContext inTrace(String traceId, String spanId) {
    return of(traceId, spanId, recorded());
  }

  /** The same for a receiver that the {@code tracestate} is not for. */
  public TraceContext withoutState() {
    return tracestate.isEmpty() ? this : new TraceContext(traceparent, Optional.empty());
  }
}
