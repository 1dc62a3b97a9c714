package dev.retriever.loadtest.demo;

import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.load.Submission;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/** The fetches of the demo, several kinds over several origins. */
final class DemoPlan {
  private static final int ORIGINS = 8;

  /**
   * @param possible the possible outcomes when the node is killed at any moment
   * @param shows the explanation of its line in the report
   */
  record Kind(
      String name, int count, IntFunction<Submission> spec, Set<String> possible, String shows) {}

  record Planned(String originId, String id, Submission spec, Kind kind) {
    Ledger.Accepted accepted() {
      return new Ledger.Accepted(id, kind.name(), spec.repeatable(), kind.possible());
    }

    /** Whether it is answered so late that the kill finds it in flight. */
    boolean slow() {
      return kind.name().startsWith("slow");
    }
  }

  private DemoPlan() {}

  /**
   * @param target answers
   * @param refusing refuses connections
   */
  static List<Kind> kinds(URI target, URI refusing) {
    var answered = Set.of("answered", "unknown");
    return List.of(
        new Kind("quick", 12, i -> Submission.get(target.resolve("/uuid")), answered, "GET /uuid"),
        new Kind(
            "slow",
            8,
            i -> Submission.get(slow(target, i, 8)).maxAttempts(3),
            answered,
            "GET of 2 to 4 s: safe to repeat, so it is sent again after the kill"),
        new Kind(
            "slow-post",
            6,
            i -> Submission.post(slow(target, i, 6), "pay " + i).maxAttempts(3),
            answered,
            "POST of 2 to 4 s without a key: never sent twice; in flight at the kill: unknown"),
        new Kind(
            "keyed-post",
            5,
            i -> Submission.post(target.resolve("/echo"), "pay " + i).keyed("order-" + i),
            answered,
            "POST /echo with an idempotency key"),
        new Kind(
            "failing",
            4,
            i -> Submission.get(target.resolve("/status/500")),
            answered,
            "GET /status/500, one attempt: an error status is an answer"),
        new Kind(
            "retried",
            4,
            i -> Submission.get(target.resolve("/status/500")).maxAttempts(3),
            answered,
            "GET /status/500, three attempts; one lost with its node does not count"),
        new Kind(
            "missing", 4, i -> Submission.get(target.resolve("/status/404")), answered, "GET 404"),
        new Kind(
            "refused",
            3,
            i -> Submission.get(refusing),
            Set.of("failed", "unknown"),
            "nothing listens: failed, for nothing was sent"),
        new Kind(
            "silent",
            3,
            i -> Submission.get(target.resolve("/never")).timeout("2s"),
            Set.of("unknown"),
            "no answer within 2 s: unknown, for the request was sent"),
        new Kind(
            "dropped",
            3,
            i -> Submission.get(target.resolve("/drop")),
            Set.of("unknown"),
            "connection closed after the request: unknown"));
  }

  private static URI slow(URI target, int index, int count) {
    return target.resolve("/delay/" + (2_000 + 2_000 * index / (count - 1)));
  }

  static List<Planned> fetches(List<Kind> kinds) {
    var fetches = new ArrayList<Planned>();
    for (var kind : kinds) {
      for (var i = 0; i < kind.count(); i++) {
        var origin = "demo-" + fetches.size() % ORIGINS;
        fetches.add(new Planned(origin, kind.name() + "-" + i, kind.spec().apply(i), kind));
      }
    }
    return List.copyOf(fetches);
  }
}
