package dev.retriever.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.Results;
import dev.retriever.loadtest.result.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a result that was recorded. */
class ReportTest {
  @TempDir private Path directory;

  private static Result recorded() throws IOException {
    try (var in = ReportTest.class.getResourceAsStream("/results/limits.json")) {
      return Results.parse(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  @Test
  void a_result_is_the_same_when_it_is_read_again() throws IOException {
    var result = recorded();

    assertThat(Results.parse(Results.json(result))).isEqualTo(result);
  }

  @Test
  void the_report_has_the_verdict_the_findings_the_figures_and_where_they_are_from()
      throws IOException {
    assertThat(ReportFiles.markdown(List.of(recorded())))
        .contains("## A. Concurrency limits")
        .contains(
            "[limits](#limits-on-h2) | H2 | not compared with its plan | kept | 12.5 | 2026-01-01")
        .contains("### limits on H2")
        .contains("- six permits: there is a limit, at 6")
        .contains("| 60 at once | 10 | 10.4 | 6 |")
        .contains("| --- | ---: | ---: | ---: |")
        .contains("![Time to settle all, by how many at once](plots/limits-h2-settled.svg)")
        .contains("seed 7; 2026-01-01 00:00:00 UTC; took 12.5 s; commit abc1234; 2 cores, 4000 MiB")
        .contains("Java 17.0.1, Linux amd64, storage not recorded");
  }

  @Test
  void the_same_results_give_the_same_files_and_plots_of_others_go() throws IOException {
    var report = directory.resolve("RESULTS.md");
    Files.createDirectories(directory.resolve("plots"));
    Files.writeString(directory.resolve("plots").resolve("gone.svg"), "");

    ReportFiles.write(List.of(recorded()), report);
    var first = Files.readString(report);
    ReportFiles.write(List.of(recorded()), report);

    assertThat(Files.readString(report)).isEqualTo(first);
    assertThat(directory.resolve("plots")).isDirectoryContaining("glob:**limits-h2-settled.svg");
    assertThat(directory.resolve("plots").resolve("gone.svg")).doesNotExist();
  }

  @Test
  void the_latest_result_counts_and_a_full_one_before_a_quick_one() throws IOException {
    write("a", "2026-01-01T00:00:00Z", false, 1);
    write("b", "2026-01-02T00:00:00Z", false, 2);
    write("c", "2026-01-03T00:00:00Z", true, 3);
    Files.writeString(directory.resolve("old.json"), "{\"scenario\": \"old\", \"kept\": true}");

    assertThat(Results.latest(directory)).extracting(Result::seed).containsExactly(2L);
  }

  private void write(String file, String at, boolean quick, long seed) throws IOException {
    var like = recorded();
    var result =
        new Result(
            like.scenario(),
            like.group(),
            like.summary(),
            like.machine(),
            like.database(),
            quick,
            seed,
            at,
            like.seconds(),
            like.settings(),
            like.planned(),
            like.tables(),
            like.plots(),
            like.checks(),
            like.accounts(),
            like.complaints(),
            like.findings(),
            like.answers());
    Results.write(Optional.of(directory.resolve(file + ".json")), result);
  }
}
