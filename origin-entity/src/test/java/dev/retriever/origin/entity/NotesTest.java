package dev.retriever.origin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.Notice;
import dev.retriever.origin.core.Decision.Effect;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.MDC;

class NotesTest {
  private static final TraceContext TRACE =
      TraceContext.of("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true);

  /** The fields of each line, after its level. */
  private final List<String> lines = new ArrayList<>();

  private final Notes notes =
      new Notes(
          new OriginHome("http", "order-17", null),
          logger(),
          new OriginCounters(),
          fetchId -> Optional.of(TRACE).filter(it -> fetchId.equals("traced")));

  private Logger logger() {
    return (Logger)
        Proxy.newProxyInstance(
            Logger.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (proxy, method, arguments) -> {
              if (method.getReturnType() == boolean.class) {
                return false;
              }
              lines.add(method.getName() + " " + fields());
              return null;
            });
  }

  private static Map<String, String> fields() {
    return new TreeMap<>(MDC.getCopyOfContextMap());
  }

  private static Effect.Note note(Notice notice, String fetchId) {
    return new Effect.Note(notice, "fetch " + fetchId, Optional.of(fetchId));
  }

  @Test
  void a_line_names_the_origin_the_fetch_and_its_trace_in_fields() {
    notes.take(note(Notice.ATTEMPTS_LOST, "traced"));
    notes.take(note(Notice.LATE, "other"));

    assertThat(lines)
        .containsExactly(
            "warn {fetch=traced, origin=order-17, origin_type=http, trace_id="
                + TRACE.traceId()
                + "}",
            "info {fetch=other, origin=order-17, origin_type=http}");
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }

  @Test
  void what_happens_to_every_fetch_costs_no_line() {
    notes.take(note(Notice.ACCEPTED, "traced"));
    notes.take(note(Notice.ANSWERED, "traced"));

    assertThat(lines).isEmpty();
  }
}
