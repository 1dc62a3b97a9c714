package dev.retriever.client;

import dev.retriever.client.problem.NoAnswerException;
import dev.retriever.client.wire.Call;
import dev.retriever.client.wire.CallSender;
import dev.retriever.client.wire.CallSettings;
import java.io.IOException;

/** Calls about the node that answers, and the cluster as it sees it. Used by several threads. */
public final class NodeCalls {
  private final CallSender sender;

  NodeCalls(CallSender sender) {
    this.sender = sender;
  }

  /** Who the caller is for the node, with roles, origins, limits and quotas. */
  public ApiObject me() {
    return ApiObject.of(sender.send(Call.api("GET", "v1", "me")));
  }

  /** Counts since the start, and gauges, of the management port. */
  public ApiObject stats() {
    return ApiObject.of(sender.send(Call.admin("GET", "stats")));
  }

  /** The members of the cluster, of the management port. Older nodes do not have it. */
  public ApiObject nodes() {
    return ApiObject.of(sender.send(Call.admin("GET", "admin", "nodes")));
  }

  /**
   * The figures of the whole cluster and what is wrong with it, of the management port. Older nodes
   * do not have it.
   */
  public ApiObject overview() {
    return ApiObject.of(sender.send(Call.admin("GET", "admin", "overview")));
  }

  /** What the database says of itself, of the management port. Older nodes do not have it. */
  public ApiObject database() {
    return ApiObject.of(sender.send(Call.admin("GET", "admin", "database")));
  }

  /**
   * Whether the API's port answers, and what its answer and connection say besides. One try.
   *
   * @throws NoAnswerException if there is none
   */
  public NodeProbe probeApi() {
    return probe(Call.api("GET", "v1", "me"));
  }

  /**
   * Whether the node is ready, asked at the management port. One try; not being ready is an answer.
   *
   * @throws NoAnswerException if there is none
   */
  public NodeProbe probeReadiness() {
    return probe(Call.admin("GET", "ready"));
  }

  private NodeProbe probe(Call call) {
    CallSettings settings = sender.settings();
    try {
      var before = settings.time().now();
      var response = sender.probe(call);
      return NodeProbe.of(response, before, settings.time().now());
    } catch (IOException e) {
      throw new NoAnswerException(call + " was not answered", "Check the address.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoAnswerException(call + " was not answered", "The thread was interrupted.", e);
    }
  }
}
