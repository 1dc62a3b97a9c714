package dev.retriever.origin.testkit;

import dev.retriever.executor.Report;
import java.time.Duration;

/** The scripted course of one attempt. */
sealed interface Step {
  /**
   * The exchange ends with that report, unless it is aborted before.
   *
   * @param copies how often its report is sent at first
   */
  record Ends(Duration after, Report report, int copies) implements Step {
    @Override
    public boolean isSent() {
      return !(report instanceof Report.NotSent);
    }

    @Override
    public boolean endsWhenAborted() {
      return true;
    }
  }

  /** The exchange gets no answer until it is aborted. */
  record Silent() implements Step {
    @Override
    public boolean endsWhenAborted() {
      return true;
    }
  }

  /** The report comes only after the origin has given the attempt up. */
  record Late(Duration after, Report report) implements Step {}

  /** The attempt is never reported, not even when it is aborted. */
  record Dies() implements Step {}

  /** Whether it is reported when it is aborted. */
  default boolean endsWhenAborted() {
    return false;
  }

  /** Whether a part of the request is sent. */
  default boolean isSent() {
    return true;
  }
}
