package dev.retriever.loadtest.run;

import dev.retriever.loadtest.pace.Progress;
import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.process.Databases;
import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.result.HostMachine;
import dev.retriever.loadtest.result.Planned;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.result.ResultDraft;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The frame of one run of one scenario: its sizes, seed and database, and the test beds. For one
 * thread.
 */
public final class Context implements AutoCloseable {
  /**
   * The options of the command line.
   *
   * @param set sizes by name, in place of the declared ones
   * @param only the parts to run; empty for all
   * @param nodeOptions options for the Java of all nodes
   * @param starting further options, which only make nodes start sooner
   * @param keepLogs whether to keep the nodes' logs after success, too
   * @param atOnce the number of scenarios that run at the same time; more than one in quick runs
   *     only
   * @param full whether all sizes are at least those of the plan
   */
  public record RunOptions(
      boolean quick,
      long seed,
      Map<String, Integer> set,
      List<String> only,
      List<String> nodeOptions,
      List<String> starting,
      boolean keepLogs,
      int atOnce,
      boolean full) {
    public RunOptions {
      set = Map.copyOf(set);
      only = List.copyOf(only);
      nodeOptions = List.copyOf(nodeOptions);
      starting = List.copyOf(starting);
    }

    /** With the sizes of the list, not of the plan. */
    public RunOptions(
        boolean quick,
        long seed,
        Map<String, Integer> set,
        List<String> only,
        List<String> nodeOptions,
        List<String> starting,
        boolean keepLogs,
        int atOnce) {
      this(quick, seed, set, only, nodeOptions, starting, keepLogs, atOnce, false);
    }

    /**
     * The same with further options for the nodes' Java, which do not influence what is measured.
     */
    public RunOptions with(List<String> starting) {
      return new RunOptions(quick, seed, set, only, nodeOptions, starting, keepLogs, atOnce, full);
    }
  }

  private static final int SOON_DONE = 2_000;

  private final Scenario scenario;
  private final RunOptions runOptions;
  private final Databases databases;
  private final PrintStream out;
  private final boolean terminal;
  private final Map<String, Integer> sizes = new LinkedHashMap<>();
  private final Instant startedAt = Instant.now();
  private final HostMachine machine = HostMachine.here();
  private final Set<Database.Kind> used = EnumSet.noneOf(Database.Kind.class);
  private final ResultDraft draft;
  private Workspace workspace;
  private int stages;

  public Context(
      Scenario scenario,
      RunOptions runOptions,
      Databases databases,
      PrintStream out,
      boolean terminal) {
    this.scenario = scenario;
    this.runOptions = runOptions;
    this.databases = databases;
    this.out = out;
    this.terminal = terminal;
    draft = new ResultDraft(runOptions.quick());
    scenario
        .sizes()
        .forEach(
            size ->
                sizes.put(
                    size.name(),
                    runOptions.set().getOrDefault(size.name(), value(size, runOptions))));
  }

  private static int value(Size size, RunOptions options) {
    return options.full() ? size.ofPlan() : size.value(options.quick());
  }

  /** The name of the scenario. */
  public String name() {
    return scenario.name();
  }

  /** A size that the scenario has declared. */
  public int size(String name) {
    return sizes.get(name);
  }

  /** The id of an origin; indexes go round the scenario's origins. */
  public String origin(int index) {
    return "o-" + index % size("origins");
  }

  /** A size that the scenario may have declared. */
  public int size(String name, int otherwise) {
    return sizes.getOrDefault(name, otherwise);
  }

  /** A size that counts seconds. */
  public Duration seconds(String name) {
    return Duration.ofSeconds(size(name));
  }

  public boolean quick() {
    return runOptions.quick();
  }

  public long seed() {
    return runOptions.seed();
  }

  public RunOptions runOptions() {
    return runOptions;
  }

  /** Whether that part of the scenario is to run. */
  public boolean includes(String part) {
    return runOptions.only().isEmpty() || runOptions.only().contains(part);
  }

  public Databases databases() {
    return databases;
  }

