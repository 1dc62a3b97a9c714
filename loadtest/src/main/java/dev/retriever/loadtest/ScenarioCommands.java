package dev.retriever.loadtest;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "loadtest",
    description = "Load scenarios, each with a verdict.",
    subcommands = {
      ScenarioCommands.ListScenarios.class,
      ScenarioCommands.RunScenarios.class,
      CostCommand.class
    },
    mixinStandardHelpOptions = true)
final class ScenarioCommands implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Missing command: list, run or cost");
  }

  @Command(name = "list", description = "Lists the scenarios.", mixinStandardHelpOptions = true)
  static final class ListScenarios implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      Scenario.all().forEach(each -> out.printf("%-14s %s%n", each.name(), each.summary()));
      out.flush();
    }
  }

  @Command(
      name = "run",
      description = "Runs scenarios one after the other; each starts a node and a target.",
      mixinStandardHelpOptions = true)
  static final class RunScenarios implements Callable<Integer> {
    private static final int FETCHES_MAX = 300_000;
    private static final int CONCURRENCY_MAX = 8_000;

    @Parameters(paramLabel = "SCENARIO", arity = "1..*", description = "Names; see list.")
    private List<String> names;

    @Option(
        names = "--fetches",
        paramLabel = "N",
        defaultValue = "5000",
        description = "Fetches in each phase, to 300000; not of kills (default: ${DEFAULT-VALUE}).")
    private int fetches;

    @Option(
        names = "--concurrency",
        paramLabel = "N",
        defaultValue = "256",
        description = "Open calls at most, to 8000 (default: ${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(
        names = "--origins",
        paramLabel = "N",
        defaultValue = "1000",
        description = "Origins that the fetches are spread over (default: ${DEFAULT-VALUE}).")
    private int origins;

    @Option(
        names = "--only",
        paramLabel = "TEST",
        split = ",",
        description =
            "kills: the tests to run, of lone, each, all, paused, database, rolling, partition "
                + "(default: all).")
    private List<String> only = List.of();

    @Option(
        names = "--quick",
        description = "kills: fewer kills and shorter outages, and no partition unless --only it.")
    private boolean quick;

    @Option(
        names = "--seed",
        paramLabel = "N",
        description =
            "kills: what the moments and the mix of fetches follow from (default: drawn).")
    private Long seed;

    @Option(
        names = "--node-option",
        paramLabel = "OPTION",
        description = "kills: for the nodes' Java, such as --node-option=-Dkey=value; repeatable.")
    private List<String> nodeOptions = List.of();

    @Option(names = "--keep-logs", description = "kills: keep the nodes' logs in any case.")
    private boolean keepLogs;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description =
            "Where to write the result as JSON "
                + "(default: loadtest/target/results/SCENARIO-N.json).")
    private Path out;

    @Mixin private SleepingOptions sleeping;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      between("--fetches", fetches, FETCHES_MAX);
      between("--concurrency", concurrency, CONCURRENCY_MAX);
      between("--origins", origins, FETCHES_MAX);
      if (out != null && names.size() > 1) {
        throw wrong("--out takes the result of one scenario, not of " + names.size());
      }
      var scenarios = names.stream().map(this::named).toList();
      var load =
          new Scenario.Load(
              fetches, concurrency, origins, sleeping.read(), kills(), Optional.ofNullable(out));
      var kept = true;
      for (var scenario : scenarios) {
        kept &= scenario.run(load, System.out, Progress.onTerminal());
      }
      return kept ? LoadTest.KEPT : LoadTest.BROKEN;
    }

    private Kills.Options kills() {
      var names = KillTest.all().stream().map(KillTest::name).toList();
      for (var name : only) {
        if (!names.contains(name)) {
          throw wrong("no kill test \"" + name + "\"; there is " + String.join(", ", names));
        }
      }
      var drawn = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed;
      return new Kills.Options(quick, drawn, only, nodeOptions, keepLogs);
    }

    private Scenario named(String name) {
      return Scenario.all().stream()
          .filter(each -> each.name().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  wrong(
                      "no scenario \""
                          + name
                          + "\"; there is "
                          + Scenario.all().stream()
                              .map(Scenario::name)
                              .collect(Collectors.joining(", "))));
    }

    private void between(String option, int value, int max) {
      if (value < 1 || value > max) {
        throw wrong(option + " must be 1 to " + max + ", not " + value);
      }
    }

    private ParameterException wrong(String what) {
      return new ParameterException(spec.commandLine(), what);
    }
  }
}
