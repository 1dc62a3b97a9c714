package dev.retriever.origin.simulation.cluster;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.trace.AttemptTrace;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.RetryPolicy.Resend;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Watches attempts: that they may be made, reach a target once, and are given up for a reason. */
final class AttemptChecker {
  /** After the last fault, or the death of an executor, its attempts are given up within this. */
  private static final Duration NOTICED = Duration.ofSeconds(40);

  private final Findings findings;
  private final Predicate<String> executors;
  private final Function<String, Optional<Instant>> removedAt;
  private Optional<Instant> healedAt = Optional.empty();
  private PromiseChecker.Writer writer;

  AttemptChecker(
      Findings findings,
      Predicate<String> executors,
      Function<String, Optional<Instant>> removedAt) {
    this.findings = findings;
    this.executors = executors;
    this.removedAt = removedAt;
  }

  /** From now on nothing goes wrong by itself any more. */
  void healed(Instant at) {
    healedAt = Optional.of(at);
  }

  /** From now on things go wrong again. */
  void goesWrongAgain() {
    healedAt = Optional.empty();
  }

  /** Of the rows that follow. */
  void writer(PromiseChecker.Writer by) {
    writer = by;
  }

  PromiseChecker.Writer writer() {
    return writer;
  }

  void scheduled(FetchHistory life, FetchScheduled row) {
    findings.saw(row.at().equals(life.acceptedAt) ? CoverageMark.SCHEDULED : CoverageMark.MOVED);
    life.scheduled(row);
  }

  void due(FetchHistory life, FetchDue row) {
    findings.saw(CoverageMark.DUE);
    life.due(row);
  }

  /** A deadline is not said to have passed before it has. */
  void isInTime(FetchHistory life, FetchSettled settled) {
    if (settled.outcome().why().filter(OriginCore.DEADLINE_PASSED::equals).isPresent()
        && settled.at().isBefore(life.deadline())) {
      findings.broken("P8", life, "its time is said to be up before " + life.deadline());
    }
  }

  void started(FetchHistory life, AttemptStarted started) {
    if (life.tries >= life.spec.retry().maxAttempts()) {
      findings.broken(
          "P4", life, "attempt " + started.attempt() + " follows the last that it may have");
    }
    if (!started.at().isBefore(life.deadline())) {
      findings.broken("P1", life, "attempt " + started.attempt() + " begins after the deadline");
    }
    if (started.attempt() == 1 && started.at().isBefore(life.mayBeginAt)) {
      findings.broken(
          "P8", life, "attempt %d begins before %s".formatted(started.attempt(), life.mayBeginAt));
    }
    life.started(started.attempt(), started.executor(), started.at(), writer);
  }

  void late(FetchHistory life, LateAnswerKept late) {
    if (late.report() instanceof Report.Answered && life.continues && life.settled.isPresent()) {
      life.lateOwed++;
    }
    if (!life.kept.add(late.attempt())) {
      findings.broken("P6", life, "the report on attempt " + late.attempt() + " is kept twice");
    }
  }

  void ended(FetchHistory life, AttemptEnded ended) {
    life.ended.add(ended.attempt());
    life.nextStart = Optional.of(ended.retryAt());
    life.tries += isTry(ended.report()) ? 1 : 0;
    if (ended.heard()) {
      life.kept.add(ended.attempt());
    }
    if (!ended.heard() && ended.report().equals(Report.lost())) {
      lost(life, ended.attempt(), ended.at());
    }
    if (ended.report() instanceof Report.Answered answered) {
      answered(life, answered.response(), hit -> hit.key().attempt() == ended.attempt());
    }
    if (ended.report() instanceof Report.NotSent) {
      notSent(life, ended.attempt());
    }
    if (ended.report() instanceof Report.Ambiguous) {
      findings.saw(CoverageMark.AMBIGUOUS_AND_AGAIN);
    }
  }

  /** The executor of that attempt learns that its report is durable. */
  void acknowledged(FetchHistory life, int attempt) {
    if (life.hasLost(attempt)) {
      findings.broken(
          "P6", life, "the report on attempt " + attempt + " is acknowledged, and not kept");
    }
  }

