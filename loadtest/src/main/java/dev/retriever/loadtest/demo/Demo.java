package dev.retriever.loadtest.demo;

import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Follower;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.pace.Progress;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.server.TargetServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Submits fetches of several kinds, kills the node in the middle, starts it again, and shows the
 * outcomes. It submits nothing twice.
 */
public final class Demo {
  private static final Duration BEFORE_KILL = Duration.ofSeconds(15);
  private static final Duration AFTER_KILL = Duration.ofSeconds(30);
  private static final int SAMPLE_MS = 50;

  private final PrintStream out;
  private final boolean terminal;
  private final Ledger ledger = new Ledger();
  private final AtomicInteger settled = new AtomicInteger();
  private final TargetServer target;
  private final NodeProcess node;
  private final Api api;
  private final boolean stay;
  private int count;

  private Demo(Workspace workspace, PrintStream out, boolean terminal, boolean stay)
      throws IOException {
    this.stay = stay;
    this.out = out;
    this.terminal = terminal;
    target = workspace.closing(TargetServer.start(0, Optional.empty()));
    api = workspace.closing(new Api());
    node =
        workspace.closing(
            NodeProcess.ofClassPath(workspace.data(), workspace.logs().resolve("node.log")));
  }

  /**
   * Runs the demo in its own temporary directory.
   *
   * @param stay whether the node goes on after a demo that kept every promise; it then returns only
   *     by an exception
   * @return true when every promise was kept
   */
  public static boolean run(PrintStream out, boolean terminal, boolean stay)
      throws IOException, InterruptedException {
    return Workspace.run(
        "demo",
        "The node's log is in ",
        out,
        workspace -> new Demo(workspace, out, terminal, stay).run());
  }

  private boolean run() throws IOException, InterruptedException {
    // Bound but not listening: connections are refused, and the port stays taken.
    try (var refusing = new Socket()) {
      refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var kinds =
          DemoPlan.kinds(
              target.uri(), URI.create("http://127.0.0.1:" + refusing.getLocalPort() + "/"));
      var fetches = DemoPlan.fetches(kinds);
      count = fetches.size();
      startNode("started");
      submit(fetches);
      followThroughAKill(fetches);
      readAgain(fetches);
      var verdict = ledger.verdict(target.hits());
      DemoReport.print(verdict, kinds, out);
      if (stay && verdict.kept()) {
        new DemoVisit(node, fetches, out).stay();
      }
      return verdict.kept();
    }
  }

  private void startNode(String how) throws IOException, InterruptedException {
    var seconds = node.start().toMillis() / 1e3;
    out.printf("node %s in %.1f s: %s (process %d)%n", how, seconds, node.api(), node.pid());
  }

  private void submit(List<DemoPlan.Planned> fetches) throws IOException {
    var submissions = fetches.stream().map(this::submit).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(submissions).join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
    out.printf("%d fetches accepted%n", fetches.size());
  }

  private CompletableFuture<Void> submit(DemoPlan.Planned fetch) {
    return api.submit(node.api(), fetch.originId(), fetch.spec().json(fetch.id()), Optional.empty())
        .thenAccept(
            view -> {
              ledger.accepted(fetch.accepted());
              ledger.read(view);
            });
  }

  private void followThroughAKill(List<DemoPlan.Planned> fetches)
      throws IOException, InterruptedException {
    var follower = new Follower(api, node::api, ledger);
    fetches.forEach(
        fetch -> follower.follow(fetch.originId(), fetch.id()).thenRun(settled::incrementAndGet));
    try {
      var third = fetches.size() / 3;
      if (!settling(BEFORE_KILL, () -> settled.get() >= third && slowInFlight(fetches))) {
        throw new IOException(
            settled.get() + " fetches have settled within " + BEFORE_KILL + ", too few to go on");
      }
      node.kill();
      out.printf("node killed (SIGKILL) with %d of %d settled%n", settled.get(), count);
      startNode("started again");
      settling(AFTER_KILL, () -> settled.get() == count);
    } finally {
      follower.stop();
    }
  }

  private boolean slowInFlight(List<DemoPlan.Planned> fetches) {
    var hits = target.hits();
    return fetches.stream().filter(DemoPlan.Planned::slow).allMatch(f -> hits.containsKey(f.id()));
  }

  /**
   * Shows progress until the condition is true or the limit is over. It samples, because the target
   * sends no events.
   */
  private boolean settling(Duration limit, BooleanSupplier condition) throws InterruptedException {
    try (var progress = Progress.of("settled", count, out, terminal)) {
      return Polling.until(
          limit,
          SAMPLE_MS,
          () -> {
            progress.to(settled.get());
            return condition.getAsBoolean();
          });
    }
  }

  /** Reads every fetch a second time, since an outcome must not change. */
  private void readAgain(List<DemoPlan.Planned> fetches) throws IOException {
    var reader = new Follower(api, node::api, ledger);
    var reads =
        fetches.stream()
            .map(fetch -> reader.read(fetch.originId(), fetch.id(), Optional.empty()))
            .toList();
    var readable = reads.stream().filter(CompletableFuture::join).count();
    if (readable < settled.get()) {
      throw new IOException(
          "of " + settled.get() + " settled fetches only " + readable + " can be read again");
    }
  }
}
