package dev.retriever.origin;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Pools;
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
    Pools executors,
    Storage storage,
    DoubleSupplier random) {
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
