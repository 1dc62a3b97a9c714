package dev.retriever.origin.testkit;

import dev.retriever.executor.Report;
import java.time.Duration;

/** What becomes of one attempt. */
sealed interface Step {
  /**
   * The exchange ends so, unless it is aborted before.
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

  /** Nothing comes until the exchange is aborted. */
  record Silent() implements Step {
    @Override
    public boolean endsWhenAborted() {
      return true;
    }
  }

  /** Nothing comes until the origin has given the attempt up, and then that. */
  record Late(Duration after, Report report) implements Step {}

  /** Nothing ever comes, not even when it is aborted. */
  record Dies() implements Step {}

  /** Whether it is reported when it is aborted. */
  default boolean endsWhenAborted() {
    return false;
  }

  /** Whether any of the request leaves. */
  default boolean isSent() {
    return true;
  }
}
