package dev.retriever.client.problem;

import java.util.Map;

/** What a caller can do about each kind of problem. */
final class NextSteps {
  private static final Map<String, String> BY_TYPE =
      Map.ofEntries(
          Map.entry("unauthenticated", "Give a key that is valid and has not expired."),
          Map.entry("forbidden", "Use a key that has the role which the call takes."),
          Map.entry("origin-not-allowed", "Use a key that is for this origin."),
          Map.entry("tenant-closed", "Ask an operator to open the tenant."),
          Map.entry("not-found", "Check the names; a settled fetch is forgotten after a day."),
          Map.entry("conflict", "Read it: it has changed in the meantime."),
          Map.entry("fetch-begun", "Its time cannot be moved any more; cancel it if you must."),
          Map.entry("fetch-not-settled", "Wait until it has settled, or cancel it first."),
          Map.entry("erased", "Submit it again under another id."),
          Map.entry("request-gone", "Submit it again, as a new fetch."),
          Map.entry("queue-draining", "Wait until the queue is resumed, or use another queue."),
          Map.entry("queue-not-empty", "Drain or purge the queue first."),
          Map.entry("precondition-failed", "Read it again, and repeat the change on that version."),
          Map.entry("precondition-required", "Name the version that you want to change."),
          Map.entry("no-such-queue", "Have an operator make the queue."),
          Map.entry("no-such-callback", "Put the callback endpoint first."),
          Map.entry("no-such-executor", "Name one of the pools that the problem lists."),
          Map.entry("idempotency-key-reused", "Use another id for another fetch."),
          Map.entry("too-broad", "Add a filter, or a shorter time."),
          Map.entry("internal", "Look for the id of this problem in the log of the node."),
          Map.entry("target-not-allowed", "Have an operator allow the address of the target."));

  private NextSteps() {}

  static String of(int status, String type) {
    var known = BY_TYPE.get(type);
    if (known != null) {
      return known;
    }
    return status >= 500
        ? "Call again later; if it stays, look into the log of the node."
        : "Correct the request as the problem says.";
  }
}
