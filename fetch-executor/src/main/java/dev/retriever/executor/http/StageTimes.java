package dev.retriever.executor.http;

import dev.retriever.executor.Stage;
import dev.retriever.executor.Timeline;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The {@link Timeline} of one exchange in the making. Not thread-safe: whoever notes a stage
 * publishes it.
 */
public final class StageTimes {
  private static final int STAGES = Stage.values().length;

  private final long takenAt;
  private final LongSupplier nanos;
  private final long[] micros = new long[STAGES];

  /**
   * @param takenAt what {@code nanos} said when the executor took the attempt
   */
  public StageTimes(long takenAt, LongSupplier nanos) {
    this.takenAt = takenAt;
    this.nanos = nanos;
    Arrays.fill(micros, Timeline.NEVER);
  }

  void note(Stage stage) {
    micros[stage.ordinal()] = (nanos.getAsLong() - takenAt) / 1_000;
  }

  /** Up to that stage, behind which something may still be noted. Nothing else may be by now. */
  Timeline upTo(Stage last) {
    var places = last.ordinal() + 1;
    return new Timeline(places == STAGES ? micros : Arrays.copyOf(micros, places));
  }
}
