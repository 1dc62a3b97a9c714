package dev.retriever.origin.core;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.retriever.executor.Response;
import dev.retriever.origin.Firing;
import dev.retriever.origin.Outcome;
import java.util.function.Function;

/** The event for which a continuation runs. It is in snapshots, so its names are on-disk format. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Cause.OfOutcome.class, name = "outcome"),
  @JsonSubTypes.Type(value = Cause.OfLateAnswer.class, name = "late-answer"),
  @JsonSubTypes.Type(value = Cause.OfAlarm.class, name = "alarm")
})
public sealed interface Cause {
  /** The key of this cause, unique in its origin. On-disk format. */
  String key();

  <R> R fold(
      Function<OfOutcome, R> outcome, Function<OfLateAnswer, R> late, Function<OfAlarm, R> alarm);

  /** The key of a fetch's outcome. */
  static String keyOf(String fetchId) {
    return "outcome/" + fetchId;
  }

  /** The key of the late answer to an attempt. */
  static String keyOf(String fetchId, int attempt) {
    return "late/" + fetchId + "/" + attempt;
  }

  /** Whether that key is of a cause that came of the fetch. */
  static boolean isOf(String key, String fetchId) {
    return key.equals(keyOf(fetchId))
        || key.startsWith("late/" + fetchId + "/")
            && key.indexOf('/', "late/".length() + fetchId.length() + 1) < 0;
  }

  /** A fetch has settled. */
  record OfOutcome(String fetchId, Outcome outcome) implements Cause {
    @Override
    public String key() {
      return keyOf(fetchId);
    }

    @Override
    public <R> R fold(
        Function<OfOutcome, R> outcome,
        Function<OfLateAnswer, R> late,
        Function<OfAlarm, R> alarm) {
      return outcome.apply(this);
    }
  }

  /** A late answer came for a settled fetch. */
  record OfLateAnswer(String fetchId, int attempt, Response response) implements Cause {
    @Override
    public String key() {
      return keyOf(fetchId, attempt);
    }

    @Override
    public <R> R fold(
        Function<OfOutcome, R> outcome,
        Function<OfLateAnswer, R> late,
        Function<OfAlarm, R> alarm) {
      return late.apply(this);
    }
  }

  /**
   * An alarm fired. All ticks of one schedule share a key: a tick replaces an earlier one that
   * could not be handled.
   *
   * @param row of the alarm's {@code AlarmScheduled}
   */
  record OfAlarm(Firing firing, long row) implements Cause {
    @Override
    public String key() {
      return "alarm/" + row + "/" + firing.alarmId();
    }

    @Override
    public <R> R fold(
        Function<OfOutcome, R> outcome,
        Function<OfLateAnswer, R> late,
        Function<OfAlarm, R> alarm) {
      return alarm.apply(this);
    }
  }
}
