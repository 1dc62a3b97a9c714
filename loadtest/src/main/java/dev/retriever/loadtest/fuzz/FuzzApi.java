package dev.retriever.loadtest.fuzz;

import dev.retriever.loadtest.run.Size;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests of all kinds against a node, and what they leave in its database. */
public final class FuzzApi {
  /** A key or token for nodes that ask for one. */
  public static final String TOKEN = "RETRIEVER_FUZZ_TOKEN";

  private static final double LONGEST_SECONDS = 2;

  /** Beyond it there is no answer, however slow the machine is. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final List<String> PERSISTED = List.of("event_journal", "wake_up");

  private FuzzApi() {}

  /** The number of requests of a run, besides the fixed ones. */
  public static Size requests(int full, int quick) {
    return Size.of("requests", full, quick);
  }

  public static void run(TestBed stage) throws IOException, InterruptedException {
    run(stage, Map.of());
  }

  /**
   * @param settings of the node's environment
   */
  public static void run(TestBed stage, Map<String, String> settings)
      throws IOException, InterruptedException {
    var context = stage.context();
    var node = stage.start(settings);
    var fuzzer =
        new ApiFuzzer(
            new ApiFuzzer.Subject(
                node.api(),
                node.management(),
                Optional.ofNullable(System.getenv(TOKEN)),
                stage.url("/uuid").toString(),
                PATIENCE),
            context.seed());
    var count = context.size("requests");
    try (var progress = context.progress("requests", count)) {
      fuzzer.send(
          count,
          done -> {
            synchronized (progress) {
              progress.to(done);
            }
          });
    }
    fuzzer.sendFixed();
    report(stage, fuzzer);
  }

  private static void report(TestBed stage, ApiFuzzer fuzzer) throws IOException {
    var draft = stage.draft();
    var answers = draft.table("Answers", "kind of request and answer", "requests");
    fuzzer.counts().forEach((said, count) -> answers.row(said, count.get()));
    var breaches = fuzzer.breaches();
    breaches.forEach(draft::complain);
    draft.promise(
        "answers",
        breaches.isEmpty(),
        breaches.size() + " breaches",
        "each request is answered as the contract has it, and none fails the node");
    var slowest = fuzzer.slowest();
    draft.atMost("slowest answer", slowest.millis() / 1e3, "s", LONGEST_SECONDS);
    draft.finding(
        "The slowest answer took %d ms: that to %s.", slowest.millis(), slowest.request());
    var left = left(stage, fuzzer);
    left.forEach(it -> draft.complain("rows of an origin that accepted nothing: " + it));
    draft.promise(
        "what is refused", left.isEmpty(), left.size() + " origins with rows", "leaves no row");
    draft.promise(
        "what is accepted",
        !fuzzer.origins().isEmpty(),
        fuzzer.origins().size() + " origins",
        "> 0");
  }

  private static List<String> left(TestBed stage, ApiFuzzer fuzzer) throws IOException {
    var left = new ArrayList<String>();
    try (var connection = stage.database().connection();
        var statement = connection.createStatement()) {
      for (var table : PERSISTED) {
        try (var rows = statement.executeQuery("SELECT DISTINCT persistence_id FROM " + table)) {
          while (rows.next()) {
            var id = rows.getString(1);
            if (id.startsWith("http|") && !fuzzer.origins().contains(id.substring(5))) {
              left.add(id + " in " + table);
            }
          }
        }
      }
    } catch (SQLException e) {
      throw new IOException("the rows cannot be counted: " + e.getMessage(), e);
    }
    return left;
  }
}
