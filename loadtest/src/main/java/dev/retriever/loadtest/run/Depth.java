package dev.retriever.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.pace.Progress;
import dev.retriever.loadtest.process.NodeProcess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Counts settled fetches by the statistics of nodes, without waking any origin. */
public final class Depth {
  private static final int EVERY_MS = 20;

  private final Api api;
  private final List<NodeProcess> nodes;
  private final long settledBefore;
  private long settled;

  private Depth(Api api, List<NodeProcess> nodes) {
    this.api = api;
    this.nodes = nodes;
    look();
    settledBefore = settled;
  }

  /** Begins to count. */
  public static Depth of(TestBed stage, NodeProcess... nodes) throws IOException {
    return new Depth(stage.api(), List.of(nodes));
  }

  private void look() {
    var now = 0L;
    for (var node : nodes) {
      var stats = stats(node);
      for (var of : stats.path("settled")) {
        now += of.asLong();
      }
    }
    settled = Math.max(settled, now);
  }

  private JsonNode stats(NodeProcess node) {
    try {
      return api.stats(node.management()).join();
    } catch (CompletionException away) {
      return MissingNode.getInstance();
    }
  }

  /** Waits until so many have settled since the beginning. False when they did not in time. */
  public boolean settles(long count, int seconds, Progress progress) throws InterruptedException {
    var limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (look(); settled() < count; look()) {
      if (System.nanoTime() > limit) {
        return false;
      }
      progress.to(settled());
      TimeUnit.MILLISECONDS.sleep(EVERY_MS);
    }
    progress.to(settled());
    return true;
  }

  /** Fetches that settled since the beginning. */
  public long settled() {
    return settled - settledBefore;
  }
}
