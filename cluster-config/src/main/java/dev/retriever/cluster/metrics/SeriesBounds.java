package dev.retriever.cluster.metrics;

/**
 * The bounds of what a node exports. A node that has used up all of them has fewer than 2,000
 * series.
 */
final class SeriesBounds {
  /** Pools with figures; the default pool is one of them. */
  static final int POOLS = 8;

  /** Types of origins with series of their own. */
  static final int ORIGIN_TYPES = 6;

  /** Hosts of targets, with their ports, that have series of their own. */
  static final int HOSTS = 80;

  /** Combinations of host, method and result with series of their own. */
  static final int CLIENT_SETS = 80;

  /** Combinations of method and result of all other hosts. */
  static final int OTHER_CLIENT_SETS = 15;

  /** Queues of which it is remembered what they had counted. */
  static final int QUEUES_SEEN = 4_000;

  /** Wake-ups of which it is remembered that they were found. */
  static final int WAKE_UPS_FOUND = 10_000;

  /** Combinations of route, method and status with series of their own. */
  static final int SERVER_SETS = 45;

  /** Combinations of method and status of all other routes. */
  static final int OTHER_SERVER_SETS = 8;

  /** Combinations of method and status of requests that anybody can make have refused. */
  static final int REFUSED_SETS = 10;

  /** Queues with series of their own. */
  static final int QUEUES = 12;

  /** Combinations of type, outcome and reason. */
  static final int OUTCOME_SETS = 50;

  /** Reasons of requests that were refused at the door. */
  static final int DENIALS = 30;

  private SeriesBounds() {}
}
