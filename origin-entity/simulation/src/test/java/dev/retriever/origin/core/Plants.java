package dev.retriever.origin.core;

import static net.bytebuddy.implementation.bytecode.assign.Assigner.Typing.DYNAMIC;

import dev.retriever.alarms.AlarmClock;
import dev.retriever.alarms.WakeUp;
import dev.retriever.alarms.WakeUps;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.entity.AfterCommit;
import dev.retriever.origin.entity.OriginCommand.OnFetch;
import dev.retriever.origin.entity.OriginCommand.ReportArrived;
import dev.retriever.origin.entity.OriginCommand.Submit;
import dev.retriever.origin.entity.OriginNode;
import dev.retriever.origin.storage.OriginSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import net.bytebuddy.asm.Advice.Argument;
import net.bytebuddy.asm.Advice.Enter;
import net.bytebuddy.asm.Advice.FieldValue;
import net.bytebuddy.asm.Advice.OnMethodEnter;
import net.bytebuddy.asm.Advice.OnMethodExit;
import net.bytebuddy.asm.Advice.Return;
import org.pcollections.PSortedMap;

/**
 * What bugs do at the beginning or the end of a method. It is written into that method, so it may
 * touch what the method may.
 */
public final class Plants {
  private Plants() {}

  /** Nothing is found. */
  public static final class Empty {
    @OnMethodExit
    static void exit(@Return(readOnly = false, typing = DYNAMIC) Object returned) {
      returned = Optional.empty();
    }
  }

  /** There are none. */
  public static final class NoneOfThem {
    @OnMethodExit
    static void exit(@Return(readOnly = false, typing = DYNAMIC) Object returned) {
      returned = List.of();
    }
  }

  /** Whatever has ended, it is the probe. */
  public static final class TheProbe {
    @OnMethodEnter
    static void enter(
        @FieldValue("probe") long probe, @Argument(value = 0, readOnly = false) long grantNo) {
      grantNo = probe;
    }
  }

  /** Much later than asked for. */
  public static final class ADayLater {
    @OnMethodExit
    static void exit(@Return(readOnly = false, typing = DYNAMIC) Object returned) {
      returned = ((Instant) returned).plusSeconds(86_400);
    }
  }

  /** Much longer than asked for. */
  public static final class ADayAsFourth {
    @OnMethodEnter
    static void enter(@Argument(value = 3, readOnly = false) Duration fourth) {
      fourth = Duration.ofDays(1);
    }
  }

  /** It says that it needs nothing. */
  public static final class NothingToWakeFor {
    @OnMethodEnter
    static void enter(
        @Argument(0) WakeUps.Entry entry,
        @Argument(value = 1, readOnly = false) AlarmClock.Awake said) {
      if (!entry.poolId().isEmpty()) {
        said = new AlarmClock.Awake(said.row(), WakeUp.NONE);
      }
    }
  }

  /** The best that there is. */
  public static final class FirstOfAll {
    @OnMethodExit
    static void exit(@Return(readOnly = false, typing = DYNAMIC) Object returned) {
      if (returned.toString().equals("TOO_LATE")) {
        returned = ((Enum<?>) returned).getDeclaringClass().getEnumConstants()[0];
      }
    }
  }

  /** No handler is run. */
  public static final class NothingArises {
    @OnMethodExit
    static void exit(@FieldValue(value = "arising", readOnly = false) Optional<Unhandled> arising) {
      arising = Optional.empty();
    }
  }

  /** Much longer than asked for. */
  public static final class ADayLong {
    @OnMethodExit
    static void exit(@Return(readOnly = false, typing = DYNAMIC) Object returned) {
      returned = Duration.ofDays(1);
    }
  }

  /** As if it were later by that. */
  public static final class ThreeSecondsLater {
    @OnMethodEnter
    static void enter(@Argument(value = 0, readOnly = false) Instant now) {
      now = now.plusSeconds(3);
    }
  }

  /** At once. */
  public static final class NoTime {
    @OnMethodExit
    static void exit(@Return(readOnly = false, typing = DYNAMIC) Object returned) {
      returned = Duration.ZERO;
    }
  }

  /** Its fetch was cancelled, and nothing follows for its slot. */
  public static final class NoEndOfCancelled {
    @OnMethodExit
    static void exit(
        @Argument(1) Attempt now, @Return(readOnly = false, typing = DYNAMIC) Object returned) {
      if (now.endedAt().isEmpty()) {
        returned = Optional.empty();
      }
    }
  }

  /** Everybody is there. */
  public static final class AllLive {
    @OnMethodExit
    static void exit(@Return(readOnly = false, typing = DYNAMIC) Object returned) {
      returned = Predicate.isEqual(null).negate();
    }
  }

  /** The first comes out. */
  public static final class LatterOfTwo {
    @OnMethodExit
    static void exit(
        @Argument(1) Object latter, @Return(readOnly = false, typing = DYNAMIC) Object returned) {
      returned = latter;
    }
  }

  /** Of what a turn comes to, nothing waits for the write. */
  public static final class EffectsFirst {
    @OnMethodEnter
    static void enter(
        @Argument(0) Turn<Object> turn,
        @FieldValue("afterCommit") AfterCommit<Object> afterCommit) {
      afterCommit.of(turn, turn.after());
    }
  }

