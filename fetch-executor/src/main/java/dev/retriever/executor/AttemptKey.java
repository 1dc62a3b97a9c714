package dev.retriever.executor;

/**
 * Names one attempt in the whole cluster. It holds no secrets unless ids do.
 *
 * @param originType the sharded entity type of the origin
 * @param attempt counted from 1
 */
public record AttemptKey(String originType, String originId, String fetchId, int attempt) {
  /** Names its origin in the whole cluster. */
  public String origin() {
    return originType + "/" + originId;
  }

  @Override
  public String toString() {
    return originType + "/" + originId + "/" + fetchId + "#" + attempt;
  }
}
