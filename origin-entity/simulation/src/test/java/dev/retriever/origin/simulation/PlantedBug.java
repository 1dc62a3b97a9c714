package dev.retriever.origin.simulation;

import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.returns;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.retriever.origin.core.Plants;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.DynamicType.Builder;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatcher;

/** What could have been written instead of the code that is there. */
enum PlantedBug {
  EFFECTS_BEFORE_WRITE(
      "What a turn comes to is sent before its rows are written",
      "origin.entity.OriginEntity",
      advised(Plants.EffectsFirst.class, named("carryOut").and(takesArguments(1)))),
  ACCEPTED_BEFORE_WRITE(
      "A fetch is acknowledged before it is written",
      "origin.entity.OriginEntity",
      advised(Plants.AcceptedFirst.class, named("onFetch"))),
  REPORT_ACKNOWLEDGED_BEFORE_WRITE(
      "A report is acknowledged before what it changes is written",
      "origin.entity.OriginEntity",
      advised(Plants.ReportAcknowledgedFirst.class, named("onReport"))),
  OPEN_ATTEMPTS_NOT_TAKEN_UP(
      "An origin that recovers does not ask what became of open attempts",
      "origin.entity.RecoveredWork",
      stubbed(named("takeUpOpen"))),
  TIMER_NOT_ARMED(
      "An origin looks at the clock only when its timer rings, and arms none when it recovers",
      "origin.entity.AfterCommit",
      stubbed(named("recovered").or(named("lookAtTheClock")).or(named("isDue")))),
  NEVER_LEAVES(
      "An origin never leaves memory",
      "origin.entity.AfterCommit",
      always(named("maySleep"), false)),
  REPORT_ENDS_WHATEVER_IS_OPEN(
      "A report ends the open attempt, whichever it is on",
      "origin.core.OriginCore",
      always(nameStartsWith("lambda$reportOnPending$").and(returns(boolean.class)), true)),
  REPEATED_REPORT_IS_LATE(
      "A repeated report is taken for a late one",
      "origin.core.Decision",
      advised(Plants.RepeatedIsLate.class, named("repeated"))),
  LATE_ANSWER_DROPPED(
      "A late answer is acknowledged, and not kept",
      "origin.core.Decision",
      advised(Plants.NothingComesOfIt.class, named("late"))),
  CANCEL_SAYS_IT_WON(
      "A cancel that came too late is told that it won",
      "origin.core.OriginCore",
      advised(Plants.Won.class, named("cancel"))),
  NOTHING_IS_KNOWN(
      "A repeated submission is accepted again",
      "origin.core.Acceptance",
      advised(Plants.Empty.class, named("fingerprint"))),
  LATER_IS_NOW(
      "A fetch that is to begin later begins at once",
      "origin.core.Acceptance",
      advised(Plants.Empty.class, named("beginsAt"))),
  LIMITS_FROM_ACCEPTANCE(
      "The time limits of a scheduled fetch count from its acceptance",
      "origin.core.PendingFetch",
      advised(Plants.FromAcceptance.class, named("mayBeginAt"))),
  OPEN_IS_LOST(
      "An origin that is woken takes every open attempt for lost",
      "origin.entity.OpenAttempts",
      always(nameStartsWith("lambda$lost$").and(returns(boolean.class)), true)),
  RETRIES_WITHOUT_END(
      "A fetch is tried more often than it may be",
      "origin.core.AfterAttempt",
      always(named("hasAttemptsLeft"), true)),
  LATTER_REPORT_TELLS(
      "A fetch is said to have failed when its last attempt was not sent, whatever came before",
      "origin.core.AfterAttempt",
      advised(Plants.LatterOfTwo.class, named("telling"))),
  UNSAFE_RESEND(
      "What may have been acted on is sent again, whatever it is",
      "origin.FetchSpec",
      always(named("mayResend"), true)),
  DEADLINE_IGNORED(
      "The deadline of a fetch is a day later",
      "origin.core.PendingFetch",
      advised(Plants.ADayLater.class, named("deadline"))),
  SETTLES_AND_IS_PENDING(
      "A fetch that has settled is still pending",
      "origin.core.StateDraft",
      advised(Plants.StillPending.class, named("settled"))),
  ALARM_NOT_CANCELLED(
      "An alarm that was taken back rings all the same",
      "origin.core.StateDraft",
      stubbed(named("alarmCancelled"))),
  EARLY(
      "What is due within three seconds rings with what is due",
      "alarms.Alarms",
      advised(Plants.ThreeSecondsLater.class, named("due"))),
  ROWS_OF_HANDLERS_LEFT_OUT(
      "What a continuation writes down is left out of the write",
      "origin.core.TurnDraft",
      stubbed(named("persist"))),
  HANDLED_ONCE(
      "A continuation that failed is not tried again",
      "origin.core.TurnDraft",
      advised(Plants.Empty.class, named("retryAt"))),
  PARKED_FOR_GOOD(
      "A continuation that is known again is not run",
      "origin.core.Machine",
      advised(Plants.NoneOfThem.class, named("nowKnown"))),
  NO_WAKE_UPS(
      "Rows are written without a wake-up",
      "origin.entity.WakeUpPlan",
      advised(Plants.Empty.class, named("with"))),
  WAKE_UP_NOT_LOWERED(
      "A wake-up stays where it is when an origin needs an earlier one",
      "alarms.WakeUp",
      always(named("covers"), true)),
  GONE_UNNOTICED(
      "The clock takes every executor for alive",
      "alarms.AlarmClock$Shared",
      advised(Plants.AllLive.class, named("lives"))),
  SNAPSHOT_WITHOUT_ALARMS(
      "A snapshot forgets the alarms of handlers",
      "origin.storage.OriginSnapshot",
      advised(Plants.WithoutAlarms.class, named("of"))),
  SNAPSHOT_WITHOUT_UNHANDLED(
      "A snapshot forgets what is not handled",
      "origin.storage.OriginSnapshot",
      advised(Plants.WithoutUnhandled.class, named("of"))),
  SNAPSHOT_WITHOUT_GUARDS(
      "A snapshot forgets the time limits of fetches and attempts",
      "origin.storage.OriginSnapshot",
      advised(Plants.WithoutGuards.class, named("of"))),
  FORGOTTEN_ROW_PASSED_OVER(
      "An origin recovers without the counts that stand in the row of a forgotten one",
      "origin.core.StateDraft",
      stubbed(named("originForgotten"))),
  SAVED_BEFORE_ITS_ROW(
      "The purge saves the state from before its row",
      "origin.core.Machine",
      advised(Plants.StateBefore.class, named("saved"))),
  RUNNING_NEVER_BEGAN(
      "Of an attempt under way an executor says that it never began",
      "executor.pool.AttemptTable",
      advised(Plants.RunningNeverBegan.class, named("standing"))),
  FENCE_IGNORED(
      "A dispatch begins an attempt that is over, or of which was said that it never will",
      "executor.pool.Fences",
      always(named("has"), false),
      344),
  PERMIT_KEPT(
      "The permit of an attempt is not given back",
      "executor.pool.AttemptTable",
      always(named("forget"), false)),
  REPORTED_ONCE(
      "A report that nobody acknowledges is not sent again",
      "executor.settings.ExecutorSettings",
      advised(Plants.ADayLong.class, named("resendAfter"))),
  BROKEN_IS_NOT_SENT(
      "A connection that broke while sending is reported as not sent",
      "executor.Report",
      advised(Plants.NotSent.class, named("broken"))),
  GONE_CLIENT_SERVED(
      "A pool makes an attempt for a node that it knows to be gone",
      "executor.pool.PoolDoor",
      stubbed(named("remember"))),
  ORPHAN_DELETED(
      "The wake-up of an origin is deleted when an executor is gone, though it is back and waits",
      "alarms.AlarmClock",
      advised(Plants.NothingToWakeFor.class, named("corrected"))),
  CANCEL_DOES_NOT_ABORT(
      "An attempt goes on when its fetch is taken back",
      "origin.core.OriginCore",
      advised(Plants.LatterOfTwo.class, named("abortingOpen"))),
  SETTLED_IS_HELD(
      "What a settled fetch held is counted for as long as its origin is in memory",
      "origin.OriginEvent$FetchSettled",
      advised(Plants.Empty.class, named("holding"))),
  LAPSED_PERMIT_USED(
      "An attempt begins although its permit has lapsed",
      "executor.pool.AttemptTable",
      advised(Plants.FirstOfAll.class, named("begin")),
      1_025),
  PERMIT_NEVER_LAPSES(
      "A permit that nobody uses is held for ever",
      "executor.pool.AttemptTable",
      always(named("hasLapsed"), false)),
  OLD_DISPATCH_TAKEN(
      "A dispatch is taken however long it was on its way",
      "executor.pool.PoolDoor",
      advised(Plants.ADayAsFourth.class, named("create"))),
  LATE_ANSWER_UNHEARD(
      "A late answer is kept, and does not reach its handler",
      "origin.core.StateDraft",
      advised(Plants.NothingArises.class, named("late"))),
  WAITERS_FORGOTTEN(
      "Those who wait for a fetch are forgotten when its origin leaves memory",
      "origin.entity.AfterCommit",
      advised(Plants.NoneOfThem.class, named("takeWaiting"))),
  UNKNOWN_REPORT_ACKNOWLEDGED(
      "A report on an attempt that the origin does not know is acknowledged at once",
      "origin.entity.UnknownReports",
      always(named("isNew"), false)),
  LEAVES_WHILE_IT_WAITS_FOR_ROOM(
      "An origin leaves memory while its fetches wait for room",
      "origin.core.OriginState",
      always(named("awaitsRoom"), false)),
  NOT_BROUGHT_BACK(
      "An origin that has to leave memory while its fetches wait for room is not brought back",
      "origin.entity.Passivation",
      without(named("accept").and(takesArguments(1)), named("handOver"))),
  ROOM_WITHOUT_WAKE_UP(
      "An origin whose fetches wait for room is not woken when its node is gone",
      "origin.entity.WakeUpPlan",
      without(named("awaitsRoom"), named("needed"))),
  OUTCOME_UNTOLD(
      "An outcome settles without the callback that it is to have",
      "origin.core.Callbacks",
      advised(Plants.NothingComesOfIt.class, named("tell"))),
  ONE_WEBHOOK_ID(
      "All callbacks have the same id",
      "origin.callback.WebhookId",
      always(named("of"), "msg_same")),
  SENT_IS_PURGED(
      "A purge cancels what may have been sent",
      "origin.core.Input$Purge",
      without(named("maybeSent"), named("concerns"))),
  FENCE_LEFT_DOWN(
      "An incarnation of a queue begins without raising the fence",
      "origin.simulation.queue.StoredQueues",
      without(named("firstFloor"), named("begin"))),
  SLOT_LEAKED(
      "A fetch that is cancelled keeps the slot of its attempt",
      "origin.queued.TurnReading",
      advised(Plants.NoEndOfCancelled.class, named("end"))),
  SLOT_FREED_EARLY(
      "A slot is free when its attempt is given up",
      "origin.queue.rows.QueueRows$End",
      always(named("lingers"), false)),
  LINGERS_TOO_SHORT(
      "A slot is free when the time of an attempt that was given up is over",
      "origin.queue.entity.QueueTimes",
      advised(Plants.NoTime.class, named("lingerAfter"))),
  NO_SECOND_READING(
      "A queue that comes back knows only the lines that it is told",
      "origin.queue.entity.LineReading",
      stubbed(named("look"))),
  FULL_AFTER_MOVE(
      "A queue that comes back has all its tokens",
      "origin.queue.core.Gcra",
      without(named("most"), named("empty")),
      425),
  OLD_END_FREES_PROBE(
      "The end of any attempt lets the next probe of a breaker go",
      "origin.queue.core.BreakerState",
      advised(Plants.TheProbe.class, named("over")),
      368),
  PURGE_BY_CLOCK(
      "A purge cancels what was accepted after it, by a clock that is behind",
      "origin.core.Input$Purge",
      without(named("acceptedRow"), named("on")),
      1_079);

