package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueSettings.Bad;
import dev.retriever.origin.queue.QueueSettings.Breaker;
import dev.retriever.origin.queue.QueueView.BreakerView;
import dev.retriever.origin.queue.core.BreakerChange.State;
import dev.retriever.origin.queue.wire.Told.How;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Stops the queue while its target fails. Only ends that say something about the target count; and
 * while it is half open only that of the one grant that is the probe.
 */
final class BreakerState {
  /** No grant has that number. */
  private static final long NONE = 0;

  /** From so many attempts at once on, a queue that has opened again is as wide as before. */
  private static final int WIDE = 1_024;

  private final BreakerWindow window = new BreakerWindow();
  private Optional<Breaker> settings = Optional.empty();
  private State state = State.CLOSED;
  private BreakerMode mode = BreakerMode.AUTO;
  private long until;
  private Optional<Instant> untilWall = Optional.empty();
  private int step;
  private long probe = NONE;

  /** Ends of grants below that number say nothing: they began before it closed. */
  private long judgesFrom;

  /** How many attempts may be outstanding since it closed; doubled by each good end. */
  private int width = WIDE;

  private int outstanding;

  BreakerState(Optional<Breaker> settings) {
    configure(settings);
  }

  /** Empty unless it was taken away while it was not closed. */
  Optional<BreakerChange> configure(Optional<Breaker> newSettings) {
    if (newSettings.equals(settings)) {
      return Optional.empty();
    }
    settings = newSettings;
    window.clear(micros(settings.map(Breaker::window).orElse(Duration.ZERO)));
    if (settings.isPresent() || mode != BreakerMode.AUTO || state == State.CLOSED) {
      return Optional.empty();
    }
    close();
    width = WIDE;
    return Optional.of(change());
  }

  /** As it was journaled; a probe whose attempt is not known any more is over. */
  void restore(BreakerChange before, boolean probeIsKnown, Now now) {
    mode = before.mode();
    state = before.state();
    step = before.step();
    judgesFrom = before.probe().orElse(NONE);
    probe = probeIsKnown ? judgesFrom : NONE;
    untilWall = before.until();
    // The wall clock may have been set: no longer than the longest time that there is.
    long left = untilWall.map(it -> Now.microsUp(it) - now.wallMicros()).orElse(0L);
    long most = settings.map(it -> jittered(micros(it.openMax()), 40)).orElse(0L);
    until = now.micros() + Math.max(0, Math.min(most, left));
  }

  /** Whether nothing may go. */
  boolean stops(Now now) {
    if (mode == BreakerMode.OPEN) {
      return true;
    }
    if (mode == BreakerMode.CLOSE || settings.isEmpty()) {
      return false;
    }
    if (state == State.CLOSED) {
      return outstanding >= width;
    }
    return state == State.OPEN ? now.micros() < until : probe != NONE;
  }

  /** When it stops nothing any more, if time alone does that. */
  Optional<Instant> untilWall() {
    return mode == BreakerMode.AUTO && state == State.OPEN ? untilWall : Optional.empty();
  }

  long nextLook() {
    return mode == BreakerMode.AUTO && state == State.OPEN ? until : Timers.NEVER;
  }

  /** Whether the next grant is a probe. */
  boolean probes() {
    return mode == BreakerMode.AUTO && settings.isPresent() && state != State.CLOSED;
  }

  /** That grant is the probe. */
  BreakerChange probe(long grantNo) {
    state = State.HALF_OPEN;
    probe = grantNo;
    untilWall = Optional.empty();
    return change();
  }

  /** A probe runs that was not known any more: its grant had expired. It is waited for. */
  void runs(long grantNo) {
    if (state == State.HALF_OPEN && probe == NONE) {
      probe = grantNo;
    }
  }

  void given(long grantNo) {
    if (width < WIDE && grantNo >= judgesFrom) {
      outstanding++;
    }
  }

  /** A grant is over, or its attempt has been given up: if it was the probe, another one goes. */
  void over(long grantNo) {
    if (width < WIDE && grantNo >= judgesFrom && outstanding > 0) {
      outstanding--;
    }
    if (grantNo == probe) {
      probe = NONE;
    }
  }

