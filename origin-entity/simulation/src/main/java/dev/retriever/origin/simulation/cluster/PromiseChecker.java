package dev.retriever.origin.simulation.cluster;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.simulation.probe.ProbeOrigin;
import dev.retriever.origin.simulation.queue.QueueFindings;
import dev.retriever.origin.simulation.schedules.ScheduleChecker;
import dev.retriever.origin.simulation.trace.BrokenPromise;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.persistence.PersistentRepr;

/** Watches that each promise is kept, at every write and every hit. */
public final class PromiseChecker implements QueueFindings {
  /** In a calm run, a waiting caller is told within this when its fetch settles. */
  private static final Duration TOLD = Duration.ofSeconds(3);

  /** An origin that was refused rows has recovered within this. */
  private static final Duration RECOVERY = Duration.ofSeconds(5);

  /**
   * The writer of rows.
   *
   * @param now when that is
   * @param wall what its clock says
   * @param uncertain its clock was set while it may have been writing them
   * @param replaced it has been replaced, and does not know it yet
   */
  record Writer(String node, Instant now, Instant wall, boolean uncertain, boolean replaced) {}

  private final Map<String, FetchHistory> lives = new LinkedHashMap<>();
  private final Map<String, Long> last = new HashMap<>();

  /** Until when origins recover that were refused rows after a purge. */
  private final Map<String, Instant> recovering = new HashMap<>();

  private final Findings findings = new Findings();
  private final AlarmChecker alarms = new AlarmChecker(findings);
  private final ScheduleChecker schedules =
      new ScheduleChecker((name, what) -> findings.broken("P14", name, what), findings::saw);
  private final AttemptChecker attempts;
  private final boolean probed;
  private Duration reservation = Duration.ofDays(1);

  /**
   * @param probed whether the origins write down what their continuations hear
   * @param executors whether the node of that executor runs and is a member, so that its reports
   *     come
   * @param removedAt when the node of that executor was seen to be gone
   */
  public PromiseChecker(
      boolean probed, Predicate<String> executors, Function<String, Optional<Instant>> removedAt) {
    this.probed = probed;
    this.attempts = new AttemptChecker(findings, executors, removedAt);
  }

  /** How long an unused permit is held. */
  public void reservation(Duration length) {
    reservation = length;
  }

  /** From now on nothing goes wrong by itself any more. */
  public void healed(Instant at, Duration clocksAhead) {
    findings.clocksAhead(clocksAhead);
    attempts.healed(at);
  }

  /** From now on things go wrong again, a long time later by all clocks. */
  public void goesWrongAgain(Duration clocksAhead) {
    findings.clocksAhead(clocksAhead);
    attempts.goesWrongAgain();
  }

  public List<BrokenPromise> breaches() {
    return findings.breaches();
  }

  public Collection<FetchHistory> lives() {
    return lives.values();
  }

  public Map<CoverageMark, Integer> seen() {
    return findings.seen();
  }

  /** What schedules promise. */
  public ScheduleChecker schedules() {
    return schedules;
  }

  public AlarmChecker alarms() {
    return alarms;
  }

  /** Whether everything that was accepted has come to its end. */
  public boolean nothingIsOwed() {
    return alarms.nothingIsOwed(probed)
        && schedules.nothingIsOwed()
        && lives.values().stream()
            .allMatch(
                it -> it.settled.isPresent() && !isOwedItsContinuation(it) && !isOwedLate(it));
  }

  /** Whether it should have settled by now; where nothing takes long, everything should have. */
  public boolean isOverdue(FetchHistory life) {
    return life.settled.isEmpty()
        && (probed || life.settlesBy().isBefore(findings.wall().minus(AlarmChecker.RINGING)));
  }

  public boolean isOwedItsContinuation(FetchHistory life) {
    return probed && life.continues && life.heard == 0;
  }

  public boolean isOwedLate(FetchHistory life) {
    return probed && life.lateOwed > 0;
  }

  @Override
  public void saw(CoverageMark sight) {
    findings.saw(sight);
  }

