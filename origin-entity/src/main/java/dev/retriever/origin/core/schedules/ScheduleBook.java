package dev.retriever.origin.core.schedules;

import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.schedules.ScheduleEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The schedules of an origin, in the order of their ids.
 *
 * @param waiting the ids of those of which a tick waits for the fetch before it
 */
public record ScheduleBook(PSortedMap<String, PlannedSchedule> byId, PSet<String> waiting) {
  /** No schedule. */
  public static ScheduleBook none() {
    return new ScheduleBook(
        TreePMap.empty(Comparator.<String>naturalOrder()), HashTreePSet.empty());
  }

  /** As a snapshot has them. */
  public static ScheduleBook of(List<PlannedSchedule> all) {
    var book = none();
    for (var schedule : all) {
      book = book.with(schedule);
    }
    return book;
  }

  /**
   * After an event.
   *
   * @param row of the event
   * @param order the place of the fetch that was accepted last
   */
  public ScheduleBook apply(OriginEvent.OfSchedule event, long row, long order) {
    var draft = new ScheduleDraft(this, row, order);
    ((ScheduleEvent) event).applyTo(draft);
    return draft.done();
  }

  /** With that schedule in place of one of its id. */
  ScheduleBook with(PlannedSchedule schedule) {
    var id = schedule.id();
    return new ScheduleBook(
        byId.plus(id, schedule),
        schedule.waiting().isPresent() ? waiting.plus(id) : waiting.minus(id));
  }

  ScheduleBook without(String id) {
    return new ScheduleBook(byId.minus(id), waiting.minus(id));
  }

  /** The one with that id. */
  public Optional<PlannedSchedule> get(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return byId.isEmpty();
  }

  /** How many there are. */
  public int size() {
    return byId.size();
  }

  /** The bytes of all requests. */
  long bytes() {
    return byId.values().stream().mapToLong(PlannedSchedule::bytes).sum();
  }
}
