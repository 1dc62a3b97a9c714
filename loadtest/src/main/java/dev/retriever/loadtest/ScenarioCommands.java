package dev.retriever.loadtest;

import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.run.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "loadtest",
    description = "Load scenarios, each with a verdict.",
    subcommands = {
      ScenarioCommands.ListScenarios.class,
      RunCommand.class,
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
  static final class ListScenarios implements Callable<Integer> {
    @Option(names = "--json", description = "As JSON, with the sizes that the plans ask for.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.print(Results.text(Scenarios.ALL.stream().map(ListScenarios::described).toList()));
      } else {
        for (var group : Group.values()) {
          out.printf("%s. %s%n", group, group.title());
          Scenarios.in(group).forEach(scenario -> describe(scenario, out));
        }
      }
      out.flush();
      return LoadTest.KEPT;
    }

    private static Map<String, Object> described(Scenario scenario) {
      var described = new LinkedHashMap<String, Object>();
      described.put("name", scenario.name());
      described.put("group", scenario.group().name());
      described.put("summary", scenario.summary());
      described.put("sizes", scenario.sizes());
      described.put("parts", scenario.parts());
      return described;
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
      if (!scenario.parts().isEmpty()) {
        out.printf("   %-18s   --only %s%n", "", String.join(", ", scenario.parts()));
      }
    }
  }
}
