package dev.retriever.executor;

/**
 * Names one attempt in the whole cluster. {@code attempt} counts from 1.
 *
 * @param originType the sharded entity type of the origin
 */
public record AttemptKey(String originType, String originId, String fetchId, int attempt) {
  @Override
  public String toString() {
    return originType + "/" + originId + "/" + fetchId + "#" + attempt;
  }
}
