package dev.retriever.origin.queue.entity;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Starts the queues that have rows: after a restart of all nodes their origins sleep, and nothing
 * else would. One of the cluster is enough.
 */
final class QueueWaker {
  private QueueWaker() {}

  /** What it tells itself. */
  sealed interface Command {}

  private record LookNow() implements Command {}

  private record Looked(Optional<Throwable> failure) implements Command {}

  /**
   * @param wake tells the queues that have rows to be in memory
   */
  static Behavior<Command> create(Supplier<CompletionStage<Void>> wake, Duration every) {
    return Behaviors.setup(
        ctx ->
            Behaviors.withTimers(
                timers -> {
                  ctx.getSelf().tell(new LookNow());
                  return Behaviors.receive(Command.class)
                      .onMessage(
                          LookNow.class,
                          it -> {
                            ctx.pipeToSelf(
                                wake.get(),
                                (done, failure) -> new Looked(Optional.ofNullable(failure)));
                            return Behaviors.same();
                          })
                      .onMessage(
                          Looked.class,
                          it -> {
                            it.failure()
                                .ifPresent(
                                    failure ->
                                        ctx.getLog()
                                            .warn(
                                                "Rows of queues cannot be read: {}; the next look"
                                                    + " tries again",
                                                failure.toString()));
                            timers.startSingleTimer(new LookNow(), every);
                            return Behaviors.same();
                          })
                      .build();
                }));
  }
}
