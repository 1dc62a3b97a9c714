package dev.retriever.origin.core;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.retriever.executor.Response;
import dev.retriever.origin.Firing;
import dev.retriever.origin.Outcome;
import java.util.function.Function;

/** What a continuation is run for. In snapshots, so the names are on-disk format. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Cause.OfOutcome.class, name = "outcome"),
  @JsonSubTypes.Type(value = Cause.OfLateAnswer.class, name = "late-answer"),
  @JsonSubTypes.Type(value = Cause.OfAlarm.class, name = "alarm")
})
public sealed interface Cause {
  /** Names it among all causes of its origin. On-disk format. */
  String key();

  <R> R fold(
      Function<OfOutcome, R> outcome, Function<OfLateAnswer, R> late, Function<OfAlarm, R> alarm);

  /** That of a fetch's outcome: there is one. */
  static String keyOf(String fetchId) {
    return "outcome/" + fetchId;
  }

  /** That of the late answer to one of its attempts. */
  static String keyOf(String fetchId, int attempt) {
    return "late/" + fetchId + "/" + attempt;
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

  /** A fetch that had settled was answered after all. */
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
   * An alarm rang. The ticks of one schedule have one key: a tick takes the place of one before it
   * that could not be handled.
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
