package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.run.Context;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The kill tests: real processes and a real PostgreSQL, killed or stopped under load. Each test
 * begins with new nodes and a new database.
 */
public final class Kills {
  /**
   * The options of a run.
   *
   * @param only the names of the tests to run; empty for all
   * @param nodeOptions options for the nodes' Java
   * @param keepLogs whether to keep the nodes' logs after success, too
   */
  record Options(
      boolean quick, long seed, List<String> only, List<String> nodeOptions, boolean keepLogs) {
    static final Options DEFAULT = new Options(false, 1, List.of(), List.of(), false);

    Options {
      only = List.copyOf(only);
      nodeOptions = List.copyOf(nodeOptions);
    }

    List<KillTest> tests() {
      return KillTest.all().stream()
          .filter(
              test ->
                  only.isEmpty() ? !(quick && test.partitionable()) : only.contains(test.name()))
          .toList();
    }

    KillSize size() {
      return quick ? KillSize.QUICK : KillSize.FULL;
    }
  }

  private Kills() {}

  public static void run(Context context) throws IOException, InterruptedException {
    var runOptions = context.runOptions();
    var java = new ArrayList<>(runOptions.starting());
    java.addAll(runOptions.nodeOptions());
    var options =
        new Options(
            runOptions.quick(), runOptions.seed(), runOptions.only(), java, runOptions.keepLogs());
    var results = new ArrayList<KillResult>();
    var notRun = new ArrayList<String>();
    var tests = options.tests();
    for (var test : tests) {
      context.say("-- %d of %d, %s", results.size() + notRun.size() + 1, tests.size(), test.name());
      var from = System.nanoTime();
      try {
        results.add(run(test, options, context.out(), context.terminal()));
        context.say("  %s took %.0f s", test.name(), (System.nanoTime() - from) / 1e9);
      } catch (IOException e) {
        context.say("  it could not be run: %s", e.getMessage());
        notRun.add(test.name());
      }
    }
    new KillReport(results, notRun).into(context.draft());
  }

  private static KillResult run(KillTest test, Options options, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    var result = new AtomicReference<KillResult>();
    Workspace.run(
        "kills-" + test.name(),
        "  The nodes' logs are in ",
        out,
        workspace -> {
          result.set(new KillRun(test, options.size(), options, workspace, out, terminal).run());
          return result.get().kept() && !options.keepLogs();
        });
    return result.get();
  }
}
