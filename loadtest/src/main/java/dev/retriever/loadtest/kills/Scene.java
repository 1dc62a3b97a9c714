package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.ledger.Hits;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.load.Probes;
import dev.retriever.loadtest.load.Traffic;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.pace.Progress;
import dev.retriever.loadtest.process.Fleet;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The nodes under load of a kill test, and the record of kills and observations. For one thread.
 */
final class Scene {
  /** Longer than any time limit of a fetch. */
  private static final Duration SETTLED_LIMIT = Duration.ofSeconds(150);

  /** Slots that linger after kills leave a backlog. */
  private static final Duration QUEUED_LIMIT = Duration.ofMinutes(20);

  private static final int SAMPLE_MS = 300;
  private static final int ACCEPTED_MIN = 50;
  private static final Duration LOAD_LIMIT = Duration.ofSeconds(30);

  private final Fleet fleet;
  private final Traffic traffic;
  private final Probes probes;
  private final KillSize size;
  private final Random random;
  private final Context context;
  private final long from = System.nanoTime();
  private final List<Strike> strikes = new ArrayList<>();
  private final List<Duration> silences = new ArrayList<>();
  private final List<KillResult.Quiet> quiet = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final Optional<GrantWatch> grants;
  private long struck;
  private int acceptedBeforeLoad;
  private int begunBeforeLoad;

  /**
   * @param grants watches the queue of the fetches, if they are in one
   */
  Scene(
      Fleet fleet,
      Traffic traffic,
      Probes probes,
      KillSize size,
      Context context,
      Optional<GrantWatch> grants) {
    this.grants = grants;
    this.fleet = fleet;
    this.traffic = traffic;
    this.probes = probes;
    this.size = size;
    this.context = context;
    this.random = new Random(context.seed());
  }

  /** A kill, stop or cut. True when it hit its aim. */
  interface Action {
    boolean apply() throws IOException, InterruptedException;
  }

  Fleet fleet() {
    return fleet;
  }

  Traffic traffic() {
    return traffic;
  }

  KillSize size() {
    return size;
  }

  /**
   * Lets the load go on for so long. On a slow machine it waits longer, until some fetches have
   * been accepted.
   */
  void load(Duration time) throws InterruptedException {
    // What was refused while nodes were away tells nothing about the load from here on.
    acceptedBeforeLoad = traffic.accepted();
    begunBeforeLoad = traffic.begun();
    var enough = acceptedBeforeLoad + ACCEPTED_MIN;
    pass(time);
    Polling.until(LOAD_LIMIT, SAMPLE_MS, () -> traffic.accepted() >= enough);
  }

  /** The same, and for a random time of up to three seconds more. */
  void loadAtRandom(Duration least) throws InterruptedException {
    load(least.plusMillis(random.nextInt(3_000)));
  }

  /** Lets so much time pass, whatever the load does. */
  void pass(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }

  /** Lets the load go on for a random time of up to four seconds. */
  void loadForAWhile() throws InterruptedException {
    load(Duration.ofMillis(500 + random.nextInt(3_500)));
  }

  /** Lets the load go on for a random time, and until the node works on a fetch of a queue. */
  void loadUntilBusy(NodeProcess node) throws InterruptedException {
    loadForAWhile();
    Polling.until(LOAD_LIMIT, 20, () -> fleet.database().slotsAt(node.remoting()) > 0);
  }

  /** Kills the node (SIGKILL). */
  void kill(NodeProcess node) throws IOException, InterruptedException {
    strike(
        "kill -9",
        node,
        () -> {
          var alive = node.isAlive();
          node.kill();
          return alive && !node.isAlive();
        });
    fleet.takeOut(node);
  }

  void strike(String what, NodeProcess node, Action action)
      throws IOException, InterruptedException {
    strike(what + " of " + node.remoting(), Optional.of(node.remoting()), action);
  }

  void strikeAll(String what, Action action) throws IOException, InterruptedException {
    strike(what, Optional.empty(), action);
  }

  private void strike(String what, Optional<String> node, Action action)
      throws IOException, InterruptedException {
    var accepted = traffic.accepted();
    var begun = traffic.begun();
    struck = System.nanoTime();
    var at = Instant.now();
    // With the time of day, to find it in the nodes' logs.
    say("%s at %s, with %d of %d fetches accepted".formatted(what, at, accepted, begun));
    var hit = action.apply();
    strikes.add(
        new Strike(what, at, node, hit, begun - begunBeforeLoad, accepted - acceptedBeforeLoad));
    grants.ifPresent(GrantWatch::struck);
  }

  /** Waits until every shard answers, and records the time since the last kill. */
  void answering() throws InterruptedException {
    if (probes.answered()) {
      silences.add(sinceStruck());
      say("all shards answer, %.1f s after the strike".formatted(sinceStruck().toMillis() / 1e3));
    } else {
      fault("not all shards answered again");
    }
  }

  /** Waits until every shard answers, before the first kill. */
  void ready() throws InterruptedException {
    if (!probes.answered()) {
      fault("not all shards answered in the beginning");
    }
  }

  Duration sinceStruck() {
    return Duration.ofNanos(System.nanoTime() - struck);
  }

  /**
   * Waits until as many fetches have settled as were accepted, and no more settle for a while,
   * since unanswered submissions may have been accepted, too. It calls no node, so it wakes no
   * origin.
   */
  void settledByThemselves(Duration steady) throws InterruptedException {
    var accepted = traffic.accepted();
    var longest = traffic.isQueued() ? QUEUED_LIMIT : SETTLED_LIMIT;
    var limit = System.nanoTime() + longest.toNanos();
    var settled = -1L;
    var since = System.nanoTime();
    try (var progress = Progress.of("  settled", accepted, context.out(), context.terminal())) {
      while (System.nanoTime() < limit) {
        var now = fleet.database().settlements();
        if (now != settled) {
          settled = now;
          since = System.nanoTime();
          progress.to(Math.min(settled, accepted));
        }
        if (settled >= accepted && System.nanoTime() - since >= steady.toNanos()) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(SAMPLE_MS);
      }
    }
    say("%d of %d settled by themselves".formatted(settled, accepted));
  }

  /** Fetches accepted before the first moment must have settled before the second. */
  void quiet(Instant accepted, Instant asked) {
    quiet.add(new KillResult.Quiet(accepted, asked));
  }

  /** Records a failure that the ledger cannot see. */
  void fault(String what) {
    say("NOT AS PROMISED: " + what);
    faults.add(what);
  }

  void say(String what) {
    context.say("  %6.1f s  %s", (System.nanoTime() - from) / 1e9, what);
  }

  /** All observations, with those of the target and of the journal. */
  KillResult.Seen seen(
      Ledger ledger,
      Map<String, Map<Integer, Integer>> hits,
      List<Hits.Early> early,
      long settlements) {
    return new KillResult.Seen(
        ledger,
        hits,
        early,
        settlements,
        strikes,
        silences,
        quiet,
        grants.map(GrantWatch::found).orElse(List.of()),
        traffic.refused(),
        faults);
  }
}
