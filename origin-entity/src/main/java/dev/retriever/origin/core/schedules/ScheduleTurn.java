package dev.retriever.origin.core.schedules;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.schedules.PlannedSchedule.Running;
import dev.retriever.origin.schedules.ScheduleEvent;
import java.time.Instant;

/** The turn of an origin, as far as schedules take part in it. All of it is one write. */
public interface ScheduleTurn {
  /** The id of the origin. */
  String originId();

  /** The time of the turn. */
  Instant now();

  /** The schedules after what the turn did so far. */
  ScheduleBook schedules();

  /** The number of the latest row. */
  long row();

  /** Whether that fetch has not settled. */
  boolean isRunning(Running fetch);

  /** Most bytes of requests that its schedules may have. */
  long mostBytes();

  /** Whether one more tick may be decided in this turn. */
  boolean takesTick();

  /** Journals the event. */
  void add(ScheduleEvent event);

  /** Accepts the fetch, or says why not. */
  Verdict submit(String fetchId, FetchSpec spec);

  /** Cancels the fetch. */
  void cancel(String fetchId);
}
