package dev.retriever.executor.invocation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * One invocation of an origin or executor, as one line of the {@link InvocationLog}. It shows ids,
 * but no URL, header or body.
 *
 * @param fetchId the fetch concerned; empty if the invocation concerns the whole origin
 * @param message the simple class name of the handled message
 * @param outcome the result, in one word
 * @param timestampMs the start, in milliseconds of the epoch, by the clock of the node
 * @param wallTimeMs the duration
 * @param cpuTimeMs the processor time of the threads involved; 0 if the platform does not measure
 *     it
 * @param rowsWritten rows written to the journal and the wake-up table
 * @param rowsRead journal rows and snapshots read
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

  /** The kind of component that handled the message. */
  public enum Entity {
    /** An origin. */
    @JsonProperty("origin")
    ORIGIN,
    /** An executor of a pool. */
    @JsonProperty("executor")
    EXECUTOR
  }

  /** The kind of event. */
  public enum Event {
    /** A caller sent a command. */
    @JsonProperty("command")
    COMMAND,
    /** An attempt has ended at its executor, or its report has reached the origin. */
    @JsonProperty("report")
    REPORT,
    /** An alarm fired. */
    @JsonProperty("alarm")
    ALARM,
    /** An origin was loaded into memory, or checked by itself for due work. */
    @JsonProperty("wake")
    WAKE,
    /** An origin has left memory; the line covers its whole time there. */
    @JsonProperty("residency")
    RESIDENCY
  }
}
