package dev.retriever.origin.core;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
      var refusal = turn.knows(fetchId) ? Optional.<Verdict>empty() : turn.room().refusal(spec);
      return refusal.orElseGet(() -> turn.take(turn.submit(fetchId, spec, Optional.empty())));
    }
  }

  /** A fetch is taken back. */
  record Cancel(String fetchId) implements Input<Verdict> {
    @Override
    public Verdict on(TurnDraft<?, ?, ?> turn) {
      return turn.take(turn.core().cancel(turn.state(), fetchId, turn.now()));
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

  /** An alarm of the users is taken back. Gives the one that there was. */
  record CancelAlarm(String alarmId) implements Input<Optional<ScheduledAlarm>> {
    @Override
    public Optional<ScheduledAlarm> on(TurnDraft<?, ?, ?> turn) {
      var alarm = turn.state().alarm(alarmId);
      turn.cancelAlarm(alarmId);
      return alarm;
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
