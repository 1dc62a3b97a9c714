package dev.retriever.origin.core;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Target;
import dev.retriever.executor.Timeline;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Redirect;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.callback.CallbackSubject;
import dev.retriever.origin.core.lines.InLine;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.core.lines.WaitingLines;
import dev.retriever.origin.core.room.Lane;
import dev.retriever.origin.core.specs.Fingerprint;
import dev.retriever.origin.core.specs.HeldBytes;
import dev.retriever.origin.core.specs.StoredBody;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A fetch that was accepted and has not settled.
 *
 * @param order its place among the fetches of its origin
 * @param then what to go on with when it has its outcome
 * @param ended the attempts that are over, in order
 * @param open the attempt under way
 * @param last the report of the ended attempts since the last followed redirect that the outcome
 *     would be made of
 * @param lateRows journal rows of reports that came after their attempt was given up
 * @param redirects those that were followed, in order
 * @param body the request's body, when only the journal has it; then the request in {@code spec}
 *     has none
 * @param acceptedRow the journal row of its acceptance; 0 if an older version accepted it without a
 *     queue
 * @param notBefore when it may begin at the earliest, if it was scheduled; {@code within} counts
 *     from then
 */
public record PendingFetch(
    String id,
    long order,
    FetchSpec spec,
    Instant acceptedAt,
    Optional<StoredContinuation> then,
    List<Attempt> ended,
    Optional<Attempt> open,
    Optional<Report> last,
    List<Long> lateRows,
    // Left out when there are none, as in snapshots from before any were followed.
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Redirect> redirects,
    // Left out when there is none, as in snapshots from before any body was.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<StoredBody> body,
    // Left out when 0, as in snapshots from before there were queues.
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long acceptedRow,
    // Left out when empty, as in snapshots from before fetches could be scheduled.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> notBefore) {

  public PendingFetch {
    redirects = redirects == null ? List.of() : redirects;
    body = body == null ? Optional.empty() : body;
    notBefore = notBefore == null ? Optional.empty() : notBefore;
  }

  /**
   * @param row the journal row of that event
   */
  static PendingFetch accepted(OriginEvent.FetchAccepted event, long order, long row) {
    var body = StoredBody.of(event.spec(), row);
    return new PendingFetch(
        event.fetchId(),
        order,
        body.isPresent() ? StoredBody.without(event.spec()) : event.spec(),
        event.at(),
        event.then(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        body,
        row,
        Optional.empty());
  }

  /** The same, from when on it may begin. */
  PendingFetch from(Instant time) {
    return new PendingFetch(
        id,
        order,
        spec,
        acceptedAt,
        then,
        ended,
        open,
        last,
        lateRows,
        redirects,
        body,
        acceptedRow,
        Optional.of(time));
  }

  /** What it tells, if it is a callback. */
  public Optional<CallbackSubject> told() {
    return spec.delivers().map(it -> CallbackSubject.of(it, spec.carried().toldAcceptedAt()));
  }

  PendingFetch withOpen(Attempt attempt) {
    return with(ended, Optional.of(attempt), last, lateRows, redirects);
  }

  /**
   * @param redirect the redirect in the report, when it is followed; then the report says nothing
   *     about the outcome
   */
  PendingFetch withEnded(Attempt attempt, Report report, Optional<Redirect> redirect) {
    var telling =
        redirect.isPresent()
            ? Optional.<Report>empty()
            : Optional.of(AfterAttempt.telling(last, report).with(Timeline.NONE));
    var followed = redirect.map(it -> plus(redirects, it)).orElse(redirects);
    return with(plus(ended, attempt), Optional.empty(), telling, lateRows, followed);
  }

  PendingFetch withLate(int attempt, Report report, long row) {
    var updated =
        ended.stream().map(a -> a.number() == attempt ? a.withReportSeen(report) : a).toList();
    return with(updated, open, last, plus(lateRows, row), redirects);
  }

  private PendingFetch with(
      List<Attempt> over,
      Optional<Attempt> underWay,
      Optional<Report> telling,
      List<Long> late,
      List<Redirect> followed) {
    return new PendingFetch(
        id,
        order,
        spec,
        acceptedAt,
        then,
        over,
        underWay,
        telling,
        late,
        followed,
        body,
        acceptedRow,
        notBefore);
  }

  /** Where its next attempt needs room. */
  public Lane lane() {
    return new Lane(spec.executor(), Target.of(request().url()));
  }

  /**
   * The request that its next attempt sends, after the followed redirects. Without {@link
   * #storedBody}.
   */
  public FetchRequest request() {
    var request = spec.request();
    for (var redirect : redirects) {
      request = redirect.after(request);
    }
    return request;
  }

  /** The body that its next attempt sends, when it must be read from the journal. */
  public Optional<StoredBody> storedBody() {
    var request = spec.request();
    for (var redirect : redirects) {
      if (redirect.dropsBody(request)) {
        return Optional.empty();
      }
      request = redirect.after(request);
    }
    return body;
  }

  /** The fingerprint of the spec as it was accepted. */
  public String fingerprint() {
    return body.map(StoredBody::fingerprint).orElseGet(() -> Fingerprint.ofMeaning(spec));
  }

  /** When it was accepted or, if it was scheduled, when it may begin at the earliest. */
  public Instant mayBeginAt() {
    return notBefore.orElse(acceptedAt);
  }

  /** Its bytes in the state. */
  public long bytes() {
    return HeldBytes.of(spec, then);
  }

  public Instant deadline() {
    return mayBeginAt().plus(spec.within());
  }

  /** When it settles as it stands. */
  Instant guardAt() {
    var last = deadline().plus(spec.grace());
    return longestWait().filter(at -> at.isBefore(last)).orElse(last);
  }

  /** Whether it may not wait for its first attempt any longer than until its guard. */
  boolean waitsTooLong() {
    return longestWait().filter(at -> at.isBefore(deadline())).isPresent();
  }

  /** Until when it may wait for its first attempt; empty when it waits for none. */
  private Optional<Instant> longestWait() {
    return open.isEmpty() && ended.stream().noneMatch(Attempt::began)
        ? spec.queue().flatMap(QueueChoice::waitAtMost).map(mayBeginAt()::plus)
        : Optional.empty();
  }

  /** Its place in a line from then on. */
  private InLine inLine(Instant readyAt) {
    return new InLine(order, mayBeginAt(), readyAt, deadline());
  }

  /**
   * Those lines with this fetch, if it has a queue.
   *
   * @param readyAt when its next attempt may begin, if none is open
   */
  public WaitingLines in(WaitingLines lines, Instant readyAt) {
    if (spec.queue().isEmpty()) {
      return lines;
    }
    var queue = spec.queue().get().name();
    var spot = Spot.of(spec.queue().get());
    var holds = attempts().stream().flatMap(it -> it.lease().stream()).anyMatch(Lease::strict);
    var with =
        open.isPresent()
            ? lines.runs(queue, spot, order)
            : lines.waits(queue, spot, inLine(readyAt));
    return holds ? with.held(queue, spot.key(), order) : with;
  }

  /** When an attempt that started then is given up as lost. */
  Instant backstop(Instant startedAt) {
    return startedAt.plus(spec.timeoutAt(startedAt, deadline())).plus(spec.grace());
  }

  public int nextNumber() {
    return ended.size() + 1;
  }

  /** All attempts so far, the open one last. */
  public List<Attempt> attempts() {
    return open.map(attempt -> plus(ended, attempt)).orElse(ended);
  }

  /**
   * The attempts as they are shown, with the followed redirects. The order tells which redirect
   * belongs to which attempt, unless one was not followed but retried; then none is shown.
   */
  public List<Attempt> shown(List<Attempt> attempts) {
    if (redirects.isEmpty()
        || ended.stream().filter(Attempt::gotRedirect).count() != redirects.size()) {
      return attempts;
    }
    var followed = redirects.iterator();
    return attempts.stream()
        .map(
            attempt ->
                followed.hasNext() && attempt.gotRedirect()
                    ? attempt.redirected(followed.next())
                    : attempt)
        .toList();
  }

  Optional<Attempt> attempt(int number) {
    return attempts().stream().filter(a -> a.number() == number).findFirst();
  }

  boolean maybeSent() {
    return attempts().stream().anyMatch(Attempt::maybeSent);
  }

  public static <T> List<T> plus(List<T> list, T element) {
    var longer = new ArrayList<>(list);
    longer.add(element);
    return List.copyOf(longer);
  }
}
