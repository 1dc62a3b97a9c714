package dev.retriever.origin.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.Lease;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.RetryPolicy.Resend;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.core.lines.InLine;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.core.room.Full;
import dev.retriever.origin.storage.OriginSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Thousands of origins under random inputs: whatever comes in whatever order, promises hold. */
class OriginCoreRandomTest {
  /** Of what the core knows nothing: handlers, and the way to it. Or it takes more fetches. */
  private static final Set<Object> ELSEWHERE =
      Set.of(
          Verdict.BUSY,
          Verdict.NO_SUCH_QUEUE,
          Verdict.NO_SUCH_CALLBACK,
          Verdict.QUEUE_FULL,
          Verdict.QUEUE_DRAINING,
          Verdict.TOO_MANY_KEYS,
          Verdict.NOT_SETTLED,
          Verdict.REQUEST_GONE,
          Verdict.ERASED,
          Verdict.UNHANDLED,
          Notice.ALARMS_FIRED,
          Notice.HANDLING_FAILED,
          Notice.PARKED,
          OriginEvent.OfSchedule.class,
          Verdict.NO_SUCH_ALARM,
          OriginEvent.HandlingFailed.class,
          OriginEvent.ContinuationHandled.class,
          OriginEvent.AlarmScheduled.class,
          OriginEvent.AlarmCancelled.class,
          OriginEvent.AlarmFired.class,
          OriginEvent.SettledForgotten.class,
          OriginEvent.BodiesErased.class,
          OriginEvent.ErasureDone.class,
          OriginEvent.OriginForgotten.class,
          OriginEvent.CallbackDropped.class);

  private static final String QUEUE = "q";
  private static final int SEEDS = 2_000;
  private static final int STEPS = 60;

  /** What must have happened somewhere, or the inputs have lost their teeth. */
  private final Map<Object, Integer> happened = new HashMap<>();

