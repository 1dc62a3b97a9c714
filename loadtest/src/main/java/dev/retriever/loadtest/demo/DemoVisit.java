package dev.retriever.loadtest.demo;

import dev.retriever.client.NewFetch;
import dev.retriever.client.RetrieverClient;
import dev.retriever.client.problem.RetrieverException;
import dev.retriever.loadtest.load.OperatedQueues;
import dev.retriever.loadtest.process.NodeProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a demo does that is left running: it submits a fetch a second for an hour, so that there is
 * something to see, and then leaves the node alone until the process ends.
 */
final class DemoVisit {
  private static final int MOST = 3_600;
  private static final String QUEUE = "demo";

  /** Two at a time: calls of some seconds wait for each other now and then. */
  private static final String QUEUE_SETTINGS = "{\"concurrency\": 2}";

  private final NodeProcess node;
  private final RetrieverClient client;
  private final List<DemoPlan.Planned> fetches;
  private final PrintStream out;

  DemoVisit(NodeProcess node, List<DemoPlan.Planned> fetches, PrintStream out) {
    this.node = node;
    client = RetrieverClient.builder(node.api()).build();
    this.fetches = fetches;
    this.out = out;
  }

  /** Ends only by an exception: the process is expected to be interrupted. */
  void stay() throws IOException, InterruptedException {
    out.printf(
        "%nThe node goes on, with a fetch a second. Press Ctrl+C to end it.%n"
            + "  dashboard  %s/%n  API        %s%n  contract   %s/openapi.yaml%n",
        node.management(), node.api(), node.api());
    try {
      OperatedQueues.of(node).make(QUEUE, QUEUE_SETTINGS);
      for (var number = 0; number < MOST; number++) {
        submit(number);
        TimeUnit.SECONDS.sleep(1);
      }
    } catch (RetrieverException e) {
      throw new IOException("the node takes no more fetches: " + e.getMessage(), e);
    }
    out.println("An hour is over: no more fetches are submitted. The node goes on.");
    while (node.isAlive()) {
      TimeUnit.SECONDS.sleep(1);
    }
    throw new IOException("the node has ended; see its log");
  }

  /** Every second one through the queue. */
  private void submit(int number) {
    // A step that shares no factor with their count visits all kinds in a mixed order.
    var fetch = fetches.get((int) (number * 17L % fetches.size()));
    var spec = number % 2 == 0 ? fetch.spec().queue(QUEUE) : fetch.spec();
    var labelled = spec.label("kind", fetch.kind().name());
    client.fetches().submit(fetch.originId(), NewFetch.ofJson(labelled.json("stay-" + number)));
  }
}
