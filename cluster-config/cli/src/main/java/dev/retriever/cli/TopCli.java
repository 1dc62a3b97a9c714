package dev.retriever.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.client.ApiObject;
import dev.retriever.client.RetrieverClient;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.client.problem.RetrieverException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Shows what a node does, again and again. */
@Command(
    name = "top",
    description = {
      "Shows the figures of the node that answers, and of queues, again and again.",
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

  @Override
  public Integer call() throws InterruptedException {
    if (interval.compareTo(Duration.ofMillis(200)) < 0) {
      throw new Refused("--interval must be at least 200ms", "Give a longer one.");
    }
    var session = cli.session();
    var client = session.client();
    var time = session.around().time();
    var before = client.node().stats().json();
    var at = time.nanos();
    for (var shown = 0; count == null || shown < count; shown++) {
      time.pause(interval);
      try {
        var now = client.node().stats().json();
        var seconds = (time.nanos() - at) / 1e9;
        at = time.nanos();
        show(session, client, before, now, seconds);
        before = now;
      } catch (RetrieverException e) {
        session.note("no figures: " + e.getMessage());
      }
    }
    return ExitCodes.DONE;
  }

  private static void show(
      Session session, RetrieverClient client, JsonNode before, JsonNode now, double seconds) {
    var around = session.around();
    var at = around.time().now().truncatedTo(ChronoUnit.SECONDS).toString();
    if (!around.isTerminal()) {
      session.say(TopView.line(at, before, now, seconds));
      return;
    }
    var screen =
        TopView.screen(client + "  " + at, before, now, seconds, queues(client), around.width());
    session.say(CLEAR + String.join(System.lineSeparator(), screen));
  }

  /** Without the role for them, there are none to show. */
  private static List<JsonNode> queues(RetrieverClient client) {
    try {
      return client.queues().list(MOST_QUEUES, Optional.empty()).items().stream()
          .map(it -> client.queues().get(it.text("/name").orElseThrow()))
          .map(ApiObject::json)
          .toList();
    } catch (ProblemException e) {
      return List.of();
    }
  }
}
