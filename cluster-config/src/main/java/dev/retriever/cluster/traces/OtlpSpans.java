package dev.retriever.cluster.traces;

import dev.retriever.executor.span.SpanRecord;
import dev.retriever.executor.span.Spans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends spans to a collector, by OTLP over HTTP, from a thread of its own. Spans wait in a bounded
 * queue. What does not fit, and what the collector does not take, is dropped and counted.
 * Thread-safe.
 */
public final class OtlpSpans implements Spans, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpSpans.class);

  /** How long the thread waits for a first span before it looks whether it must end. */
  private static final long IDLE_MILLIS = 500;

  /** The exporter ends by its own limit, and then says why. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  /** The exporter tells failures there, at each request. This class tells them once. */
  private static final java.util.logging.Logger EXPORTERS =
      java.util.logging.Logger.getLogger("io.opentelemetry.exporter");

  private final TraceSettings settings;
  private final URI endpoint;
  private final SpanExporter exporter;
  private final Resource resource;
  private final BlockingQueue<SpanRecord> queue;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final LongAdder sent = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final Thread thread;

  /** Whether the latest request failed; of the thread alone. */
  private boolean failing;

  private OtlpSpans(TraceSettings settings, URI endpoint, String node) {
    this.settings = settings;
    this.endpoint = endpoint;
    this.resource =
        Resource.create(
            Attributes.of(
                AttributeKey.stringKey("service.name"),
                settings.service(),
                AttributeKey.stringKey("service.instance.id"),
                node));
    this.queue = new ArrayBlockingQueue<>(settings.queue());
    EXPORTERS.setLevel(Level.OFF);
    var builder =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint.toString())
            .setTimeout(settings.timeout())
            .setConnectTimeout(settings.timeout());
    settings.headers().forEach(builder::addHeader);
    this.exporter = builder.build();
    this.thread = new Thread(this::run, "retriever-traces");
    thread.setDaemon(true);
  }

  /**
   * Begins to send.
   *
   * @param settings that name an endpoint
   * @param node names this run of the node in traces
   * @throws IllegalArgumentException if they name none
   */
  public static OtlpSpans start(TraceSettings settings, String node) {
    var endpoint =
        settings
            .endpoint()
            .orElseThrow(() -> new IllegalArgumentException("there is no endpoint for spans"));
    var spans = new OtlpSpans(settings, endpoint, node);
    spans.thread.start();
    LOG.info(
        "Spans are sent to {}. Of the traces that begin here, the share that is recorded is {}; of others, those that callers record",
        spans.at(),
        settings.ratio());
    return spans;
  }

  /** Without the path and the query, which may hold a key. */
  private String at() {
    return endpoint.getScheme() + "://" + endpoint.getHost() + ":" + endpoint.getPort();
  }

  @Override
  public void take(SpanRecord span) {
    if (!queue.offer(span)) {
      dropped.increment();
    }
  }

  /**
   * Spans since the start of the node.
   *
   * @param sent the collector has taken them
   * @param dropped for want of room, or because the collector did not take them
   * @param waiting to be sent
   */
  public record Counts(long sent, long dropped, int waiting) {
    /** Of a node that makes no spans. */
    public static final Counts NONE = new Counts(0, 0, 0);
  }

  /** How many have been sent and dropped. */
  public Counts counts() {
    return new Counts(sent.sum(), dropped.sum(), queue.size());
  }

  private void run() {
    var batch = new ArrayList<SpanRecord>(settings.batch());
    while (stopped.getCount() > 0 || !queue.isEmpty()) {
      try {
        var first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          if (queue.size() < settings.batch()) {
            stopped.await(settings.interval().toMillis(), TimeUnit.MILLISECONDS);
          }
          queue.drainTo(batch, settings.batch() - 1);
          send(batch);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        dropped.add(batch.size());
        LOG.error("Spans could not be made ready for {}; {} are dropped", at(), batch.size(), e);
      } finally {
        batch.clear();
      }
    }
  }

  private void send(List<SpanRecord> batch) {
    var data = batch.stream().<SpanData>map(span -> OtlpSpan.of(span, resource)).toList();
    var limit = settings.timeout().plus(MARGIN).toMillis();
    var result = exporter.export(data).join(limit, TimeUnit.MILLISECONDS);
    if (result.isSuccess()) {
      sent.add(batch.size());
      if (failing) {
        LOG.info("Spans are taken again by {}; {} were dropped so far", at(), dropped.sum());
      }
    } else {
      dropped.add(batch.size());
      if (!failing) {
        LOG.warn(
            "Spans are not taken by {} ({}) and are dropped; look at retriever.node.traces, or whether the collector runs",
            at(),
            reason(result.getFailureThrowable()));
      }
    }
    failing = !result.isSuccess();
  }

  private static String reason(Throwable failure) {
    return failure == null ? "no answer in time" : failure.toString();
  }

  /** Sends what waits, for at most the time limit of a request, and ends. */
  @Override
  public void close() {
    stopped.countDown();
    try {
      thread.join(settings.timeout().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
    exporter.shutdown();
  }
}
