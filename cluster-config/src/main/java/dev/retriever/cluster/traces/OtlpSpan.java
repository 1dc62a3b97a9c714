package dev.retriever.cluster.traces;

import dev.retriever.executor.span.SpanRecord;
import dev.retriever.executor.trace.TraceContext;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A span as the SDK's exporter takes it. */
record OtlpSpan(SpanRecord span, Resource resource, Attributes attributes) implements SpanData {
  private static final InstrumentationScopeInfo SCOPE =
      InstrumentationScopeInfo.create("dev.retriever");

  static OtlpSpan of(SpanRecord span, Resource resource) {
    var attributes = Attributes.builder();
    span.texts().forEach(attributes::put);
    span.numbers().forEach((name, number) -> attributes.put(name, (long) number));
    return new OtlpSpan(span, resource, attributes.build());
  }

  @Override
  public String getName() {
    return span.name();
  }

  @Override
  public SpanKind getKind() {
    return switch (span.kind()) {
      case SERVER -> SpanKind.SERVER;
      case CLIENT -> SpanKind.CLIENT;
      case INTERNAL -> SpanKind.INTERNAL;
    };
  }

  @Override
  public SpanContext getSpanContext() {
    return context(span.place().own());
  }

  private static SpanContext context(TraceContext of) {
    return SpanContext.create(
        of.traceId(), of.spanId(), TraceFlags.getSampled(), state(of.tracestate().orElse("")));
  }

  /** What is no entry by the standard is left out. */
  private static TraceState state(String text) {
    var state = TraceState.builder();
    for (var entry : text.split(",")) {
      var at = entry.indexOf('=');
      if (at > 0) {
        state.put(entry.substring(0, at).strip(), entry.substring(at + 1).strip());
      }
    }
    return state.build();
  }

  @Override
  public SpanContext getParentSpanContext() {
    return span.place()
        .parent()
        .map(id -> context(span.place().own().withSpan(id)))
        .orElse(SpanContext.getInvalid());
  }

  @Override
  public StatusData getStatus() {
    return span.error().isPresent() ? StatusData.error() : StatusData.unset();
  }

  @Override
  public long getStartEpochNanos() {
    return nanos(span.start());
  }

  @Override
  public long getEndEpochNanos() {
    return nanos(span.end());
  }

  private static long nanos(Instant at) {
    return TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano();
  }

  @Override
  public Attributes getAttributes() {
    return attributes;
  }

  @Override
  public List<EventData> getEvents() {
    return span.events().stream()
        .map(event -> EventData.create(nanos(event.at()), event.name(), Attributes.empty()))
        .toList();
  }

  @Override
  public List<LinkData> getLinks() {
    return span.place().link().map(it -> LinkData.create(context(it))).stream().toList();
  }

  @Override
  public boolean hasEnded() {
    return true;
  }

  @Override
  public int getTotalRecordedEvents() {
    return span.events().size();
  }

  @Override
  public int getTotalRecordedLinks() {
    return span.place().link().isPresent() ? 1 : 0;
  }

  @Override
  public int getTotalAttributeCount() {
    return attributes.size();
  }

  @Override
  @Deprecated
  @SuppressWarnings("deprecation") // abstract in the interface, in place of the next one
  public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
    return InstrumentationLibraryInfo.create(SCOPE.getName(), null);
  }

  @Override
  public InstrumentationScopeInfo getInstrumentationScopeInfo() {
    return SCOPE;
  }

  @Override
  public Resource getResource() {
    return resource;
  }
}
