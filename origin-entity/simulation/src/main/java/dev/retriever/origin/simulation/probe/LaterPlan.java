package dev.retriever.origin.simulation.probe;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Origins.Answer;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Which fetches begin later, and what becomes of their times. By chances of their own, in every
 * eleventh seed: the others find rare things as they are.
 */
public record LaterPlan(long seed) {
  private static final double PART = 0.5;
  private static final Duration LONGEST = Duration.ofSeconds(25);
  private static final Duration SHORTEST = Duration.ofMillis(1);

  /**
   * A caller moves the time, or brings the fetch forward.
   *
   * @param after the fetch was wanted
   * @param to the new time; empty for now
   */
  public record Move(Duration after, Optional<Later> to) {
    /** Asks for it. */
    public CompletionStage<Answer> asked(Origins<Object> origins, String originId, String fetchId) {
      return to.map(time -> origins.move(originId, fetchId, time))
          .orElseGet(() -> origins.bringForward(originId, fetchId));
    }
  }

  /** The same fetch, which may begin later. */
  public FetchSpec placed(int number, FetchSpec spec) {
    var chance = new RandomStreams(seed, "later " + number);
    return seed % 11 == 8 && chance.happens(PART)
        ? spec.delay(chance.between(SHORTEST, LONGEST))
        : spec;
  }

  /** What becomes of its time. */
  public Optional<Move> moves(int number, FetchSpec spec) {
    var chance = new RandomStreams(seed, "moved " + number);
    if (spec.later().isEmpty() || chance.happens(0.3)) {
      return Optional.empty();
    }
    var after = chance.between(Duration.ZERO, LONGEST);
    var to = Later.after(chance.between(SHORTEST, LONGEST));
    return Optional.of(new Move(after, chance.happens(0.6) ? Optional.of(to) : Optional.empty()));
  }
}
