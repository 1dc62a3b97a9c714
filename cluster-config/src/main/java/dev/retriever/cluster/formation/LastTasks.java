package dev.retriever.cluster.formation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What a node closes last, when nothing of it uses that any more: its attempts are over, its shards
 * are handed over, and only its actor system is left. The tasks run at the same time.
 */
public final class LastTasks {
  private LastTasks() {}

  /**
   * Runs a task then.
   *
   * @param name for the log
   * @param task must be short
   */
  public static void run(ActorSystem<?> system, String name, Runnable task) {
    await(
        system,
        name,
        () -> {
          task.run();
          return CompletableFuture.completedFuture(Done.getInstance());
        });
  }

  /** Begins a task then, and waits for its end, for as long as the phase of the stop takes. */
  public static void await(
      ActorSystem<?> system, String name, Supplier<CompletionStage<Done>> task) {
    CoordinatedShutdown.get(system)
        .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), name, task);
  }
}
