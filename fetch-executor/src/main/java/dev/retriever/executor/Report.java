package dev.retriever.executor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The result of one attempt, from its executor. The three kinds differ in what a caller may do
 * next: use the answer, safely try again, or find out more before it tries again. Immutable.
 *
 * <p>A reason is a short stable word, such as {@code connection-refused}. It shows nothing of the
 * request or the response.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Report.Answered.class, name = "answered"),
  @JsonSubTypes.Type(value = Report.NotSent.class, name = "not-sent"),
  @JsonSubTypes.Type(value = Report.Ambiguous.class, name = "ambiguous")
})
public sealed interface Report {
  /** The reason of an attempt whose executor was lost; it has no stage. */
  String EXECUTOR_LOST = "executor-lost";

  /** The reason of an attempt that its pool had no permit for. */
  String NO_ROOM = "no-room";

  /** The reason of an attempt whose target had no room for another one. */
  String TARGET_BUSY = "target-busy";

  /**
   * The reason of an attempt whose host name was not looked up, because too many lookups waited.
   */
  String RESOLVER_BUSY = "resolver-busy";

  /** The reasons of attempts that were not sent for want of room. */
  Set<String> WANT_OF_ROOM = Set.of(NO_ROOM, TARGET_BUSY, RESOLVER_BUSY);

  /** The reason of an attempt that exceeded its time limit. */
  String TIMEOUT = "timeout";

  /** A complete response came, of any status. */
  record Answered(Response response, @JsonInclude(JsonInclude.Include.NON_EMPTY) Timeline timeline)
      implements Report {
    /** Older journals have no timeline. */
    public Answered {
      timeline = timeline == null ? Timeline.NONE : timeline;
    }

    /** Without a timeline. */
    public Answered(Response response) {
      this(response, Timeline.NONE);
    }

    @Override
    public Report with(Timeline timeline) {
      return new Answered(response, timeline);
    }

    @Override
    public <R> R fold(
        Function<Answered, R> answered,
        Function<NotSent, R> notSent,
        Function<Ambiguous, R> ambiguous) {
      return answered.apply(this);
    }
  }

  /**
   * It is proved that no byte of the request has left.
   *
   * @param stage one of {@code QUEUED} to {@code TLS}; another one is refused with an {@link
   *     IllegalArgumentException}
   */
  record NotSent(
      Stage stage, String reason, @JsonInclude(JsonInclude.Include.NON_EMPTY) Timeline timeline)
      implements Report {
    public NotSent {
      if (stage.mayHaveLeft()) {
        throw new IllegalArgumentException("at stage " + stage + " the request may have left");
      }
      timeline = timeline == null ? Timeline.NONE : timeline;
    }

    /** Without a timeline. */
    public NotSent(Stage stage, String reason) {
      this(stage, reason, Timeline.NONE);
    }

    /** Whether the attempt only lacked room. */
    public boolean wantedRoom() {
      return wantedRoom(stage, reason);
    }

    /** Whether an attempt with that stage and reason only lacked room. */
    public static boolean wantedRoom(Stage stage, String reason) {
      return stage == Stage.QUEUED && WANT_OF_ROOM.contains(reason);
    }

    @Override
    public Report with(Timeline timeline) {
      return new NotSent(stage, reason, timeline);
    }

    @Override
    public <R> R fold(
        Function<Answered, R> answered,
        Function<NotSent, R> notSent,
        Function<Ambiguous, R> ambiguous) {
      return notSent.apply(this);
    }
  }

  /**
   * The target may have acted on the request, but no complete answer came.
   *
   * @param stage the stage reached, {@code SENT} to {@code BODY}; empty when the executor was lost
   * @param partial the part of the response that came: status, headers, first bytes of the body
   */
  record Ambiguous(
      Optional<Stage> stage,
      String reason,
      Optional<Response> partial,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Timeline timeline)
      implements Report {
    /** Older journals have no timeline. */
    public Ambiguous {
      timeline = timeline == null ? Timeline.NONE : timeline;
    }

    /** Without a timeline. */
    public Ambiguous(Optional<Stage> stage, String reason, Optional<Response> partial) {
      this(stage, reason, partial, Timeline.NONE);
    }

    @Override
    public Report with(Timeline timeline) {
      return new Ambiguous(stage, reason, partial, timeline);
    }

    @Override
    public <R> R fold(
        Function<Answered, R> answered,
        Function<NotSent, R> notSent,
        Function<Ambiguous, R> ambiguous) {
      return ambiguous.apply(this);
    }
  }

  /** The times of the stages; empty when the attempt did not begin or its executor was lost. */
  Timeline timeline();

  /** A copy with that timeline. */
  Report with(Timeline timeline);

  /** Applies the function for this kind of report. */
  <R> R fold(
      Function<Answered, R> answered,
      Function<NotSent, R> notSent,
      Function<Ambiguous, R> ambiguous);

  /**
   * The report on an attempt that ended at {@code stage} without a complete answer. The stage
   * decides the kind.
   */
  static Report broken(Stage stage, String reason, Optional<Response> partial) {
    return stage.mayHaveLeft()
        ? new Ambiguous(Optional.of(stage), reason, partial)
        : new NotSent(stage, reason);
  }

  /** The report on an attempt whose result is lost. */
  static Report lost() {
    return new Ambiguous(Optional.empty(), EXECUTOR_LOST, Optional.empty());
  }
}