  private void notSent(FetchHistory life, int attempt) {
    life.notSent.add(attempt);
    if (life.hasHit(attempt)) {
      findings.broken(
          "P3", life, "attempt " + attempt + " is said not to be sent, and hit its target");
    }
  }

  /** Not those that say nothing about the target. */
  private static boolean isTry(Report report) {
    return report.fold(
        answered -> true,
        notSent -> notSent.stage() != Stage.QUEUED,
        ambiguous -> !ambiguous.reason().equals(Report.EXECUTOR_LOST));
  }

  /** Given up without a report: right only if none will come, and then it must be soon. */
  void lost(FetchHistory life, int attempt, Instant at) {
    findings.saw(CoverageMark.ATTEMPT_LOST);
    var executor = life.journaled.get(attempt);
    if (executor == null || life.spec.isDirect() || writer.replaced()) {
      return; // a replaced node may not know the executor
    }
    var gone = removedAt.apply(executor);
    if (gone.isEmpty() && executors.test(executor)) {
      findings.saw(CoverageMark.LOST_BY_BACKSTOP);
      if (at.isBefore(life.backstop(attempt))) {
        findings.broken(
            "P5", life, "attempt " + attempt + " was given up while its executor lives");
      }
    } else if (gone.isPresent() && healedAt.isPresent()) {
      var since = gone.get().isBefore(healedAt.get()) ? healedAt.get() : gone.get();
      if (findings.now().isAfter(since.plus(NOTICED))) {
        findings.broken(
            "P5",
            life,
            "that the executor of attempt " + attempt + " is gone, took too long to notice");
      }
    }
  }

  /** A permit lapses when it is unused for so long; then another attempt may have it. */
  void begun(FetchHistory life, int attempt, String node, Duration reservation) {
    if (life.notSent.contains(attempt)) {
      findings.broken("P4", life, "attempt " + attempt + " begins, and is said not to be sent");
    }
    var reserved = life.reservedAt.get(attempt);
    if (reserved != null
        && node.equals(life.writtenBy.get(attempt))
        && !life.spec.isDirect()
        && findings.now().isAfter(reserved.plus(reservation))) {
      findings.broken("P4", life, "attempt " + attempt + " begins when its permit has lapsed");
    }
  }

  /** An answer is what a target said to one of its attempts. */
  void answered(FetchHistory life, Response response, Predicate<SimulatedTargets.Hit> by) {
    var body = response.body().text();
    if (life.hits.stream().filter(by).noneMatch(hit -> hit.answer().equals(body))) {
      findings.broken("P2", life, "no target answered it " + body);
    }
  }

  void hit(FetchHistory life, AttemptKey key, SimulatedTargets.Hit hit) {
    if (!life.journaled.containsKey(key.attempt())) {
      findings.broken("P4", life, "attempt " + key.attempt() + " was sent before it was journaled");
    }
    if (life.hits.stream().anyMatch(before -> before.key().equals(key))) {
      findings.broken("P4", life, "attempt " + key.attempt() + " was sent twice");
    }
    // A redirect may have dropped it.
    if (life.spec.delivers().isEmpty()
        && life.spec.redirects() == 0
        && !hit.request().body().equals(life.spec.request().body())) {
      findings.broken("P1", life, "attempt " + key.attempt() + " was sent with another body");
    }
    if (!hit.request().trace().flatMap(AttemptTrace::sent).equals(life.spec.carried().context())) {
      findings.broken("P1", life, "attempt " + key.attempt() + " tells another trace");
    }
    var mayRepeat = life.spec.retry().resend() == Resend.ALWAYS || life.spec.request().repeatable();
    if (!life.hits.isEmpty() && (!mayRepeat || life.spec.retry().resend() == Resend.NEVER)) {
      findings.broken("P4", life, "it may not be sent again, and was: attempt " + key.attempt());
    }
    if (life.settled
        .map(FetchSettled::outcome)
        .filter(Outcome.Failed.class::isInstance)
        .isPresent()) {
      findings.broken("P3", life, "it had failed, and reached its target");
    }
    if (!life.hits.isEmpty()) {
      findings.saw(CoverageMark.SENT_AGAIN);
    }
    if (life.settled.isPresent()) {
      findings.saw(CoverageMark.HIT_AFTER_SETTLED);
    }
    life.hits.add(hit);
  }
}
