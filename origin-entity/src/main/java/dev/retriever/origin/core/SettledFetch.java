package dev.retriever.origin.core;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.core.lines.LentLease;
import dev.retriever.origin.core.specs.Fingerprint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The part of a settled fetch that an origin keeps in memory. Headers, body and attempts stay in
 * the journal, in {@code row}.
 *
 * @param fingerprint of its spec, for {@link Fingerprint#matches}
 * @param reportsSeen by attempt, the checksum of its report, or 0
 * @param lateRows journal rows of late reports
 * @param then its continuation, for as long as a late answer may come
 * @param lent the leases of its attempts that may still run
 * @param acceptedRow the journal row with its request; 0 if an older version accepted it
 * @param callback whether it was a callback, which outcome streams leave out
 * @param erasure of what it sent and got, if that was asked for
 */
public record SettledFetch(
    String id,
    long order,
    String fingerprint,
    Instant acceptedAt,
    Instant settledAt,
    Outcome.Type type,
    Optional<Stage> stage,
    Optional<Integer> status,
    Optional<String> reason,
    boolean exhausted,
    long row,
    List<Long> reportsSeen,
    List<Long> lateRows,
    Optional<StoredContinuation> then,
    // Left out when there are none, as in snapshots from before there were queues.
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<LentLease> lent,
    // Left out when 0, as in snapshots from before fetches could be made again.
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long acceptedRow,
    // Left out when false, as in snapshots from before there were callbacks.
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean callback,
    // Left out when empty, as in snapshots from before anything was erased.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Erasure> erasure) {

  /**
   * @param row of the first event that asks for it: none after it has anything to erase
   * @param since the time of that event
   * @param done whether the rows before that one are overwritten
   */
  public record Erasure(long row, Instant since, boolean done) {}

  public SettledFetch {
    lent = lent == null ? List.of() : lent;
    erasure = erasure == null ? Optional.empty() : erasure;
  }

  public Erased erased() {
    return erasure.map(it -> it.done() ? Erased.DONE : Erased.UNDER_WAY).orElse(Erased.NO);
  }

  /** Whether copies of what it sent and got may still be in the database, though asked for. */
  @JsonIgnore
  public boolean isBeingErased() {
    return erased() == Erased.UNDER_WAY;
  }

  /**
   * Without what can be compared with its request or its answers, or runs for a late answer. To ask
   * again changes nothing.
   */
  SettledFetch erasedAt(long asked, Instant now) {
    return erasure.isPresent()
        ? this
        : with(
            "",
            reportsSeen.stream().map(Attempt::withoutChecksum).toList(),
            lateRows,
            Optional.empty(),
            lent,
            new Erasure(asked, now, false));
  }

  SettledFetch erasureDone() {
    var done = erasure.map(it -> new Erasure(it.row(), it.since(), true)).orElseThrow();
    return with(fingerprint, reportsSeen, lateRows, then, lent, done);
  }

  static SettledFetch of(PendingFetch fetch, OriginEvent.FetchSettled event, long row) {
    var outcome = event.outcome();
    var seen = event.attempts().stream().map(Attempt::reportSeen).toList();
    return new SettledFetch(
        fetch.id(),
        fetch.order(),
        fetch.fingerprint(),
        fetch.acceptedAt(),
        event.at(),
        outcome.type(),
        outcome.reached(),
        outcome.received().map(Response::status),
        outcome.why(),
        event.exhausted(),
        row,
        seen,
        fetch.lateRows(),
        fetch.then().filter(then -> seen.contains(0L)),
        LentLease.of(event.attempts(), fetch.spec().queue()),
        fetch.acceptedRow(),
        event.told().isPresent(),
        Optional.empty());
  }

  /** The keys of all causes that can come of this fetch. */
  Stream<String> causes() {
    return Stream.concat(
        Stream.of(Cause.keyOf(id)),
        IntStream.rangeClosed(1, reportsSeen.size()).mapToObj(number -> Cause.keyOf(id, number)));
  }

  SettledFetch withLate(int attempt, Report report, long lateRow) {
    var seen = new ArrayList<>(reportsSeen);
    seen.set(attempt - 1, Attempt.checksum(report));
    return with(
        fingerprint,
        List.copyOf(seen),
        PendingFetch.plus(lateRows, lateRow),
        then.filter(kept -> seen.contains(0L)),
        lent.stream().filter(it -> it.attempt() != attempt).toList(),
        erasure.orElse(null));
  }

  private SettledFetch with(
      String print,
      List<Long> seen,
      List<Long> late,
      Optional<StoredContinuation> continuation,
      List<LentLease> leases,
      Erasure asked) {
    return new SettledFetch(
        id,
        order,
        print,
        acceptedAt,
        settledAt,
        type,
        stage,
        status,
        reason,
        exhausted,
        row,
        seen,
        late,
        continuation,
        leases,
        acceptedRow,
        callback,
        Optional.ofNullable(asked));
  }
}
