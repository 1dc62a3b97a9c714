package dev.retriever.origin.queued;

import dev.retriever.executor.Response;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.lines.LentLease;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.core.lines.SpotLine;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told.Ended;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads the rows of one turn, in order, for what they change in queues. Made for one turn. */
final class TurnReading implements OriginEvent.Draft {
  private final QueuedOrigin origin;
  private final OriginState before;
  private final OriginState after;
  private final Instant at;
  private long row;

  private final List<QueueRows.Start> starts = new ArrayList<>();
  private final List<QueueRows.End> ends = new ArrayList<>();
  private final List<QueueRows.KeyOf> held = new ArrayList<>();
  private final List<QueueRows.KeyOf> freed = new ArrayList<>();
  private final List<Ended> ended = new ArrayList<>();
  private final Map<String, Set<Spot>> touched = new TreeMap<>();
  private final Set<String> queues = new LinkedHashSet<>();

  TurnReading(QueuedOrigin origin, OriginState before, OriginState after, Instant at) {
    this.origin = origin;
    this.before = before;
    this.after = after;
    this.at = at;
    this.row = before.row();
  }

  QueuedTurn of(List<Object> rows) {
    for (var next : rows) {
      row++;
      if (next instanceof OriginEvent event) {
        event.applyTo(this);
      }
    }
    var lines = lines();
    return new QueuedTurn(
        new QueueRows(starts, ends, held, freed, lines, List.of()),
        List.copyOf(ended),
        // In one order, so that simulations can be repeated.
        Collections.unmodifiableSet(queues));
  }

  /** The whole of each line that has changed. */
  private List<QueueRows.LineOf> lines() {
    var changed = new ArrayList<QueueRows.LineOf>();
    touched.forEach(
        (queue, spots) -> {
          for (var spot : spots) {
            var line = after.lines().of(queue).lines().get(spot);
            if (line != before.lines().of(queue).lines().get(spot)) {
              changed.add(new QueueRows.LineOf(queue, origin.tenant(), told(spot, line)));
            }
          }
        });
    return changed;
  }

  private Line told(Spot spot, SpotLine line) {
    return line == null
        ? Line.empty(origin.key(spot.key()), spot.priority())
        : origin.line(spot, line, at);
  }

  private void touch(QueueChoice choice) {
    queues.add(choice.name());
    touched.computeIfAbsent(choice.name(), name -> new TreeSet<>()).add(Spot.of(choice));
  }

  private Optional<PendingFetch> fetch(String fetchId) {
    return before.pending(fetchId).or(() -> after.pending(fetchId));
  }

  @Override
  public void accepted(OriginEvent.FetchAccepted event) {
    event
        .spec()
        .queue()
        .ifPresent(
            choice ->
                event
                    .lease()
                    .ifPresentOrElse(lease -> passed(event, lease, choice), () -> joins(event)));
  }

  /** One that is scheduled in the same turn is not in its line. */
  private void joins(OriginEvent.FetchAccepted event) {
    if (after.pending(event.fetchId()).filter(after::isScheduled).isEmpty()) {
      event.spec().queue().ifPresent(this::touch);
    }
  }

  /** It begins without having waited, so its queue need not hear of it. */
  private void passed(OriginEvent.FetchAccepted event, Lease lease, QueueChoice choice) {
    var spec = event.spec();
    var timeout = spec.timeoutAt(event.at(), event.at().plus(spec.within()));
    var key = origin.key(choice);
    starts.add(new QueueRows.Start(lease, event.fetchId(), 1, key, timeout.toMillis()));
  }

  /** Its fetches have events of their own. */
  @Override
  public void ofSchedule(OriginEvent.OfSchedule event) {}

  /** It leaves its line, if it waited in one. */
  @Override
  public void scheduled(OriginEvent.FetchScheduled event) {
    before
        .pending(event.fetchId())
        .filter(fetch -> before.standing(fetch).isPresent())
        .flatMap(fetch -> fetch.spec().queue())
        .ifPresent(this::touch);
  }

  @Override
  public void due(OriginEvent.FetchDue event) {
    fetch(event.fetchId()).flatMap(it -> it.spec().queue()).ifPresent(this::touch);
  }

  @Override
  public void attemptStarted(OriginEvent.AttemptStarted event) {
    event
        .lease()
        .ifPresent(lease -> fetch(event.fetchId()).ifPresent(it -> started(event, lease, it)));
  }

  private void started(OriginEvent.AttemptStarted event, Lease lease, PendingFetch fetch) {
    var choice = fetch.spec().queue().orElseThrow();
    var key = origin.key(choice);
    var timeout = fetch.spec().timeoutAt(event.at(), fetch.deadline());
    starts.add(new QueueRows.Start(lease, fetch.id(), event.attempt(), key, timeout.toMillis()));
    if (lease.strict() && !holds(before.pending(fetch.id()))) {
      held.add(QueueRows.KeyOf.of(lease.queue(), origin.tenant(), key, fetch.id()));
    }
    touch(choice);
  }

