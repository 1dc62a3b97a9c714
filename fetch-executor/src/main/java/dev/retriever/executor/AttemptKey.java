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

  /** The tenant that the attempt is made for: its secrets, hosts and pools are used. */
  public Tenant tenant() {
    return Tenant.of(originType, originId);
  }

  /** For logs: with the id that the callers of the origin know. */
  @Override
  public String toString() {
    var tenant = tenant();
    var outer = originType + "/" + Tenant.outerId(originType, originId);
    return (tenant.isDefault() ? "" : tenant + ":") + outer + "/" + fetchId + "#" + attempt;
  }
}