  public PrintStream out() {
    return out;
  }

  public boolean terminal() {
    return terminal;
  }

  public void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }

  /** A bar on a terminal; elsewhere lines, if it takes long. */
  public Progress progress(String what, long max) {
    return max < SOON_DONE
        ? Progress.shortly(what, max, out, terminal)
        : Progress.of(what, max, out, terminal);
  }

  /** Work on a test bed, with a result. */
  public interface Act<T> {
    T on(TestBed stage) throws IOException, InterruptedException;
  }

  /**
   * Does the work on a fresh test bed: an empty database, no node, an unused target. Afterwards all
   * of it is deleted; logs are kept when the scenario fails.
   */
  public void stage(String name, Scenario.StagePlay play) throws IOException, InterruptedException {
    on(name, false, play::on);
  }

  /** The same, always on PostgreSQL, which several nodes need. */
  public void stageOfSeveral(String name, Scenario.StagePlay play)
      throws IOException, InterruptedException {
    on(name, true, play::on);
  }

  /**
   * The same for work with a result.
   *
   * @param several whether it needs several nodes
   */
  public <T> T on(String name, boolean several, Act<T> act)
      throws IOException, InterruptedException {
    if (workspace == null) {
      workspace = Workspace.create("retriever-" + scenario.name() + "-");
    }
    var place = ++stages + "-" + name.replaceAll("[^A-Za-z0-9]+", "-");
    var data = Files.createDirectories(workspace.data().resolve(place));
    var logs = Files.createDirectories(workspace.logs().resolve(place));
    var database = several ? databases.onPostgres() : databases.fresh(data);
    used.add(several ? Database.Kind.POSTGRES : databases.kind());
    var stage = workspace.closing(new TestBed(this, database, data, logs));
    try {
      return act.on(stage);
    } finally {
      workspace.closeEarly(stage);
    }
  }

  /** Notes that a part of the run stores on PostgreSQL, whatever kind was chosen. */
  public void onPostgres() {
    used.add(Database.Kind.POSTGRES);
  }

  /** The databases that were used, not the chosen one. */
  private String stores() {
    var kinds = used.isEmpty() ? EnumSet.of(databases.kind()) : used;
    return kinds.stream().map(Database.Kind::words).collect(Collectors.joining(" and "));
  }

  /** The result so far. */
  public ResultDraft draft() {
    return draft;
  }

  private Map<String, Planned> planned() {
    var planned = new LinkedHashMap<String, Planned>();
    scenario.sizes().forEach(size -> planned.put(size.name(), size.planned()));
    return planned;
  }

  /** The result of a run that ends now. */
  public Result result() {
    var settings = new LinkedHashMap<String, String>();
    sizes.forEach((name, value) -> settings.put(name, String.valueOf(value)));
    if (!runOptions.only().isEmpty()) {
      settings.put("only", String.join(",", runOptions.only()));
    }
    if (!runOptions.nodeOptions().isEmpty()) {
      settings.put("node-option", String.join(" ", runOptions.nodeOptions()));
    }
    if (runOptions.atOnce() > 1) {
      settings.put("scenarios at once", String.valueOf(runOptions.atOnce()));
    }
    return new Result(
        scenario.name(),
        scenario.group().name(),
        scenario.summary(),
        machine,
        stores(),
        runOptions.quick(),
        runOptions.seed(),
        startedAt.truncatedTo(ChronoUnit.SECONDS).toString(),
        Duration.between(startedAt, Instant.now()).toMillis() / 1e3,
        settings,
        planned(),
        draft.tables,
        draft.plots,
        draft.checks,
        draft.accounts,
        draft.complaints,
        draft.findings,
        draft.answers);
  }

  /** Keeps the logs of a failed run, and prints where they are. */
  public void keepLogs() {
    if (workspace != null && workspace.keepLogs()) {
      out.println("The nodes' logs are in " + workspace.logs());
    }
  }

  @Override
  public void close() {
    if (workspace != null) {
      workspace.close();
    }
  }
}
