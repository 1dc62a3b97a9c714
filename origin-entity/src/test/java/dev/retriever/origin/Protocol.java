package dev.retriever.origin;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptReport;
import dev.retriever.executor.Body;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.ReportAck;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.origin.FetchView.LateReport;
import dev.retriever.origin.OriginCommand.Await;
import dev.retriever.origin.OriginCommand.Cancel;
import dev.retriever.origin.OriginCommand.Idle;
import dev.retriever.origin.OriginCommand.ListFetches;
import dev.retriever.origin.OriginCommand.Read;
import dev.retriever.origin.OriginCommand.ReportArrived;
import dev.retriever.origin.OriginCommand.Ring;
import dev.retriever.origin.OriginCommand.RoomMade;
import dev.retriever.origin.OriginCommand.Stop;
import dev.retriever.origin.OriginCommand.Submit;
import dev.retriever.origin.OriginCommand.Unheard;
import dev.retriever.origin.OriginCommand.Wake;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.OriginEvent.SettledForgotten;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/** At least one of each message and event, with every kind of value that they may hold. */
final class Protocol {
  static final AttemptKey KEY = new AttemptKey("origin", "o", "full", 2);
  static final Response RESPONSE =
      new Response(
          503,
          List.of(new Header("A", "b"), new Header("A", "c")),
          new Body(new byte[] {0, (byte) 0xff, 10}));
  private static final Optional<Response> PARTIAL = Optional.of(Samples.response(200));

  /** Every field away from its default. */
  static final FetchSpec FULL =
      new FetchSpec(
          new dev.retriever.executor.FetchRequest(
              "PATCH",
              Samples.URL,
              List.of(new Header("Accept", "*/*")),
              Optional.of(new Body(new byte[] {1, 0, -1})),
              Optional.of("key")),
          Duration.ofMillis(1_500),
          Duration.ofMinutes(3),
          Duration.ofSeconds(7),
          new RetryPolicy(
              4,
              Duration.ofMillis(10),
              Duration.ofHours(1),
              Set.of(418),
              RetryPolicy.Resend.ALWAYS));

  static final List<Report> REPORTS =
      List.of(
          new Report.Answered(RESPONSE),
          new Report.NotSent(Stage.CONNECTING, "refused"),
          new Report.Ambiguous(Optional.of(Stage.BODY), "reset", PARTIAL),
          Report.lost());

  static final List<Outcome> OUTCOMES =
      List.of(
          new Outcome.Answered(RESPONSE),
          new Outcome.Failed(Stage.TLS, "certificate"),
          new Outcome.Unknown(Optional.of(Stage.HEADERS), "timeout", PARTIAL),
          new Outcome.Unknown(Optional.empty(), "executor-lost", Optional.empty()),
          new Outcome.Cancelled(true),
          new Outcome.Cancelled(false));

  private Protocol() {}

  /** A journal that can be replayed: a fetch for each outcome, one that waits, one that runs. */
  static List<OriginEvent> journal() {
    var events = new java.util.ArrayList<OriginEvent>();
    for (var i = 0; i < OUTCOMES.size(); i++) {
      events.addAll(settledFetch("settled-" + i, OUTCOMES.get(i)));
    }
    events.add(new LateAnswerKept("settled-3", 5, REPORTS.get(0), at(90)));
    events.addAll(attempts("awaits-retry", FULL));
    events.add(new LateAnswerKept("awaits-retry", 4, REPORTS.get(0), at(95)));
    events.add(
        new FetchAccepted(
            "awaits-start", Samples.get(), at(100), Optional.empty(), Optional.empty()));
    events.add(
        new FetchAccepted(
            "runs", Samples.post(), at(101), Optional.of("here#1"), Optional.empty()));
    events.add(new FetchAccepted("runs-again", FULL, at(102), Optional.empty(), Optional.empty()));
    events.add(new AttemptStarted("runs-again", 1, "here#2", at(103)));
    events.addAll(unhandledFetch("tried-again"));
    events.addAll(unhandledFetch("parked"));
    events.add(new HandlingFailed("parked", "why still", at(71), Optional.empty()));
    events.addAll(unhandledFetch("handled"));
    events.add(new ContinuationHandled("handled", at(72)));
    events.add(new SettledForgotten(List.of(1L), at(110)));
    return List.copyOf(events);
  }

