package dev.retriever.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Three nodes on one PostgreSQL, loaded through all of them. In the middle the oldest is killed,
 * and when the shards answer again, the next is stopped in good order. Fetches that are refused
 * meanwhile are submitted again, with the same id, to the next node.
 */
final class Outage implements Scenario {
  private static final int NODES = 3;

  @Override
  public String name() {
    return "outage";
  }

  @Override
  public String summary() {
    return "three nodes; one is killed and one is stopped, both under load";
  }

  @Override
  public boolean run(Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    return Workspace.run(
        "outage",
        "The nodes' logs are in ",
        out,
        workspace -> {
          var target = workspace.closing(Target.start(0, Optional.empty()));
          var api = workspace.closing(new Api());
          var fleet = workspace.closing(Fleet.start(NODES, workspace.data(), workspace.logs()));
          return new Run(load, out, fleet, api, target).run().kept();
        });
  }

  /**
   * How it went.
   *
   * @param afterKill from the kill until every probed shard answered again
   * @param afterStop the same from SIGTERM
   * @param stopped how long the process took to end
   * @param status what it exited with
   * @param unknownAfterKill fetches that settled as unknown, of those under way when the node was
   *     killed or later
   */
  record Result(
      Verdict verdict,
      Duration afterKill,
      Duration afterStop,
      Duration stopped,
      int status,
      int unknownAfterKill,
      int unknownAfterStop) {
    boolean kept() {
      return verdict.kept() && status == STOPPED && unknownAfterStop == 0;
    }
  }

  /** 128 + SIGTERM: how Java ends when it is told to. */
  static final int STOPPED = 143;

  /** One run against a fleet that is up. */
  static final class Run {
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PROBES = 60;
    private static final Executor SOON =
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

    private final Load load;
    private final PrintStream out;
    private final Fleet fleet;
    private final Api api;
    private final Target target;
    private final Ledger ledger = new Ledger();
    private final Follower follower;
    private volatile boolean over;

    Run(Load load, PrintStream out, Fleet fleet, Api api, Target target) {
      this.load = load;
      this.out = out;
      this.fleet = fleet;
      this.api = api;
      this.target = target;
      this.follower = new Follower(api, fleet::next, ledger);
    }

    Result run() throws InterruptedException {
      answering(System.nanoTime());
      out.println("nodes " + fleet.alive().stream().map(NodeProcess::api).toList());
      var killed = loaded("killed", this::kill);
      var unknownAfterKill = ledger.verdict(target.hits()).total().settled("unknown");
      var stopping = new Duration[1];
      var status = new int[1];
      var left =
          loaded(
              "stopped",
              () -> {
                var from = System.nanoTime();
                status[0] = fleet.stopOldest();
                stopping[0] = since(from);
                return from;
              });
      var verdict = ledger.verdict(target.hits());
      var result =
          new Result(
              verdict,
              killed,
              left,
              stopping[0],
              status[0],
              unknownAfterKill,
              verdict.total().settled("unknown") - unknownAfterKill);
      print(result);
      return result;
    }

    /** Ends a node, and tells when it began to. */
    private interface Ending {
      long begun() throws InterruptedException;
    }

    private long kill() throws InterruptedException {
      var from = System.nanoTime();
      fleet.killOldest();
      return from;
    }

    /**
     * Ends a node while fetches are submitted all the time, and waits until all have settled.
     *
     * @return until every probed shard answered again
     */
    private Duration loaded(String phase, Ending ending) throws InterruptedException {
      over = false;
      var lanes = new ArrayList<CompletableFuture<Void>>();
      for (var lane = 0; lane < load.concurrency(); lane++) {
        lanes.add(submitting(phase + "-" + lane, 0));
      }
      TimeUnit.SECONDS.sleep(3);
      var answering = answering(ending.begun());
      over = true;
      join(lanes);
      var open =
          ledger.unsettled().stream()
              .map(view -> follower.follow(view.originId(), view.id()))
              .toList();
      join(open);
      return answering;
    }

    private static void join(List<CompletableFuture<Void>> all) {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .completeOnTimeout(null, PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .join();
    }

    /** One after the other, until enough, or until it is over. */
    private CompletableFuture<Void> submitting(String lane, int number) {
      if (over || number >= load.fetches()) {
        return CompletableFuture.completedFuture(null);
      }
      var id = lane + "-" + number;
      var origin = "o-" + Math.floorMod(id.hashCode(), load.origins());
      var url = target.uri().resolve("/delay/500");
      var spec = number % 2 == 0 ? FetchSpec.get(url) : FetchSpec.post(url, "once");
      return submit(origin, id, spec.timeout("30s").within("2m"))
          .thenComposeAsync(done -> submitting(lane, number + 1), SOON);
    }

    /** Until a node accepts it: the same id is the same fetch. */
    private CompletableFuture<Void> submit(String origin, String id, FetchSpec spec) {
      return api.submit(fleet.next(), origin, spec.json(id), Optional.empty())
          .handle(
              (view, failure) -> {
                if (failure != null) {
                  ledger.doubtful(id);
                  return CompletableFuture.supplyAsync(() -> null, SOON)
                      .thenCompose(later -> submit(origin, id, spec));
                }
                var possible =
                    spec.repeatable() ? Set.of("answered") : Set.of("answered", "unknown");
                ledger.accepted(
                    new Ledger.Accepted(id, spec.method(), spec.repeatable(), possible));
                ledger.read(view);
                return CompletableFuture.<Void>completedFuture(null);
              })
          .thenCompose(next -> next);
    }

    /** Asks origins of many shards, again and again, until each has answered. */
    private Duration answering(long from) throws InterruptedException {
      var silent = ConcurrentHashMap.<String>newKeySet();
      for (var i = 0; i < PROBES; i++) {
        silent.add("probe-" + i);
      }
      while (!silent.isEmpty() && since(from).compareTo(PATIENCE) < 0) {
        for (var origin : List.copyOf(silent)) {
          api.read(fleet.next(), origin, "none", Optional.empty())
              .whenComplete(
                  (view, failure) -> {
                    if (isAnswer(failure)) {
                      silent.remove(origin);
                    }
                  });
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
      return since(from);
    }

    /** There is no such fetch: so says its origin, and nobody else. */
    private static boolean isAnswer(Throwable failure) {
      var cause = failure instanceof CompletionException ? failure.getCause() : failure;
      return cause instanceof Api.Unexpected unexpected && unexpected.status() == 404;
    }

    private static Duration since(long from) {
      return Duration.ofNanos(System.nanoTime() - from);
    }

    private void print(Result result) {
      var total = result.verdict().total();
      out.printf(
          "accepted %d, settled %s, hits %d, lost %d%n",
          total.accepted(), total.settled(), total.hits(), total.lost());
      out.printf(
          "kill -9: all shards answer again after %.1f s; %d fetches unknown%n",
          seconds(result.afterKill()), result.unknownAfterKill());
      out.printf(
          "SIGTERM: all shards answer again after %.1f s; ended after %.1f s with status %d;"
              + " %d fetches unknown%n",
          seconds(result.afterStop()),
          seconds(result.stopped()),
          result.status(),
          result.unknownAfterStop());
      out.print(result.verdict().complaint());
    }

    private static double seconds(Duration time) {
      return time.toMillis() / 1000.0;
    }
  }

  /** For tests: the smallest run that shows something. */
  static Load small() {
    return new Load(1_000, 8, 50, Optional.<Path>empty());
  }
}