  @Test
  void promises_hold_under_random_inputs() {
    for (var seed = 0L; seed < SEEDS; seed++) {
      try {
        new Scenario(seed).play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }

    assertThat(happened.keySet())
        .containsAll(
            Stream.of(Notice.values(), Verdict.values(), OriginEvent.class.getPermittedSubclasses())
                .flatMap(Arrays::stream)
                .filter(thing -> !ELSEWHERE.contains(thing))
                .toList())
        .contains(
            "exhausted",
            "resent",
            "refused unsafe resend",
            "duplicate grant",
            "redirected",
            "key left behind",
            "granted",
            "granted again",
            "held key",
            "moved out of its line",
            "brought forward into its line",
            "scheduled and cancelled",
            OriginCore.WAITED_TOO_LONG);
  }

  private final class Scenario {
    private final SplittableRandom dice;
    private final CoreRun run =
        new CoreRun(new OriginCore(3, Long.MAX_VALUE, 1, Set.of("bulk"), Retention.FOREVER));
    private final Map<String, FetchSpec> specs = new HashMap<>();
    private final Map<String, Outcome> outcomes = new HashMap<>();
    private final Set<String> dispatched = new HashSet<>();
    private final List<String> sent = new ArrayList<>();

    Scenario(long seed) {
      this.dice = new SplittableRandom(seed);
    }

    void play() {
      for (var step = 0; step < STEPS; step++) {
        run.random = dice.nextDouble();
        check(step());
        if (step == STEPS / 2) {
          assertThat(comparable(rebuilt())).isEqualTo(comparable(run.state));
          // From here on, as one that recovered from a snapshot.
          run.state = OriginSnapshot.of(run.state).restored();
        }
      }
      heal();
      assertThat(comparable(rebuilt())).isEqualTo(comparable(run.state));
    }

    private Decision step() {
      var id = "f" + dice.nextInt(5);
      return switch (dice.nextInt(16)) {
        case 12, 13 -> granted();
        case 14 -> move(id);
        case 15 -> bringForward(id);
        case 0, 1 -> submit(id);
        case 2, 3, 4 -> reportOnSomething();
        case 5 -> run.report(id, dice.nextInt(4), anyReport());
        case 6 -> run.cancel(dice.nextInt(4) == 0 ? id : "nobody");
        case 7 -> unheard(id);
        default -> timePasses();
      };
    }

    private Decision submit(String id) {
      var spec = dice.nextInt(3) == 0 || !specs.containsKey(id) ? anySpec() : specs.get(id);
      var atOnce = spec.queue().isEmpty() && dice.nextBoolean();
      var decision = atOnce ? run.submit(id, spec) : run.submitWithoutRoom(id, spec);
      if (decision.verdict() == Verdict.ACCEPTED) {
        assertThat(specs.put(id, spec)).as("accepted before").isNull();
      }
      return decision;
    }

    private FetchSpec anySpec() {
      var request =
          List.of(Samples.GET, Samples.POST, Samples.POST, Samples.KEYED_POST).get(dice.nextInt(4));
      var resend = Resend.values()[dice.nextInt(3)];
      var spec =
          FetchSpec.of(request)
              .timeout(Duration.ofSeconds(1 + dice.nextInt(60)))
              .within(Duration.ofSeconds(1 + dice.nextInt(120)))
              .grace(Duration.ofSeconds(dice.nextInt(6)))
              .retry(Samples.attempts(1 + dice.nextInt(3), resend))
              .redirects(dice.nextInt(4));
      var timed = dice.nextInt(3) == 0 ? spec.later(anyTime()) : spec;
      return switch (dice.nextInt(8)) {
        case 6, 7 -> timed.queue(anyChoice());
        case 0 -> timed.executor("bulk");
        case 1 -> timed.executor("gone");
        default -> timed;
      };
    }

    private Later anyTime() {
      return switch (dice.nextInt(8)) {
        case 0 -> Later.at(run.now.plus(Later.LONGEST).plusMillis(1));
        case 1 -> Later.at(run.now.minusMillis(dice.nextInt(120_000)));
        case 2, 3 -> Later.at(run.now.plusMillis(dice.nextInt(60_000)));
        default -> Later.after(Duration.ofMillis(1 + dice.nextInt(60_000)));
      };
    }

    private Decision move(String id) {
      var inLine = run.state.pending(id).flatMap(run.state::standing).isPresent();
      var decision = run.take(new Scheduling(run.core).move(run.state, id, anyTime(), run.now));
      if (inLine && decision.events().stream().anyMatch(FetchScheduled.class::isInstance)) {
        happened.merge("moved out of its line", 1, Integer::sum);
      }
      return decision;
    }

    private Decision bringForward(String id) {
      var decision = run.take(new Scheduling(run.core).start(run.state, id, run.now));
      if (!decision.events().isEmpty()
          && run.state.pending(id).flatMap(run.state::standing).isPresent()) {
        happened.merge("brought forward into its line", 1, Integer::sum);
      }
      return decision;
    }

    /** When it may begin, as its rows say. */
    private Instant mayBeginAt(String id) {
      var at = accepted(id).at();
      for (var event : run.journal) {
        if (event instanceof FetchScheduled scheduled && scheduled.fetchId().equals(id)) {
          at = scheduled.notBefore();
        } else if (event instanceof FetchDue due && due.fetchId().equals(id)) {
          at = due.at().isBefore(at) ? due.at() : at;
        }
      }
      return at;
    }

    /** Whether its time has not come, as the last row about it says. */
    private boolean isScheduled(String id) {
      var scheduled = false;
      for (var event : run.journal) {
        if (event instanceof FetchScheduled it && it.fetchId().equals(id)) {
          scheduled = true;
        } else if (event instanceof FetchDue due && due.fetchId().equals(id)
            || event instanceof AttemptStarted it && it.fetchId().equals(id)) {
          scheduled = false;
        }
      }
      return scheduled;
    }

    private QueueChoice anyChoice() {
      var choice = QueueChoice.of(QUEUE).priority(1 + dice.nextInt(2));
      var keyed = dice.nextBoolean() ? choice.key("k") : choice;
      return dice.nextBoolean()
          ? keyed.waitAtMost(Duration.ofSeconds(1 + dice.nextInt(60)))
          : keyed;
    }

    /** A grant for some line, if there is one. */
    private Decision granted() {
      var lines = run.state.lines();
      var spots = List.copyOf(lines.of(QUEUE).lines().keySet());
      if (spots.isEmpty()) {
        return run.fire();
      }
      var spot = spots.get(dice.nextInt(spots.size()));
      var strict = dice.nextBoolean();
      var next =
          strict ? lines.strictlyNext(QUEUE, spot, run.now) : lines.next(QUEUE, spot, run.now);
      if (next.isEmpty()) {
        return run.fire();
      }
      var fetch = run.state.pending().get(next.get());
      happened.merge(fetch.ended().isEmpty() ? "granted" : "granted again", 1, Integer::sum);
      var lease = new Lease(QUEUE, 1, lines.used(QUEUE) + 1, false, strict);
      return run.take(run.core.start(fetch, run.now, "pool#1", Optional.of(lease)));
    }

    /** The index of those that wait gives what looking at all fetches gives. */
    private void checkLines() {
      var waiting = new TreeMap<Spot, List<PendingFetch>>();
      var later = new HashMap<Spot, Integer>();
      for (var fetch : run.state.pending().values()) {
        var choice = fetch.spec().queue();
        if (choice.isPresent() && isScheduled(fetch.id())) {
          assertThat(run.state.standing(fetch)).isEmpty();
          later.merge(Spot.of(choice.get()), 1, Integer::sum);
          continue;
        }
        assertThat(run.state.standing(fetch).isPresent())
            .isEqualTo(choice.isPresent() && fetch.open().isEmpty());
        assertThat(run.state.starts().get("START/" + fetch.id()).isPresent())
            .isEqualTo(choice.isEmpty() && fetch.open().isEmpty());
        if (choice.isPresent() && fetch.open().isEmpty()) {
          waiting.computeIfAbsent(Spot.of(choice.get()), it -> new ArrayList<>()).add(fetch);
        }
      }
      assertThat(run.state.lines().of(QUEUE).lines().keySet()).isEqualTo(waiting.keySet());
      assertThat(run.state.lines().of(QUEUE).later()).isEqualTo(later);
      waiting.forEach(this::checkLine);
      run.state.lines().of(QUEUE).holders().keySet().stream()
          .findAny()
          .ifPresent(key -> happened.merge("held key", 1, Integer::sum));
    }

    private void checkLine(Spot spot, List<PendingFetch> waiting) {
      var line = run.state.lines().of(QUEUE).lines().get(spot);
      var places = waiting.stream().map(it -> run.state.standing(it).orElseThrow()).toList();
      var ready = places.stream().filter(it -> mayBegin(it)).toList();
      assertThat(line.size()).isEqualTo(waiting.size());
      assertThat(line.ready(run.now)).isEqualTo(ready.size());
      assertThat(run.state.lines().next(QUEUE, spot, run.now))
          .isEqualTo(ready.stream().map(InLine::order).findFirst());
      assertThat(line.oldest()).isEqualTo(mayBeginAt(waiting.get(0).id()));
      assertThat(line.readyAt())
          .isEqualTo(places.stream().map(InLine::readyAt).min(Instant::compareTo).orElseThrow());
      assertThat(line.readyAfter(run.now))
          .isEqualTo(
              places.stream()
                  .map(InLine::readyAt)
                  .filter(at -> at.isAfter(run.now))
                  .min(Instant::compareTo));
      assertThat(line.deadline())
          .isEqualTo(
              waiting.stream().map(PendingFetch::deadline).min(Instant::compareTo).orElseThrow());
    }

    private boolean mayBegin(InLine place) {
      return !place.readyAt().isAfter(run.now) && run.now.isBefore(place.deadline());
    }

    /** On an attempt that has been sent, be it over or not. */
    private Decision reportOnSomething() {
      if (sent.isEmpty()) {
        return run.fire();
      }
      var key = sent.get(dice.nextInt(sent.size())).split("#");
      return run.report(key[0], Integer.parseInt(key[1]), anyReport());
    }

    private Report anyReport() {
      return switch (dice.nextInt(11)) {
        case 8, 9, 10 -> redirect();
        case 0, 1 -> Samples.answer(200);
        case 2 -> Samples.answer(503);
        case 3 -> Samples.answer(429, new Header("Retry-After", "" + dice.nextInt(100)));
        case 4 -> Samples.refused();
        case 5 -> Samples.notSent(Stage.values()[dice.nextInt(5)]);
        case 6 -> Samples.timedOut();
        default -> Samples.ambiguous("reset");
      };
    }

    private Report redirect() {
      var status = List.of(302, 303, 307, 308).get(dice.nextInt(4));
      var location =
          List.of("/", "http://a.example/", "http://b.example/", "ftp://no.example/")
              .get(dice.nextInt(4));
      return Samples.answer(status, new Header("Location", location));
    }

    private Decision unheard(String id) {
      var attempt = run.state.pending(id).map(f -> f.attempts().size()).orElse(1);
      var never = new Report.NotSent(Stage.QUEUED, OriginCore.NEVER_BEGAN);
      return run.unheard(id, attempt, dice.nextBoolean() ? Report.lost() : never);
    }

    /** To the next alarm, or by chance; room is granted by chance too. */
    private Decision timePasses() {
      var next =
          dice.nextBoolean() ? run.state.ownAlarms().next() : run.state.starts().next(Full.none());
      if (next.isPresent() && next.get().isAfter(run.now) && dice.nextBoolean()) {
        run.now = next.get();
      } else {
        run.pass(Duration.ofMillis(dice.nextInt(20_000)));
      }
      var granted = new LinkedHashMap<String, String>();
      for (var start : run.state.starts().due(run.now, 64)) {
        if (dice.nextInt(4) > 0) {
          granted.put(start.payload().id(), "pool#" + dice.nextInt(3));
        }
      }
      if (dice.nextInt(10) == 0) {
        run.state.pending().values().stream()
            .filter(fetch -> !isScheduled(fetch.id()))
            .forEach(fetch -> granted.put(fetch.id(), "pool#9"));
        happened.merge("duplicate grant", 1, Integer::sum);
      }
      return run.take(Collected.fire(run.core, run.state, run.now, run.random, 2, granted));
    }

    /** When nothing more comes in, alarms alone settle all. */
    private void heal() {
      for (var rings = 0; !run.state.pending().isEmpty(); rings++) {
        assertThat(rings).as("rings until all is settled").isLessThan(100);
        var next = run.state.ownAlarms().next().orElseThrow();
        run.now = next.isAfter(run.now) ? next : run.now;
        check(run.fire());
      }
      assertThat(outcomes.keySet()).isEqualTo(specs.keySet());
    }

    private void check(Decision decision) {
      happened.merge(decision.verdict(), 1, Integer::sum);
      CoreRun.notices(decision).forEach(notice -> happened.merge(notice, 1, Integer::sum));
      decision.events().forEach(this::checkEvent);
      for (var effect : decision.effects()) {
        if (effect instanceof Effect.Dispatch dispatch) {
          checkDispatch(decision, dispatch);
        }
      }
      checkAlarms();
      checkLines();
      outcomes.forEach(
          (id, outcome) -> {
            var settled = run.state.settled(id).orElseThrow();
            assertThat(settled.type()).isEqualTo(outcome.type());
            assertThat(settled.stage()).isEqualTo(outcome.reached());
            assertThat(settled.reason()).isEqualTo(outcome.why());
          });
    }

    private void checkEvent(OriginEvent event) {
      happened.merge(event.getClass(), 1, Integer::sum);
      if (event instanceof AttemptStarted started) {
        assertThat(started.at()).as("never early").isAfterOrEqualTo(mayBeginAt(started.fetchId()));
      }
      if (event instanceof FetchSettled settled) {
        assertThat(outcomes.put(settled.fetchId(), settled.outcome()))
            .as("second outcome")
            .isNull();
        checkSettlement(settled);
      }
    }

    private void checkSettlement(FetchSettled settled) {
      var id = settled.fetchId();
      settled
          .outcome()
          .why()
          .filter(OriginCore.WAITED_TOO_LONG::equals)
          .ifPresent(
              why -> {
                happened.merge(why, 1, Integer::sum);
                assertThat(settled.attempts()).noneMatch(Attempt::began);
              });
      if (settled.exhausted()) {
        happened.merge("exhausted", 1, Integer::sum);
      }
      if (settled.outcome().type() == Outcome.Type.FAILED) {
        assertThat(settled.attempts()).as("failed is proved").noneMatch(Attempt::maybeSent);
      }
      if (settled.outcome().type() == Outcome.Type.UNKNOWN) {
        assertThat(settled.attempts())
            .as("unknown has a cause")
            .anyMatch(attempt -> attempt.ambiguous() || redirects(id) > 0);
        if (!mayResend(id) && specs.get(id).retry().maxAttempts() > 1) {
          happened.merge("refused unsafe resend", 1, Integer::sum);
        }
      }
      for (var i = 0; i < settled.attempts().size(); i++) {
        assertThat(settled.attempts().get(i).number()).isEqualTo(i + 1);
      }
      var deadline = mayBeginAt(id).plus(specs.get(id).within());
      if (settled.outcome().type() == Outcome.Type.CANCELLED && isScheduled(id)) {
        happened.merge("scheduled and cancelled", 1, Integer::sum);
      }
      assertThat(settled.at()).isBeforeOrEqualTo(run.now);
      if (settled.outcome().why().equals(Optional.of(OriginCore.DEADLINE_PASSED))) {
        assertThat(settled.at()).as("an alarm never fires early").isAfterOrEqualTo(deadline);
      }
    }

    private boolean mayResend(String id) {
      return specs.get(id).mayResend(specs.get(id).request());
    }

    private FetchAccepted accepted(String id) {
      for (var event : run.journal) {
        if (event instanceof FetchAccepted accepted && accepted.fetchId().equals(id)) {
          return accepted;
        }
      }
      return fail("never accepted: " + id);
    }

    private void checkDispatch(Decision decision, Effect.Dispatch dispatch) {
      var id = dispatch.fetchId();
      assertThat(dispatched.add(id + "#" + dispatch.attempt())).as("sent twice").isTrue();
      sent.add(id + "#" + dispatch.attempt());
      assertThat(decision.events())
          .as("journaled before it is sent")
          .anyMatch(event -> starts(event, id, dispatch.attempt()));
      assertThat(dispatch.timeout()).isPositive();
      if (dispatch.attempt() > 1) {
        happened.merge("resent", 1, Integer::sum);
        assertThat(endedBefore(id, dispatch.attempt()))
            .filteredOn(ended -> counts(ended.report()) && ended.redirect().isEmpty())
            .as("attempts that count")
            .hasSizeLessThan(specs.get(id).retry().maxAttempts());
        assertThat(redirects(id)).isLessThanOrEqualTo(specs.get(id).redirects());
        var ended = endedBefore(id, dispatch.attempt());
        assertThat(ended).hasSize(dispatch.attempt() - 1);
        if (mayResend(id) && !specs.get(id).mayResend(dispatch.request())) {
          happened.merge("key left behind", 1, Integer::sum);
        }
        if (!specs.get(id).mayResend(dispatch.request())) {
          assertThat(ended)
              .as("no second dispatch after an ambiguous unsafe one")
              .allMatch(
                  one -> one.report() instanceof Report.NotSent || one.redirect().isPresent());
        }
        if (redirects(id) > 0) {
          happened.merge("redirected", 1, Integer::sum);
        }
      }
    }

    private long redirects(String id) {
      return endedBefore(id, Integer.MAX_VALUE).stream()
          .filter(ended -> ended.redirect().isPresent())
          .count();
    }

    private static boolean counts(Report report) {
      return report.fold(
          answered -> true,
          notSent -> notSent.stage() != Stage.QUEUED,
          ambiguous -> ambiguous.stage().isPresent());
    }

    private boolean starts(OriginEvent event, String id, int attempt) {
      if (event instanceof FetchAccepted accepted) {
        return attempt == 1 && accepted.fetchId().equals(id) && accepted.executor().isPresent();
      }
      return event instanceof AttemptStarted started
          && started.fetchId().equals(id)
          && started.attempt() == attempt;
    }

    private List<AttemptEnded> endedBefore(String id, int attempt) {
      return run.journal.stream()
          .filter(AttemptEnded.class::isInstance)
          .map(AttemptEnded.class::cast)
          .filter(ended -> ended.fetchId().equals(id) && ended.attempt() < attempt)
          .toList();
    }

    /** Exactly the alarms that pending fetches need, at their times. */
    private void checkAlarms() {
      var guards = 0;
      var starts = 0;
      for (var fetch : run.state.pending().values()) {
        var last = fetch.deadline().plus(fetch.spec().grace());
        var due = longestWait(fetch).filter(at -> at.isBefore(last)).orElse(last);
        assertThat(due(OwnAlarm.Kind.DEADLINE, fetch.id())).contains(due);
        assertThat(due(OwnAlarm.Kind.BACKSTOP, fetch.id()))
            .isEqualTo(fetch.open().map(open -> fetch.backstop(open.startedAt())));
        var starting = fetch.open().isEmpty() && fetch.spec().queue().isEmpty();
        assertThat(run.retryAt(fetch.id()).isPresent()).isEqualTo(starting);
        guards += fetch.open().isPresent() ? 2 : 1;
        var joins = fetch.spec().queue().isPresent() && isScheduled(fetch.id());
        assertThat(due(OwnAlarm.Kind.DUE, fetch.id()))
            .isEqualTo(joins ? Optional.of(mayBeginAt(fetch.id())) : Optional.empty());
        guards += joins ? 1 : 0;
        starts += starting ? 1 : 0;
      }
      assertThat(run.state.ownAlarms().size()).isEqualTo(guards);
      assertThat(run.state.starts().due(Instant.MAX, 100).size()).isEqualTo(starts);
    }

    /** Until when it may wait for an attempt that an executor begins. */
    private Optional<Instant> longestWait(PendingFetch fetch) {
      var begun = fetch.attempts().stream().anyMatch(it -> it.endedAt().isEmpty() || it.began());
      return fetch
          .spec()
          .queue()
          .flatMap(QueueChoice::waitAtMost)
          .filter(it -> !begun)
          .map(mayBeginAt(fetch.id())::plus);
    }

    private Optional<Instant> due(OwnAlarm.Kind kind, String id) {
      return run.state.ownAlarms().get(new OwnAlarm(kind, id).alarmId()).map(alarm -> alarm.due());
    }

    private List<Object> comparable(OriginState state) {
      var end = run.now.plus(Duration.ofDays(100));
      return List.of(
          state.row(),
          state.accepted(),
          state.orders(),
          state.pending(),
          state.settled(),
          state.ownAlarms().due(end, 100),
          state.starts().due(end, 100),
          state.lines());
    }

    private OriginState rebuilt() {
      var state = OriginState.empty();
      for (var event : run.journal) {
        state = state.apply(event);
      }
      return state;
    }
  }
}
