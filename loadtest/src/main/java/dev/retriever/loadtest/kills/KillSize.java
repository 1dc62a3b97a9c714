package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Size;
import java.time.Duration;
import java.util.List;

/**
 * The extent of the kill tests.
 *
 * @param callers callers, each submitting one fetch after the other
 * @param kills kills of the only node
 * @param pause the least time that a node is stopped; the others must have removed it by then
 * @param away the time that the database is down
 * @param cut the least time that a node is cut off
 * @param queueKills kills of nodes whose fetches are in a queue; four times as many of a lone one
 * @param queueStops stops of such nodes
 */
public record KillSize(
    int callers,
    int kills,
    Duration pause,
    Duration away,
    Duration cut,
    int queueKills,
    int queueStops) {
  /** The sizes of the scenario, by which a run is compared with its plan. */
  public static List<Size> sizes() {
    return List.of(
        new Size("callers", 16, 8, 1, 1_000),
        new Size("kills", 20, 4, 1, 10_000),
        // seconds
        new Size("pause", 30, 16, 14, 3_600),
        new Size("away", 20, 8, 1, 3_600),
        new Size("cut", 30, 20, 14, 3_600),
        new Size("queue-kills", 20, 1, 1, 10_000),
        new Size("queue-stops", 30, 1, 1, 10_000));
  }

  static KillSize of(Context context) {
    return new KillSize(
        context.size("callers"),
        context.size("kills"),
        context.seconds("pause"),
        context.seconds("away"),
        context.seconds("cut"),
        context.size("queue-kills"),
        context.size("queue-stops"));
  }
}
