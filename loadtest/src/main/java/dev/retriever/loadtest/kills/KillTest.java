package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.process.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A test that kills, stops or partitions parts of a fleet under load.
 *
 * @param nodes the number of nodes at the beginning
 * @param size describes the extent
 * @param unknown whether unrepeatable fetches may become unknown, since their node crashed
 * @param partitionable whether it cuts the network between the nodes
 * @param queued whether all fetches go through a queue with few slots, whose limit must hold
 */
public record KillTest(
    String name,
    String summary,
    int nodes,
    Function<KillSize, String> size,
    boolean unknown,
    boolean partitionable,
    boolean queued,
    Play play) {
  private static final Duration LOAD = Duration.ofSeconds(3);
  private static final Duration NOTICED = Duration.ofSeconds(2);

  /** The time for a removed node to end itself. */
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  /** Longer than any Retry-After of the target. */
  private static final Duration STEADY = Duration.ofSeconds(8);

  /** 128 + SIGTERM: the exit status of Java after a stop. */
  private static final int STOPPED = 143;

  private static final int DOWNED = 255;

  /** The actions of a test. */
  public interface Play {
    void on(Scene scene) throws IOException, InterruptedException;
  }

  public static List<KillTest> all() {
    return List.of(
        of("lone", "kill -9 of the only node, at random moments", KillTest::lone)
            .on(1, size -> size.kills() + " kills"),
        of("each", "kill -9 of each of three nodes in turn", KillTest::each)
            .on(3, size -> "3 kills"),
        of("all", "kill -9 of all three nodes, and no traffic afterwards", KillTest::all)
            .on(3, size -> "3 kills"),
        of(
                "paused",
                "SIGSTOP of a node until the others went on without it, then SIGCONT",
                KillTest::paused)
            .on(3, size -> "for " + size.pause().toSeconds() + " s"),
        of("database", "kill -9 of PostgreSQL, which is away for a while", KillTest::database)
            .on(3, size -> "for " + size.away().toSeconds() + " s"),
        new KillTest(
            "rolling",
            "SIGTERM of each of three nodes, when one that replaces it has joined",
            3,
            size -> "3 stops",
            false,
            false,
            false,
            KillTest::rolling),
        new KillTest(
            "partition",
            "one of three nodes is cut off from the others",
            3,
            size -> "for " + size.cut().toSeconds() + " s",
            true,
            true,
            false,
            KillTest::partition),
        ofQueue("queue-lone", "kill -9 of the only node, again and again")
            .on(1, size -> size.queueKills() * 4 + " kills", KillTest::queueLone),
        ofQueue("queue-kills", "kill -9 of the oldest of three nodes, again and again")
            .on(3, size -> size.queueKills() + " kills", KillTest::queueKills),
        ofQueue("queue-stops", "SIGSTOP of the oldest of three nodes, again and again")
            .on(3, size -> size.queueStops() + " stops", KillTest::queueStops));
  }

  private static KillTest of(String name, String summary, Play play) {
    return new KillTest(name, summary, 0, size -> "", true, false, false, play);
  }

  private static KillTest ofQueue(String name, String summary) {
    return new KillTest(
        name, summary + ", of fetches in a queue", 0, size -> "", true, false, true, scene -> {});
  }

  private KillTest on(int count, Function<KillSize, String> extent, Play queuePlay) {
    return new KillTest(name, summary, count, extent, unknown, false, queued, queuePlay);
  }

  private KillTest on(int count, Function<KillSize, String> extent) {
    return new KillTest(name, summary, count, extent, unknown, partitionable, queued, play);
  }

  /** Whether slots linger after each kill, on no other node, so that it takes long. */
  boolean isLongWithQueue() {
    return queued && nodes == 1;
  }

  private static void lone(Scene scene) throws IOException, InterruptedException {
    for (var i = 0; i < scene.size().kills(); i++) {
      scene.loadForAWhile();
      scene.kill(scene.fleet().oldest());
      scene.fleet().startAll(1);
      scene.answering();
    }
  }

  private static void each(Scene scene) throws IOException, InterruptedException {
    for (var node : scene.fleet().rotation()) {
      scene.loadAtRandom(LOAD);
      scene.kill(node);
      scene.answering();
      scene.fleet().startAnother();
    }
  }

  private static void all(Scene scene) throws IOException, InterruptedException {
    var fleet = scene.fleet();
    scene.loadAtRandom(LOAD);
    scene.traffic().hold();
    var nodes = fleet.rotation();
    for (var node : nodes) {
      scene.kill(node);
    }
    var killed = Instant.now();
    fleet.startAll(nodes.size());
    scene.say("started again; no calls are made");
    scene.settledByThemselves(STEADY);
    scene.quiet(killed, Instant.now());
    scene.traffic().goOn();
    scene.answering();
  }

  private static void paused(Scene scene) throws IOException, InterruptedException {
    var fleet = scene.fleet();
    scene.loadAtRandom(LOAD);
    var node = fleet.oldest();
    scene.strike("SIGSTOP", node, () -> node.isAlive() && node.pause());
    // The time that a load balancer takes to notice that it does not answer.
    scene.pass(NOTICED);
    fleet.takeOut(node);
    scene.answering();
    scene.pass(scene.size().pause().minus(scene.sinceStruck()));
    fleet.putBack(node);
    node.goOn();
    endsItself(scene, node, "SIGCONT", System.nanoTime());
    fleet.startAnother();
    scene.load(LOAD);
  }

  private static void queueLone(Scene scene) throws IOException, InterruptedException {
    for (var i = 0; i < scene.size().queueKills() * 4; i++) {
      scene.loadUntilBusy(scene.fleet().oldest());
      scene.kill(scene.fleet().oldest());
      scene.fleet().startAll(1);
      scene.answering();
    }
  }

  /** The oldest node has the coordinator of shards, and after its kill the queue moves at last. */
  private static void queueKills(Scene scene) throws IOException, InterruptedException {
    for (var i = 0; i < scene.size().queueKills(); i++) {
      scene.loadUntilBusy(scene.fleet().oldest());
      scene.kill(scene.fleet().oldest());
      scene.answering();
      scene.fleet().startAnother();
    }
    scene.load(LOAD);
  }

  private static void queueStops(Scene scene) throws IOException, InterruptedException {
    var fleet = scene.fleet();
    var stopped = new ArrayList<NodeProcess>();
    for (var i = 0; i < scene.size().queueStops(); i++) {
      var node = fleet.oldest();
      scene.loadUntilBusy(node);
      scene.strike("SIGSTOP", node, () -> node.isAlive() && node.pause());
      scene.pass(NOTICED);
      fleet.takeOut(node);
      scene.answering();
      node.goOn();
      stopped.add(node);
      fleet.startAnother();
    }
    scene.load(LOAD);
    for (var node : stopped) {
      endsItself(scene, node, "SIGCONT", System.nanoTime());
    }
  }

  private static void endsItself(Scene scene, NodeProcess node, String when, long from)
      throws InterruptedException {
    var status = node.ended(END_LIMIT);
    scene.fleet().takeOut(node);
    if (status.isPresent() && status.getAsInt() == DOWNED) {
      scene.say(
          "it ended itself %.1f s after %s".formatted((System.nanoTime() - from) / 1e9, when));
    } else {
      scene.fault(
          "the node that the others went on without "
              + (status.isPresent() ? "ended with " + status.getAsInt() : "lives"));
    }
  }

  private static void database(Scene scene) throws IOException, InterruptedException {
    scene.loadAtRandom(LOAD);
    var refused = scene.traffic().refused();
    scene.strikeAll("kill -9 of PostgreSQL", scene.fleet().database()::kill);
    scene.pass(scene.size().away());
    if (scene.traffic().refused() == refused) {
      scene.fault("nothing was refused while the database was away");
    }
    scene.fleet().database().startAgain();
    scene.say("PostgreSQL is started again");
    scene.answering();
    scene.load(LOAD);
  }

  private static void rolling(Scene scene) throws IOException, InterruptedException {
    var fleet = scene.fleet();
    for (var node : fleet.rotation()) {
      fleet.startAnother();
      scene.loadAtRandom(LOAD);
      scene.strike("SIGTERM", node, () -> node.isAlive() && node.stop() == STOPPED);
      fleet.takeOut(node);
      scene.answering();
    }
  }

  private static void partition(Scene scene) throws IOException, InterruptedException {
    var fleet = scene.fleet();
    scene.loadAtRandom(LOAD);
    var node = fleet.oldest();
    scene.strike("cut", node, () -> node.isAlive() && fleet.cutOff(node));
    var from = System.nanoTime();
    scene.pass(NOTICED);
    fleet.takeOut(node);
    scene.answering();
    endsItself(scene, node, "the cut", from);
    scene.pass(scene.size().cut().minus(scene.sinceStruck()));
    fleet.heal();
    scene.say("healed");
    fleet.startAnother();
    scene.load(LOAD);
    scene.answering();
  }
}
