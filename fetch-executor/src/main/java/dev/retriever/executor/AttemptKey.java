package dev.retriever.executor;

/**
 * The name of one attempt, unique in the cluster. It holds no secrets unless ids do.
 *
 * @param originType the sharded entity type of the origin
 * @param attempt the number of the attempt, from 1
 */
public record AttemptKey(String originType, String originId, String fetchId, int attempt) {
  /** The name of the origin, unique in the cluster. */
  public String origin() {
    return originType + "/" + originId;
  }

  @Override
  public String toString() {
    return originType + "/" + originId + "/" + fetchId + "#" + attempt;
  }
}
