package dev.retriever.origin;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.alarms.Schedule;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Timeline;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.FetchView.LateReport;
import dev.retriever.origin.OriginEvent.AlarmCancelled;
import dev.retriever.origin.OriginEvent.AlarmFired;
import dev.retriever.origin.OriginEvent.AlarmScheduled;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.BodiesErased;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.ErasureDone;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.OriginEvent.SettledForgotten;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.CallbackFacts;
import dev.retriever.origin.callback.CallbackSubject;
import dev.retriever.origin.core.Cause;
import dev.retriever.origin.core.DueAlarms;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Retention;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginCommand.Await;
import dev.retriever.origin.entity.OriginCommand.Cancel;
import dev.retriever.origin.entity.OriginCommand.Idle;
import dev.retriever.origin.entity.OriginCommand.ListFetches;
import dev.retriever.origin.entity.OriginCommand.Read;
import dev.retriever.origin.entity.OriginCommand.ReportArrived;
import dev.retriever.origin.entity.OriginCommand.RoomMade;
import dev.retriever.origin.entity.OriginCommand.Stop;
import dev.retriever.origin.entity.OriginCommand.Submit;
import dev.retriever.origin.entity.OriginCommand.TimerFired;
import dev.retriever.origin.entity.OriginCommand.Unheard;
import dev.retriever.origin.entity.OriginCommand.Wake;
import dev.retriever.origin.entity.OriginReply;
import dev.retriever.origin.entity.Replies;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Heard;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Look;
import dev.retriever.origin.queue.wire.OriginMessage;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import dev.retriever.origin.queue.wire.QueueMessage;
import dev.retriever.origin.queue.wire.Restate;
import dev.retriever.origin.queue.wire.Revoke;
import dev.retriever.origin.queue.wire.Told;
import dev.retriever.origin.storage.StoredFetch;
import dev.retriever.origin.view.Listing;
import dev.retriever.origin.view.Views;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/** At least one of each message and event, with every kind of value that they may hold. */
public final class Protocol {
  static final AttemptKey KEY = new AttemptKey("origin", "o", "full", 2);
  static final Response RESPONSE =
      new Response(
          503,
          List.of(new Header("A", "b"), new Header("A", "c")),
          new Body(new byte[] {0, (byte) 0xff, 10}));
  private static final StoredContinuation THEN =
      new StoredContinuation("charged", new Body(new byte[] {1, -1}));
  private static final Timeline TIMELINE =
      Timeline.of(
          Map.of(
              Stage.RESOLVING, 0L,
              Stage.CONNECTING, 20L,
              Stage.TLS, 1_000L,
              Stage.SENT, 1_001L,
              Stage.HEADERS, 3_000_000_000L,
              Stage.BODY, 3_000_000_000L,
              Stage.COMPLETE, 3_000_000_001L));
  private static final Timeline UNSENT =
      Timeline.of(Map.of(Stage.RESOLVING, 7L, Stage.CONNECTING, 8L));
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
              RetryPolicy.Resend.ALWAYS),
          Optional.of("bulk"),
          0,
          Optional.empty());

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

  /**
   * A journal that can be replayed: all of the ones before, and fetches whose bodies are erased, or
   * are to be.
   */
  public static List<OriginEvent> journal() {
    var events = new java.util.ArrayList<>(journalWithoutErasure());
    events.add(new BodiesErased("l-settled", at(810)));
    events.add(new ErasureDone("l-settled", at(811)));
    events.add(new BodiesErased("timed-settled", at(812)));
    return List.copyOf(events);
  }

  /**
   * All of the ones before, and callbacks. One waits, one runs, one was answered, one was dropped,
   * and one is still to come.
   */
  public static List<OriginEvent> journalWithoutErasure() {
    var events = new java.util.ArrayList<>(journalWithoutCallbacks());
    var to = new CallbackChoice("orders", 3, 1);
    events.add(accepted("cb-comes", FULL.callback(to.of(4).after(0))));
    for (var payload : Callback.Payload.values()) {
      var id = "cb-" + payload;
      events.add(accepted(id, FULL.callback(to)));
      events.add(new FetchSettled(id, OUTCOMES.get(0), false, List.of(), at(901)));
      var sequence = events.size();
      var facts =
          new CallbackFacts(
              id,
              "answered",
              Optional.empty(),
              Optional.empty(),
              Optional.of(503),
              3,
              1,
              at(901),
              sequence,
              START);
      var waits = List.of(Duration.ZERO, Duration.ofSeconds(5));
      var callback = new Callback(to, Callback.VERSION, payload, waits, facts);
      for (var time = 0; time < 3; time++) {
        var cb = Callback.id(sequence) + "-" + time;
        events.add(accepted(cb, delivering(callback)));
        if (time > 0) {
          events.add(
              new AttemptStarted(
                  cb,
                  1,
                  "here#1",
                  at(902),
                  Optional.empty(),
                  Optional.of("https://shop.example/hook")));
        }
        if (time > 1) {
          var open =
              Attempt.open(
                  1, "here#1", at(902), Optional.empty(), Optional.of("https://shop.example/hook"));
          events.add(
              new FetchSettled(
                  cb,
                  OUTCOMES.get(0),
                  false,
                  List.of(open.ended(REPORTS.get(0), at(903))),
                  at(903),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(CallbackSubject.of(callback)),
                  Optional.empty()));
        }
      }
      events.add(new OriginEvent.CallbackDropped(to, "too-many-pending", facts, at(904)));
    }
    return List.copyOf(events);
  }

  private static FetchAccepted accepted(String id, FetchSpec spec) {
    return new FetchAccepted(id, spec, at(900), Optional.empty(), Optional.empty());
  }

  private static FetchSpec delivering(Callback callback) {
    return new FetchSpec(
        Samples.POST,
        FetchSpec.TIMEOUT,
        FetchSpec.WITHIN,
        FetchSpec.GRACE,
        RetryPolicy.DEFAULT,
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Optional.of(callback),
        Optional.empty());
  }

  /**
   * All of the ones before, and scheduled fetches, without a queue and with one. Two wait for their
   * time, one was moved, one waits in its line, one runs, and one has settled and is a redrive.
   */
  public static List<OriginEvent> journalWithoutCallbacks() {
    var events = new java.util.ArrayList<>(journalWithoutLater());
    var delayed = FULL.delay(Duration.ofDays(30));
    var queued = FULL.queue(QueueChoice.of("stripe").waitAtMost(Duration.ofMinutes(1)));
    var timed = queued.notBefore(at(1_000));
    events.addAll(scheduled("l-waits", delayed, 2_593_000));
    events.addAll(scheduled("l-moved", delayed, 2_593_000));
    events.add(new FetchScheduled("l-moved", at(5_000), at(801)));
    events.addAll(scheduled("l-forward", delayed, 2_593_000));
    events.add(new FetchDue("l-forward", at(802)));
    events.addAll(scheduled("lq-waits", timed, 1_000));
    events.addAll(scheduled("lq-due", timed, 1_000));
    events.add(new FetchDue("lq-due", at(1_001)));
    events.addAll(scheduled("lq-postponed", timed, 1_000));
    events.add(new FetchDue("lq-postponed", at(803)));
    events.add(new FetchScheduled("lq-postponed", at(6_000), at(804)));
    var again = FULL.redrive("settled-1").delay(Duration.ofMillis(1));
    events.addAll(scheduled("l-settled", again, 805));
    events.add(new AttemptStarted("l-settled", 1, "here#1", at(806)));
    events.add(
        new FetchSettled(
            "l-settled",
            OUTCOMES.get(1),
            false,
            List.of(Attempt.open(1, "here#1", at(806)).ended(REPORTS.get(1), at(807))),
            at(807),
            Optional.of(at(805)),
            Optional.of("settled-1"),
            Optional.empty(),
            Optional.empty()));
    return List.copyOf(events);
  }

  private static List<OriginEvent> scheduled(String id, FetchSpec spec, int second) {
    return List.of(
        new FetchAccepted(id, spec, at(800), Optional.empty(), Optional.empty()),
        new FetchScheduled(id, at(second), at(800)));
  }

  /**
   * All of the ones before, and fetches with queues. One waits, one waits to be tried again, one
   * runs, and one has settled and may still run.
   */
  public static List<OriginEvent> journalWithoutLater() {
    var events = new java.util.ArrayList<>(journalWithoutQueues());
    events.addAll(queued("q-waits"));
    events.addAll(queued("q-retries"));
    events.add(started("q-retries", 1, 71, 760));
    events.add(ended("q-retries", 1, Report.lost(), 761));
    events.addAll(queued("q-runs"));
    events.add(started("q-runs", 1, 72, 762));
    events.addAll(queued("q-settled"));
    events.add(started("q-settled", 1, 73, 763));
    events.add(
        new FetchSettled(
            "q-settled",
            OUTCOMES.get(4),
            false,
            List.of(Attempt.open(1, "here#1", at(763), lease(73))),
            at(764)));
    return List.copyOf(events);
  }

  private static Optional<Lease> lease(long grantNo) {
    return Optional.of(new Lease("stripe", 7, (5L << 32) + grantNo, grantNo % 2 == 1, true));
  }

  private static List<OriginEvent> queued(String id) {
    var choice = QueueChoice.of("stripe").key("key " + id).priority(1);
    var spec = FULL.queue(choice.waitAtMost(Duration.ofMinutes(2)));
    return List.of(new FetchAccepted(id, spec, at(750), Optional.empty(), Optional.empty()));
  }

  private static OriginEvent started(String id, int attempt, long grantNo, int second) {
    return new AttemptStarted(id, attempt, "here#1", at(second), lease(grantNo), Optional.empty());
  }

  private static OriginEvent ended(String id, int attempt, Report report, int second) {
    return new AttemptEnded(
        id, attempt, report, false, at(second), at(second + 30), Optional.empty());
  }

  /** With the row of an origin that is forgotten, which has a form of its own. */
  static List<OriginEvent> wholeJournal() {
    var events = new java.util.ArrayList<>(journal());
    events.add(new OriginForgotten(events.size() + 1, 9, 7, at(800)));
    return List.copyOf(events);
  }

  /** All of the ones before, and attempts with timelines. */
  public static List<OriginEvent> journalWithoutQueues() {
    var events = new java.util.ArrayList<>(journalWithoutTimelines());
    events.addAll(timed("timed"));
    var settled = timed("timed-settled");
    events.addAll(settled);
    events.add(new AttemptStarted("timed-settled", 3, "here#1", at(743)));
    var state = OriginState.empty();
    for (var event : events) {
      state = state.apply(event);
    }
    var fetch = state.pending("timed-settled").orElseThrow();
    var attempts = fetch.shown(fetch.attempts());
    events.add(new FetchSettled("timed-settled", OUTCOMES.get(3), false, attempts, at(744)));
    events.add(new LateAnswerKept("timed-settled", 3, REPORTS.get(0).with(TIMELINE), at(745)));
    return List.copyOf(events);
  }

  /** Redirected, and then not sent. */
  private static List<OriginEvent> timed(String id) {
    var there = new Redirect(307, "http://target.example/there");
    var answer = answer(307, new Header("Location", "/there")).with(TIMELINE);
    var refused = REPORTS.get(1).with(UNSENT);
    var executor = Optional.of("here#1");
    return List.of(
        new FetchAccepted(id, FULL.redirects(3), at(740), executor, Optional.empty()),
        new AttemptEnded(id, 1, answer, true, at(741), at(741), Optional.of(there)),
        new AttemptStarted(id, 2, "here#1", at(742)),
        new AttemptEnded(id, 2, refused, true, at(743), at(743), Optional.empty()));
  }

  /** All of the one before, and a fetch that was redirected. */
  public static List<OriginEvent> journalWithoutTimelines() {
    var events = new java.util.ArrayList<>(journalWithoutRedirects());
    var spec = FULL.redirects(3);
    var there = new Redirect(307, "http://target.example/there");
    var answer = answer(307, new Header("Location", "/there"));
    var executor = Optional.of("here#1");
    events.add(new FetchAccepted("redirected", spec, at(730), executor, Optional.empty()));
    events.add(
        new AttemptEnded("redirected", 1, answer, true, at(731), at(731), Optional.of(there)));
    events.add(new AttemptStarted("redirected", 2, "here#1", at(732)));
    return List.copyOf(events);
  }

  /** A fetch for each outcome, one that waits, one that runs. */
  public static List<OriginEvent> journalWithoutRedirects() {
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
    events.add(new HandlingFailed("outcome/parked", "why still", at(71), Optional.empty()));
    events.addAll(unhandledFetch("handled"));
    events.add(new ContinuationHandled("outcome/handled", at(72)));
    events.addAll(answeredLate());
    events.addAll(alarms(events.size()));
    events.add(new SettledForgotten(List.of(1L), at(720)));
    return List.copyOf(events);
  }

  /** Its continuation is kept for the answer that comes late, and whose handler fails. */
  private static List<OriginEvent> answeredLate() {
    var lost = Attempt.open(1, "here#1", START).endedUnheard(Report.lost(), at(60));
    var unknown = OUTCOMES.get(3);
    var events = new java.util.ArrayList<OriginEvent>();
    for (var id : List.of("late", "too-late")) {
      events.add(
          new FetchAccepted(id, Samples.get(), START, Optional.of("here#1"), Optional.of(THEN)));
      events.add(new FetchSettled(id, unknown, false, List.of(lost), at(60)));
    }
    events.add(new LateAnswerKept("late", 1, REPORTS.get(0), at(61)));
    events.add(new HandlingFailed("late/late/1", "why", at(61), Optional.empty()));
    return events;
  }

  /** One of each kind pending, one taken back, and one whose tick could not be handled. */
  private static List<OriginEvent> alarms(long rowsBefore) {
    var cron = Schedule.cron("0 3 * * *", "Europe/Berlin");
    var events = new java.util.ArrayList<OriginEvent>();
    events.add(new AlarmScheduled("at", Schedule.at(at(500)), at(500), THEN, at(80)));
    events.add(
        new AlarmScheduled("after", Schedule.after(Duration.ofDays(1)), at(86_480), THEN, at(80)));
    events.add(new AlarmScheduled("cron", cron, at(700), THEN, at(80)));
    var row = rowsBefore + events.size();
    events.add(new AlarmScheduled("gone", cron, at(700), THEN, at(80)));
    events.add(new AlarmCancelled("gone", at(81)));
    events.add(new AlarmFired("cron", at(700), at(701), Optional.of(at(90_000))));
    var key = "alarm/" + row + "/cron";
    events.add(new HandlingFailed(key, "why", at(701), Optional.of(at(710))));
    return events;
  }

  /** Settled, and its continuation has failed once. */
  private static List<OriginEvent> unhandledFetch(String id) {
    var then = Optional.of(THEN);
    var outcome = OUTCOMES.get(0);
    return List.of(
        new FetchAccepted(id, Samples.get(), START, Optional.of("here#1"), then),
        new FetchSettled(id, outcome, false, List.of(Attempt.open(1, "here#1", START)), at(60)),
        new HandlingFailed(Cause.keyOf(id), "why", at(60), Optional.of(at(70))));
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
      events.add(
          new AttemptEnded(id, i, report, i < 4, at(10 * i + 1), at(10 * i + 5), Optional.empty()));
    }
    return events;
  }

  private static Instant at(int second) {
    return START.plusSeconds(second).plusNanos(123_456_789);
  }

  static List<OriginCommand> commands(
      ActorRef<OriginReply.Fetch> fetches,
      ActorRef<OriginReply.Request> requests,
      ActorRef<OriginReply.Verdicts> verdicts,
      ActorRef<OriginReply.Page> pages,
      ActorRef<OriginReply.Awake> awakes,
      ActorRef<OriginReply.Redriven> redriven,
      ActorRef<OriginReply.Origin> origins,
      ActorRef<OriginReply.AlarmList> alarms,
      ActorRef<OriginReply.AlarmTaken> taken,
      ActorRef<OriginReply.Outcomes> outcomes,
      ActorRef<ReportAck> acks) {
    return List.of(
        new Submit("full", FULL, fetches),
        new OriginCommand.SubmitAll(
            new FetchBatch(List.of(new FetchBatch.Entry("full", FULL))), verdicts),
        new OriginCommand.Move("full", Later.at(at(3)), fetches),
        new OriginCommand.BringForward("full", fetches),
        new OriginCommand.Erase("full", fetches),
        new OriginCommand.EraseAt("full", 7, fetches),
        new OriginCommand.Overwritten("full", 7),
        new Read("full", fetches),
        new OriginCommand.FindRequest("full", requests),
        new Await("full", at(1), fetches),
        new OriginCommand.NextOutcomes(Optional.of(7L), 8, at(1), outcomes),
        new OriginCommand.NextOutcomes(Optional.empty(), 1, Instant.EPOCH, outcomes),
        new Cancel("full", fetches),
        new OriginCommand.CancelAt("full", 7, fetches),
        new OriginCommand.Redrive("full", fetches),
        new OriginCommand.KnownAgain(List.of("full")),
        new OriginCommand.RedriveCause("outcome/full", redriven),
        new OriginCommand.ReadOrigin(5, origins),
        new OriginCommand.ListAlarms(
            AlarmFilter.ALL.dueUntil(at(9)).atMost(3), Set.of(AlarmView.Kind.USER), alarms),
        new OriginCommand.CancelAlarm("remind", taken),
        new OriginCommand.Trigger(3, alarms),
        new OriginCommand.TriggerShown(
            new AlarmView(AlarmView.Kind.USER, "remind", at(9), Optional.empty()), alarms),
        new ListFetches(Optional.of(true), 7, 8, pages),
        new ListFetches(Optional.empty(), 0, 8, pages),
        new ReportArrived(new AttemptReport(KEY, REPORTS.get(0), acks)),
        new ReportArrived(new AttemptReport(KEY, REPORTS.get(2), acks)),
        new ReportArrived(new AttemptReport(KEY, REPORTS.get(0).with(TIMELINE), acks)),
        new Wake(0, awakes),
        new TimerFired(),
        new RoomMade(),
        new Unheard(List.of(new OriginCore.Finding("full", 2, Report.lost()))),
        new Idle(),
        new OriginCommand.Crowded(),
        new Stop());
  }

  /** What queues tell origins. */
  static List<OriginMessage> ofQueues() {
    return List.of(
        new Heard("stripe", 7, 8),
        new Granted(
            "stripe", 6, List.of(new Granted.Grant(lease(71).orElseThrow(), "origin|o", 3))),
        new Revoke("stripe", List.of(1L, Long.MAX_VALUE)),
        new Restate("stripe"),
        new PurgeUpTo("stripe", 3, at(1), Optional.of("key"), 7),
        new PurgeUpTo("stripe", 4, at(1), Optional.empty(), 8));
  }

  /** What origins tell queues. */
  static List<QueueMessage> toQueues() {
    var lease = lease(71).orElseThrow();
    var line = new Line("key", 1, 3, 2, at(1), at(2), Optional.of(at(3)), at(4));
    return List.of(
        new Look("stripe"),
        new Told(
            "stripe",
            "http",
            "acme/o",
            "acme",
            7,
            8,
            List.of(line, Line.empty("other", 5)),
            List.of(new Told.Use(lease, "key", "a", 1, at(5))),
            List.of(new Told.Held("key", "a")),
            List.of(
                new Told.Ended(
                    lease,
                    "key",
                    "b",
                    2,
                    Told.How.ANSWERED,
                    Optional.of(429),
                    Optional.of(at(6)),
                    6)),
            List.of(new Told.Returned(1, 9, Told.Why.NO_ROOM)),
            2));
  }

  static List<OriginReply> replies() {
    var state = OriginState.empty();
    for (var event : journal()) {
      state = state.apply(event);
    }
    var page = Listing.page("o", state, Optional.empty(), 0, 100, all -> true);
    var late = List.of(new LateReport(1, at(2), answer(200).with(TIMELINE)));
    var pending = Views.pending("origin", "o", state, state.pending("runs").orElseThrow(), late);
    var settled =
        journal().stream()
            .filter(FetchSettled.class::isInstance)
            .map(FetchSettled.class::cast)
            .findFirst()
            .orElseThrow();
    var view = Views.settled("origin", "o", START, settled, late, Erased.UNDER_WAY);
    var waits = Views.pending("origin", "o", state, state.pending("q-waits").orElseThrow(), late);
    var stored =
        new StoredFetch(
            "full", START, Optional.of(7L), List.of(8L), Optional.of(pending), Erased.DONE);
    return List.of(
        new OriginReply.Fetch(Verdict.ACCEPTED, Optional.of(view), Optional.empty()),
        new OriginReply.Fetch(Verdict.NOTED, Optional.empty(), Optional.of(stored)),
        new OriginReply.Fetch(Verdict.NOTED, Optional.of(waits), Optional.empty()),
        new OriginReply.Request(Verdict.NOTED, 7, 8),
        new OriginReply.Verdicts(List.of(Verdict.ACCEPTED, Verdict.EXISTING)),
        new OriginReply.Page(page.items(), Optional.of(9L)),
        new Replies(
                "origin",
                "o",
                1,
                new OriginCore(100, Long.MAX_VALUE, 3, Set.of(), Retention.FOREVER))
            .redriven(state, "outcome/parked"),
        new OriginReply.Origin(Views.origin("origin", "o", state, 100)),
        new OriginReply.AlarmList(
            DueAlarms.list(state, AlarmFilter.ALL, EnumSet.allOf(AlarmView.Kind.class))),
        new OriginReply.AlarmTaken(state.alarm("cron")),
        new OriginReply.Outcomes(
            new OutcomePage(
                Optional.of(3L),
                List.of(
                    new OutcomePage.Item(4, at(1), Optional.of(view), Erased.NO),
                    new OutcomePage.Item(5, at(2), Optional.empty(), Erased.DONE)),
                6,
                Optional.of(at(0)))),
        new OriginReply.Awake(7, "tag"));
  }
}
