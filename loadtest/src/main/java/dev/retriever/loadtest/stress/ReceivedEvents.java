package dev.retriever.loadtest.stress;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.run.Phase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32C;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The events that subscribers received. The first copy of an event is parsed; all other copies must
 * have the same bytes. Thread-safe.
 */
final class ReceivedEvents {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] EVENT = "\"event\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ID = "\"id\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ORIGIN = "\"origin\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGITS = 3;

  /** The event name and id of a message; the id may be empty. */
  record Head(String event, String id) {
    /** Reads the head of a node's message only. */
    static Head of(ByteBuf message) {
      return new Head(quoted(message, EVENT), quoted(message, ID));
    }

    /** The origin that a message of a shared WebSocket names. */
    static String origin(ByteBuf message) {
      return quoted(message, ORIGIN);
    }

    private static String quoted(ByteBuf message, byte[] behind) {
      var from = ByteBufUtil.indexOf(Unpooled.wrappedBuffer(behind), head(message));
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

  /** Deliveries of some origins to healthy subscribers, in microseconds. */
  private record Watched(Set<String> origins, Histogram took) {}

  private record Event(long checksum, FetchAnswer fetch, long settledAt) {}

  private final Map<String, Event> events = new ConcurrentHashMap<>();
  private final Histogram took = Phase.histogram();
  private final Recorder lately = new Recorder(TimeUnit.MINUTES.toMicros(10), DIGITS);
  private volatile Watched watched = new Watched(Set.of(), Phase.histogram());
  private final LongAdder outcomes = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder altered = new LongAdder();

  /**
   * Records an outcome that a subscriber received.
   *
   * @param healthy whether no fault strikes the subscriber
   */
  void outcome(String origin, String id, ByteBuf message, boolean healthy) {
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
      var micros = 1_000 * Math.max(0, System.currentTimeMillis() - event.settledAt());
      Phase.recordMicros(took, micros);
      var now = watched;
      if (healthy && now.origins().contains(origin)) {
        Phase.recordMicros(now.took(), micros);
      }
      lately.recordValue(Math.min(micros, TimeUnit.MINUTES.toMicros(10)));
    }
  }

  /** Empty when it is no outcome, or its body differs from the one that the target sent. */
  private static Optional<Event> event(long checksum, ByteBuf message) {
    try {
      var json = JSON.readTree(ByteBufUtil.getBytes(message)).path("data");
      var fetch = FetchAnswer.parse(json);
      var intact = fetch.body().map(it -> it.isIntact(fetch.id())).orElse(true);
      var settledAt = fetch.settledAt().orElseThrow().toEpochMilli();
      return Optional.of(new Event(checksum, fetch, settledAt)).filter(it -> intact);
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * Gives the ledger what readers were told, and forgets it. To be called when every event has
   * reached all of its readers, and no submission is open.
   */
  void handOver(Ledger ledger) {
    events.values().forEach(event -> ledger.read(event.fetch()));
    events.clear();
  }

  /**
   * The times of deliveries of those origins to subscribers that no fault strikes, from now on
   * until others are watched.
   */
  Histogram watch(Set<String> origins) {
    watched = new Watched(Set.copyOf(origins), Phase.histogram());
    return watched.took();
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

  /** The same since the last call of this method. */
  Histogram tookLately() {
    return lately.getIntervalHistogram();
  }
}
