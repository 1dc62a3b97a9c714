package dev.retriever.origin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.origin.Dated;
import dev.retriever.origin.Notice;
import dev.retriever.origin.PoolFixture;
import dev.retriever.origin.Samples;
import dev.retriever.origin.entity.OriginCommand.ReportArrived;
import dev.retriever.origin.entity.OriginCommand.TimerFired;
import dev.retriever.origin.manual.ManualEffects;
import dev.retriever.origin.manual.ManualNode;
import dev.retriever.origin.manual.ManualOrigin;
import dev.retriever.origin.queue.wire.Queues;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The actor and the origin run by hand journal the same for the same inputs at the same moments.
 */
class TwoShellsTest {
  private static final Duration BACKOFF = Duration.ofMinutes(2);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Dated definition = new Dated();
  private final OriginFixture it = new OriginFixture(200, definition);
  private final Actor actor = new Actor();
  private final ByHand byHand = new ByHand();
  private final List<Shell> both = List.of(actor, byHand);

  @AfterEach
  void stop() {
    it.close();
  }

  /** What either is told. */
  private interface Shell {
    void command(Dated.Command command);

    void report(String fetchId, int attempt, Report report);

    void cancel(String fetchId);

    void cancelAlarm(String alarmId);

    void trigger(int count);

    void fire();

    void redrive(String fetchId);

    void redriveCause(String cause);

    /** It recovers on that node. */
    void recover(String pool);

    List<Object> rows();
  }

  private final class Actor implements Shell {
    private final TestProbe<ReportAck> acks = it.kit.createTestProbe();
    private final TestProbe<OriginReply> replies = it.kit.createTestProbe();
    private final TimerFired timerFired = new TimerFired();

    private Actor() {
      it.lost =
          message ->
              message instanceof TimerFired && message != timerFired
                  || message instanceof ReportArrived arrived
                      && !arrived.report().ackTo().equals(acks.ref());
    }

    /** What it was told before is handled, and what it told itself meanwhile. */
    private void tell(Object message) {
      it.origin.tell(message);
      it.read("nobody");
      it.read("nobody");
    }

    @Override
    public void command(Dated.Command command) {
      tell(command);
    }

    @Override
    public void report(String fetchId, int attempt, Report report) {
      tell(new ReportArrived(new AttemptReport(key(fetchId, attempt), report, acks.ref())));
    }

    @Override
    public void cancel(String fetchId) {
      tell(new OriginCommand.Cancel(fetchId, replies.ref().unsafeUpcast()));
    }

    @Override
    public void cancelAlarm(String alarmId) {
      tell(new OriginCommand.CancelAlarm(alarmId, replies.ref().unsafeUpcast()));
    }

    @Override
    public void trigger(int count) {
      tell(new OriginCommand.Trigger(count, replies.ref().unsafeUpcast()));
    }

    @Override
    public void fire() {
      tell(timerFired);
    }

    @Override
    public void redrive(String fetchId) {
      tell(new OriginCommand.Redrive(fetchId, replies.ref().unsafeUpcast()));
    }

    @Override
    public void redriveCause(String cause) {
      tell(new OriginCommand.RedriveCause(cause, replies.ref().unsafeUpcast()));
    }

    @Override
    public void recover(String pool) {
      it.restartOn(pool.equals("here#1") ? it.here : it.anotherPool(pool, 200));
      it.read("nobody");
      it.read("nobody");
    }

    @Override
    public List<Object> rows() {
      return it.rows();
    }
  }

  private final class ByHand implements Shell, ManualNode.Storage, ManualEffects {
    private final List<Object> rows = new ArrayList<>();
    private PoolFixture pool = it.anotherPool("here#1", 200);
    private ManualOrigin<Dated.Command, Dated.Event, Integer> origin = recovered();

    private ManualOrigin<Dated.Command, Dated.Event, Integer> recovered() {
      var node =
          new ManualNode(
              OriginFixture.TYPE,
              OriginFixture.ID,
              OriginFixture.SETTINGS,
              pool.pools,
              this,
              Queues.none(),
              () -> 0.5);
      return ManualOrigin.recover(definition, node, List.copyOf(rows));
    }

    private void write() {
      rows.addAll(origin.rows());
      origin.commit(this);
    }

    private Instant now() {
      return it.time.instant();
    }

    @Override
    public void command(Dated.Command command) {
      origin.command(command, now());
      write();
    }

    @Override
    public void report(String fetchId, int attempt, Report report) {
      origin.report(key(fetchId, attempt), report, now());
      write();
    }

    @Override
    public void cancel(String fetchId) {
      origin.cancel(fetchId, now());
      write();
    }

    @Override
    public void cancelAlarm(String alarmId) {
      origin.cancelAlarm(alarmId, now());
      write();
    }

    @Override
    public void trigger(int count) {
      origin.trigger(count, now());
      write();
    }

    @Override
    public void fire() {
      origin.fire(now());
      write();
    }

    @Override
    public void redrive(String fetchId) {
      origin.redrive(fetchId, now());
      write();
    }

    @Override
    public void redriveCause(String cause) {
      origin.redriveUnhandled(cause, now());
      write();
    }

    @Override
    public void recover(String id) {
      pool = id.equals("here#1") ? pool : it.anotherPool(id, 200);
      origin = recovered();
      while (origin.takeUp(now())) {
        write();
      }
    }

    @Override
    public List<Object> rows() {
      return rows;
    }

    @Override
    public Object row(Object row) {
      return row;
    }

    @Override
    public Object written(long number) {
      return rows.get((int) number - 1);
    }

    @Override
    public Object state(Object state) {
      return state;
    }

    @Override
    public void context(Object context, Object readAgain) {}

