package dev.retriever.loadtest.run;

import dev.retriever.loadtest.Scenarios;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.result.Result;
import java.io.IOException;
import java.util.List;

/**
 * A way to load nodes that ends in a verdict: what it is called, how much of it is done, and what
 * runs it. {@link Scenarios} has all of them.
 *
 * @param name in lower case, with dashes
 * @param summary one line for the list of scenarios
 * @param sizes how much of it is done, and how much with {@code --quick}: a few seconds
 * @param parts names for {@code --only}; empty when it is done as a whole
 */
public record Scenario(
    String name, Group group, String summary, List<Size> sizes, List<String> parts, Play play) {

  /** What runs a scenario. */
  @FunctionalInterface
  public interface Play {
    /**
     * Starts what it needs on {@linkplain Context#stage fresh stages}, loads it, and says how it
     * went.
     */
    Result run(Context context) throws IOException, InterruptedException;
  }

  /** Without sizes and parts. */
  public static Scenario of(Group group, String name, Play play) {
    return new Scenario(name, group, "", List.of(), List.of(), play);
  }

  public Scenario about(String words) {
    return new Scenario(name, group, words, sizes, parts, play);
  }

  public Scenario sized(Size... own) {
    return new Scenario(name, group, summary, List.of(own), parts, play);
  }

  public Scenario in(List<String> own) {
    return new Scenario(name, group, summary, sizes, own, play);
  }
}
