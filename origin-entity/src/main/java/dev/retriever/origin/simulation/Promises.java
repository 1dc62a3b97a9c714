package dev.retriever.origin.simulation;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.OriginEvent.AlarmCancelled;
import dev.retriever.origin.OriginEvent.AlarmFired;
import dev.retriever.origin.OriginEvent.AlarmScheduled;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.RetryPolicy.Resend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.pekko.persistence.PersistentRepr;

/** Watches that each promise is kept, at every write and every hit. */
final class Promises implements Witness {
  private final Map<String, Life> lives = new LinkedHashMap<>();
  private final Map<String, Long> last = new HashMap<>();

  /** Alarms that are to ring, and when. */
  private final Map<String, Instant> alarms = new TreeMap<>();

  /** How often alarms rang and their continuations have not taken effect. */
  private final Map<String, Integer> rung = new TreeMap<>();

  /** Continuations that failed, by origin and cause. */
  private final Map<String, String> unhandled = new TreeMap<>();

  private final Map<Sight, Integer> seen = new HashMap<>();
  private final List<Breach> breaches = new ArrayList<>();

  /** After the last fault, or the death of an executor, its attempts are given up within this. */
  private static final Duration NOTICED = Duration.ofSeconds(40);

  /** Clocks of two nodes differ by this at most. */
  private static final Duration CLOCKS_APART = Duration.ofSeconds(7);

  /** An alarm may ring so much later than it is due, when clocks differ and its origin sleeps. */
  private static final Duration RINGING = Duration.ofSeconds(40);

  private final boolean probed;
  private final Executors executors;
  private final Function<String, Optional<Instant>> removedAt;
  private Optional<Instant> healedAt = Optional.empty();
  private Instant now = World.BEGINNING;
  private boolean writerIsReplaced;

  /** Who makes attempts, as the cluster sees them. */
  interface Executors {
    /** Whether the node of that executor runs and is a member, so that its reports come. */
    boolean isWell(String executor);
  }

  /**
   * @param probed whether the origins write down what their continuations hear
   */
  Promises(boolean probed, Executors executors, Function<String, Optional<Instant>> removedAt) {
    this.probed = probed;
    this.executors = executors;
    this.removedAt = removedAt;
  }

  /** From now on nothing goes wrong by itself any more. */
  void healed(Instant at) {
    healedAt = Optional.of(at);
  }

  List<Breach> breaches() {
    return breaches;
  }

  Collection<Life> lives() {
    return lives.values();
  }

  /** Alarms that should have rung, and the continuations of those that did. */
  Map<String, Instant> overdueAlarms() {
    var overdue = new TreeMap<String, Instant>();
    alarms.forEach(
        (name, due) -> {
          if (due.isBefore(now.minus(RINGING))) {
            overdue.put(name, due);
          }
        });
    return overdue;
  }

  Map<String, String> unhandled() {
    return unhandled;
  }

  Map<Sight, Integer> seen() {
    return seen;
  }

  /** Whether everything that was accepted has come to its end. */
  boolean nothingIsOwed() {
    var soon = now.plus(RINGING);
    return alarms.values().stream().noneMatch(soon::isAfter)
        && rung.values().stream().noneMatch(left -> probed && left > 0)
        && unhandled.isEmpty()
        && lives.values().stream()
            .allMatch(it -> it.settled.isPresent() && !isOwedItsContinuation(it));
  }

  /** Whether it should have settled by now; where nothing takes long, everything should have. */
  boolean isOverdue(Life life) {
    return life.settled.isEmpty() && (probed || life.settlesBy().isBefore(now.minus(RINGING)));
  }

  boolean isOwedItsContinuation(Life life) {
    return probed && life.continues && life.heard == 0;
  }

  void saw(Sight sight) {
    seen.merge(sight, 1, Integer::sum);
  }

  void broken(String promise, String subject, String what) {
    breaches.add(new Breach(promise, subject, what, Duration.between(World.BEGINNING, now)));
  }

  private void broken(String promise, Life life, String what) {
    broken(promise, life.name(), what);
  }

  Optional<Life> life(String originId, String fetchId) {
    return Optional.ofNullable(lives.get(originId + "/" + fetchId));
  }

  @Override
  public void refused(String persistenceId) {
    saw(Sight.STALE_WRITER_REFUSED);
  }

  @Override
  public void journaled(
      String persistenceId, List<PersistentRepr> rows, Instant at, boolean replaced) {
    now = at;
    writerIsReplaced = replaced;
    var origin = persistenceId.substring(persistenceId.indexOf('|') + 1);
    var payloads = rows.stream().map(PersistentRepr::payload).toList();
    for (var row : rows) {
      var before = last.getOrDefault(persistenceId, 0L);
      if (row.sequenceNr() != before + 1) {
        broken("P2", origin, "row " + row.sequenceNr() + " follows row " + before);
      }
      last.put(persistenceId, row.sequenceNr());
      journaled(origin, row.payload(), payloads);
    }
  }

