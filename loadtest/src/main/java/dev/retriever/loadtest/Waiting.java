package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Fetches whose target takes its time: their origins leave memory meanwhile, and each settles once
 * all the same.
 */
final class Waiting implements Scenario {
  private static final int IDLE_SECONDS = 5;

  private static final List<String> NODE_OPTIONS =
      List.of("-Dretriever.origin.idle=" + IDLE_SECONDS + "s");

  @Override
  public String name() {
    return "waiting";
  }

  @Override
  public String summary() {
    return "--fetches that take --delay; their origins leave memory meanwhile";
  }

  @Override
  public boolean run(Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    return Workspace.run(
        name(),
        "The node's log is in ",
        out,
        workspace -> {
          var result = new Run(workspace, load, out, terminal).run();
          result.print(out);
          out.println("result: " + result.write());
          return result.kept();
        });
  }

  private static final class Run {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Load load;
    private final PrintStream out;
    private final boolean terminal;
    private final Target target;
    private final Api api;
    private final NodeProcess node;
    private final FetchSpec spec;
    private final Ledger ledger = new Ledger();
    private long mostAway;
    private long originsThen;

    Run(Workspace workspace, Load load, PrintStream out, boolean terminal) throws IOException {
      this.load = load;
      this.out = out;
      this.terminal = terminal;
      target = workspace.closing(Target.start(0, Optional.empty()));
      api = workspace.closing(new Api());
      node =
          workspace.closing(
              NodeProcess.ofClassPath(
                  NODE_OPTIONS, workspace.data(), workspace.logs().resolve("node.log")));
      var delay = load.sleeping().delay();
      var limit = delay.plus(PATIENCE).toSeconds() + "s";
      spec =
          FetchSpec.post(target.uri().resolve("/delay/" + delay.toMillis()), "once")
              .timeout(limit)
              .within(limit);
    }

    Result run() throws IOException, InterruptedException {
      node.start();
      var submitted = submit();
      var from = System.nanoTime();
      settle(from);
      read();
      return new Result(load, submitted, mostAway, originsThen, ledger.verdict(target.hits()));
    }

    private Drive.Driven submit() throws InterruptedException {
      try (var progress = Progress.of("submit", load.fetches(), out, terminal)) {
        return Drive.run(load.fetches(), load.concurrency(), this::submit, progress);
      }
    }

    private CompletableFuture<FetchView> submit(int index) {
      var id = "w-" + index;
      return api.submit(node.api(), origin(index), spec.json(id), Optional.empty())
          .whenComplete(
              (view, failure) -> {
                if (failure == null) {
                  ledger.accepted(new Ledger.Accepted(id, "slow", false, Set.of("answered")));
                  ledger.read(view);
                } else {
                  ledger.doubtful(id);
                }
              });
    }

    private String origin(int index) {
      return "waiting-" + index % load.origins();
    }

    /** Nothing is asked of an origin meanwhile: that would bring it back. */
    private void settle(long from) throws InterruptedException {
      var limit = load.sleeping().delay().plus(PATIENCE).toNanos();
      try (var progress = Progress.of("settle", load.fetches(), out, terminal)) {
        var answered = 0L;
        while (answered < load.fetches() && System.nanoTime() - from < limit) {
          var stats = api.stats(node.management()).join();
          answered = stats.at("/settled/answered").asLong();
          progress.to(answered);
          look(stats);
          TimeUnit.MILLISECONDS.sleep(200);
        }
      }
    }

    private void look(JsonNode stats) {
      var away = stats.path("inFlight").asLong() - stats.path("pending").asLong();
      if (away > mostAway) {
        mostAway = away;
        originsThen = stats.path("originsInMemory").asLong();
      }
    }

    private void read() throws InterruptedException {
      var follower = new Follower(api, node::api, ledger);
      try (var progress = Progress.of("read", load.fetches(), out, terminal)) {
        Drive.run(
            load.fetches(),
            load.concurrency(),
            i -> follower.read(origin(i), "w-" + i, Optional.empty()),
            progress);
      }
    }
  }

  /**
   * How it went.
   *
   * @param away most fetches that were in flight at once while their origins were not in memory
   * @param inMemory origins that were, then
   */
  record Result(Load load, Drive.Driven submitted, long away, long inMemory, Verdict verdict) {
    boolean kept() {
      return submitted.failed() == 0 && away == load.fetches() && verdict.kept();
    }

    void print(PrintStream out) {
      out.printf(
          "%n%d fetches that take %d s, %d origins that leave memory after %d s%n",
          load.fetches(), load.sleeping().delay().toSeconds(), load.origins(), IDLE_SECONDS);
      out.printf("in flight without their origins: %d; origins in memory: %d%n", away, inMemory);
      var total = verdict.total();
      out.printf(
          "accepted %d, answered %d, hits %d, duplicates %d, lost %d%n",
          total.accepted(),
          total.settled("answered"),
          total.hits(),
          verdict.count(Breach.Kind.DUPLICATE),
          total.lost());
      out.println(kept() ? "all origins slept, and each fetch settled once" : "NOT AS PROMISED");
      submitted.firstFailure().ifPresent(why -> out.println("  submit: " + why));
      out.print(verdict.complaint());
    }

    Path write() throws IOException {
      var json = new ObjectMapper().createObjectNode().put("scenario", "waiting");
      json.put("fetches", load.fetches()).put("origins", load.origins());
      json.put("delaySeconds", load.sleeping().delay().toSeconds());
      json.put("inFlightWithoutOrigins", away).put("originsInMemory", inMemory);
      var total = verdict.total();
      json.put("accepted", total.accepted()).put("answered", total.settled("answered"));
      json.put("hits", total.hits()).put("lost", total.lost());
      json.put("breaches", verdict.breaches().size()).put("kept", kept());
      return Results.write("waiting", load.out(), json.toPrettyString());
    }
  }
}
