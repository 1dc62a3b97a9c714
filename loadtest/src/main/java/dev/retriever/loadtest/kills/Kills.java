package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.run.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The kill tests: real processes and a real PostgreSQL, killed or stopped under load. Each test
 * begins with new nodes and a new database.
 */
public final class Kills {
  private Kills() {}

  public static void run(Context context) throws IOException, InterruptedException {
    context.onPostgres();
    var options = context.runOptions();
    var results = new ArrayList<KillResult>();
    var notRun = new ArrayList<String>();
    var tests = tests(options);
    for (var test : tests) {
      context.say("-- %d of %d, %s", results.size() + notRun.size() + 1, tests.size(), test.name());
      var from = System.nanoTime();
      try {
        results.add(run(test, context));
        context.say("  %s took %.0f s", test.name(), (System.nanoTime() - from) / 1e9);
      } catch (IOException e) {
        context.say("  it could not be run: %s", e.getMessage());
        notRun.add(test.name());
      }
    }
    new KillReport(results, notRun).into(context.draft());
  }

  /** The chosen tests; without a choice all of them, but the partition in full runs only. */
  static List<KillTest> tests(Context.RunOptions options) {
    return KillTest.all().stream()
        .filter(
            test ->
                options.only().isEmpty()
                    ? !(options.quick() && (test.partitionable() || test.isLongWithQueue()))
                    : options.only().contains(test.name()))
        .toList();
  }

  private static KillResult run(KillTest test, Context context)
      throws IOException, InterruptedException {
    var result = new AtomicReference<KillResult>();
    var size = KillSize.of(context);
    Workspace.run(
        "kills-" + test.name(),
        "  The nodes' logs are in ",
        context.out(),
        workspace -> {
          result.set(new KillRun(test, size, context, workspace).run());
          return result.get().kept() && !context.runOptions().keepLogs();
        });
    return result.get();
  }
}
