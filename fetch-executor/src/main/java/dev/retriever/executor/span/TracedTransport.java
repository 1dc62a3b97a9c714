package dev.retriever.executor.span;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.executor.trace.AttemptTrace;
import dev.retriever.executor.trace.AttemptTrace.Place;
import dev.retriever.executor.trace.TraceContext;
import java.time.Clock;
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
    var plain = request.traced(Optional.empty());
    var sent = trace.sent().map(context -> with(plain, context)).orElse(plain);
    var place = trace.place().filter(it -> spans.isPresent());
    return transport.start(
        key, sent, limit, place.map(it -> telling(it, key, request, trace, done)).orElse(done));
  }

  private static FetchRequest with(FetchRequest request, TraceContext context) {
    if (request.headers().stream().anyMatch(it -> it.named(TRACEPARENT) || it.named(TRACESTATE))) {
      return request;
    }
    try {
      var told = request.header(TRACEPARENT, context.traceparent());
      return context.tracestate().map(state -> told.header(TRACESTATE, state)).orElse(told);
    } catch (InvalidRequest e) {
      return request; // it has as many headers as it may, and those of its user come first
    }
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
