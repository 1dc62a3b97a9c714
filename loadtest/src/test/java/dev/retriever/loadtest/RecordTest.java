package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.report.ReportFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report that is in the repository is the one that the record gives. */
class RecordTest {
  private static final Path RECORD = Path.of("record");

  @TempDir private Path directory;

  @Test
  void the_report_is_made_of_the_record_and_of_nothing_else() throws IOException {
    var latest = Results.latest(RECORD);
    latest = latest.stream().filter(it -> !Results.outdated(List.of(it)).contains(it)).toList();
    var report = directory.resolve("RESULTS.md");

    ReportFiles.write(latest, report);

    assertThat(Files.readString(report))
        .as("after changes of the record or the report: ./retriever loadtest report")
        .isEqualTo(Files.readString(Path.of("RESULTS.md")));
    assertThat(names(directory.resolve("plots"))).isEqualTo(names(Path.of("plots")));
  }

  @Test
  void the_first_part_takes_a_page_and_each_run_a_screen() throws IOException {
    var report = Files.readString(Path.of("RESULTS.md"));

    assertThat(report.substring(0, report.indexOf("\n## All runs")).lines()).hasSizeLessThan(90);
    assertThat(report.substring(report.indexOf("\n### ")).split("\n### "))
        .allSatisfy(
            it -> {
              // Every failed check is shown, however many there are.
              var failed =
                  it.lines().filter(line -> line.matches(".*\\| (FAILED|below minimum) \\|"));
              assertThat(it.lines().count() - failed.count()).isLessThan(62);
            });
  }

  private static List<String> names(Path plots) throws IOException {
    try (var files = Files.list(plots)) {
      return files.map(it -> it.getFileName().toString()).sorted().toList();
    }
  }
}
