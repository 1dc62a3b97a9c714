package dev.retriever.origin.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the simulation would say to code that is wrong: that it keeps quiet about the right one
 * proves nothing. The table in {@code docs/simulation.md} is the one that is tested here.
 */
@ExtendWith(Quiet.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedBugTest {
  /** As many as every build runs on the right code. */
  private static final int SEEDS = 300;

  private static final int THREADS = 2;
  private static final Chapter CHAPTER =
      new Chapter(
          "<!-- planted bugs: made by PlantedBugTest -->\n",
          "<!-- end of planted bugs -->\n",
          "PlantedBugTest");

  private final Map<PlantedBug, Found> found = new ConcurrentHashMap<>();

  /** What found a bug first. */
  private record Found(String promise, long seed) {}

  @BeforeAll
  void look_for_all_of_them() throws IOException, InterruptedException {
    var table = CHAPTER.text();
    var bugs = new ConcurrentLinkedQueue<>(Stream.of(PlantedBug.values()).toList());
    var threads = Executors.newFixedThreadPool(THREADS);
    for (var thread = 0; thread < THREADS; thread++) {
      threads.execute(
          () -> {
            for (var bug = bugs.poll(); bug != null; bug = bugs.poll()) {
              lookFor(bug, table);
            }
          });
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.MINUTES)).isTrue();
  }

  private void lookFor(PlantedBug bug, String table) {
    var planted = new Planted(bug);
    var first = LongStream.concat(bug.rare(), documented(bug, table));
    var seeds = LongStream.concat(first, LongStream.rangeClosed(1, SEEDS));
    seeds
        .mapToObj(seed -> planted.run(seed).map(promise -> new Found(promise, seed)))
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(it -> found.put(bug, it));
  }

  /** The seed of the table, which is among all others, goes first: it finds the bug at once. */
  private static LongStream documented(PlantedBug bug, String table) {
    var row = Pattern.compile(Pattern.quote("| " + bug.sentence() + " | ") + "(\\d+) ");
    return row.matcher(table)
        .results()
        .mapToLong(it -> Long.parseLong(it.group(1)))
        .filter(seed -> seed <= SEEDS && !Boolean.getBoolean("retriever.renew-documents"));
  }

  @Test
  void every_planted_bug_is_found() {
    assertThat(found.keySet()).containsExactlyInAnyOrder(PlantedBug.values());
  }

  @Test
  void the_document_shows_this_table() throws IOException {
    var table =
        Stream.of(PlantedBug.values())
            .map(bug -> row(bug, found.get(bug)))
            .collect(
                Collectors.joining(
                    "\n",
                    """
                    | the bug | found by seed | the promise that it breaks |
                    |---|---|---|
                    """,
                    "\n"));
    CHAPTER.reads(table);
  }

  private static String row(PlantedBug bug, Found found) {
    return "| %s | %s | %s |"
        .formatted(
            bug.sentence(),
            found == null ? "none" : found.seed(),
            found == null ? "–" : found.promise());
  }
}
