package dev.retriever.executor.logging;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.trace.TraceContext;
import java.util.Optional;
import org.slf4j.MDC;

/**
 * What lines of the log are about. The MDC of such a line has {@code origin_type}, {@code origin}
 * and, where they are known, {@code fetch} and {@code trace_id}. Immutable.
 *
 * <pre>{@code
 * LogSubject.of(key).logs(() -> log.warn(…));
 * }</pre>
 *
 * @param traceId of the trace of the fetch
 */
public record LogSubject(
    String originType, String originId, Optional<String> fetchId, Optional<String> traceId) {
  private static final String ORIGIN_TYPE = "origin_type";
  private static final String ORIGIN = "origin";
  private static final String FETCH = "fetch";
  private static final String TRACE = "trace_id";

  /** The origin of that type and id. */
  public static LogSubject of(String originType, String originId) {
    return new LogSubject(originType, originId, Optional.empty(), Optional.empty());
  }

  /** The fetch of that attempt. */
  public static LogSubject of(AttemptKey key) {
    return of(key.originType(), key.originId()).fetch(Optional.of(key.fetchId()));
  }

  /** The same, with a fetch of the origin. */
  public LogSubject fetch(Optional<String> id) {
    return new LogSubject(originType, originId, id, traceId);
  }

  /** The same, with the trace of the fetch. */
  public LogSubject trace(Optional<TraceContext> context) {
    return new LogSubject(originType, originId, fetchId, context.map(TraceContext::traceId));
  }

  /** Runs that. The lines that it logs on this thread have the fields. */
  public void logs(Runnable lines) {
    MDC.put(ORIGIN_TYPE, originType);
    MDC.put(ORIGIN, originId);
    fetchId.ifPresent(id -> MDC.put(FETCH, id));
    traceId.ifPresent(id -> MDC.put(TRACE, id));
    try {
      lines.run();
    } finally {
      MDC.remove(ORIGIN_TYPE);
      MDC.remove(ORIGIN);
      MDC.remove(FETCH);
      MDC.remove(TRACE);
    }
  }
}
