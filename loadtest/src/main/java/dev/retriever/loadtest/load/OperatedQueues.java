package dev.retriever.loadtest.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.client.QueueCalls;
import dev.retriever.client.RetrieverClient;
import dev.retriever.loadtest.process.NodeProcess;
import java.time.Duration;
import java.util.Optional;

/** Queues as operators see them at one node, by the Java client. Calls block. */
public final class OperatedQueues {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As long as the other client of load tests waits, for machines that are busy. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final QueueCalls calls;

  private OperatedQueues(QueueCalls calls) {
    this.calls = calls;
  }

  /** Of that node, which runs. */
  public static OperatedQueues of(NodeProcess node) {
    var client =
        RetrieverClient.builder(node.api()).management(node.management()).timeout(TIMEOUT).build();
    return new OperatedQueues(client.queues());
  }

  /**
   * Makes a queue.
   *
   * @param settings as JSON
   */
  public void make(String name, String settings) {
    try {
      calls.put(name, JSON.readTree(settings), Optional.empty());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + settings, e);
    }
  }

  public void pause(String name) {
    calls.pause(name, "load test", Optional.empty());
  }

  public void resume(String name) {
    calls.resume(name);
  }

  /** Fetches that wait in it. */
  public long waiting(String name) {
    return calls.get(name).number("/waiting/fetches");
  }
}