  /** The time of acceptance in place of the fetch's own. */
  public static final class FromAcceptance {
    @OnMethodExit
    static void exit(
        @Return(readOnly = false) Instant time, @FieldValue("acceptedAt") Instant acceptedAt) {
      time = acceptedAt;
    }
  }

  /** The caller is told at once. */
  public static final class AcceptedFirst {
    @OnMethodEnter
    static void enter(
        @Argument(0) FullState<Object> state,
        @Argument(1) OnFetch command,
        @FieldValue("afterCommit") AfterCommit<Object> afterCommit,
        @FieldValue("node") OriginNode<Object> node) {
      if (!(command instanceof Submit submit)) {
        return;
      }
      var core = node.machine().rules().core();
      var now = node.clock().instant();
      var id = submit.fetchId();
      var decision = core.submit(state.fetches(), id, submit.spec(), now, Optional.empty());
      if (decision.verdict() == Verdict.ACCEPTED) {
        var after = state.fetches().apply(decision.events().get(0));
        submit.replyTo().tell(afterCommit.replies().fetch(after, Verdict.ACCEPTED, id, now));
      }
    }
  }

  /** The executor is told at once. */
  public static final class ReportAcknowledgedFirst {
    @OnMethodEnter
    static void enter(@Argument(1) ReportArrived arrived) {
      var report = arrived.report();
      report.ackTo().tell(new ReportAck(report.key()));
    }
  }

  /** It is written down again. */
  public static final class RepeatedIsLate {
    @OnMethodExit
    static void exit(
        @Argument(0) String fetchId,
        @Argument(1) int attempt,
        @Argument(3) Report report,
        @Return(readOnly = false) Decision returned) {
      returned =
          new Decision(
              Verdict.NOTED,
              List.of(new LateAnswerKept(fetchId, attempt, report, Instant.EPOCH)),
              List.of());
    }
  }

  /** Nothing is written. */
  public static final class NothingComesOfIt {
    @OnMethodExit
    static void exit(@Return(readOnly = false) Decision returned) {
      returned = Decision.nothing(Verdict.NOTED);
    }
  }

  /** It is told what it wants to hear. */
  public static final class Won {
    @OnMethodExit
    static void exit(@Return(readOnly = false) Decision returned) {
      if (returned.verdict() == Verdict.SETTLED_OTHERWISE) {
        returned = Decision.nothing(Verdict.SETTLED);
      }
    }
  }

  /** What is under way is said not to have begun. */
  public static final class RunningNeverBegan {
    @OnMethodExit
    static void exit(@Return(readOnly = false) AttemptStatus returned) {
      if (returned == AttemptStatus.RUNNING) {
        returned = AttemptStatus.NEVER_BEGAN;
      }
    }
  }

  /** Whatever it was, it was not sent. */
  public static final class NotSent {
    @OnMethodExit
    static void exit(@Argument(1) String reason, @Return(readOnly = false) Report returned) {
      returned = new Report.NotSent(Stage.CONNECTING, reason);
    }
  }

  /** Left out of the snapshot. */
  public static final class WithoutAlarms {
    @OnMethodExit
    static void exit(@Return(readOnly = false) OriginSnapshot it) {
      it =
          new OriginSnapshot(
              it.row(),
              it.accepted(),
              it.pending(),
              it.settled(),
              it.unhandled(),
              it.guards(),
              it.starts(),
              List.of(),
              it.forgotten(),
              it.retries(),
              it.grants(),
              it.born(),
              it.schedules());
    }
  }

  /** The same. */
  public static final class WithoutUnhandled {
    @OnMethodExit
    static void exit(@Return(readOnly = false) OriginSnapshot it) {
      it =
          new OriginSnapshot(
              it.row(),
              it.accepted(),
              it.pending(),
              it.settled(),
              List.of(),
              it.guards(),
              it.starts(),
              it.alarms(),
              it.forgotten(),
              it.retries(),
              it.grants(),
              it.born(),
              it.schedules());
    }
  }

  /** The same. */
  public static final class WithoutGuards {
    @OnMethodExit
    static void exit(@Return(readOnly = false) OriginSnapshot it) {
      it =
          new OriginSnapshot(
              it.row(),
              it.accepted(),
              it.pending(),
              it.settled(),
              it.unhandled(),
              List.of(),
              it.starts(),
              it.alarms(),
              it.forgotten(),
              it.retries(),
              it.grants(),
              it.born(),
              it.schedules());
    }
  }

  /** The state is that before the row. */
  public static final class StateBefore {
    @OnMethodExit
    static void exit(
        @Argument(0) FullState<Object> state,
        @Return(readOnly = false) Optional<Machine.Saved<Object>> returned) {
      if (returned.isPresent()) {
        returned = Optional.of(new Machine.Saved<>(returned.get().row(), state));
      }
    }
  }

  /** It has settled, and is pending. */
  public static final class StillPending {
    @OnMethodEnter
    static PSortedMap<Long, PendingFetch> enter(
        @FieldValue("pending") PSortedMap<Long, PendingFetch> pending) {
      return pending;
    }

    @OnMethodExit
    static void exit(
        @Enter PSortedMap<Long, PendingFetch> before,
        @FieldValue(value = "pending", readOnly = false) PSortedMap<Long, PendingFetch> pending) {
      pending = before;
    }
  }
}
