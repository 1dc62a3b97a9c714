package dev.retriever.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.client.wire.Call;
import dev.retriever.client.wire.CallReply;
import dev.retriever.client.wire.CallSender;
import dev.retriever.client.wire.RepeatPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Calls about fetches. Used by several threads; bounds and errors are those of the client. */
public final class FetchCalls {
  /** As long as a node waits for one call. */
  private static final Duration LONGEST_POLL = Duration.ofSeconds(60);

  private final CallSender sender;
  private final Supplier<String> ids;

  FetchCalls(CallSender sender, Supplier<String> ids) {
    this.sender = sender;
    this.ids = ids;
  }

  private static String[] fetch(String originId, String fetchId, String... more) {
    var segments = new ArrayList<>(List.of("v1", "origins", originId, "fetches", fetchId));
    segments.addAll(List.of(more));
    return segments.toArray(String[]::new);
  }

  private ShownFetch shown(Call call) {
    return shown(sender.send(call));
  }

  private static ShownFetch shown(CallReply reply) {
    var isReplay = reply.headers().firstValue("idempotency-replayed").isPresent();
    return ShownFetch.of(reply.json(), isReplay);
  }

  /**
   * Submits it: when this returns, it is durable. One without an id gets one first, so that repeats
   * never make it twice.
   */
  public ShownFetch submit(String originId, NewFetch fetch) {
    return shown(submission(originId, fetch));
  }

  private Call submission(String originId, NewFetch fetch) {
    return Call.api("POST", "v1", "origins", originId, "fetches").json(named(fetch).json());
  }

  private NewFetch named(NewFetch fetch) {
    return fetch.id().isPresent() ? fetch : fetch.id(ids.get());
  }

  /**
   * Submits it, and waits for its outcome.
   *
   * @param atMost how long; then it is answered as it stands, and goes on
   */
  public ShownFetch run(String originId, NewFetch fetch, Duration atMost) {
    var began = sender.settings().time().nanos();
    var submitted = shown(submission(originId, fetch).waiting(atMost));
    var elapsed = Duration.ofNanos(sender.settings().time().nanos() - began);
    var left = atMost.minus(elapsed);
    return submitted.isSettled() || left.toMillis() < 1
        ? submitted
        : await(originId, submitted.id(), left);
  }

  /** As it stands. */
  public ShownFetch get(String originId, String fetchId) {
    return shown(Call.api("GET", fetch(originId, fetchId)));
  }

  /**
   * Waits until it has settled. A broken connection, or a node that stops, does not end the wait.
   *
   * @param atMost how long; then it is answered as it stands
   */
  public ShownFetch await(String originId, String fetchId, Duration atMost) {
    var time = sender.settings().time();
    var began = time.nanos();
    while (true) {
      var left = atMost.minusNanos(time.nanos() - began);
      var poll = left.compareTo(LONGEST_POLL) < 0 ? left : LONGEST_POLL;
      var call = Call.api("GET", fetch(originId, fetchId));
      if (poll.toMillis() < 1_000) {
        return shown(call);
      }
      var patience = new RepeatPlan(100, left);
      var fetch = shown(sender.send(call.waiting(poll), patience));
      if (fetch.isSettled()) {
        return fetch;
      }
    }
  }

  /** Takes it back; a fetch that is cancelled already is answered as it is. */
  public ShownFetch cancel(String originId, String fetchId) {
    return shown(Call.api("DELETE", fetch(originId, fetchId)));
  }

  /** Lets one that waits for its time begin now. */
  public ShownFetch start(String originId, String fetchId) {
    return shown(Call.api("POST", fetch(originId, fetchId, "start")));
  }

  /** Moves the time of one that has not begun. */
  public ShownFetch move(String originId, String fetchId, Instant notBefore) {
    var body = JsonNodeFactory.instance.objectNode().put("notBefore", notBefore.toString());
    return shown(Call.api("PATCH", fetch(originId, fetchId)).json(body));
  }

  /** Makes a settled one again, once however often this is called. */
  public ShownFetch redrive(String originId, String fetchId) {
    return shown(Call.api("POST", fetch(originId, fetchId, "redrive")));
  }

  /** Makes a settled one again, under that id. */
  public ShownFetch redrive(String originId, String fetchId, String newId) {
    var body = JsonNodeFactory.instance.objectNode().put("id", newId);
    return shown(Call.api("POST", fetch(originId, fetchId, "redrive")).json(body));
  }

  /** Erases what it sent and got; ask again to see how far that is, in its member erased. */
  public ShownFetch eraseBodies(String originId, String fetchId) {
    return shown(Call.api("DELETE", fetch(originId, fetchId, "bodies")));
  }

  /**
   * Fetches of an origin, in the order of acceptance, without bodies and attempts.
   *
   * @param state pending or settled; empty for all
   * @param cursor of the page before
   */
  public Page<ShownFetch> list(
      String originId, Optional<String> state, int limit, Optional<String> cursor) {
    var call =
        Call.api("GET", "v1", "origins", originId, "fetches")
            .query("state", state)
            .query("limit", Integer.toString(limit))
            .query("cursor", cursor);
    return Page.of(sender.send(call).json(), "nextCursor", it -> ShownFetch.of(it, false));
  }

  /** Submits up to 500 of one origin in one write: all of them, or none. */
  public List<BatchResult> submitAll(String originId, List<NewFetch> fetches) {
    var body = JsonNodeFactory.instance.objectNode();
    var all = body.putArray("fetches");
    fetches.forEach(it -> all.add(named(it).json()));
    return batch(Call.api("POST", "v1", "origins", originId, "fetches:batch").json(body), originId);
  }

  /** Submits up to 500 of several origins. Each origin takes its own, or says why not. */
  public List<BatchResult> submitMany(List<Map.Entry<String, NewFetch>> fetches) {
    var body = JsonNodeFactory.instance.objectNode();
    var all = body.putArray("fetches");
    fetches.forEach(it -> all.add(named(it.getValue()).json().put("originId", it.getKey())));
    return batch(Call.api("POST", "v1", "fetches:batch").json(body), "");
  }

  private List<BatchResult> batch(Call call, String originId) {
    var results = new ArrayList<BatchResult>();
    sender.send(call).json().path("items").forEach(it -> results.add(BatchResult.of(it, originId)));
    return List.copyOf(results);
  }
}