  private final String sentence;
  private final String place;
  private final UnaryOperator<Builder<?>> plant;
  private final OptionalLong rare;

  PlantedBug(String sentence, String place, UnaryOperator<Builder<?>> plant) {
    this(sentence, place, plant, OptionalLong.empty());
  }

  /** One that is rare: that seed finds it, which is not among those of every build. */
  PlantedBug(String sentence, String place, UnaryOperator<Builder<?>> plant, long seed) {
    this(sentence, place, plant, OptionalLong.of(seed));
  }

  PlantedBug(String sentence, String place, UnaryOperator<Builder<?>> plant, OptionalLong rare) {
    this.sentence = sentence;
    this.place = "dev.retriever." + place;
    this.plant = plant;
    this.rare = rare;
  }

  /** What is wrong. */
  String sentence() {
    return sentence;
  }

  /** The class in which it is. */
  String place() {
    return place;
  }

  /** A seed that finds it, if those of every build do not. */
  LongStream rare() {
    return rare.stream();
  }

  Builder<?> plantedIn(Builder<?> type) {
    return plant.apply(type);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static UnaryOperator<Builder<?>> advised(
      Class<?> advice, ElementMatcher<? super MethodDescription> where) {
    return type -> type.visit(Advice.to(advice).on(where));
  }

  /** There it is told no, or nothing, by those that it calls. */
  private static UnaryOperator<Builder<?>> without(
      ElementMatcher<? super MethodDescription> calls,
      ElementMatcher<? super MethodDescription> where) {
    return type -> type.visit(MemberSubstitution.relaxed().method(calls).stub().on(where));
  }

  private static UnaryOperator<Builder<?>> stubbed(
      ElementMatcher<? super MethodDescription> where) {
    return type -> type.method(where).intercept(StubMethod.INSTANCE);
  }

  private static UnaryOperator<Builder<?>> always(
      ElementMatcher<? super MethodDescription> where, Object value) {
    return type -> type.method(where).intercept(FixedValue.value(value));
  }
}
