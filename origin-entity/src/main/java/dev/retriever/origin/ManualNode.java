package dev.retriever.origin;

import dev.retriever.executor.AttemptKey;
import java.time.Instant;
import java.util.function.DoubleSupplier;

/**
 * What a {@link ManualOrigin} runs on.
 *
 * @param originType the first part of its attempts' keys
 * @param random numbers evenly from [0, 1)
 */
public record ManualNode(
    String originType,
    String originId,
    OriginSettings settings,
    Executors executors,
    Storage storage,
    DoubleSupplier random) {
  /**
   * Who makes its attempts. The methods promise what those of {@link
   * dev.retriever.executor.ExecutorPool} do.
   */
  public interface Executors {
    String id();

    boolean reserve(AttemptKey key);

    void release(AttemptKey key);

    boolean willReport(AttemptKey key);

    boolean remembers(Instant reservedAt);
  }

  /** What writing and reading again makes of things. Throws when they cannot be. */
  public interface Storage {
    Object row(Object row);

    Object state(Object state);

    /** Called for each context that is persisted, with what is read of it again. */
    void context(Object context, Object readAgain);
  }

  AttemptKey key(String fetchId, int attempt) {
    return new AttemptKey(originType, originId, fetchId, attempt);
  }
}