  /** An attempt has ended. To be called before {@link #over}. */
  Optional<BreakerChange> ended(
      long grantNo, How how, Optional<Integer> status, long random, Now now) {
    if (settings.isEmpty() || mode != BreakerMode.AUTO || !judges(how)) {
      return Optional.empty();
    }
    boolean isBad = isBad(settings.get(), how, status);
    if (state == State.HALF_OPEN && grantNo == probe) {
      return Optional.of(isBad ? open(step + 1, random, now) : closeAfter(grantNo));
    }
    if (state != State.CLOSED || grantNo < judgesFrom) {
      return Optional.empty();
    }
    window.add(isBad, now.micros());
    if (!isBad) {
      width = Math.min(WIDE, width * 2);
    }
    return isTooBad(settings.get(), now) ? Optional.of(open(0, random, now)) : Optional.empty();
  }

  private static boolean judges(How how) {
    return how == How.ANSWERED || how == How.FAILED || how == How.UNKNOWN;
  }

  private static boolean isBad(Breaker settings, How how, Optional<Integer> status) {
    var counts = settings.counts();
    int code = status.orElse(0);
    return (how == How.FAILED && counts.contains(Bad.FAILED))
        || (how == How.UNKNOWN && counts.contains(Bad.UNKNOWN))
        || (how == How.ANSWERED && code / 100 == 5 && counts.contains(Bad.STATUS_5XX))
        || (how == How.ANSWERED && code == 429 && counts.contains(Bad.STATUS_429));
  }

  private boolean isTooBad(Breaker settings, Now now) {
    int ends = window.ends(now.micros());
    return ends >= settings.least()
        && window.bad(now.micros()) * 1_000L >= (long) settings.permille() * ends;
  }

  private BreakerChange open(int newStep, long random, Now now) {
    var its = settings.orElseThrow();
    step = newStep;
    state = State.OPEN;
    probe = NONE;
    long doubled = micros(its.openMin()) << Math.min(step, 20);
    long open = jittered(Math.min(micros(its.openMax()), doubled), Math.floorMod(random, 41L));
    until = now.micros() + open;
    untilWall = Optional.of(now.wall().plus(open, ChronoUnit.MICROS));
    return change();
  }

  /** 80 % to 120 % of a time. */
  private static long jittered(long micros, long percent) {
    return micros / 100 * (80 + percent);
  }

  private BreakerChange closeAfter(long grantNo) {
    close();
    judgesFrom = grantNo + 1;
    width = 1;
    outstanding = 0;
    return change();
  }

  private void close() {
    state = State.CLOSED;
    untilWall = Optional.empty();
    step = 0;
    probe = NONE;
    window.clear(micros(settings.map(Breaker::window).orElse(Duration.ZERO)));
  }

  /** An operator decides, or lets the queue decide again: from the start, or with a probe. */
  Optional<BreakerChange> mode(BreakerMode newMode, Now now) {
    if (newMode == mode) {
      return Optional.empty();
    }
    boolean wasOpen = mode == BreakerMode.OPEN;
    mode = newMode;
    close();
    width = WIDE;
    if (newMode == BreakerMode.OPEN
        || (wasOpen && newMode == BreakerMode.AUTO && settings.isPresent())) {
      state = State.OPEN;
      until = now.micros();
      untilWall = newMode == BreakerMode.OPEN ? Optional.empty() : Optional.of(now.wall());
    }
    return Optional.of(change());
  }

  private BreakerChange change() {
    return new BreakerChange(
        state, mode, untilWall, step, probe == NONE ? Optional.empty() : Optional.of(probe));
  }

  private static long micros(Duration duration) {
    return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
  }

  BreakerView view(Now now) {
    int ends = window.ends(now.micros());
    return new BreakerView(
        state.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        ends == 0 ? Optional.empty() : Optional.of(window.bad(now.micros()) / (double) ends),
        untilWall());
  }
}
