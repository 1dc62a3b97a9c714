package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.client.problem.NoAnswerException;
import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Scenario;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  @TempDir private Path directory;

  private interface Play {
    void on(Context context) throws Exception;
  }

  /** One that says lines, and is not kept when it is told so. */
  private static Scenario said(String name, boolean kept, Play play) {
    return Scenario.of(
            Group.C,
            name,
            context -> {
              try {
                context.say("%s says one", name);
                play.on(context);
                context.say("%s says two", name);
              } catch (IOException e) {
                throw e;
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
              context.draft().promise("it is so", kept, name, "true");
            })
        .about("says its name");
  }

  private static Scenario failing(String name, RuntimeException failure) {
    return Scenario.of(
        Group.E,
        name,
        context -> {
          throw failure;
        });
  }

  private boolean run(int atOnce, Scenario... scenarios) throws Exception {
    var runOptions =
        new Context.RunOptions(false, 1, Map.of(), List.of(), List.of(), List.of(), false, atOnce);
    var to = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Runner(runOptions, to, false)
        .run(List.of(scenarios), Database.Kind.H2, Optional.of(directory.resolve("result.json")));
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void scenarios_run_beside_each_other_and_each_is_told_as_a_whole() throws Exception {
    var meeting = new CyclicBarrier(2);
    Play meets = context -> meeting.await(10, TimeUnit.SECONDS);

    assertThat(run(2, said("a", true, meets), said("b", true, meets))).isTrue();

    for (var name : List.of("a", "b")) {
      assertThat(lines())
          .containsSequence(
              "== " + name + ": says its name", name + " says one", name + " says two");
    }
    assertThat(lines()).filteredOn(line -> line.matches("[ab] +[0-9.]+ s +kept")).hasSize(2);
    assertThat(lines()).anyMatch(line -> line.contains("scenarios at once 2"));
  }

  @Test
  void the_verdict_is_that_of_all_in_the_order_that_they_were_named() throws Exception {
    var broken =
        said(
            "broken",
            true,
            context -> {
              throw new IOException("no disk");
            });

    assertThat(run(3, said("a", false, any -> {}), broken, said("c", true, any -> {}))).isFalse();

    var end = lines().subList(lines().size() - 3, lines().size());
    assertThat(end.get(0)).startsWith("a ").endsWith("FAILED");
    assertThat(end.get(1)).startsWith("broken ").endsWith("could not be run");
    assertThat(end.get(2)).startsWith("c ").endsWith("kept");
  }

  @Test
  void a_scenario_whose_node_does_not_answer_is_reported_and_the_others_go_on() throws Exception {
    var unanswered = new NoAnswerException("GET /stats", "Look.", new IOException("reset"));
    var first = failing("first", unanswered);
    var second = failing("second", new CompletionException(new IOException("reset")));

    assertThat(run(1, first, second, said("c", true, any -> {}))).isFalse();

    var end = lines().subList(lines().size() - 3, lines().size());
    assertThat(end.get(0)).startsWith("first ").endsWith("could not be run");
    assertThat(end.get(1)).startsWith("second ").endsWith("could not be run");
    assertThat(end.get(2)).startsWith("c ").endsWith("kept");
  }

  @Test
  void one_by_one_each_ends_before_the_next_begins() throws Exception {
    run(1, said("a", true, any -> {}), said("b", true, any -> {}));

    assertThat(lines().indexOf("a says two")).isLessThan(lines().indexOf("b says one"));
    assertThat(lines()).noneMatch(line -> line.contains("at once"));
  }
}
