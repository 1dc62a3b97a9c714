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
 * One journaled attempt: the pool that makes it, when it started, and how it ended. Immutable.
 *
 * @param number counted from 1
 * @param executor the id of the pool that makes it, which also names the run of its node
 * @param startedAt when it was journaled, before it was sent
 * @param endedAt empty while it is open, and for ever if the fetch settled before its report came
 * @param stage how far it got; empty while open and when lost with its executor
 * @param status of the response, as far as one came
 * @param reason why there is no complete answer, as {@link Outcome#why}
 * @param reportSeen a checksum of the report that ended it, to tell a repeated report from a
 *     contradicting one; 0 when none has come
 * @param timeline when it reached each stage, counted from when its executor took it; {@link
 *     Timeline#NONE} while it is open, or when it ended without a report
 * @param redirect the redirect in its answer, if it was followed: the next attempts, up to the next
 *     redirect, went there. Set in views only
 * @param lease of its queue, if its fetch has one
 * @param url where a callback went; empty for other fetches, whose requests say it
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
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Redirect> redirect,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Lease> lease,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> url) {

  /** Accepts rows of versions without timelines, queues or callbacks. */
  public Attempt {
    timeline = timeline == null ? Timeline.NONE : timeline;
    lease = lease == null ? Optional.empty() : lease;
    url = url == null ? Optional.empty() : url;
  }

  /** An open attempt of a fetch without a queue. */
  public static Attempt open(int number, String executor, Instant startedAt) {
    return open(number, executor, startedAt, Optional.empty());
  }

  /** An open attempt of a fetch that is no callback. */
  public static Attempt open(
      int number, String executor, Instant startedAt, Optional<Lease> lease) {
    return open(number, executor, startedAt, lease, Optional.empty());
  }

  /** An open attempt. */
  public static Attempt open(
      int number, String executor, Instant startedAt, Optional<Lease> lease, Optional<String> url) {
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
        Optional.empty(),
        lease,
        url);
  }

  /** The attempt, ended by a report of its executor. */
  public Attempt ended(Report report, Instant now) {
    return ended(report, now, checksum(report));
  }

  /** The attempt, ended by the origin because no report came. A report may still come. */
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
        redirect,
        lease,
        url);
  }

  /** The attempt, after that report has come. */
  public Attempt withReportSeen(Report report) {
    return with(checksum(report), redirect);
  }

  /** The attempt, answered with a redirect that was followed. */
  public Attempt redirected(Redirect followed) {
    return with(reportSeen, Optional.of(followed));
  }

  /** The attempt, without where it was redirected to, and a checksum of its answer. */
  public Attempt bodiless() {
    return with(withoutChecksum(reportSeen), Optional.empty());
  }

  /** Whether a report was seen, as a checksum that tells nothing of it: 1, or 0 for none. */
  public static long withoutChecksum(long seen) {
    return seen == 0 ? 0 : 1;
  }

  /** The attempt, as callers see it. */
  public Attempt withoutLease() {
    return lease.isEmpty() ? this : with(reportSeen, redirect, Optional.empty());
  }

  private Attempt with(long seen, Optional<Redirect> to) {
    return with(seen, to, lease);
  }

  private Attempt with(long seen, Optional<Redirect> to, Optional<Lease> of) {
    return new Attempt(
        number, executor, startedAt, endedAt, stage, status, reason, seen, timeline, to, of, url);
  }

  /** Whether it was answered with a redirect, followed or not. */
  public boolean gotRedirect() {
    return stage.filter(Stage.COMPLETE::equals).isPresent()
        && status.filter(Redirect.STATUSES::contains).isPresent();
  }

  /** Whether the origin gave it up, because no report came. */
  public boolean lost() {
    return reason.filter(Report.EXECUTOR_LOST::equals).isPresent();
  }

  /**
   * Whether it was refused unsent for want of room. That says nothing about its target, so it
   * counts against no limit and is not shown.
   */
  public boolean wantedRoom() {
    return stage.isPresent()
        && reason.isPresent()
        && Report.NotSent.wantedRoom(stage.get(), reason.get());
  }

  /**
   * Whether it counts. Lost attempts and those refused unsent say nothing about the target, and do
   * not.
   */
  public boolean counts() {
    return !lost() && began();
  }

  /** Whether an executor may have begun it. */
  public boolean began() {
    return stage.filter(Stage.QUEUED::equals).isEmpty();
  }

  /** Whether the target may have seen it: it has not ended, was lost, or got as far as sending. */
  public boolean maybeSent() {
    return endedAt.isEmpty() || lost() || stage.filter(Stage::mayHaveLeft).isPresent();
  }

  /** Whether the target may have acted on it without a complete answer. */
  public boolean ambiguous() {
    return maybeSent() && stage.filter(Stage.COMPLETE::equals).isEmpty();
  }

  /**
   * A checksum of the report without its timeline; never 0. It serves to notice contradictions, and
   * decides nothing.
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
