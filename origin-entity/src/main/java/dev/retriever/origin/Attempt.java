package dev.retriever.origin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Timeline;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One journaled attempt: who makes it, since when, and how it ended. Immutable.
 *
 * @param number counted from 1
 * @param executor the id of the pool that makes it, which names a run of a node too
 * @param startedAt when it was journaled, before it was sent
 * @param endedAt empty while it is open, and for good when the fetch settled over it
 * @param stage how far it got; empty while open and when lost with its executor
 * @param status of the response, as far as one came
 * @param reason why there is no complete answer, as {@link Outcome#why}
 * @param reportSeen a checksum of the report that ended it, by which a repeated report is told from
 *     one that says something else; 0 when none has come
 * @param timeline when it reached each stage, counted from when its executor took it; none while it
 *     is open, or when it ended without a report
 * @param redirect what it was answered, when that was followed: the attempts behind it, up to the
 *     next redirect, went there. Known of fetches that are shown, and not while they are decided on
 */
public record Attempt(
    int number,
    String executor,
    Instant startedAt,
    Optional<Instant> endedAt,
    Optional<Stage> stage,
    Optional<Integer> status,
    Optional<String> reason,
    long reportSeen,
    // Left out when there is none, as in journals from before there were any; the next one too.
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Timeline timeline,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Redirect> redirect) {

  /** As it is; without a timeline when it is from before there were any. */
  public Attempt {
    timeline = timeline == null ? Timeline.NONE : timeline;
  }

  /** One that starts then. */
  public static Attempt open(int number, String executor, Instant startedAt) {
    return new Attempt(
        number,
        executor,
        startedAt,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Timeline.NONE,
        Optional.empty());
  }

  /** Ended by a report of its executor. */
  public Attempt ended(Report report, Instant now) {
    return ended(report, now, checksum(report));
  }

  /** Ended by the origin itself, because no report came. A report may still come. */
  public Attempt endedUnheard(Report report, Instant now) {
    return ended(report, now, 0);
  }

  private Attempt ended(Report report, Instant now, long seen) {
    var outcome = Outcome.of(report);
    return new Attempt(
        number,
        executor,
        startedAt,
        Optional.of(now),
        outcome.reached(),
        outcome.received().map(Response::status),
        outcome.why(),
        seen,
        report.timeline(),
        redirect);
  }

  /** The same, of which that report has come. */
  public Attempt withReportSeen(Report report) {
    return new Attempt(
        number,
        executor,
        startedAt,
        endedAt,
        stage,
        status,
        reason,
        checksum(report),
        timeline,
        redirect);
  }

  /** Answered with that redirect, which was followed. */
  public Attempt redirected(Redirect followed) {
    return new Attempt(
        number,
        executor,
        startedAt,
        endedAt,
        stage,
        status,
        reason,
        reportSeen,
        timeline,
        Optional.of(followed));
  }

  /** Answered with a redirect, followed or not. */
  public boolean gotRedirect() {
    return stage.filter(Stage.COMPLETE::equals).isPresent()
        && status.filter(Redirect.STATUSES::contains).isPresent();
  }

  /** Whether the origin gave it up, because no report came. */
  public boolean lost() {
    return reason.filter(Report.EXECUTOR_LOST::equals).isPresent();
  }

  /**
   * Refused unsent because there was no room for it then. Nothing is wrong with its target, so it
   * says nothing of any attempt, uses up no limit, and is not shown.
   */
  public boolean wantedRoom() {
    return stage.isPresent()
        && reason.isPresent()
        && Report.NotSent.wantedRoom(stage.get(), reason.get());
  }

  /** Lost attempts and those refused unsent say nothing about the target and are not counted. */
  public boolean counts() {
    return !lost() && stage.filter(Stage.QUEUED::equals).isEmpty();
  }

  /** Whether the target may have seen it: it has not ended, was lost, or got as far as sending. */
  public boolean maybeSent() {
    return endedAt.isEmpty() || lost() || stage.filter(Stage::mayHaveLeft).isPresent();
  }

  /** Whether it may have been acted on without our having the answer. */
  public boolean ambiguous() {
    return maybeSent() && stage.filter(Stage.COMPLETE::equals).isEmpty();
  }

  /**
   * Never 0. Good enough to notice a contradiction; nothing is decided by it. The timeline has no
   * part in it: what a report says is the same without.
   */
  public static long checksum(Report report) {
    var outcome = Outcome.of(report);
    var crc = new CRC32C();
    crc.update(
        (outcome.type() + " " + outcome.reached() + " " + outcome.why())
            .getBytes(StandardCharsets.UTF_8));
    outcome
        .received()
        .ifPresent(
            response -> {
              crc.update(Integer.toString(response.status()).getBytes(StandardCharsets.UTF_8));
              for (var header : response.headers()) {
                crc.update((header.name() + ":" + header.value()).getBytes(StandardCharsets.UTF_8));
              }
              crc.update(response.body().bytes());
            });
    return crc.getValue() + 1;
  }
}
