package dev.retriever.loadtest;

import dev.retriever.loadtest.Size.WrongSize;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the scenarios are to be run. Each size counts for those that have it. */
final class WishOptions {
  @Option(names = "--quick", description = "Small sizes, a few seconds each.")
  private boolean quick;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What all chance follows from (default: drawn).")
  private Long seed;

  @Option(
      names = "--database",
      paramLabel = "KIND",
      description = "h2 or postgres, a PostgreSQL that it brings, on Linux (default: h2).")
  private Database.Kind database = Database.Kind.H2;

  @Option(names = "--postgres", description = "The same as --database postgres.")
  private boolean postgres;

  @Option(
      names = "--set",
      paramLabel = "NAME=N",
      description = "A size that is not as listed; repeatable.")
  private Map<String, Integer> set = new LinkedHashMap<>();

  @Option(names = "--fetches", paramLabel = "N", description = "The same as --set fetches=N.")
  private Integer fetches;

  @Option(names = "--concurrency", paramLabel = "N", description = "--set concurrency=N.")
  private Integer concurrency;

  @Option(names = "--origins", paramLabel = "N", description = "--set origins=N.")
  private Integer origins;

  @Option(names = "--alarms", paramLabel = "N", description = "--set alarms=N.")
  private Integer alarms;

  @Option(names = "--window", paramLabel = "SECONDS", description = "--set window=N.")
  private Integer window;

  @Option(names = "--delay", paramLabel = "SECONDS", description = "--set delay=N.")
  private Integer delay;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description =
          "Parts of a scenario that has some; kills: lone, each, all, paused, database, rolling, "
              + "partition (default: all).")
  private List<String> only = List.of();

  @Option(
      names = "--node-option",
      paramLabel = "OPTION",
      description = "For the nodes' Java, such as --node-option=-Dkey=value; repeatable.")
  private List<String> nodeOptions = List.of();

  @Option(names = "--keep-logs", description = "Keep the nodes' logs in any case.")
  private boolean keepLogs;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  Database.Kind database() {
    return postgres ? Database.Kind.POSTGRES : database;
  }

  /** What is wished for, checked against what is to be run. */
  Context.Wish read(List<Scenario> scenarios) {
    var parts = scenarios.stream().flatMap(scenario -> scenario.parts().stream()).toList();
    for (var part : only) {
      if (!parts.contains(part)) {
        throw wrong("no part \"%s\"; there is %s".formatted(part, String.join(", ", parts)));
      }
    }
    var drawn = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed;
    return new Context.Wish(quick, drawn, sizes(scenarios), only, nodeOptions, List.of(), keepLogs);
  }

  private Map<String, Integer> sizes(List<Scenario> scenarios) {
    var wanted = new HashMap<>(set);
    put(wanted, "fetches", fetches);
    put(wanted, "concurrency", concurrency);
    put(wanted, "origins", origins);
    put(wanted, "alarms", alarms);
    put(wanted, "window", window);
    put(wanted, "delay", delay);
    var known = scenarios.stream().flatMap(scenario -> scenario.sizes().stream()).toList();
    try {
      for (var each : wanted.entrySet()) {
        Size.named(known, each.getKey());
        for (var size : known) {
          if (size.name().equals(each.getKey())) {
            size.checked(each.getValue());
          }
        }
      }
    } catch (WrongSize e) {
      throw wrong(e.getMessage());
    }
    return wanted;
  }

  private static void put(Map<String, Integer> wanted, String name, Integer value) {
    if (value != null) {
      wanted.put(name, value);
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
