package dev.retriever.origin.simulation.forgetting;

import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origin;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.core.AlarmCore;
import dev.retriever.origin.core.AttemptRoom;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The production code that decides, and the durations of the model. */
final class ForgettingRules {
  static final Duration RETENTION = Duration.ofHours(24);
  static final Duration AGE = RETENTION.plusHours(1);
  static final Duration REMEMBERED = Duration.ofDays(30);
  static final Duration LICENCE = Duration.ofHours(1);

  /** A snapshot is saved with a write, so its writer was not paused for longer in between. */
  static final Duration LATEST_SNAPSHOT = Duration.ofDays(7);

  static final OriginCore CORE =
      new OriginCore(50, 1 << 20, 3, Set.of(), new Retention(Optional.of(RETENTION)));

  static final Machine<Void, Void, String> MACHINE =
      new Machine<>(
          new NoHandlers(),
          new Machine.Rules(
              CORE, new AlarmCore(0), RetryPolicy.attempts(3), it -> {}, (bound, stored) -> {}));

  private ForgettingRules() {}

  /** No executor has room, so fetches settle by a cancel or at their deadline. */
  static final class NoRoom implements AttemptRoom {
    @Override
    public Optional<String> first(String fetchId, FetchSpec spec) {
      return Optional.empty();
    }

    @Override
    public Map<String, String> next(OriginState state, Instant until, int limit) {
      return Map.of();
    }
  }

  private static final class NoHandlers extends Origin<Void, Void, String> {
    @Override
    protected String emptyState() {
      return "";
    }

    @Override
    protected String apply(String state, Void event) {
      return state;
    }

    @Override
    protected void define(Definition<Void, Void, String> on) {}
  }
}
