package dev.retriever.origin.simulation.queue;

import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueOperations.Answer;
import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueOperations.Operation;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** The operators of queues: one for each, who makes it, changes it and stops it now and then. */
public final class SimulatedOperators {
  private static final Duration AGAIN = Duration.ofSeconds(2);
  private static final Duration LEAST = Duration.ofMillis(500);
  private static final Duration MOST = Duration.ofSeconds(9);

  /** Longer than clocks differ: a queue takes its own time, if that is earlier. */
  private static final Duration ALL = Duration.ofDays(30);

  private final QueuePlan plan;
  private final Office office;
  private final QueueChecker checker;
  private final List<Operator> operators = new ArrayList<>();
  private boolean isOver;

  /** How operators reach nodes. */
  public interface Office {
    /** Runs it after that time. */
    void after(Duration delay, Runnable action);

    /** Calls at any node. Something is heard of it, once: at the latest that it took too long. */
    <T> void ask(
        Function<QueueOperations, CompletionStage<T>> call, BiConsumer<T, Throwable> heard);

    Instant now();

    /** What the clocks of healthy nodes say. */
    Instant wall();

    void note(String queue, String what);
  }

  /**
   * @param seed of the run
   */
  public SimulatedOperators(QueuePlan plan, Office office, QueueChecker checker, long seed) {
    this.plan = plan;
    this.office = office;
    this.checker = checker;
    plan.queues().forEach((name, settings) -> operators.add(new Operator(name, settings, seed)));
  }

  /** They begin to work. */
  public void begin() {
    operators.forEach(Operator::make);
  }

  /** They stop nothing any more, and let everything go. */
  public void letGo() {
    isOver = true;
    operators.forEach(Operator::letGo);
  }

  private final class Operator {
    private final String queue;
    private final RandomStreams chance;

    /** Whether a purge is of all that there is: the queue's clock may be ahead of others. */
    private final RandomStreams all;

    private QueueSettings settings;

    private Operator(String queue, QueueSettings settings, long seed) {
      this.queue = queue;
      this.settings = settings;
      this.chance = new RandomStreams(seed, "operator " + queue);
      this.all = new RandomStreams(seed, "purge of all of " + queue);
    }

    private void make() {
      configure(this::make, this::goOn);
    }

    private void configure(Runnable again, Runnable then) {
      office.<Answer>ask(
          it -> it.configure(queue, settings, Optional.empty()),
          (answer, failure) -> {
            note("configure", answer, failure);
            if (isDone(answer)) {
              answer.queue().ifPresent(this::effective);
              then.run();
            } else {
              office.after(AGAIN, again);
            }
          });
    }

    private static boolean isDone(Answer answer) {
      return answer != null
          && (answer.result() == QueueOperations.Result.DONE
              || answer.result() == QueueOperations.Result.CREATED);
    }

    private void effective(QueueView view) {
      if (view.effective()) {
        checker.effective(queue, view.version(), office.now());
      }
    }

    private void goOn() {
      office.after(chance.between(LEAST, MOST), this::act);
    }

    private void act() {
      if (isOver) {
        return;
      }
      switch (chance.below(7)) {
        case 0, 1 -> pause();
        case 2 -> purge();
        case 3 -> change();
        case 4 -> hold();
        case 5 -> breaker();
        default -> goOn();
      }
    }

    private void pause() {
      var asked = office.now();
      operate(
          new QueueOperations.Pause(Optional.empty(), "for a while"),
          answer -> {
            if (isStopped(answer)) {
              checker.operators().stopped(queue, asked, office.now());
            }
            office.after(chance.between(LEAST, MOST), this::resume);
          });
    }

    private static boolean isStopped(Answer answer) {
      return answer
          .queue()
          .filter(view -> view.effective() && view.state() == QueueView.State.PAUSED)
          .isPresent();
    }

    private void resume() {
      operate(new QueueOperations.Resume(), answer -> goOn());
    }

    private void hold() {
      var until = office.wall().plus(chance.between(LEAST, MOST));
      operate(
          new QueueOperations.Hold(until, "the target is tired"),
          answer ->
              operate(
                  chance.happens(0.5)
                      ? new QueueOperations.Release()
                      : new QueueOperations.Resume(),
                  released -> goOn()));
    }

    private void purge() {
      var since = chance.between(Duration.ZERO, MOST);
      var before = all.happens(0.5) ? office.wall().plus(ALL) : office.wall().minus(since);
      checker.operators().wantsPurged(queue, before);
      operate(
          new QueueOperations.Purge(before, Optional.empty()),
          answer -> {
            checker.operators().purged(queue, office.now());
            goOn();
          });
    }

    private void change() {
      settings = QueuePlan.with(settings, 1 + chance.below(3));
      configure(this::goOn, this::goOn);
    }

    private void breaker() {
      operate(
          new QueueOperations.SetBreaker(
              chance.happens(0.5) ? BreakerMode.OPEN : BreakerMode.CLOSE),
          answer -> operate(new QueueOperations.SetBreaker(BreakerMode.AUTO), automatic -> goOn()));
    }

    /** Until it is answered. */
    private void operate(Operation operation, Consumer<Answer> then) {
      office.<Answer>ask(
          it -> it.operate(queue, operation),
          (answer, failure) -> {
            note(operation.toString(), answer, failure);
            if (answer != null) {
              answer.queue().ifPresent(this::effective);
              then.accept(answer);
            } else if (!isOver) {
              office.after(AGAIN, () -> operate(operation, then));
            }
          });
    }

    private void note(String what, Answer answer, Throwable failure) {
      office.note(queue, what + ": " + (failure != null ? "not answered" : answer.result()));
    }

    /** Again and again: what was asked for before may come late. Nobody else reminds the queue. */
    private void letGo() {
      if (checker.stalls().isStopped(queue, office.wall())) {
        office.<Answer>ask(
            it -> it.operate(queue, new QueueOperations.Resume()),
            (answer, failure) -> after(failure, this::release));
      } else {
        office.after(AGAIN, this::letGo);
      }
    }

    private void release() {
      office.<Answer>ask(
          it -> it.operate(queue, new QueueOperations.Release()),
          (answer, failure) -> after(failure, this::automatic));
    }

    private void automatic() {
      office.<Answer>ask(
          it -> it.operate(queue, new QueueOperations.SetBreaker(BreakerMode.AUTO)),
          (answer, failure) -> office.after(AGAIN, this::letGo));
    }

    private void after(Throwable failure, Runnable then) {
      if (failure == null) {
        then.run();
      } else {
        office.after(AGAIN, this::letGo);
      }
    }
  }
}
