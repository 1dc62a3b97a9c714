package dev.retriever.loadtest.stress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.run.Phase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32C;
import org.HdrHistogram.Histogram;

/**
 * The events that subscribers received. The first copy of an event is parsed; all other copies must
 * have the same bytes. Thread-safe.
 */
final class ReceivedEvents {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] EVENT = "\"event\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ID = "\"id\":\"".getBytes(StandardCharsets.US_ASCII);

  /** The event name and id of a message; the id may be empty. */
  record Head(String event, String id) {
    /** Reads the head of a node's message only. */
    static Head of(ByteBuf message) {
      return new Head(quoted(message, EVENT), quoted(message, ID));
    }

    private static String quoted(ByteBuf message, byte[] behind) {
      var from = ByteBufUtil.indexOf(io.netty.buffer.Unpooled.wrappedBuffer(behind), head(message));
      if (from < 0) {
        return "";
      }
      var start = message.readerIndex() + from + behind.length;
      var end = message.indexOf(start, message.writerIndex(), (byte) '"');
      return message.toString(start, end - start, StandardCharsets.US_ASCII);
    }

    /** The first bytes, which have name and id. */
    private static ByteBuf head(ByteBuf message) {
      return message.slice(message.readerIndex(), Math.min(message.readableBytes(), 256));
    }
  }

  private record Event(long checksum, long settledAt) {}

  private final Map<String, Event> events = new ConcurrentHashMap<>();
  private final Histogram took = Phase.histogram();
  private final LongAdder outcomes = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder altered = new LongAdder();

  /** Records an outcome that a subscriber received. */
  void outcome(String origin, String id, ByteBuf message) {
    outcomes.increment();
    bytes.add(message.readableBytes());
    var checksum = new CRC32C();
    checksum.update(message.nioBuffer());
    var event =
        events.computeIfAbsent(
            origin + "/" + id, key -> event(checksum.getValue(), message).orElse(null));
    if (event == null || event.checksum() != checksum.getValue()) {
      altered.increment();
    } else {
      Phase.recordMicros(took, 1_000 * (System.currentTimeMillis() - event.settledAt()));
    }
  }

  /** Empty when it is no outcome, or its body differs from the one that the target sent. */
  private static Optional<Event> event(long checksum, ByteBuf message) {
    try {
      var fetch = JSON.readTree(ByteBufUtil.getBytes(message)).path("data");
      var intact = FetchAnswer.parse(fetch).body().map(it -> it.isIntact(id(fetch))).orElse(true);
      var settledAt = Instant.parse(fetch.path("settledAt").asText()).toEpochMilli();
      return Optional.of(new Event(checksum, settledAt)).filter(it -> intact);
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static String id(JsonNode fetch) {
    return fetch.path("id").asText();
  }

  /** The deliveries: an event received by ten subscribers counts ten. */
  long outcomes() {
    return outcomes.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  /** Deliveries that differ from other copies or from what the target sent. */
  long altered() {
    return altered.sum();
  }

  /** Times from the settlement in the journal to the subscriber, by one clock, in microseconds. */
  Histogram took() {
    return took;
  }
}
