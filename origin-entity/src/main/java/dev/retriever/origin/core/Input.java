package dev.retriever.origin.core;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.schedules.ScheduleChanges;
import dev.retriever.origin.queue.wire.Granted.Grant;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import dev.retriever.origin.queue.wire.Told.Why;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An input that may change an origin. The origin's shell draws one {@link Machine.Moment} for each
 * input, and gives both to {@link Machine#turn}.
 *
 * @param <R> the answer to its sender, once the turn is durable
 */
public sealed interface Input<R> {
  /** Makes the decisions about it. Called once, at the beginning of the turn. */
  R on(TurnDraft<?, ?, ?> turn);

  /** A fetch is submitted. Without memory for it, it is refused. */
  record Submit(String fetchId, FetchSpec spec) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return beside(0, turn);
    }

    /**
     * @param taken bytes of memory that other new fetches of the turn hold
     */
    Verdict beside(long taken, TurnDraft<?, ?, ?> turn) {
      var refusal =
          turn.knows(fetchId) ? Optional.<Verdict>empty() : refusal(turn.room(), taken, turn.now());
      return refusal.orElseGet(() -> turn.take(turn.submit(fetchId, spec, Optional.empty())));
    }

    private Optional<Verdict> refusal(AttemptRoom room, long taken, Instant now) {
      if (spec.later().filter(it -> it.past(now)).isPresent()) {
        return Optional.of(Verdict.NOT_BEFORE_OUT_OF_RANGE);
      }
      // What its queue has room for later cannot be known.
      var isNow = Acceptance.beginsAt(spec, now).isEmpty();
      var noEndpoint = Callbacks.refusal(spec, room);
      if (noEndpoint.isPresent()) {
        return noEndpoint;
      }
      return spec.queue()
          .flatMap(room::refusal)
          .filter(verdict -> isNow || verdict != Verdict.QUEUE_FULL)
          .or(() -> room.refusal(spec, taken));
    }
  }

  /**
   * Several fetches are submitted: all are accepted, or none. Gives a verdict for each. If one is
   * neither {@code ACCEPTED} nor {@code EXISTING}, nothing has changed, and those that are not
   * refused are {@code NOTED}.
   */
  record SubmitAll(FetchBatch batch) implements Input<List<Verdict>> {
    @Override
    public List<Verdict> on(TurnDraft<?, ?, ?> turn) {
      var verdicts = turn.allOrNone(() -> verdicts(turn));
      return verdicts.stream().allMatch(SubmitAll::isDone)
          ? verdicts
          : verdicts.stream().map(it -> isDone(it) ? Verdict.NOTED : it).toList();
    }

    /** Each is decided after the ones before, so limits count all of them. */
    private List<Verdict> verdicts(TurnDraft<?, ?, ?> turn) {
      var verdicts = new ArrayList<Verdict>();
      var taken = 0L;
      for (var entry : batch.entries()) {
        var verdict = new Submit(entry.fetchId(), entry.spec()).beside(taken, turn);
        verdicts.add(verdict);
        if (verdict == Verdict.ACCEPTED) {
          taken += turn.state().pending(entry.fetchId()).map(turn.room()::held).orElse(0L);
        }
      }
      return verdicts;
    }

    static boolean isDone(Verdict verdict) {
      return verdict == Verdict.ACCEPTED || verdict == Verdict.EXISTING;
    }
  }

  /** A fetch is taken back. */
  record Cancel(String fetchId) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return turn.take(turn.core().cancel(turn.state(), fetchId, turn.now()));
    }
  }

  /** The fetch in that place is taken back, and not another one that has its id by now. */
  record CancelAt(String fetchId, long place) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return turn.state().isInPlace(fetchId, place)
          ? new Cancel(fetchId).on(turn)
          : Verdict.NO_SUCH_FETCH;
    }
  }

  /** The time of a fetch is moved, of which no attempt has begun. */
  record Move(String fetchId, Later later) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return turn.take(new Scheduling(turn.core()).move(turn.state(), fetchId, later, turn.now()));
    }
  }

  /** A scheduled fetch is brought forward. */
  record BringForward(String fetchId) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return turn.take(new Scheduling(turn.core()).start(turn.state(), fetchId, turn.now()));
    }
  }

  /** What a settled fetch sent and got is to be erased. */
  record Erase(String fetchId) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return turn.take(new Erasing(turn.core()).erase(turn.state(), fetchId, turn.now()));
    }
  }

  /** The same for the fetch in that place, and not for another one that has its id by now. */
  record EraseAt(String fetchId, long place) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return turn.state().isInPlace(fetchId, place)
          ? new Erase(fetchId).on(turn)
          : Verdict.NO_SUCH_FETCH;
    }
  }

  /** The rows before that one have nothing any more of what the fetch sent and got. */
  record Overwritten(String fetchId, long row) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return turn.take(Erasing.done(turn.state(), fetchId, row, turn.now()));
    }
  }

  /** An executor reports on an attempt. */
  record Reported(AttemptKey key, Report report) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return turn.take(turn.core().report(turn.state(), key, report, turn.now(), turn.random()));
    }
  }

  /** No report will come on these attempts. */
  record Unheard(List<OriginCore.Finding> findings) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      turn.core().unheard(turn, findings, turn.now(), turn.random());
      return Verdict.NOTED;
    }
  }

  /**
   * The due alarms fire.
   *
   * @param limit at most this many alarms, and as many starts
   */
  record FireDue(int limit) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      var granted = turn.room().next(turn.state(), turn.now(), limit);
      turn.rules().dueAlarms().fire(turn, turn.now(), turn.random(), limit, granted);
      return Verdict.NOTED;
    }
  }

  /** The earliest alarms fire, due or not. Gives those that fired. */
  record Trigger(int count) implements Input<List<AlarmView>> {
    @Override
    public List<AlarmView> on(TurnDraft<?, ?, ?> turn) {
      var granted = turn.room().next(turn.state(), Instant.MAX, count);
      return turn.rules().dueAlarms().fireEarliest(turn, turn.now(), turn.random(), count, granted);
    }
  }

  /** That alarm fires, if it is the earliest. Gives it if it fired. */
  record TriggerShown(AlarmView shown) implements Input<List<AlarmView>> {
    @Override
    public List<AlarmView> on(TurnDraft<?, ?, ?> turn) {
      var due = turn.rules().dueAlarms();
      if (!due.isEarliest(turn.state(), shown)) {
        return List.of();
      }
      var granted = turn.room().next(turn.state(), Instant.MAX, 1);
      return due.fireFirst(turn, turn.now(), turn.random(), granted);
    }
  }

  /**
   * Attempts begin with grants of queues, each with the lease of its grant. A turn of its own: the
   * database may refuse its rows. Gives the grants that are not used, and why.
   */
  record UseGrants(List<Grant> grants) implements Input<Map<Grant, Why>> {
    @Override
    public Map<Grant, Why> on(TurnDraft<?, ?, ?> turn) {
      var unused = new LinkedHashMap<Grant, Why>();
      grants.stream()
          .sorted(Comparator.comparing(grant -> grant.lease().grantNo()))
          .forEach(grant -> turn.use(grant).ifPresent(why -> unused.put(grant, why)));
      return unused;
    }
  }

  /**
   * Fetches of a queue are cancelled that provably were not sent. Gives the order of the fetch
   * after which to go on, or nothing when all were looked at.
   *
   * @param after the order of the fetch after which to begin; 0 for the first
   * @param limit at most so many are cancelled
   */
  record Purge(PurgeUpTo what, long after, int limit) implements Input<Optional<Long>> {
    /** For each that may be cancelled, so many others may be looked at in one turn. */
    private static final int LOOKS = 100;

    @Override
    public Optional<Long> on(TurnDraft<?, ?, ?> turn) {
      var last = after;
      var looked = 0;
      var cancelled = 0;
      for (var fetch : turn.state().pending().tailMap(after + 1).values()) {
        if (fetch.acceptedRow() > what.row()) {
          break;
        }
        if (cancelled == limit || looked == limit * LOOKS) {
          return Optional.of(last);
        }
        looked++;
        last = fetch.order();
        // The handler of another one may have cancelled it meanwhile.
        if (concerns(fetch, turn.room().ownKey())
            && turn.state().pending().containsKey(fetch.order())) {
          turn.take(turn.core().cancel(turn.state(), fetch.id(), turn.now()));
          cancelled++;
        }
      }
      return Optional.empty();
    }

    /** One whose time came after the purge was asked for did not wait then. */
    private boolean concerns(PendingFetch fetch, String ownKey) {
      return fetch.spec().queue().filter(it -> isMeant(it, ownKey)).isPresent()
          && fetch.mayBeginAt().isBefore(what.before())
          && !fetch.maybeSent();
    }

    private boolean isMeant(QueueChoice choice, String ownKey) {
      return choice.name().equals(what.queue())
          && what.key().filter(key -> !key.equals(choice.key().orElse(ownKey))).isEmpty();
    }
  }

  /** An alarm of the users is taken back. Gives the one that there was. */
  record CancelAlarm(String alarmId) implements Input<Optional<ScheduledAlarm>> {
    @Override
    public Optional<ScheduledAlarm> on(TurnDraft<?, ?, ?> turn) {
      var alarm = turn.state().alarm(alarmId);
      turn.cancelAlarm(alarmId);
      return alarm;
    }
  }

  /** A schedule is changed, makes fetches, or is shown. */
  record OnSchedules(ScheduleRequest request) implements Input<ScheduleAnswer> {
    @Override
    public ScheduleAnswer on(TurnDraft<?, ?, ?> turn) {
      return request.on(new ScheduleChanges(new TurnSchedules(turn)));
    }
  }

  /** The unhandled and parked continuations of a fetch run again. */
  record Redrive(String fetchId) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return new RedriveCauses(turn.state().unhandledOf(fetchId)).on(turn);
    }
  }

  /** The unhandled and parked continuations under these keys run again. */
  record RedriveCauses(List<String> causes) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      causes.forEach(turn::handle);
      return Verdict.NOTED;
    }
  }

  /** A command of the users. The turn fails if its handler throws, or if there is none. */
  record Command(Object command) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      turn.command(command);
      return Verdict.NOTED;
    }
  }

  /** Splits into lists of at most {@code limit}. */
  static <T> List<List<T>> parts(List<T> all, int limit) {
    var parts = new ArrayList<List<T>>();
    for (var from = 0; from < all.size(); from += limit) {
      parts.add(List.copyOf(all.subList(from, Math.min(from + limit, all.size()))));
    }
    return parts;
  }
}
