package dev.retriever.executor.invocation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * Something that an origin or an executor has handled, as one line of the {@link InvocationLog}. It
 * names ids, never an URL, a header or a body.
 *
 * @param fetchId whose it is; empty when it is of the whole origin
 * @param message what was handled, by its simple class name
 * @param outcome what it came to, in a word
 * @param timestampMs when it began, in milliseconds of the epoch, by the clock of its node
 * @param wallTimeMs how long it took
 * @param cpuTimeMs what it took of the threads that did it; 0 where the platform does not tell
 * @param rowsWritten rows of the journal, and of the table of wake-ups
 * @param rowsRead rows of the journal, and snapshots
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Invocation(
    Entity entityType,
    String originType,
    String originId,
    Optional<String> fetchId,
    Event eventType,
    String message,
    String outcome,
    long timestampMs,
    double wallTimeMs,
    double cpuTimeMs,
    long rowsWritten,
    long rowsRead) {

  /** Who handled it. */
  public enum Entity {
    /** An origin. */
    @JsonProperty("origin")
    ORIGIN,
    /** An executor of a pool. */
    @JsonProperty("executor")
    EXECUTOR
  }

  /** What it was. */
  public enum Event {
    /** Somebody asked for something. */
    @JsonProperty("command")
    COMMAND,
    /** An attempt has ended: at the executor that made it, or its word on it at the origin. */
    @JsonProperty("report")
    REPORT,
    /** An alarm rang. */
    @JsonProperty("alarm")
    ALARM,
    /** An origin came into memory, or looked by itself what there is to do. */
    @JsonProperty("wake")
    WAKE,
    /** All of an origin's time in memory, when it has left. */
    @JsonProperty("residency")
    RESIDENCY
  }
}
