package dev.retriever.loadtest.report;

import java.util.List;

/**
 * Something that users rely on, and the scenarios whose results are evidence for it.
 *
 * @param underFaults whether the scenarios break something on purpose
 * @param scenarios by name; all of them are needed
 */
public record Promise(String words, boolean underFaults, List<String> scenarios) {

  private static Promise steady(String words, String... scenarios) {
    return new Promise(words, false, List.of(scenarios));
  }

  private static Promise faults(String words, String... scenarios) {
    return new Promise(words, true, List.of(scenarios));
  }

  /** All of them, the most important first. */
  public static final List<Promise> ALL =
      List.of(
          faults(
              "Nothing accepted is lost, and nothing is sent twice that must not be, whatever is"
                  + " killed, stopped or cut off",
              "kills",
              "queue-crash"),
          faults("Executor nodes join, stop and die under load", "queue-nodes"),
          faults("Every outcome is told to its callback, signed, under one id", "callbacks"),
          faults("Schedules tick once and not early, through restarts", "schedules"),
          faults("A job in bulk does each thing once, though its node is killed", "bulk"),
          faults("The API answers as its contract says, whatever it is sent", "fuzz-api"),
          faults("Failed attempts back off; no more are made than must be", "queue-retries"),
          steady(
              "Quick fetches at a steady rate, the last ones as fast as the first",
              "rates",
              "queue-throughput",
              "queue-flat",
              "throughput"),
          steady("A high rate of submissions from many clients is accepted", "queue-clients"),
          steady("Short calls stay short beside long ones", "queue-mixed"),
          steady("Many calls at once, and limits that hold", "limits"),
          steady("A million fetches wait, are read, survive a crash and settle", "queue-backlog"),
          steady("Callers of a queue get fair shares", "queue-fairness", "flow-shares"),
          steady("Fetches wait in a queue while their origins sleep", "flow-sleepers"),
          steady("A queue costs little", "flow-cost"),
          steady("Doors with TLS, keys and quotas cost little", "door-cost"),
          steady("Fetches are found for a little of the rate", "index-cost"),
          steady("Metrics and traces cost little", "watch-cost"),
          steady("A fetch costs little processor time and memory", "bars", "bounds"),
          steady("The memory of a node does not grow", "soak"),
          steady("The database does not keep the rows of orders that are over", "forgotten"),
          steady("Slow networks add their own time only", "queue-latency"),
          steady("Long calls and large origins hold little memory", "waiting", "crowd"),
          steady("Alarms ring once and not early", "alarms-due", "alarms-pending"),
          steady("The cost of each dispatch is known", "dispatch"),
          steady("10,000 subscribers at once get each event once", "connections"),
          steady("50,000 subscriptions in waves", "waves"),
          faults(
              "Far-away and slow subscribers get everything",
              "latency",
              "jitter",
              "saturation",
              "combined"),
          faults(
              "Subscribers that are cut come back and miss nothing",
              "herd",
              "drops",
              "cascade",
              "churn"),
          steady("Large outcomes reach all subscribers intact", "payloads"),
          steady("Subscriptions last a day", "day"));
}
