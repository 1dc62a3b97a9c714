package dev.retriever.executor.http;

import dev.retriever.executor.Stage;
import dev.retriever.executor.Timeline;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Records the {@link Timeline} of one exchange. Not thread-safe: the caller publishes each stage
 * after it has noted it.
 */
public final class StageTimes {
  private static final int STAGES = Stage.values().length;

  private final long takenAt;
  private final LongSupplier nanos;
  private final long[] micros = new long[STAGES];

  /**
   * @param takenAt the reading of {@code nanos} when the executor took the attempt
   */
  public StageTimes(long takenAt, LongSupplier nanos) {
    this.takenAt = takenAt;
    this.nanos = nanos;
    Arrays.fill(micros, Timeline.NEVER);
  }

  void note(Stage stage) {
    micros[stage.ordinal()] = (nanos.getAsLong() - takenAt) / 1_000;
  }

  /** The timeline up to that stage; only later stages may be noted from now on. */
  Timeline upTo(Stage last) {
    var places = last.ordinal() + 1;
    return new Timeline(places == STAGES ? micros : Arrays.copyOf(micros, places));
  }
}
