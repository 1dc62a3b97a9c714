package dev.retriever.loadtest;

import dev.retriever.loadtest.pace.Progress;
import dev.retriever.loadtest.process.DiskRoom;
import dev.retriever.loadtest.report.Comparison;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.result.HostMachine;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.run.Scenario;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
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
    name = "run",
    description = "Runs scenarios; each starts nodes and targets of its own.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  /** Names that differ by so many letters are taken for each other. */
  private static final int MISTYPED = 3;

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

  @Option(
      names = "--compare",
      paramLabel = "OLD",
      description = "Prints what moved beyond noise since the results in a file or directory.")
  private Path compare;

  @Option(
      names = "--json",
      description = "Prints the results as JSON, and all else to the error output.")
  private boolean json;

  @Mixin private RunArguments options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    // A scenario that is named twice runs twice.
    var scenarios = names.stream().flatMap(name -> named(name).stream()).toList();
    if (out != null && scenarios.size() > 1) {
      throw wrong("--out takes the result of one scenario, not of " + scenarios.size());
    }
    if (compare != null && !Files.exists(compare)) {
      throw wrong("--compare %s: there is no such file or directory".formatted(compare));
    }
    var runOptions = options.read(scenarios);
    var old = compare == null ? List.<Result>of() : Results.all(compare);
    if (compare != null && old.isEmpty()) {
      throw wrong(
          "--compare %s: no result in it; name a file or directory of results".formatted(compare));
    }
    var commit = HostMachine.here().commit();
    var jobs = options.jobs(scenarios, Optional.ofNullable(out), commit);
    PrintStream told = json ? System.err : System.out;
    if (jobs.isEmpty()) {
      told.println("the record has all of these, of this commit; --again runs them again");
      return LoadTest.KEPT;
    }
    DiskRoom.check(runOptions.quick());
    options.begins(jobs, scenarios.size(), commit).ifPresent(told::println);
    var runner = new Runner(runOptions, told, Progress.onTerminal() && !json, options.earlier());
    var kept = runner.run(jobs);
    if (json) {
      System.out.print(Results.json(runner.results()));
    }
    if (compare != null) {
      Comparison.of(old, runner.results()).lines().forEach(told::println);
    }
    return kept ? LoadTest.KEPT : LoadTest.BROKEN;
  }

  private List<Scenario> named(String name) {
    if (name.equals("all")) {
      return List.of(Group.values()).stream().flatMap(each -> Scenarios.in(each).stream()).toList();
    }
    if (Group.letters().contains(name)) {
      return Scenarios.in(Group.valueOf(name));
    }
    var found = Scenarios.ALL.stream().filter(each -> each.name().equals(name)).toList();
    if (found.isEmpty()) {
      throw wrong(
          "no scenario \"%s\"%s; there is %s; a group (%s); all"
              .formatted(
                  name,
                  meant(name),
                  Scenarios.ALL.stream().map(Scenario::name).collect(Collectors.joining(", ")),
                  String.join(", ", Group.letters())));
    }
    return found;
  }

  private static String meant(String name) {
    return Scenarios.ALL.stream()
        .map(Scenario::name)
        .filter(it -> apart(it, name) <= MISTYPED)
        .min(java.util.Comparator.comparing(it -> apart(it, name)))
        .map(it -> " (is \"%s\" meant?)".formatted(it))
        .orElse("");
  }

  /** The letters to add, remove or change to make one of the other. */
  private static int apart(String one, String other) {
    var row = new int[other.length() + 1];
    for (var j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (var i = 1; i <= one.length(); i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j < row.length; j++) {
        var changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
