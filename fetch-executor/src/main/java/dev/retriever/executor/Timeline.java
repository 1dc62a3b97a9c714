package dev.retriever.executor;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * When an attempt reached its stages: for each, the microseconds since the executor took it. What
 * it waited until its first stage, it was {@link Stage#QUEUED}, which has no time of its own.
 * Immutable.
 *
 * <p>A stage has no time when it was not reached or not needed, as {@link Stage#CONNECTING} on a
 * connection that was kept. The times of those that have one do not decrease.
 */
public final class Timeline {
  /** Of an attempt that did not begin, or of which nobody knows how it went. */
  public static final Timeline NONE = new Timeline(new long[0]);

  /** In place of the time of a stage that has none. */
  public static final long NEVER = -1;

  /** By the place of the stage; those behind the last are left out. */
  private final long[] micros;

  /**
   * @param micros is not copied
   */
  public Timeline(long[] micros) {
    this.micros = micros;
  }

  /** With those times, in microseconds. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Timeline of(Map<Stage, Long> times) {
    var last = times.keySet().stream().mapToInt(Stage::ordinal).max().orElse(-1);
    var micros = new long[last + 1];
    Arrays.fill(micros, NEVER);
    times.forEach((stage, time) -> micros[stage.ordinal()] = time);
    return new Timeline(micros);
  }

  /** As it is journaled: the stages that have a time, by name. */
  @JsonValue
  Map<Stage, Long> times() {
    var times = new EnumMap<Stage, Long>(Stage.class);
    for (var stage : Stage.values()) {
      micros(stage).ifPresent(time -> times.put(stage, time));
    }
    return times;
  }

  /** When that stage was reached, in microseconds; empty when it has no time. */
  public OptionalLong micros(Stage stage) {
    var place = stage.ordinal();
    return place < micros.length && micros[place] != NEVER
        ? OptionalLong.of(micros[place])
        : OptionalLong.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Timeline timeline && times().equals(timeline.times());
  }

  @Override
  public int hashCode() {
    return times().hashCode();
  }

  @Override
  public String toString() {
    return times().toString();
  }
}
