package dev.retriever.origin.schedules;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.retriever.executor.Utf8;
import java.time.Instant;
import java.util.Optional;

/** What is asked of the schedules of an origin. Sent between nodes, so its names are a format. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ScheduleRequest.Put.class, name = "put"),
  @JsonSubTypes.Type(value = ScheduleRequest.Remove.class, name = "remove"),
  @JsonSubTypes.Type(value = ScheduleRequest.Read.class, name = "read"),
  @JsonSubTypes.Type(value = ScheduleRequest.ListAll.class, name = "list"),
  @JsonSubTypes.Type(value = ScheduleRequest.Pause.class, name = "pause"),
  @JsonSubTypes.Type(value = ScheduleRequest.Resume.class, name = "resume"),
  @JsonSubTypes.Type(value = ScheduleRequest.Trigger.class, name = "trigger"),
  @JsonSubTypes.Type(value = ScheduleRequest.Backfill.class, name = "backfill")
})
public sealed interface ScheduleRequest {
  /**
   * The generation that a change is for. Contents that it has already are no change.
   *
   * @param generation only if it has this one; empty for any
   * @param onlyNew only if there is none
   */
  record Condition(Optional<Long> generation, boolean onlyNew) {
    /** Whatever there is. */
    public static final Condition NONE = new Condition(Optional.empty(), false);
  }

  /** Each kind of request, by a method of its own. */
  interface Answers<R> {
    /** It is to stand. */
    R put(Put request);

    /** It is to be gone. */
    R remove(Remove request);

    /** It is to be shown. */
    R read(Read request);

    /** All are to be shown in short. */
    R list(ListAll request);

    /** It is to tick no more. */
    R pause(Pause request);

    /** It is to tick again. */
    R resume(Resume request);

    /** It is to make a fetch now. */
    R trigger(Trigger request);

    /** It is to make fetches of past ticks. */
    R backfill(Backfill request);
  }

  /** Whether there may be a schedule after it where there was none. */
  default boolean makes() {
    return false;
  }

  /** The answer to this kind of request. */
  <R> R on(Answers<R> by);

  /** Makes the schedule, or gives it other contents. The same contents change nothing. */
  record Put(String id, ScheduleSpec spec, Condition condition) implements ScheduleRequest {
    /**
     * @throws IllegalArgumentException if the id is empty, longer than {@link
     *     Schedules#LONGEST_ID}, or has an unpaired surrogate
     */
    public Put {
      if (id.isEmpty() || id.length() > Schedules.LONGEST_ID) {
        throw new IllegalArgumentException(
            "a schedule's id has 1 to %d characters, not %d"
                .formatted(Schedules.LONGEST_ID, id.length()));
      }
      Utf8.checked("a schedule's id", id);
    }

    @Override
    public boolean makes() {
      return true;
    }

    @Override
    public <R> R on(Answers<R> by) {
      return by.put(this);
    }
  }

  /** Takes it away. Fetches that it has made go on. */
  record Remove(String id, Condition condition) implements ScheduleRequest {
    @Override
    public <R> R on(Answers<R> by) {
      return by.remove(this);
    }
  }

  /** Shows it. */
  record Read(String id) implements ScheduleRequest {
    @Override
    public <R> R on(Answers<R> by) {
      return by.read(this);
    }
  }

  /**
   * Shows all in short, in the order of their ids.
   *
   * @param after begins after this id; empty for the first
   * @param limit at most so many
   */
  record ListAll(Optional<String> after, int limit) implements ScheduleRequest {
    @Override
    public <R> R on(Answers<R> by) {
      return by.list(this);
    }
  }

  /** Lets it tick no more. Its fetches go on, and one that waits for them is still made. */
  record Pause(String id) implements ScheduleRequest {
    @Override
    public <R> R on(Answers<R> by) {
      return by.pause(this);
    }
  }

  /**
   * Lets it tick again.
   *
   * @param catchUp whether the ticks of the pause count as late ones; else they are passed over
   */
  record Resume(String id, boolean catchUp) implements ScheduleRequest {
    @Override
    public <R> R on(Answers<R> by) {
      return by.resume(this);
    }
  }

  /** Makes a fetch now, beside all others, whether it is paused or not. */
  record Trigger(String id) implements ScheduleRequest {
    @Override
    public <R> R on(Answers<R> by) {
      return by.trigger(this);
    }
  }

  /**
   * Makes the fetches of past ticks that this generation has not made.
   *
   * @param from no tick before it
   * @param to no tick after it; not ahead
   * @param dryRun only says which there are
   * @param allowRepeat also ticks of which it is not known any more whether they were made
   */
  record Backfill(String id, Instant from, Instant to, boolean dryRun, boolean allowRepeat)
      implements ScheduleRequest {
    @Override
    public <R> R on(Answers<R> by) {
      return by.backfill(this);
    }
  }
}