  /** Settled, and its continuation has failed once. */
  private static List<OriginEvent> unhandledFetch(String id) {
    var then = Optional.of(new Then("charged", new Body(new byte[] {1, -1})));
    var outcome = OUTCOMES.get(0);
    return List.of(
        new FetchAccepted(id, Samples.get(), START, Optional.of("here#1"), then),
        new FetchSettled(id, outcome, false, List.of(Attempt.open(1, "here#1", START)), at(60)),
        new HandlingFailed(id, "why", at(60), Optional.of(at(70))));
  }

  /** Accepted, tried once for each kind of report, settled while the fifth attempt is open. */
  private static List<OriginEvent> settledFetch(String id, Outcome outcome) {
    var events = new java.util.ArrayList<>(attempts(id, FULL));
    events.add(new AttemptStarted(id, 5, "here#1", at(50)));
    var state = OriginState.empty();
    for (var event : events) {
      state = state.apply(event);
    }
    var attempts = state.pending(id).orElseThrow().attempts();
    events.add(new FetchSettled(id, outcome, true, attempts, at(60)));
    return events;
  }

  private static List<OriginEvent> attempts(String id, FetchSpec spec) {
    var events = new java.util.ArrayList<OriginEvent>();
    events.add(new FetchAccepted(id, spec, START, Optional.of("here#1"), Optional.empty()));
    for (var i = 1; i <= REPORTS.size(); i++) {
      var report = REPORTS.get(i - 1);
      if (i > 1) {
        events.add(new AttemptStarted(id, i, "here#1", at(10 * i)));
      }
      events.add(new AttemptEnded(id, i, report, i < 4, at(10 * i + 1), at(10 * i + 5)));
    }
    return events;
  }

  private static Instant at(int second) {
    return START.plusSeconds(second).plusNanos(123_456_789);
  }

  static List<OriginCommand> commands(
      ActorRef<OriginReply.Fetch> fetches,
      ActorRef<OriginReply.Page> pages,
      ActorRef<OriginReply.Awake> awakes,
      ActorRef<ReportAck> acks) {
    return List.of(
        new Submit("full", FULL, fetches),
        new Read("full", fetches),
        new Await("full", at(1), fetches),
        new Cancel("full", fetches),
        new OriginCommand.Redrive("full", fetches),
        new OriginCommand.KnownAgain(List.of("full")),
        new ListFetches(Optional.of(true), 7, 8, pages),
        new ListFetches(Optional.empty(), 0, 8, pages),
        new ReportArrived(new AttemptReport(KEY, REPORTS.get(0), acks)),
        new ReportArrived(new AttemptReport(KEY, REPORTS.get(2), acks)),
        new Wake(awakes),
        new Ring(),
        new RoomMade(),
        new Unheard(List.of(new OriginCore.Finding("full", 2, Report.lost()))),
        new Idle(),
        new Stop());
  }

  static List<OriginReply> replies() {
    var state = OriginState.empty();
    for (var event : journal()) {
      state = state.apply(event);
    }
    var page =
        Listing.page("o", state, new ListFetches(Optional.empty(), 0, 100, null), all -> true);
    var late = List.of(new LateReport(1, at(2), answer(200)));
    var pending = FetchView.pending("o", state.pending("runs").orElseThrow(), late);
    var settled =
        journal().stream()
            .filter(FetchSettled.class::isInstance)
            .map(FetchSettled.class::cast)
            .findFirst()
            .orElseThrow();
    var view = FetchView.settled("o", START, settled, late);
    var stored =
        new OriginReply.Stored("full", START, Optional.of(7L), List.of(8L), Optional.of(pending));
    return List.of(
        new OriginReply.Fetch(Verdict.ACCEPTED, Optional.of(view), Optional.empty()),
        new OriginReply.Fetch(Verdict.NOTED, Optional.empty(), Optional.of(stored)),
        new OriginReply.Page(page.items(), Optional.of(9L)),
        new OriginReply.Awake());
  }
}
