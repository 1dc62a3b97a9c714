package dev.retriever.origin.index;

import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.AlarmCancelled;
import dev.retriever.origin.OriginEvent.AlarmFired;
import dev.retriever.origin.OriginEvent.AlarmScheduled;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.BodiesErased;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.ErasureDone;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.OriginEvent.OfSchedule;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.OriginEvent.SettledForgotten;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.core.schedules.ScheduleBook;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds what the rows of a turn change in the index. Pure. A settlement gives a whole row, whether
 * or not there was one of its acceptance: the index may have been off then. What is forgotten is
 * deleted by the purge. Callbacks are left out: endpoints list them, and jobs in bulk are not for
 * them.
 */
public final class Indexing implements OriginEvent.Draft {
  private final OriginState before;

  /** By place: of several changes of one fetch the last one counts. */
  private final SortedMap<Long, IndexRow> changed = new TreeMap<>();

  /** Fetches that were accepted in this turn, by id. */
  private final SortedMap<String, IndexRow> fresh = new TreeMap<>();

  /** Ids of schedules that have changed. */
  private final SortedSet<String> schedules = new TreeSet<>();

  private long row;
  private long accepted;

  private Indexing(OriginState before) {
    this.before = before;
    this.row = before.row();
    this.accepted = before.accepted();
  }

  /** The changes that are to be written with the rows of that turn. */
  public static IndexRows of(Turn<?> turn) {
    var indexing = new Indexing(turn.before().fetches());
    for (var row : turn.rows()) {
      indexing.row++;
      if (row instanceof OriginEvent event) {
        event.applyTo(indexing);
      }
    }
    return indexing.changed.isEmpty() && indexing.schedules.isEmpty()
        ? IndexRows.NONE
        : new IndexRows(
            List.copyOf(indexing.changed.values()),
            schedules(indexing.schedules, turn.after().fetches().schedules()));
  }

  private static List<ScheduleRow> schedules(SortedSet<String> changed, ScheduleBook after) {
    return changed.stream()
        .map(id -> after.get(id).map(ScheduleRow::of).orElseGet(() -> ScheduleRow.removed(id)))
        .toList();
  }

  /** The row of a pending fetch, as of the state that it is in. */
  static IndexRow of(PendingFetch fetch) {
    return IndexRow.pending(
            fetch.order(), fetch.acceptedRow(), fetch.id(), fetch.spec(), fetch.acceptedAt())
        .from(fetch.notBefore(), fetch.acceptedRow());
  }

  private void put(IndexRow changedRow) {
    changed.put(changedRow.place(), changedRow);
    if (fresh.containsKey(changedRow.fetchId())) {
      fresh.put(changedRow.fetchId(), changedRow);
    }
  }

  /** Empty for a callback. */
  private Optional<IndexRow> row(String fetchId) {
    return Optional.ofNullable(fresh.get(fetchId))
        .or(
            () ->
                before
                    .pending(fetchId)
                    .filter(it -> it.spec().delivers().isEmpty())
                    .map(it -> changed.getOrDefault(it.order(), of(it))));
  }

  @Override
  public void accepted(FetchAccepted event) {
    accepted++;
    if (event.spec().delivers().isPresent()) {
      return;
    }
    var its = IndexRow.pending(accepted, row, event.fetchId(), event.spec(), event.at());
    fresh.put(event.fetchId(), its);
    put(its);
  }

  @Override
  public void scheduled(FetchScheduled event) {
    row(event.fetchId()).ifPresent(its -> put(its.from(Optional.of(event.notBefore()), row)));
  }

  @Override
  public void due(FetchDue event) {
    row(event.fetchId())
        .ifPresent(
            its -> {
              var known = its.notBefore().filter(at -> !event.at().isBefore(at));
              put(its.from(Optional.of(known.orElse(event.at())), row));
            });
  }

  @Override
  public void settled(FetchSettled event) {
    row(event.fetchId()).ifPresent(its -> put(its.ended(IndexRow.End.of(event), row)));
  }

  @Override
  public void attemptStarted(AttemptStarted event) {
    // Attempts are counted at the end.
  }

  @Override
  public void attemptEnded(AttemptEnded event) {
    // Attempts are counted at the end.
  }

  @Override
  public void late(LateAnswerKept event) {
    // It changes no outcome.
  }

  @Override
  public void bodiesErased(BodiesErased event) {
    // Labels go when the rows are overwritten.
  }

  @Override
  public void erasureDone(ErasureDone event) {
    // Its row is as it was, without labels.
  }

  @Override
  public void handlingFailed(HandlingFailed event) {
    // Continuations are not in the index.
  }

  @Override
  public void handled(ContinuationHandled event) {
    // Continuations are not in the index.
  }

  @Override
  public void forgotten(SettledForgotten event) {
    // The purge deletes its row, and no search finds it until then.
  }

  @Override
  public void originForgotten(OriginForgotten event) {
    // The purge writes it, and deletes the rows of the index in that transaction.
  }

  @Override
  public void alarmScheduled(AlarmScheduled event) {
    // Alarms are not in the index.
  }

  @Override
  public void alarmCancelled(AlarmCancelled event) {
    // Alarms are not in the index.
  }

  @Override
  public void ofSchedule(OfSchedule event) {
    // Its fetches have events of their own.
    schedules.add(event.scheduleId());
  }

  @Override
  public void alarmFired(AlarmFired event) {
    // Alarms are not in the index.
  }
}
