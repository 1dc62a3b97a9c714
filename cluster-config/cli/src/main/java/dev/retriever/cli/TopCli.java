package dev.retriever.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cli.text.ClusterTop;
import dev.retriever.cli.text.NodeTop;
import dev.retriever.client.ApiObject;
import dev.retriever.client.RetrieverClient;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.client.problem.RetrieverException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Shows what the cluster does, or one node, again and again. */
@Command(
    name = "top",
    description = {
      "Shows the figures of the whole cluster, its nodes and queues, again and again.",
      "On a terminal it redraws; else it prints a line each time. End it with Ctrl-C."
    },
    mixinStandardHelpOptions = true)
final class TopCli implements Callable<Integer> {
  private static final int MOST_QUEUES = 15;
  private static final String CLEAR = "\u001b[H\u001b[2J";

  @ParentCommand private Cli cli;

  @Option(names = "--interval", paramLabel = "TIME", defaultValue = "2s", description = "2s")
  private Duration interval;

  @Option(names = "--count", paramLabel = "N", description = "end after so many")
  private Integer count;

  @Option(
      names = "--node",
      description = "only the node that answers, with its pools; takes the role metrics")
  private boolean node;

  @Override
  public Integer call() throws InterruptedException {
    if (interval.compareTo(Duration.ofMillis(200)) < 0) {
      throw new Refused("--interval must be at least 200ms", "Give a longer one.");
    }
    var session = cli.session();
    var look = node ? new OneNode(session) : new Cluster(session);
    look.begin();
    for (var shown = 0; count == null || shown < count; shown++) {
      if (shown > 0 || node) {
        session.around().time().pause(interval);
      }
      try {
        look.show();
      } catch (RetrieverException e) {
        if (shown == 0 && !node) {
          throw e; // It is wrong from the start, so that a repeat does not help.
        }
        session.note("no figures: " + e.getMessage());
      }
    }
    return ExitCodes.DONE;
  }

  /** Looks again and again, and shows what it sees. */
  private abstract static class Looking {
    final Session session;
    final RetrieverClient client;

    Looking(Session session) {
      this.session = session;
      client = session.client();
    }

    abstract void begin();

    abstract void show();

    final String at() {
      return session.around().time().now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    final void redraw(List<String> screen) {
      session.say(CLEAR + String.join(System.lineSeparator(), screen));
    }
  }

  /** All nodes together, as the one that is asked sees them. */
  private static final class Cluster extends Looking {
    Cluster(Session session) {
      super(session);
    }

    @Override
    void begin() {}

    @Override
    void show() {
      var overview = client.node().overview().json();
      if (!session.around().isTerminal()) {
        session.say(ClusterTop.line(at(), overview));
        return;
      }
      var nodes = client.node().nodes().json();
      var title = client + "  " + at();
      var width = session.around().width();
      redraw(ClusterTop.screen(title, overview, nodes, queues(overview), width));
    }

    /** Those that something stops, or in which something waits. One may be gone meanwhile. */
    private List<JsonNode> queues(JsonNode overview) {
      var names =
          StreamSupport.stream(overview.path("queues").spliterator(), false)
              .limit(MOST_QUEUES)
              .map(it -> it.path("name").asText())
              .toList();
      var queues = new ArrayList<JsonNode>();
      for (var name : names) {
        try {
          queues.add(client.queues().get(name).json());
        } catch (ProblemException e) {
          session.note("no figures of queue " + name + ": " + e.getMessage());
        }
      }
      return queues;
    }
  }

  /** The node that answers. Its rates are made of two looks. */
  private static final class OneNode extends Looking {
    private JsonNode before;
    private long beforeAt;

    OneNode(Session session) {
      super(session);
    }

    @Override
    void begin() {
      before = stats();
      beforeAt = session.around().time().nanos();
    }

    private JsonNode stats() {
      ApiObject stats = client.node().stats();
      return stats.json();
    }

    @Override
    void show() {
      var now = stats();
      var nanos = session.around().time().nanos();
      var seconds = (nanos - beforeAt) / 1e9;
      if (session.around().isTerminal()) {
        redraw(
            NodeTop.screen(client + "  " + at(), before, now, seconds, session.around().width()));
      } else {
        session.say(NodeTop.line(at(), before, now, seconds));
      }
      before = now;
      beforeAt = nanos;
    }
  }
}