  /** Whether an attempt of it has begun that took the key for the whole fetch. */
  private static boolean holds(Optional<PendingFetch> fetch) {
    return fetch.stream()
        .flatMap(it -> it.attempts().stream())
        .flatMap(it -> it.lease().stream())
        .anyMatch(Lease::strict);
  }

  @Override
  public void attemptEnded(OriginEvent.AttemptEnded event) {
    var fetch = before.pending(event.fetchId());
    var choice = fetch.flatMap(it -> it.spec().queue());
    choice.ifPresent(this::touch);
    fetch
        .flatMap(PendingFetch::open)
        .filter(open -> open.number() == event.attempt())
        .filter(open -> open.lease().isPresent())
        .map(
            open ->
                event.heard()
                    ? open.ended(event.report(), event.at())
                    : open.endedUnheard(event.report(), event.at()))
        .ifPresent(
            attempt ->
                ended(
                    event.fetchId(),
                    choice.flatMap(QueueChoice::key),
                    AttemptEnd.of(
                        attempt.lease().orElseThrow(),
                        attempt,
                        Outcome.of(event.report()).received(),
                        at)));
  }

  private void ended(String fetchId, Optional<String> key, AttemptEnd end) {
    if (end.lease().isPass() && end.retryAfter().isEmpty()) {
      // The queue limits nothing, and does not count it.
      return;
    }
    queues.add(end.lease().queue());
    if (end.lease().hasSlot()) {
      ends.add(end.row());
    }
    ended.add(end.told(origin.key(key), fetchId, row));
  }

  @Override
  public void settled(OriginEvent.FetchSettled event) {
    var fetch = before.pending(event.fetchId());
    // One that was accepted in this very turn has no attempt.
    fetch.flatMap(it -> it.spec().queue()).ifPresent(choice -> settled(event, fetch.get(), choice));
  }

  private void settled(OriginEvent.FetchSettled event, PendingFetch fetch, QueueChoice choice) {
    if (fetch.open().flatMap(Attempt::lease).filter(Lease::isPass).isEmpty()) {
      touch(choice);
    }
    var response = event.outcome().received();
    for (var attempt : event.attempts()) {
      fetch.attempts().stream()
          .filter(was -> was.number() == attempt.number())
          .findFirst()
          .flatMap(was -> end(was, attempt, response))
          .ifPresent(end -> ended(fetch.id(), choice.key(), end));
    }
    if (holds(Optional.of(fetch))) {
      freed.add(heldBy(choice, fetch.id()));
    }
  }

  private QueueRows.KeyOf heldBy(QueueChoice choice, String fetchId) {
    return QueueRows.KeyOf.of(choice.name(), origin.tenant(), origin.key(choice), fetchId);
  }

  /** What the settlement ends: the open attempt, or one that had been given up. */
  private Optional<AttemptEnd> end(Attempt was, Attempt now, Optional<Response> response) {
    var answer = response.filter(it -> now.status().equals(Optional.of(it.status())));
    if (was.endedAt().isEmpty()) {
      return now.lease().map(lease -> AttemptEnd.of(lease, now, answer, at));
    }
    // Only an answer settles a fetch late.
    return was.reportSeen() == 0 && now.reportSeen() != 0
        ? now.lease()
            .flatMap(lease -> answer.map(it -> AttemptEnd.late(lease, now.number(), it, at)))
        : Optional.empty();
  }

  @Override
  public void late(OriginEvent.LateAnswerKept event) {
    var number = event.attempt();
    var pending =
        before.pending(event.fetchId()).stream()
            .flatMap(it -> LentLease.of(it.ended(), it.spec().queue()).stream());
    var settled = before.settled(event.fetchId()).stream().flatMap(it -> it.lent().stream());
    Stream.concat(pending, settled)
        .filter(lent -> lent.attempt() == number)
        .findFirst()
        .ifPresent(
            lent ->
                ended(
                    event.fetchId(),
                    lent.key(),
                    AttemptEnd.late(lent.lease(), number, event.report(), at)));
  }

  @Override
  public void bodiesErased(OriginEvent.BodiesErased event) {}

  @Override
  public void erasureDone(OriginEvent.ErasureDone event) {}

  @Override
  public void handlingFailed(OriginEvent.HandlingFailed event) {}

  @Override
  public void forgotten(OriginEvent.SettledForgotten event) {}

  @Override
  public void originForgotten(OriginEvent.OriginForgotten event) {}

  @Override
  public void handled(OriginEvent.ContinuationHandled event) {}

  @Override
  public void alarmScheduled(OriginEvent.AlarmScheduled event) {}

  @Override
  public void alarmCancelled(OriginEvent.AlarmCancelled event) {}

  @Override
  public void alarmFired(OriginEvent.AlarmFired event) {}
}
