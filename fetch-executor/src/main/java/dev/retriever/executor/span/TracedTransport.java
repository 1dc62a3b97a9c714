package dev.retriever.executor.span;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.executor.trace.AttemptTrace;
import dev.retriever.executor.trace.AttemptTrace.Place;
import dev.retriever.executor.trace.TraceContext;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Wraps a transport so that its requests tell their targets the trace, and so that each attempt
 * that is over gives a span. A request that has a {@code traceparent} of its user keeps it, and
 * gets none. Thread-safe.
 *
 * @param spans takes the spans; empty on a node that makes none
 * @param clock says when attempts begin and end
 */
public record TracedTransport(Transport transport, Optional<Spans> spans, Clock clock)
    implements Transport {
  private static final String TRACEPARENT = "traceparent";
  private static final String TRACESTATE = "tracestate";

  @Override
  public Transport inPool(String pool) {
    return new TracedTransport(transport.inPool(pool), spans, clock);
  }

  @Override
  public Exchange start(
      AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done) {
    if (request.trace().isEmpty()) {
      return transport.start(key, request, limit, done);
    }
    var trace = request.trace().get();
    var sent = told(request, trace.sent());
    var place = trace.place().filter(it -> spans.isPresent());
    return transport.start(
        key, sent, limit, place.map(it -> telling(it, key, request, trace, done)).orElse(done));
  }

  /** Made in one step, because each copy of a request is checked as a whole. */
  private static FetchRequest told(FetchRequest request, Optional<TraceContext> context) {
    var own = request.headers().stream().anyMatch(TracedTransport::isOfTraces);
    var more = own ? List.<Header>of() : context.map(TracedTransport::headers).orElse(List.of());
    try {
      return request.telling(more);
    } catch (InvalidRequest e) {
      // It has as many headers as it may, and those of its user come first.
      return request.telling(List.of());
    }
  }

  private static boolean isOfTraces(Header header) {
    return header.named(TRACEPARENT) || header.named(TRACESTATE);
  }

  private static List<Header> headers(TraceContext context) {
    var parent = new Header(TRACEPARENT, context.traceparent());
    return context
        .tracestate()
        .map(state -> List.of(parent, new Header(TRACESTATE, state)))
        .orElseGet(() -> List.of(parent));
  }

  private Consumer<Report> telling(
      Place place,
      AttemptKey key,
      FetchRequest request,
      AttemptTrace trace,
      Consumer<Report> done) {
    var span = new AttemptSpan(place, key, request, clock.instant(), trace.queue());
    return report -> {
      done.accept(report);
      spans.orElseThrow().take(span.of(report, clock.instant()));
    };
  }

  @Override
  public void close() {
    transport.close();
  }
}
