package dev.retriever.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.client.wire.Call;
import dev.retriever.client.wire.CallSender;
import java.util.Optional;
import java.util.function.Supplier;

/** Calls about jobs in bulk, which docs/search.md explains. Used by several threads. */
public final class BulkCalls {
  private final CallSender sender;
  private final Supplier<String> ids;

  BulkCalls(CallSender sender, Supplier<String> ids) {
    this.sender = sender;
    this.ids = ids;
  }

  /**
   * What a job does.
   *
   * @param action {@code redrive} or {@code cancel}
   * @param rate fetches in a second, 1 to 1000
   * @param max fetches in all
   */
  public record Job(Optional<String> id, String action, FetchQuery where, int rate, long max) {
    /**
     * With the defaults of the API: 100 in a second, 10,000 in all, an id that the client makes.
     */
    public static Job of(String action, FetchQuery where) {
      return new Job(Optional.empty(), action, where, 100, 10_000);
    }

    private ObjectNode json() {
      var json = JsonNodeFactory.instance.objectNode();
      json.put("action", action).put("rate", rate).put("max", max);
      var filters = json.putObject("where");
      where.filters().forEach(it -> filters.put(it.getKey(), it.getValue()));
      return json;
    }
  }

  private ApiObject sent(Call call) {
    return ApiObject.of(sender.send(call));
  }

  /** How many fetches it would touch now, in {@code matching}. Changes nothing. */
  public ApiObject dryRun(Job job) {
    return sent(Call.api("POST", "v1", "bulk").json(job.json().put("dryRun", true)));
  }

  /** Begins it, once under its id. */
  public ApiObject begin(Job job) {
    var body = job.json().put("id", job.id().orElseGet(ids));
    return sent(Call.api("POST", "v1", "bulk").json(body));
  }

  /** All jobs of the tenant that the credential is for. */
  public Page<ApiObject> list() {
    return Page.of(sender.send(Call.api("GET", "v1", "bulk")).json());
  }

  /** How far it is. */
  public ApiObject get(String id) {
    return sent(Call.api("GET", "v1", "bulk", id));
  }

  /** Lets it rest. */
  public ApiObject pause(String id) {
    return sent(Call.api("POST", "v1", "bulk", id, "pause"));
  }

  /** Lets it go on after the last page. */
  public ApiObject resume(String id) {
    return sent(Call.api("POST", "v1", "bulk", id, "resume"));
  }

  /** Ends it; what it made stays. */
  public ApiObject cancel(String id) {
    return sent(Call.api("POST", "v1", "bulk", id, "cancel"));
  }
}