  @Override
  public void broken(String promise, String subject, String what) {
    findings.broken(promise, subject, what);
  }

  private void broken(String promise, FetchHistory life, String what) {
    findings.broken(promise, life, what);
  }

  Optional<FetchHistory> life(String originId, String fetchId) {
    return Optional.ofNullable(lives.get(originId + "/" + fetchId));
  }

  /** Rows were written. */
  void journaled(String persistenceId, List<PersistentRepr> rows, Instant at, Writer by) {
    findings.at(at);
    attempts.writer(by);
    var origin = SimulatedCluster.originOf(persistenceId);
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
    } else if (row instanceof FetchScheduled scheduled) {
      life(origin, scheduled.fetchId()).ifPresent(it -> attempts.scheduled(it, scheduled));
    } else if (row instanceof FetchDue due) {
      life(origin, due.fetchId()).ifPresent(it -> attempts.due(it, due));
    } else if (row instanceof AttemptStarted started) {
      life(origin, started.fetchId()).ifPresent(it -> attempts.started(it, started));
    } else if (row instanceof AttemptEnded ended) {
      life(origin, ended.fetchId()).ifPresent(it -> attempts.ended(it, ended));
    } else if (row instanceof FetchSettled settled) {
      life(origin, settled.fetchId()).ifPresent(it -> settled(it, settled, together));
    } else if (row instanceof LateAnswerKept late) {
      saw(CoverageMark.LATE_ANSWER);
      life(origin, late.fetchId()).ifPresent(it -> attempts.late(it, late));
    } else if (row instanceof ProbeOrigin.Heard heard) {
      life(origin, heard.fetchId()).ifPresent(it -> heard(it, heard));
    } else if (row instanceof ProbeOrigin.HeardLate heard) {
      life(origin, heard.fetchId()).ifPresent(this::heardLate);
    } else if (row instanceof ProbeOrigin.Rang rang) {
      alarms.rang(origin + "/" + rang.alarmId());
    } else {
      alarms.journaled(origin, row);
      schedules.journaled(origin, row, together);
    }
  }

  private void accepted(String origin, FetchAccepted accepted) {
    var life = new FetchHistory(origin, accepted, attempts.writer());
    if (accepted.executor().isEmpty() && accepted.spec().queue().isEmpty()) {
      saw(CoverageMark.WAITED_FOR_ROOM);
    }
    if (lives.put(life.name(), life) != null) {
      broken("P2", life, "it was accepted twice");
    }
  }

  private void settled(FetchHistory life, FetchSettled settled, List<Object> together) {
    if (life.settled.isPresent()) {
      broken("P2", life, "it settled again: " + settled.outcome());
    }
    life.settled = Optional.of(settled);
    life.settledAt = Optional.of(findings.now());
    settled.attempts().stream()
        .filter(attempt -> attempt.reportSeen() != 0)
        .map(Attempt::number)
        .forEach(life.kept::add);
    attempts.isInTime(life, settled);
    if (settled.outcome() instanceof Outcome.Failed failed && !life.hits.isEmpty()) {
      broken("P3", life, "it failed as " + failed.reason() + ", but reached its target");
    }
    if (settled.outcome() instanceof Outcome.Answered answered) {
      attempts.answered(life, answered.response(), hit -> isComplete(settled, hit.key().attempt()));
    }
    settled.attempts().stream()
        .filter(attempt -> attempt.reportSeen() == 0)
        .filter(attempt -> attempt.reason().filter(Report.EXECUTOR_LOST::equals).isPresent())
        .filter(attempt -> attempt.endedAt().filter(settled.at()::equals).isPresent())
        .forEach(attempt -> attempts.lost(life, attempt.number(), settled.at()));
    var subject = settled.fetchId();
    var handled =
        together.stream()
            .anyMatch(
                row ->
                    row instanceof ProbeOrigin.Heard heard && heard.fetchId().equals(subject)
                        || row instanceof HandlingFailed failed
                            && failed.cause().contains(subject));
    if (probed && life.continues && !handled) {
      broken("P2", life, "it settled without its continuation");
    }
    saw(CoverageMark.of(settled.outcome().type()));
    if (settled.exhausted()) {
      saw(CoverageMark.EXHAUSTED);
    }
  }

  private static boolean isComplete(FetchSettled settled, int attempt) {
    return settled.attempts().stream()
        .anyMatch(it -> it.number() == attempt && it.stage().equals(Optional.of(Stage.COMPLETE)));
  }

  private void heard(FetchHistory life, ProbeOrigin.Heard heard) {
    life.heard++;
    if (life.heard > 1) {
      broken("P2", life, "its continuation has taken effect twice");
    }
    var settledAs = life.settled.map(it -> it.outcome().type());
    if (!settledAs.equals(Optional.of(heard.type()))) {
      broken("P2", life, "its continuation heard " + heard.type() + ", the journal " + settledAs);
    }
  }

  private void heardLate(FetchHistory life) {
    saw(CoverageMark.LATE_ANSWER_HEARD);
    if (--life.lateOwed < 0) {
      broken("P6", life, "its handler heard a late answer that is not kept, or one twice");
    }
  }

  void hit(SimulatedTargets.Hit hit) {
    findings.at(hit.at());
    var key = hit.key();
    var life = life(key.originId(), key.fetchId());
    if (life.isEmpty()) {
      broken("P4", key.originId() + "/" + key.fetchId(), "it was sent and never accepted");
      return;
    }
    attempts.hit(life.get(), key, hit);
  }

  /** An origin has left memory, with something pending that it is to be woken for. */
  void sleeps(String originId) {
    saw(CoverageMark.SLEPT_WITH_WORK_PENDING);
  }

  /** An executor of that node begins that attempt. */
  void begun(AttemptKey key, String node) {
    life(key.originId(), key.fetchId())
        .ifPresent(
            it -> {
              it.begun.add(key.attempt());
              attempts.begun(it, key.attempt(), node, reservation);
            });
  }

  /** An attempt goes on though its fetch has settled, and its origin is on the same node. */
  void goesOn(AttemptKey key) {
    broken("P7", nameOf(key), "it has settled, and attempt " + key.attempt() + " goes on");
  }

  /** An attempt has begun that must not, and why. */
  void mustNotBegin(AttemptKey key, String why) {
    broken("P4", nameOf(key), "attempt " + key.attempt() + " begins, and " + why);
  }

  private static String nameOf(AttemptKey key) {
    return key.originId() + "/" + key.fetchId();
  }

  /**
   * The purge has written a row that the origin did not know. If it is to move while it recovers,
   * those who ask it meanwhile are not heard.
   */
  void purgedMeanwhile(String persistenceId) {
    saw(CoverageMark.PURGED_MEANWHILE);
    recovering.put(SimulatedCluster.originOf(persistenceId), findings.now().plus(RECOVERY));
  }

  /** In a calm run, a caller that waits for a fetch is told at once when it settles. */
  void waited(String originId, String fetchId, Instant since) {
    if (since.isBefore(recovering.getOrDefault(originId, Instant.MIN))) {
      return;
    }
    life(originId, fetchId)
        .ifPresent(
            life -> {
              var settled = life.settledAt.filter(since::isBefore);
              if (settled.filter(at -> at.plus(TOLD).isBefore(findings.now())).isPresent()) {
                broken(
                    "P1",
                    life,
                    "its waiting caller was told more than " + TOLD + " after it settled");
              }
              settled.ifPresent(at -> saw(CoverageMark.WAITED_UNTIL_SETTLED));
            });
  }

  /** The executor of that attempt learns that its report is durable. */
  void acknowledged(AttemptKey key) {
    life(key.originId(), key.fetchId()).ifPresent(it -> attempts.acknowledged(it, key.attempt()));
  }

  /** An executor of that node knows how the attempt ended. */
  void reported(AttemptKey key, String node) {
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
              saw(won ? CoverageMark.CANCEL_WON : CoverageMark.CANCEL_LOST);
            });
  }

  public void at(Instant instant) {
    findings.at(instant);
  }
}