  private void journaled(String origin, Object row, List<Object> together) {
    if (row instanceof FetchAccepted accepted) {
      accepted(origin, accepted);
    } else if (row instanceof AttemptStarted started) {
      life(origin, started.fetchId())
          .ifPresent(it -> it.started(started.attempt(), started.executor(), started.at()));
    } else if (row instanceof AttemptEnded ended) {
      life(origin, ended.fetchId()).ifPresent(it -> ended(it, ended));
    } else if (row instanceof FetchSettled settled) {
      life(origin, settled.fetchId()).ifPresent(it -> settled(it, settled, together));
    } else if (row instanceof LateAnswerKept late) {
      saw(Sight.LATE_ANSWER);
      life(origin, late.fetchId()).ifPresent(it -> it.kept.add(late.attempt()));
    } else if (row instanceof Probe.Heard heard) {
      life(origin, heard.fetchId()).ifPresent(it -> heard(it, heard));
    } else if (row instanceof Probe.Rang rang) {
      rang(origin + "/" + rang.alarmId());
    } else {
      continued(origin, row);
      alarm(origin, row);
    }
  }

  private void accepted(String origin, FetchAccepted accepted) {
    var life =
        new Life(
            origin,
            accepted.fetchId(),
            accepted.spec(),
            accepted.then().isPresent(),
            accepted.at());
    accepted.executor().ifPresent(executor -> life.started(1, executor, accepted.at()));
    if (lives.put(life.name(), life) != null) {
      broken("P2", life, "it was accepted twice");
    }
  }

  private void ended(Life life, AttemptEnded ended) {
    if (ended.heard()) {
      life.kept.add(ended.attempt());
    }
    if (!ended.heard() && ended.report().equals(Report.lost())) {
      lost(life, ended.attempt(), ended.at());
    }
    if (ended.report() instanceof Report.Ambiguous) {
      saw(Sight.AMBIGUOUS_AND_AGAIN);
    }
  }

  /** Given up although nobody said anything: right only when nobody will, and then soon. */
  private void lost(Life life, int attempt, Instant at) {
    saw(Sight.ATTEMPT_LOST);
    var executor = life.journaled.get(attempt);
    if (executor == null || life.spec.isDirect() || writerIsReplaced) {
      return; // whoever was replaced may never have heard of its executor
    }
    var gone = removedAt.apply(executor);
    var timeUp = life.startedAt.get(attempt).plus(life.spec.timeout());
    if (gone.isEmpty() && executors.isWell(executor)) {
      saw(Sight.LOST_BY_BACKSTOP);
      if (at.isBefore(timeUp.minus(CLOCKS_APART))) {
        broken("P5", life, "attempt " + attempt + " was given up while its executor lives");
      }
    } else if (gone.isPresent() && healedAt.isPresent()) {
      var since = gone.get().isBefore(healedAt.get()) ? healedAt.get() : gone.get();
      if (now.isAfter(since.plus(NOTICED))) {
        broken(
            "P5",
            life,
            "that the executor of attempt " + attempt + " is gone, took too long to notice");
      }
    }
  }

  private void settled(Life life, FetchSettled settled, List<Object> together) {
    if (life.settled.isPresent()) {
      broken("P2", life, "it settled again: " + settled.outcome());
    }
    life.settled = Optional.of(settled);
    life.settledAt = Optional.of(now);
    settled.attempts().stream()
        .filter(attempt -> attempt.reportSeen() != 0)
        .map(Attempt::number)
        .forEach(life.kept::add);
    if (settled.outcome() instanceof Outcome.Failed failed && !life.hits.isEmpty()) {
      broken("P3", life, "it failed as " + failed.reason() + ", but reached its target");
    }
    answered(life, settled);
    settled.attempts().stream()
        .filter(attempt -> attempt.reportSeen() == 0)
        .filter(attempt -> attempt.reason().filter(Report.EXECUTOR_LOST::equals).isPresent())
        .filter(attempt -> attempt.endedAt().filter(settled.at()::equals).isPresent())
        .forEach(attempt -> lost(life, attempt.number(), settled.at()));
    var subject = settled.fetchId();
    var handled =
        together.stream()
            .anyMatch(
                row ->
                    row instanceof Probe.Heard heard && heard.fetchId().equals(subject)
                        || row instanceof HandlingFailed failed
                            && failed.cause().contains(subject));
    if (probed && life.continues && !handled) {
      broken("P2", life, "it settled without its continuation");
    }
    saw(Sight.of(settled.outcome().type()));
    if (settled.exhausted()) {
      saw(Sight.EXHAUSTED);
    }
  }

  /** An answer is what a target said to one of its attempts. */
  private void answered(Life life, FetchSettled settled) {
    if (settled.outcome() instanceof Outcome.Answered answered) {
      var body = answered.response().body().text();
      if (life.hits.stream().noneMatch(hit -> hit.answer().equals(body))) {
        broken("P2", life, "nobody answered it " + body);
      }
    }
  }

