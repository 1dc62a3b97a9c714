package dev.retriever.executor;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The times at which an attempt reached its stages, in microseconds since the executor took it. The
 * attempt was {@link Stage#QUEUED} until its first stage; that stage has no time. Immutable.
 *
 * <p>A stage has no time if it was not reached or not needed, such as {@link Stage#CONNECTING} on a
 * kept connection. Times never decrease from stage to stage.
 */
public final class Timeline {
  /** The timeline of an attempt that did not begin, or whose result is lost. */
  public static final Timeline NONE = new Timeline(new long[0]);

  /** Stands for the time of a stage that has none. */
  public static final long NEVER = -1;

  /** Indexed by the ordinal of the stage; it ends with the last stage that has a time. */
  private final long[] micros;

  /**
   * @param micros indexed by the ordinal of the stage; not copied
   */
  public Timeline(long[] micros) {
    this.micros = micros;
  }

  /** A timeline with those times, in microseconds. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Timeline of(Map<Stage, Long> times) {
    var last = times.keySet().stream().mapToInt(Stage::ordinal).max().orElse(-1);
    var micros = new long[last + 1];
    Arrays.fill(micros, NEVER);
    times.forEach((stage, time) -> micros[stage.ordinal()] = time);
    return new Timeline(micros);
  }

  /** The journaled form: the stages that have a time, by name. */
  @JsonValue
  Map<Stage, Long> times() {
    var times = new EnumMap<Stage, Long>(Stage.class);
    for (var stage : Stage.values()) {
      micros(stage).ifPresent(time -> times.put(stage, time));
    }
    return times;
  }

  /** The time of that stage, in microseconds; empty if it has none. */
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
