package dev.retriever.origin.entity;

import dev.retriever.alarms.WakeUp;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.FetchSummary;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.OriginView;
import dev.retriever.origin.Origins;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.UnhandledView;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.storage.StoredFetch;
import java.util.List;
import java.util.Optional;

/** Answers of an origin to {@link Origins}. */
public sealed interface OriginReply {
  /**
   * @param view the fetch, where the origin has all of it at hand
   * @param stored else, where in the journal it is
   */
  record Fetch(Verdict verdict, Optional<FetchView> view, Optional<StoredFetch> stored)
      implements OriginReply {}

  /**
   * @param verdict {@code NOTED} if the fetch has settled
   * @param order its place among the fetches of its origin; 0 for none
   * @param row of the journal that has its request; 0 if that is not known
   */
  record Request(Verdict verdict, long order, long row) implements OriginReply {}

  /** One for each fetch of a batch, in its order. */
  record Verdicts(List<Verdict> all) implements OriginReply {}

  record OfSchedules(ScheduleAnswer answer) implements OriginReply {}

  /**
   * @param next the place to go on after, when there is more
   */
  record Page(List<FetchSummary> items, Optional<Long> next) implements OriginReply {}

  record Outcomes(OutcomePage page) implements OriginReply {}

  record AlarmList(List<AlarmView> items) implements OriginReply {}

  /** The alarm that was taken back; empty when there was none. */
  record AlarmTaken(Optional<ScheduledAlarm> alarm) implements OriginReply {}

  record Origin(OriginView view) implements OriginReply {}

  /**
   * @param left the redriven cause, if it is still unhandled
   */
  record Redriven(Optional<UnhandledView> left) implements OriginReply {}

  /**
   * @param row the latest that it knows
   * @param wakeUp what it needs, as {@link WakeUp#tag}
   */
  record Awake(long row, String wakeUp) implements OriginReply {}
}
