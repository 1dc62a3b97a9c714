package dev.retriever.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.client.problem.NoAnswerException;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.client.wire.Call;
import dev.retriever.client.wire.CallSender;
import dev.retriever.client.wire.EventStream;
import dev.retriever.client.wire.SseParser;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The outcomes of an origin, in their order, each once. When the connection breaks, is silent or is
 * ended by its node, it is opened anew, after the last event that was given. Read by one thread,
 * closed by any.
 */
public final class OutcomeStream implements AutoCloseable {
  private static final Set<String> TOLD = Set.of("outcome", "gap", "reset");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final EventStream events;
  private final String originId;
  private final StreamStart from;
  private volatile String lastId;

  OutcomeStream(CallSender sender, String originId, StreamStart from) {
    this.originId = originId;
    this.from = from;
    this.lastId = from.lastId();
    this.events = new EventStream(sender, this::call);
  }

  private Call call() {
    var call = Call.api("GET", "v1", "origins", originId, "outcomes");
    if (!lastId.isEmpty()) {
      return call.header("Last-Event-ID", lastId);
    }
    return from.isStart() ? call.query("from", "start") : call;
  }

  /**
   * The next event; empty when none came within that time. Call it again in any case.
   *
   * @throws ProblemException if the node refuses to stream, such as with another key
   * @throws NoAnswerException if no node answers for as long as calls are repeated; the stream goes
   *     on from the same place when this is called again
   */
  public Optional<StreamEvent> next(Duration atMost) {
    var next = events.next(atMost, this::isTold);
    return next.map(this::read);
  }

  private boolean isTold(SseParser.Event event) {
    if (event.name().isEmpty() && !event.id().isEmpty()) {
      lastId = event.id(); // where it begins
    }
    return TOLD.contains(event.name());
  }

  private StreamEvent read(SseParser.Event event) {
    var told = told(event.name(), event.id(), parsed(event.data()));
    lastId = event.id();
    return told;
  }

  private static StreamEvent told(String name, String id, JsonNode data) {
    return switch (name) {
      case "gap" -> new StreamEvent.Gap(id, data.path("from").asText(), data.path("to").asText());
      case "reset" -> new StreamEvent.Reset(id);
      default -> new StreamEvent.Settled(id, ShownFetch.of(data, false));
    };
  }

  private static JsonNode parsed(String data) {
    try {
      return JSON.readTree(data);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the node sent an event that is no JSON");
    }
  }

  /** To go on from, in another stream; empty before anything came. */
  public String lastId() {
    return lastId;
  }

  @Override
  public void close() {
    events.close();
  }
}
