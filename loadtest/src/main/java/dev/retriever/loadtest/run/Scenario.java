package dev.retriever.loadtest.run;

import dev.retriever.loadtest.Scenarios;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.result.Result;
import java.io.IOException;
import java.util.List;

/**
 * A load test with a verdict: its name, its sizes, and the code that runs it. {@link Scenarios} has
 * all of them.
 *
 * @param name in lower case, with dashes
 * @param summary one line for the list of scenarios
 * @param sizes its sizes, full and with {@code --quick}, which takes a few seconds
 * @param parts names for {@code --only}; empty when it has no parts
 * @param stores the databases of a full record
 */
public record Scenario(
    String name,
    Group group,
    String summary,
    List<Size> sizes,
    List<String> parts,
    Stores stores,
    Play play) {

  /** The databases on which a full record has a scenario. */
  public enum Stores {
    /** On each. */
    EACH,
    /** On PostgreSQL, which it needs since it has several nodes. */
    SHARED,
    /** On PostgreSQL alone, and after all others, since it takes hours. */
    ONCE
  }

  /** Runs a scenario. */
  @FunctionalInterface
  public interface Play {
    /** Starts what it needs on fresh {@linkplain Context#stage stages} and fills the draft. */
    void run(Context context) throws IOException, InterruptedException;
  }

  /** Runs a scenario that takes place on one stage. */
  @FunctionalInterface
  public interface StagePlay {
    void run(TestBed stage) throws IOException, InterruptedException;

    default Void on(TestBed stage) throws IOException, InterruptedException {
      run(stage);
      return null;
    }
  }

  /** Without sizes and parts. */
  public static Scenario of(Group group, String name, Play play) {
    return new Scenario(name, group, "", List.of(), List.of(), Stores.EACH, play);
  }

  /** One that takes place on one stage. */
  public static Scenario onStage(Group group, String name, StagePlay play) {
    return of(group, name, context -> context.stage(name, play));
  }

  /** The same with several nodes. */
  public static Scenario onStageOfSeveral(Group group, String name, StagePlay play) {
    return of(group, name, context -> context.stageOfSeveral(name, play)).on(Stores.SHARED);
  }

  /** Runs it; the result has all that was added to the context's draft. */
  public Result run(Context context) throws IOException, InterruptedException {
    play.run(context);
    return context.result();
  }

  /** The same with other databases in a full record. */
  public Scenario on(Stores others) {
    return new Scenario(name, group, summary, sizes, parts, others, play);
  }

  public Scenario about(String words) {
    return new Scenario(name, group, words, sizes, parts, stores, play);
  }

  public Scenario sized(Size... own) {
    return new Scenario(name, group, summary, List.of(own), parts, stores, play);
  }

  public Scenario in(List<String> own) {
    return new Scenario(name, group, summary, sizes, own, stores, play);
  }
}
