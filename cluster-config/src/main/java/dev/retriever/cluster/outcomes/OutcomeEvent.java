package dev.retriever.cluster.outcomes;

import dev.retriever.executor.memory.ByteGrant;
import java.util.Optional;
import org.apache.pekko.util.ByteString;

/**
 * An event for subscribers to outcomes: an event of a stream (WHATWG, server-sent events), or a
 * message of a WebSocket with the same content in JSON.
 */
sealed interface OutcomeEvent {
  ByteString streamed();

  String message();

  /** The id to resume after this event, if it has one. */
  default Optional<EventId> place() {
    return Optional.empty();
  }

  /** Its share of the node's memory, if that is counted. */
  default Optional<ByteGrant> memory() {
    return Optional.empty();
  }

  /** The start of the subscription: an id to resume from, before there is any outcome. */
  record Begin(EventId id, long retryMillis) implements OutcomeEvent {
    /** A stream's reader remembers an id without data, and shows no event. */
    @Override
    public ByteString streamed() {
      return ByteString.fromString("retry: " + retryMillis + "\nid: " + id + "\n\n");
    }

    @Override
    public Optional<EventId> place() {
      return Optional.of(id);
    }

    @Override
    public String message() {
      return OutcomeEvent.message("begin", id, "{}");
    }
  }

  /**
   * A fetch has settled.
   *
   * @param id the place of its settlement
   * @param json the fetch, in one line
   */
  record Settled(EventId id, String json, Optional<ByteGrant> memory) implements OutcomeEvent {
    Settled(EventId id, String json) {
      this(id, json, Optional.empty());
    }

    @Override
    public ByteString streamed() {
      return event("outcome", id, json);
    }

    @Override
    public Optional<EventId> place() {
      return Optional.of(id);
    }

    @Override
    public String message() {
      return OutcomeEvent.message("outcome", id, json);
    }
  }

  /**
   * Outcomes of those rows, both included, are no longer kept.
   *
   * @param from the first row
   * @param to the last one
   */
  record Gap(long from, EventId to) implements OutcomeEvent {
    @Override
    public ByteString streamed() {
      return event("gap", to, range());
    }

    @Override
    public Optional<EventId> place() {
      return Optional.of(to);
    }

    @Override
    public String message() {
      return OutcomeEvent.message("gap", to, range());
    }

    private String range() {
      return "{\"from\":\"" + from + "\",\"to\":\"" + to.row() + "\"}";
    }
  }

  /**
   * Nothing was left of the origin since the place that the subscriber has seen. Events with new
   * ids follow, from the first one that is kept.
   */
  record Reset(EventId id) implements OutcomeEvent {
    @Override
    public ByteString streamed() {
      return event("reset", id, "{}");
    }

    @Override
    public Optional<EventId> place() {
      return Optional.of(id);
    }

    @Override
    public String message() {
      return OutcomeEvent.message("reset", id, "{}");
    }
  }

  /** A heartbeat, by which a lost reader is noticed. */
  record Heartbeat() implements OutcomeEvent {
    @Override
    public ByteString streamed() {
      return ByteString.fromString(":\n\n");
    }

    @Override
    public String message() {
      return "{\"event\":\"heartbeat\"}";
    }
  }

  /**
   * The node ends the subscription: resume here later, or at another node.
   *
   * @param reason why, if resuming needs more than time
   */
  record End(long retryMillis, Optional<String> reason) implements OutcomeEvent {
    /** The credential was revoked, or has expired: resuming takes another one. */
    static final String CREDENTIAL_ENDED = "credential-ended";

    @Override
    public ByteString streamed() {
      return ByteString.fromString(
          "event: end\nretry: " + retryMillis + "\ndata: " + data() + "\n\n");
    }

    @Override
    public String message() {
      return "{\"event\":\"end\",\"data\":" + data() + "}";
    }

    private String data() {
      var why = reason.map(it -> ",\"reason\":\"" + it + "\"").orElse("");
      return "{\"retryMillis\":" + retryMillis + why + "}";
    }
  }

  /** On a WebSocket for many origins, each message names its origin. */
  default String message(String originId) {
    return "{\"origin\":\"" + originId + "\"," + message().substring(1);
  }

  private static ByteString event(String name, EventId id, String json) {
    return ByteString.fromString("id: " + id + "\nevent: " + name + "\ndata: " + json + "\n\n");
  }

  private static String message(String name, EventId id, String data) {
    return "{\"event\":\"" + name + "\",\"id\":\"" + id + "\",\"data\":" + data + "}";
  }
}
