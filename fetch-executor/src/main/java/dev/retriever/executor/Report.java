package dev.retriever.executor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The executor's word on one attempt. There are three kinds, because a caller may do three
 * different things next: use the answer, safely try again, or ask before trying again. Immutable.
 *
 * <p>A reason is a short stable word, such as {@code connection-refused}; it holds nothing of the
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

  /** The reason of an attempt to a target with which as many were under way as there may be. */
  String TARGET_BUSY = "target-busy";

  /** The reason of an attempt whose target's name could not be looked up for want of room. */
  String RESOLVER_BUSY = "resolver-busy";

  /** The reasons of attempts that were not sent because there was no room for them just then. */
  Set<String> WANT_OF_ROOM = Set.of(NO_ROOM, TARGET_BUSY, RESOLVER_BUSY);

  /** The reason of an attempt that ran into its own time limit. */
  String TIMEOUT = "timeout";

  /** A complete response came, of any status. */
  record Answered(Response response, @JsonInclude(JsonInclude.Include.NON_EMPTY) Timeline timeline)
      implements Report {
    /** As it is; without a timeline in journals from before there were any. */
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
   * Proved: nothing of the request left.
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

    /** Whether nothing is wrong but that there was no room for it just then. */
    public boolean wantedRoom() {
      return wantedRoom(stage, reason);
    }

    /** The same of what is known by stage and reason. */
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
   * The request may have been acted on, and no complete answer came.
   *
   * @param stage how far it got, {@code SENT} to {@code BODY}; empty when the executor was lost
   * @param partial what had come of the response: status, headers so far, first bytes of the body
   */
  record Ambiguous(
      Optional<Stage> stage,
      String reason,
      Optional<Response> partial,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Timeline timeline)
      implements Report {
    /** As it is; without a timeline in journals from before there were any. */
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

  /** When it reached each stage; none when it did not begin, or its executor was lost. */
  Timeline timeline();

  /** The same, with that timeline in the place of its own. */
  Report with(Timeline timeline);

  /** What the function for this kind of report makes of it; the others are not called. */
  <R> R fold(
      Function<Answered, R> answered,
      Function<NotSent, R> notSent,
      Function<Ambiguous, R> ambiguous);

  /**
   * An attempt that ended at {@code stage} without a complete answer; the stage decides the kind.
   */
  static Report broken(Stage stage, String reason, Optional<Response> partial) {
    return stage.mayHaveLeft()
        ? new Ambiguous(Optional.of(stage), reason, partial)
        : new NotSent(stage, reason);
  }

  /** An attempt of which nobody can say any more what became of it. */
  static Report lost() {
    return new Ambiguous(Optional.empty(), EXECUTOR_LOST, Optional.empty());
  }
}
