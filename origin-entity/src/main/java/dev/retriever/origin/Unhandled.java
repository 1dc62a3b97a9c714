package dev.retriever.origin;

/**
 * A fetch that has settled, and whose continuation has not run yet. Its outcome is kept at hand for
 * as long.
 *
 * @param tries how often the continuation has failed
 * @param reason why it failed last
 * @param parked it is not tried again by itself
 */
record Unhandled(
    String fetchId, Then then, Outcome outcome, int tries, String reason, boolean parked) {
  static Unhandled of(String fetchId, Then then, Outcome outcome) {
    return new Unhandled(fetchId, then, outcome, 0, "", false);
  }

  Unhandled failed(String why, boolean nowParked) {
    return new Unhandled(fetchId, then, outcome, tries + 1, why, nowParked);
  }
}
