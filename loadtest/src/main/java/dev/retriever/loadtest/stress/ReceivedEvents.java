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
 * What subscribers were told, by event: the first who is told one reads it whole, and what the
 * others are told must be the same to the byte. Thread-safe.
 */
final class ReceivedEvents {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] EVENT = "\"event\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ID = "\"id\":\"".getBytes(StandardCharsets.US_ASCII);

  /** What one message is: its name and its id, which may be empty. */
  record Head(String event, String id) {
    /** Of a message of a node, without reading what follows. */
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

    /** Names and ids come first. */
    private static ByteBuf head(ByteBuf message) {
      return message.slice(message.readerIndex(), Math.min(message.readableBytes(), 256));
    }
  }

  private record Event(long checksum, long settledAt, String fetchId) {}

  private final Map<String, Event> events = new ConcurrentHashMap<>();
  private final Histogram took = Phase.histogram();
  private final LongAdder outcomes = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder altered = new LongAdder();

  /** An outcome has come to one of them. */
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

  /** Empty when it is no outcome, or not the body that the target sent. */
  private static Optional<Event> event(long checksum, ByteBuf message) {
    try {
      var fetch = JSON.readTree(ByteBufUtil.getBytes(message)).path("data");
      var intact = FetchAnswer.parse(fetch).body().map(it -> it.isIntact(id(fetch))).orElse(true);
      var settledAt = Instant.parse(fetch.path("settledAt").asText()).toEpochMilli();
      return Optional.of(new Event(checksum, settledAt, id(fetch))).filter(it -> intact);
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static String id(JsonNode fetch) {
    return fetch.path("id").asText();
  }

  /** Deliveries: an event that ten were told is ten. */
  long outcomes() {
    return outcomes.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  /** Deliveries that are not what the others were told, or what the target sent. */
  long altered() {
    return altered.sum();
  }

  /** Different fetches. */
  long fetches() {
    return events.values().stream().map(Event::fetchId).distinct().count();
  }

  /** From the settlement in the journal to the subscriber, by one clock, in microseconds. */
  Histogram took() {
    return took;
  }
}
