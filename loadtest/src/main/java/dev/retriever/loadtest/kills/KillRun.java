package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Follower;
import dev.retriever.loadtest.load.Probes;
import dev.retriever.loadtest.load.Traffic;
import dev.retriever.loadtest.pace.Progress;
import dev.retriever.loadtest.process.Fleet;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.server.TargetServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs one kill test, from a new database and new nodes to its result. */
final class KillRun {
  /** Longer than a node lets a caller wait. */
  private static final Duration CALLERS_PATIENCE = Duration.ofSeconds(12);

  private static final Duration PROBES_PATIENCE = Duration.ofSeconds(2);
  private static final Duration READ_LIMIT = Duration.ofSeconds(60);
  private static final int READERS = 64;

  /**
   * Origins leave memory soon, so that they have to be woken. Fetches survive more kills than by
   * default.
   */
  private static final List<String> NODE_OPTIONS =
      List.of(
          "-Dretriever.origin.idle=1s",
          "-Dretriever.origin.max-lost-attempts=100",
          "-Dretriever.queue.linger-after=16s");

  private final KillTest test;
  private final KillSize size;
  private final Context context;
  private final Ledger ledger = new Ledger();
  private final TargetServer target;
  private final Api api;
  private final Fleet fleet;
  private final Traffic traffic;
  private final Scene scene;

  KillRun(KillTest test, KillSize size, Context context, Workspace workspace)
      throws IOException, InterruptedException {
    this.test = test;
    this.size = size;
    this.context = context;
    context.say("%s: %s", test.name(), test.summary());
    target = workspace.closing(TargetServer.start(0, Optional.empty()));
    api = workspace.closing(new Api(CALLERS_PATIENCE));
    var java = new ArrayList<>(NODE_OPTIONS);
    java.addAll(context.runOptions().starting());
    java.addAll(context.runOptions().nodeOptions());
    fleet =
        workspace.closing(
            Fleet.create(java, test.partitionable(), workspace.data(), workspace.logs()));
    fleet.startAll(test.nodes());
    var all = new Traffic(api, fleet, target, ledger, context.seed(), test.unknown());
    traffic = test.queued() ? all.in(QueueWatch.QUEUE) : all;
    var probes = new Probes(workspace.closing(new Api(PROBES_PATIENCE)), fleet::next);
    var grants =
        test.queued()
            ? Optional.of(
                workspace.closing(
                    new GrantWatch(api, this::management, QueueWatch.QUEUE, QueueWatch.SLOTS)))
            : Optional.<GrantWatch>empty();
    scene = new Scene(fleet, traffic, probes, size, context, grants);
  }

  KillResult run() throws IOException, InterruptedException {
    scene.ready();
    scene.say(test.nodes() + " nodes under load");
    if (test.queued()) {
      try (var watch = QueueWatch.start(fleet, target)) {
        play();
        scene.settledByThemselves(Duration.ZERO);
        watch.faults().forEach(scene::fault);
        scene.say(watch.toString());
      }
    } else {
      play();
    }
    traffic.contradiction().ifPresent(scene::fault);
    var finished = Instant.now();
    scene.settledByThemselves(Duration.ZERO);
    var settlements = fleet.database().settlements();
    scene.quiet(finished, Instant.now());
    // Read twice, since an outcome must not change.
    read("  read");
    read("  read again");
    return KillResult.of(
        test.name(),
        test.size().apply(size),
        scene.seen(ledger, target.hits(), target.early(), settlements));
  }

  private void play() throws IOException, InterruptedException {
    traffic.start(test.queued() ? QueueWatch.CALLERS : size.callers());
    test.play().on(scene);
    if (!traffic.finish()) {
      scene.fault("callers were still refused when the load was over");
    }
  }

  private void read(String what) throws InterruptedException {
    var fetches = ledger.latest();
    try (var progress = Progress.shortly(what, fetches.size(), context.out(), context.terminal())) {
      new Follower(api, this::node, ledger).followAll(fetches, READERS, READ_LIMIT, progress);
    }
  }

  /** Not of a node that is stopped or dead, which is out of rotation. */
  private Optional<URI> management() {
    return fleet.rotation().stream().map(NodeProcess::management).findFirst();
  }

  private URI node() {
    return fleet.next().orElseThrow();
  }
}
