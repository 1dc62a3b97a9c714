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

/** Samples the statistics of nodes while fetches settle, without waking any origin. */
public final class Depth {
  private static final int EVERY_MS = 20;

  private final Api api;
  private final List<NodeProcess> nodes;
  private final long settledBefore;
  private long settled;
  private long mostPending;
  private long mostInFlight;

  private Depth(Api api, List<NodeProcess> nodes) {
    this.api = api;
    this.nodes = nodes;
    look();
    settledBefore = settled;
    mostPending = 0;
    mostInFlight = 0;
  }

  /** Begins to count. */
  public static Depth of(TestBed stage, NodeProcess... nodes) throws IOException {
    return new Depth(stage.api(), List.of(nodes));
  }

  private void look() {
    var pending = 0L;
    var inFlight = 0L;
    var now = 0L;
    for (var node : nodes) {
      var stats = stats(node);
      pending += stats.path("pending").asLong();
      inFlight += stats.path("inFlight").asLong();
      for (var of : stats.path("settled")) {
        now += of.asLong();
      }
    }
    settled = Math.max(settled, now);
    mostPending = Math.max(mostPending, pending);
    mostInFlight = Math.max(mostInFlight, inFlight);
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

  /** The most fetches that were seen pending at once. */
  long mostPending() {
    return mostPending;
  }

  /** The most attempts that executors were seen to hold at once. */
  long mostInFlight() {
    return mostInFlight;
  }
}
