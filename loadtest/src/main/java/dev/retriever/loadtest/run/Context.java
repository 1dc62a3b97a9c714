package dev.retriever.loadtest.run;

import dev.retriever.loadtest.pace.Progress;
import dev.retriever.loadtest.process.Databases;
import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.result.HostMachine;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.result.ResultDraft;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What a scenario is given: how much it is to do, from which seed, on which database, and where to
 * do it. For one run of one scenario, and one thread.
 */
public final class Context implements AutoCloseable {
  /**
   * What was asked for on the command line.
   *
   * @param set sizes by name that are not as declared
   * @param only the parts that are to be done; empty for all
   * @param nodeOptions of the Java of all nodes
   * @param starting further ones, which only make them start sooner
   * @param keepLogs of the nodes, also when all was as promised
   * @param atOnce how many scenarios run beside each other; more than one in quick runs only
   */
  public record Wish(
      boolean quick,
      long seed,
      Map<String, Integer> set,
      List<String> only,
      List<String> nodeOptions,
      List<String> starting,
      boolean keepLogs,
      int atOnce) {
    public Wish {
      set = Map.copyOf(set);
      only = List.copyOf(only);
      nodeOptions = List.copyOf(nodeOptions);
      starting = List.copyOf(starting);
    }

    /** With further options for the nodes' Java, which are no part of what is measured. */
    public Wish with(List<String> starting) {
      return new Wish(quick, seed, set, only, nodeOptions, starting, keepLogs, atOnce);
    }

    public static Wish of(long seed, Map<String, Integer> set) {
      return new Wish(false, seed, set, List.of(), List.of(), List.of(), false, 1);
    }
  }

  private static final int SOON_DONE = 2_000;

  private final Scenario scenario;
  private final Wish wish;
  private final Databases databases;
  private final PrintStream out;
  private final boolean terminal;
  private final Map<String, Integer> sizes = new LinkedHashMap<>();
  private final Instant startedAt = Instant.now();
  private Workspace workspace;
  private int stages;

  public Context(
      Scenario scenario, Wish wish, Databases databases, PrintStream out, boolean terminal) {
    this.scenario = scenario;
    this.wish = wish;
    this.databases = databases;
    this.out = out;
    this.terminal = terminal;
    scenario
        .sizes()
        .forEach(
            size ->
                sizes.put(
                    size.name(), wish.set().getOrDefault(size.name(), size.value(wish.quick()))));
  }

  /** Of the scenario. */
  public String name() {
    return scenario.name();
  }

  /** A size that the scenario has declared. */
  public int size(String name) {
    return sizes.get(name);
  }

  /** One that it may have declared. */
  public int size(String name, int otherwise) {
    return sizes.getOrDefault(name, otherwise);
  }

  /** One that counts seconds. */
  public Duration seconds(String name) {
    return Duration.ofSeconds(size(name));
  }

  public boolean quick() {
    return wish.quick();
  }

  public long seed() {
    return wish.seed();
  }

  /** What follows from the seed; each purpose draws from its own. */
  Random random(String purpose) {
    return new Random(wish.seed() * 31 + purpose.hashCode());
  }

  public Wish wish() {
    return wish;
  }

  /** Whether that part of the scenario is to be done. */
  public boolean includes(String part) {
    return wish.only().isEmpty() || wish.only().contains(part);
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

  /** A bar on a terminal; elsewhere lines, for what takes its time. */
  public Progress progress(String what, long max) {
    return max < SOON_DONE
        ? Progress.shortly(what, max, out, terminal)
        : Progress.of(what, max, out, terminal);
  }

  /** What is done on a stage. */
  public interface Act<T> {
    T on(TestBed stage) throws IOException, InterruptedException;
  }

  /**
   * Does it on a fresh stage: an empty database, no node, a target that was never hit. All of it is
   * gone afterwards but the logs, which are kept when the scenario ends badly.
   */
  public <T> T stage(String name, Act<T> act) throws IOException, InterruptedException {
    return stage(name, false, act);
  }

  /** The same with PostgreSQL in any case: for several nodes. */
  public <T> T stageOfSeveral(String name, Act<T> act) throws IOException, InterruptedException {
    return stage(name, true, act);
  }

  private <T> T stage(String name, boolean several, Act<T> act)
      throws IOException, InterruptedException {
    if (workspace == null) {
      workspace = Workspace.create("retriever-" + scenario.name() + "-");
    }
    var place = ++stages + "-" + name.replaceAll("[^A-Za-z0-9]+", "-");
    var data = Files.createDirectories(workspace.data().resolve(place));
    var logs = Files.createDirectories(workspace.logs().resolve(place));
    var database = several ? databases.onPostgres() : databases.fresh(data);
    var stage = workspace.closing(new TestBed(this, database, data, logs));
    try {
      return act.on(stage);
    } finally {
      workspace.closeEarly(stage);
    }
  }

  public ResultDraft draft() {
    return new ResultDraft(wish.quick());
  }

  /** The result of a run that ends now. */
  public Result result(ResultDraft draft) {
    var settings = new LinkedHashMap<String, String>();
    sizes.forEach((name, value) -> settings.put(name, String.valueOf(value)));
    if (!wish.only().isEmpty()) {
      settings.put("only", String.join(",", wish.only()));
    }
    if (!wish.nodeOptions().isEmpty()) {
      settings.put("node-option", String.join(" ", wish.nodeOptions()));
    }
    if (wish.atOnce() > 1) {
      settings.put("scenarios at once", String.valueOf(wish.atOnce()));
    }
    return new Result(
        scenario.name(),
        scenario.group().name(),
        scenario.summary(),
        HostMachine.here(),
        databases.kind().words(),
        wish.quick(),
        wish.seed(),
        startedAt.truncatedTo(ChronoUnit.SECONDS).toString(),
        Duration.between(startedAt, Instant.now()).toMillis() / 1e3,
        settings,
        draft.tables,
        draft.plots,
        draft.checks,
        draft.accounts,
        draft.complaints,
        draft.findings);
  }

  /** To be called when it went wrong; says where the logs are. */
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
