package dev.retriever.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The kill tests: real processes and a real PostgreSQL, hurt under load in every way that can be
 * promised to be survived. Each begins with new nodes and a new database.
 */
final class Kills implements Scenario {
  /**
   * What of it is to be done.
   *
   * @param only the names of the tests to run; empty for all
   * @param nodeOptions of the nodes' Java
   * @param keepLogs of the nodes, also when all was as promised
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

  @Override
  public String name() {
    return "kills";
  }

  @Override
  public String summary() {
    return "nodes, all of them, their database, killed or stopped under load; see --only, --quick";
  }

  @Override
  public boolean run(Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    var options = load.kills();
    var results = new ArrayList<KillResult>();
    var notRun = new ArrayList<String>();
    for (var test : options.tests()) {
      try {
        results.add(run(test, options, out, terminal));
      } catch (IOException e) {
        out.println("  it could not be run: " + e.getMessage());
        notRun.add(test.name());
      }
    }
    var report = new KillReport(options, results, notRun);
    report.print(out);
    out.println("result: " + report.write(load.out()));
    return report.kept();
  }

  private static KillResult run(KillTest test, Options options, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    var result = new AtomicReference<KillResult>();
    Workspace.run(
        "kills-" + test.name(),
        "  The nodes' logs are in ",
        out,
        workspace -> {
          result.set(KillRun.run(test, options.size(), options, workspace, out, terminal));
          return result.get().kept() && !options.keepLogs();
        });
    return result.get();
  }
}