  private void heard(Life life, Probe.Heard heard) {
    life.heard++;
    if (life.heard > 1) {
      broken("P2", life, "its continuation has taken effect twice");
    }
    var settledAs = life.settled.map(it -> it.outcome().type());
    if (!settledAs.equals(Optional.of(heard.type()))) {
      broken("P2", life, "its continuation heard " + heard.type() + ", the journal " + settledAs);
    }
  }

  private void rang(String alarm) {
    if (rung.merge(alarm, -1, Integer::sum) < 0) {
      broken("P8", alarm, "its continuation has taken effect more often than it rang");
    }
  }

  private void continued(String origin, Object row) {
    if (row instanceof HandlingFailed failed) {
      unhandled.put(origin + "/" + failed.cause(), failed.reason());
      saw(failed.retryAt().isPresent() ? Sight.HANDLED_AGAIN : Sight.PARKED);
    } else if (row instanceof ContinuationHandled handled
        && unhandled.remove(origin + "/" + handled.cause()) == null) {
      broken("P2", origin + "/" + handled.cause(), "it was handled twice");
    }
  }

  private void alarm(String origin, Object row) {
    if (row instanceof AlarmScheduled scheduled) {
      alarms.put(origin + "/" + scheduled.alarmId(), scheduled.due());
    } else if (row instanceof AlarmCancelled cancelled) {
      alarms.remove(origin + "/" + cancelled.alarmId());
    } else if (row instanceof AlarmFired fired) {
      var name = origin + "/" + fired.alarmId();
      saw(Sight.ALARM_RANG);
      if (fired.at().isBefore(fired.due())) {
        broken("P8", name, "it rang at " + fired.at() + ", and was due at " + fired.due());
      }
      rung.merge(name, 1, Integer::sum);
      if (alarms.remove(name) == null) {
        broken("P8", name, "it rang twice");
      }
      fired.next().ifPresent(next -> alarms.put(name, next));
    }
  }

  @Override
  public void hit(Target.Hit hit) {
    now = hit.at();
    var key = hit.key();
    var life = life(key.originId(), key.fetchId());
    if (life.isEmpty()) {
      broken("P4", key.originId() + "/" + key.fetchId(), "it was sent and never accepted");
      return;
    }
    hit(life.get(), key, hit);
  }

  private void hit(Life life, AttemptKey key, Target.Hit hit) {
    if (!life.journaled.containsKey(key.attempt())) {
      broken("P4", life, "attempt " + key.attempt() + " was sent before it was journaled");
    }
    if (life.hits.stream().anyMatch(before -> before.key().equals(key))) {
      broken("P4", life, "attempt " + key.attempt() + " was sent twice");
    }
    var mayRepeat = life.spec.retry().resend() == Resend.ALWAYS || life.spec.request().repeatable();
    if (!life.hits.isEmpty() && (!mayRepeat || life.spec.retry().resend() == Resend.NEVER)) {
      broken("P4", life, "it may not be sent again, and was: attempt " + key.attempt());
    }
    if (life.settled
        .map(FetchSettled::outcome)
        .filter(Outcome.Failed.class::isInstance)
        .isPresent()) {
      broken("P3", life, "it had failed, and reached its target");
    }
    if (!life.hits.isEmpty()) {
      saw(Sight.SENT_AGAIN);
    }
    if (life.settled.isPresent()) {
      saw(Sight.HIT_AFTER_SETTLED);
    }
    life.hits.add(hit);
  }

  @Override
  public void sleeps(String originId) {
    saw(Sight.SLEPT_WITH_WORK_PENDING);
  }

  @Override
  public void reported(AttemptKey key, String node) {
    life(key.originId(), key.fetchId()).ifPresent(it -> it.reported.put(key.attempt(), node));
  }

  /** A caller was shown that. */
  void shown(String originId, String fetchId, FetchView view) {
    var life = life(originId, fetchId);
    if (life.isEmpty()) {
      broken("P1", originId + "/" + fetchId, "a caller was shown it, but it is not journaled");
    } else if (view.outcome().isPresent()
        && !view.outcome().equals(life.get().settled.map(FetchSettled::outcome))) {
      broken(
          "P2",
          life.get(),
          "a caller was shown " + view.outcome() + ", the journal has " + life.get().settled);
    }
  }

  void acknowledged(String originId, String fetchId) {
    if (life(originId, fetchId).isEmpty()) {
      broken("P1", originId + "/" + fetchId, "it was acknowledged, and is not journaled");
    }
  }

  /** A caller was told that its cancel won, or lost. */
  void cancelled(String originId, String fetchId, boolean won) {
    life(originId, fetchId)
        .ifPresent(
            life -> {
              var type = life.settled.map(it -> it.outcome().type());
              if (won != type.equals(Optional.of(Outcome.Type.CANCELLED))) {
                broken("P7", life, "a cancel " + (won ? "won" : "lost") + ", but it is " + type);
              }
              saw(won ? Sight.CANCEL_WON : Sight.CANCEL_LOST);
            });
  }

  void at(Instant instant) {
    now = instant;
  }
}
