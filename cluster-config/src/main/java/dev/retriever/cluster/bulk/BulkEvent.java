package dev.retriever.cluster.bulk;

import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.origin.Serialized;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is journaled of jobs. Class and component names are the on-disk format. */
sealed interface BulkEvent extends Serialized {
  /** The jobs after this event. */
  BulkState on(BulkState before);

  /** A job began. Its fetches are those of before {@code at}. */
  record JobStarted(long number, BulkJob.Wanted wanted, Instant at) implements BulkEvent {
    @Override
    public BulkState on(BulkState before) {
      return before.with(BulkJob.begun(number, wanted, at)).without(at);
    }
  }

  /**
   * The fetches of a page are known, before anything is done with them. Of a job whose action
   * changes what is found: after a crash the page has the same fetches, and no others.
   */
  record PageFound(long number, long page, List<Item> items, Instant at) implements BulkEvent {
    public PageFound {
      items = List.copyOf(items);
    }

    @Override
    public BulkState on(BulkState before) {
      return before.change(number, job -> job.withFound(items));
    }
  }

  /**
   * All of a page has been answered.
   *
   * @param page its number, from 1
   * @param after the last fetch of it; empty if it had none
   */
  record PageDone(
      long number, long page, Optional<BulkJob.After> after, BulkJob.Counts counts, Instant at)
      implements BulkEvent {
    @Override
    public BulkState on(BulkState before) {
      return before.change(number, job -> job.withPage(after, counts, at));
    }
  }

  /**
   * A job stands otherwise: it is paused, resumed, or over.
   *
   * @param why it was paused; empty if a caller changed it, and in older rows
   */
  record JobChanged(long number, BulkJob.State state, Instant at, Optional<String> why)
      implements BulkEvent {
    @Override
    public BulkState on(BulkState before) {
      return before.change(number, job -> job.in(state, why, at));
    }
  }
}
