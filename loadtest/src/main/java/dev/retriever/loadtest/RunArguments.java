package dev.retriever.loadtest;

import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Scenario;
import dev.retriever.loadtest.run.Size;
import dev.retriever.loadtest.run.Size.WrongSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command-line options of a run. A size applies to the scenarios that have it. */
final class RunArguments {
  /** More than there are cores, because quick runs mostly wait. */
  private static final int QUICK_AT_ONCE = 3;

  private static final int AT_ONCE_MAX = 16;

  @Option(names = "--quick", description = "Small sizes, several scenarios at once.")
  private boolean quick;

  @Option(
      names = "--full",
      description =
          "The sizes of the plans, on PostgreSQL and on H2, into loadtest/record. Goes on where an "
              + "earlier one of this commit ended.")
  private boolean full;

  @Option(
      names = "--again",
      description = "With --full: runs also what the record has of this commit.")
  private boolean again;

  @Option(
      names = "--record",
      paramLabel = "DIRECTORY",
      description = "With --full: where the record is (default: loadtest/record).")
  private Path record = Results.RECORD;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of all random choices (default: random).")
  private Long seed;

  @Option(
      names = "--database",
      paramLabel = "KIND",
      description =
          "h2, or postgres: an embedded PostgreSQL, on Linux (default: h2; with --full both).")
  private Database.Kind database;

  @Option(names = "--postgres", description = "The same as --database postgres.")
  private boolean postgres;

  @Option(
      names = "--set",
      paramLabel = "NAME=N",
      description = "Another size than the listed one; repeatable.")
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
      description = "Parts of a scenario; see list (default: all).")
  private List<String> only = List.of();

  @Option(
      names = "--node-option",
      paramLabel = "OPTION",
      description = "For the nodes' Java, such as --node-option=-Dkey=value; repeatable.")
  private List<String> nodeOptions = List.of();

  @Option(names = "--keep-logs", description = "Keep the nodes' logs after success, too.")
  private boolean keepLogs;

  @Option(
      names = "--at-once",
      paramLabel = "N",
      description =
          "Scenarios that run at the same time, 1 to 16; more than one with --quick only "
              + "(default: 3 with --quick, otherwise 1).")
  private Integer atOnce;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  private Optional<Database.Kind> database() {
    return postgres ? Optional.of(Database.Kind.POSTGRES) : Optional.ofNullable(database);
  }

  /**
   * The runs that are to be made.
   *
   * @param file of the result of a single run
   * @param commit of this program; runs that a full record has of it are left out
   */
  List<Job> jobs(List<Scenario> scenarios, Optional<Path> file, String commit) throws IOException {
    if (!full) {
      var kind = database().orElse(Database.Kind.H2);
      return scenarios.stream().map(it -> new Job(it, kind, file)).toList();
    }
    if (file.isPresent()) {
      throw wrong(
          "--full writes to the record; leave out --out, or name a directory with --record");
    }
    var kinds = database().map(List::of).orElse(List.of(Database.Kind.POSTGRES, Database.Kind.H2));
    var left = new ArrayList<Job>();
    for (var job : FullRecord.jobs(scenarios, kinds, record)) {
      var recorded = Results.all(job.file().orElseThrow()).stream().findFirst();
      if (again || !FullRecord.isDone(recorded, commit)) {
        left.add(job);
      }
    }
    return left;
  }

  /** What a full record does, and how to go on with it. */
  Optional<String> begins(List<Job> jobs, int scenarios, String commit) {
    if (!full) {
      return Optional.empty();
    }
    var runs = "%d scenarios, %d runs to make into %s. ".formatted(scenarios, jobs.size(), record);
    return Optional.of(
        runs
            + (FullRecord.isClean(commit)
                ? "When it is interrupted, the same command goes on where it ended, as long as the"
                    + " commit is the same; a run that was under way begins again."
                : "Files are changed or the commit is not known, so it cannot go on after an"
                    + " interruption, and its results name no commit: commit first for a record."));
  }

  /** Results by which to tell how long runs take. */
  List<Result> earlier() throws IOException {
    var earlier = new ArrayList<>(Results.all(record));
    if (!record.equals(Results.RECORD)) {
      earlier.addAll(Results.all(Results.RECORD));
    }
    earlier.addAll(Results.all(Results.DIRECTORY));
    return earlier;
  }

  /** The options, checked against the scenarios that are to run. */
  Context.RunOptions read(List<Scenario> scenarios) {
    checkFull();
    var parts = scenarios.stream().flatMap(scenario -> scenario.parts().stream()).toList();
    for (var part : only) {
      if (!parts.contains(part)) {
        throw wrong(
            parts.isEmpty()
                ? "--only %s: nothing that is to be run has parts; leave it out".formatted(part)
                : "no part \"%s\"; there is %s".formatted(part, String.join(", ", parts)));
      }
    }
    var drawn = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed;
    return new Context.RunOptions(
        quick,
        drawn,
        sizes(scenarios),
        only,
        nodeOptions,
        List.of(),
        keepLogs,
        Math.min(atOnce(), scenarios.size()),
        full);
  }

  /** A full record has one size, and nothing else in its runs. */
  private void checkFull() {
    if (!full && (again || record != Results.RECORD)) {
      throw wrong("--again and --record are for --full; add it, or leave them out");
    }
    if (!full) {
      return;
    }
    if (quick) {
      throw wrong("--full and --quick exclude each other; leave one out");
    }
    if (!set.isEmpty() || !only.isEmpty() || !nodeOptions.isEmpty() || sized()) {
      throw wrong(
          "--full takes the sizes of the plans, all parts and the nodes' own options; leave out sizes,"
              + " --only and --node-option, or leave out --full");
    }
  }

  private boolean sized() {
    return Stream.of(fetches, concurrency, origins, alarms, window, delay)
        .anyMatch(Objects::nonNull);
  }

  /**
   * Scenarios at the same time slow each other down. Only quick runs may do so, as they do not
   * judge speed.
   */
  private int atOnce() {
    if (atOnce == null) {
      return quick ? QUICK_AT_ONCE : 1;
    }
    if (atOnce < 1 || atOnce > AT_ONCE_MAX) {
      throw wrong("--at-once must be 1 to %d, not %d".formatted(AT_ONCE_MAX, atOnce));
    }
    if (atOnce > 1 && !quick) {
      throw wrong(
          "--at-once needs --quick: figures of scenarios that run at the same time mean nothing");
    }
    return atOnce;
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
