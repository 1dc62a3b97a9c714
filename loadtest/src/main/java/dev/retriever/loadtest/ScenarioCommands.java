package dev.retriever.loadtest;

import dev.retriever.loadtest.pace.Progress;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.run.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      ReportCommand.class,
      CostCommand.class
    },
    mixinStandardHelpOptions = true)
final class ScenarioCommands implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Missing command: list, run, report or cost");
  }

  @Command(
      name = "list",
      description = "Lists the scenarios by their groups, with their sizes: full/quick.",
      mixinStandardHelpOptions = true)
  static final class ListScenarios implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      for (var group : Group.values()) {
        out.printf("%s. %s%n", group, group.title());
        Scenarios.in(group).forEach(scenario -> describe(scenario, out));
      }
      out.flush();
    }

    private static void describe(Scenario scenario, PrintWriter out) {
      out.printf("   %-18s %s%n", scenario.name(), scenario.summary());
      var sizes =
          scenario.sizes().stream()
              .map(size -> "%s %d/%d".formatted(size.name(), size.full(), size.quick()))
              .collect(Collectors.joining(", "));
      if (!sizes.isEmpty()) {
        out.printf("   %-18s   %s%n", "", sizes);
      }
    }
  }

  @Command(
      name = "run",
      description = "Runs scenarios; each starts nodes and targets of its own.",
      mixinStandardHelpOptions = true)
  static final class RunScenarios implements Callable<Integer> {
    @Parameters(
        paramLabel = "SCENARIO",
        arity = "1..*",
        description = "Names, letters of groups, or all; see list.")
    private List<String> names;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description =
            "Where to write the result as JSON "
                + "(default: loadtest/target/results/SCENARIO-N.json).")
    private Path out;

    @Mixin private RunArguments options;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      // A scenario that is named twice runs twice.
      var scenarios = names.stream().flatMap(name -> named(name).stream()).toList();
      if (out != null && scenarios.size() > 1) {
        throw new ParameterException(
            spec.commandLine(),
            "--out takes the result of one scenario, not of " + scenarios.size());
      }
      var runOptions = options.read(scenarios);
      var runner = new Runner(runOptions, System.out, Progress.onTerminal());
      var kept = runner.run(scenarios, options.database(), Optional.ofNullable(out));
      return kept ? LoadTest.KEPT : LoadTest.BROKEN;
    }

    private List<Scenario> named(String name) {
      if (name.equals("all")) {
        return List.of(Group.values()).stream()
            .flatMap(each -> Scenarios.in(each).stream())
            .toList();
      }
      if (Group.letters().contains(name)) {
        return Scenarios.in(Group.valueOf(name));
      }
      var found = Scenarios.ALL.stream().filter(each -> each.name().equals(name)).toList();
      if (found.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(),
            "no scenario \"%s\"; there is %s; a group (%s); all"
                .formatted(
                    name,
                    Scenarios.ALL.stream().map(Scenario::name).collect(Collectors.joining(", ")),
                    String.join(", ", Group.letters())));
      }
      return found;
    }
  }
}