    @Override
    public void dispatch(AttemptKey key, FetchRequest request, Duration timeout) {
      pool.pool.dispatch(key, request, timeout);
    }

    @Override
    public void abort(AttemptKey key) {
      pool.pool.abort(key);
    }

    @Override
    public void note(Notice notice) {}

    @Override
    public void handlerFailed(String key, Optional<RuntimeException> thrown) {}

    @Override
    public void reply(ActorRef<?> to, Object message) {}
  }

  private static AttemptKey key(String fetchId, int attempt) {
    return new AttemptKey(OriginFixture.TYPE, OriginFixture.ID, fetchId, attempt);
  }

  private void ask(String fetchId) {
    both.forEach(shell -> shell.command(new Dated.Ask(fetchId)));
  }

  private void set(String alarmId, Duration after) {
    both.forEach(shell -> shell.command(new Dated.Set(alarmId, after)));
  }

  private void report(String fetchId, int attempt, Report report) {
    both.forEach(shell -> shell.report(fetchId, attempt, report));
  }

  private void ringAfter(Duration duration) {
    it.time.jump(duration);
    both.forEach(Shell::fire);
  }

  private void theRowsAreTheSame(int atLeast) {
    assertThat(actor.rows()).hasSizeGreaterThanOrEqualTo(atLeast);
    assertThat(actor.rows()).containsExactlyElementsOf(byHand.rows());
  }

  @Test
  void for_attempts_that_are_tried_again_until_one_is_answered() {
    ask("a");
    report("a", 1, Samples.refused());
    ringAfter(BACKOFF);
    report("a", 2, Samples.timedOut());
    report("a", 2, Samples.timedOut());
    ringAfter(BACKOFF);
    report("a", 3, Samples.answer(200));

    theRowsAreTheSame(8);
  }

  @Test
  void for_fetches_that_are_taken_back_and_answered_late() {
    ask("a");
    ask("b");
    both.forEach(shell -> shell.cancel("a"));
    both.forEach(shell -> shell.cancel("a"));
    report("a", 1, Samples.answer(200));
    report("b", 1, Samples.answer(404));
    both.forEach(shell -> shell.cancel("b"));
    both.forEach(shell -> shell.cancel("none"));

    theRowsAreTheSame(10);
  }

  @Test
  void for_alarms_that_ring_are_taken_back_and_are_triggered() {
    set("x", Duration.ofSeconds(10));
    set("y", Duration.ofSeconds(20));
    set("z", Duration.ofSeconds(30));
    ask("a");
    ringAfter(Duration.ofSeconds(11));
    both.forEach(shell -> shell.cancelAlarm("y"));
    both.forEach(shell -> shell.cancelAlarm("none"));
    both.forEach(shell -> shell.trigger(2));
    both.forEach(shell -> shell.trigger(5));

    theRowsAreTheSame(10);
  }

  @Test
  void for_attempts_and_fetches_whose_time_is_up() {
    ask("a");
    ask("b");
    ringAfter(Duration.ofSeconds(20));
    ringAfter(BACKOFF);
    report("b", 1, Samples.answer(200));
    ringAfter(HOUR);
    report("a", 1, Samples.answer(200));

    theRowsAreTheSame(12);
  }

  @Test
  void for_handlers_that_fail_and_are_run_again() {
    definition.broken = Set.of("a", "late a", "x");
    ask("a");
    set("x", Duration.ofSeconds(1));
    ringAfter(Duration.ofSeconds(2));
    both.forEach(shell -> shell.cancel("a"));
    report("a", 1, Samples.answer(200));
    ringAfter(HOUR);
    both.forEach(shell -> shell.redrive("a"));
    ringAfter(HOUR);
    definition.broken = Set.of();
    both.forEach(shell -> shell.redrive("a"));
    both.forEach(shell -> shell.redriveCause("alarm/3/x"));
    both.forEach(shell -> shell.redriveCause("none"));

    theRowsAreTheSame(14);
  }

  @Test
  void for_what_is_found_after_a_recovery_on_the_same_node_and_on_another() {
    ask("a");
    ask("b");
    report("b", 1, Samples.refused());
    both.forEach(shell -> shell.recover("here#1"));
    ringAfter(BACKOFF);
    both.forEach(shell -> shell.recover("there#1"));
    ringAfter(BACKOFF);
    report("a", 2, Samples.answer(200));
    report("b", 3, Samples.answer(200));

    theRowsAreTheSame(12);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void for_whatever_comes(long seed) {
    var random = new Random(seed);

    for (var step = 0; step < 60; step++) {
      any(random);
    }

    theRowsAreTheSame(30);
  }

  private void any(Random random) {
    var name = "" + "abc".charAt(random.nextInt(3));
    var attempt = 1 + random.nextInt(3);
    switch (random.nextInt(12)) {
      case 0, 1 -> ask(name);
      case 2 -> set(name, Duration.ofSeconds(random.nextInt(60)));
      case 3, 4 -> report(name, attempt, anyReport(random));
      case 5 -> both.forEach(shell -> shell.cancel(name));
      case 6 -> both.forEach(shell -> shell.cancelAlarm(name));
      case 7 -> both.forEach(shell -> shell.trigger(attempt));
      case 8, 9 -> ringAfter(Duration.ofSeconds(random.nextInt(120)));
      case 10 -> both.forEach(shell -> shell.redrive(name));
      default -> definition.broken = random.nextBoolean() ? Set.of(name) : Set.of();
    }
  }

  private static Report anyReport(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Samples.refused();
      case 1 -> Samples.notSent(Stage.QUEUED);
      case 2 -> Samples.timedOut();
      default -> Samples.answer(200);
    };
  }
}
