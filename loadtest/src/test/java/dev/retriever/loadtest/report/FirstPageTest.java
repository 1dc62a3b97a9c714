package dev.retriever.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstPageTest {
  @TempDir private Path directory;

  private static Result answering(String scenario, String database, String text) {
    return VerdictTest.Results.run(
        scenario,
        database,
        "abc1234",
        100,
        draft -> {
          draft.promise("ledger", true, 0, "none");
          draft.answer(Headline.RATE, text);
        });
  }

  private static Result of(String commit) {
    return VerdictTest.Results.run(
        "bars", "PostgreSQL", commit, 100, draft -> draft.promise("ledger", true, 0, "none"));
  }

  @Test
  void it_answers_from_the_run_on_postgresql_and_links_it() {
    var page =
        ReportFiles.markdown(
            List.of(
                answering("throughput", "H2", "2000 a second"),
                answering("throughput", "PostgreSQL", "1500 a second")));

    assertThat(page)
        .contains(
            "| How many fetches a second? | 1500 a second |"
                + " [throughput on PostgreSQL](#throughput-on-postgresql), abc1234 |")
        .contains("### throughput on PostgreSQL");
  }

  @Test
  void a_question_without_an_answer_says_so() {
    assertThat(ReportFiles.markdown(List.of(of("abc1234"))))
        .contains("| How late, at p99? | **not measured** | – |")
        .contains("No recorded run answers: How many fetches a second?")
        .contains("There is no record of `kills`");
  }

  @Test
  void runs_of_older_commits_are_labelled() {
    assertThat(ReportFiles.markdown(List.of(of("abc1234"), of("0000001"))))
        .contains("at commit abc1234 (runs: 1) and older ones (runs: 1)")
        .contains("runs of 0000001 are older than the newest of abc1234");
    assertThat(ReportFiles.markdown(List.of(of("abc1234")))).doesNotContain("are older than");
  }

  @Test
  void two_scenarios_must_not_answer_the_same_question() {
    var both =
        List.of(
            answering("throughput", "PostgreSQL", "1500 a second"),
            answering("bars", "PostgreSQL", "2000 a second"));

    assertThatThrownBy(() -> ReportFiles.write(both, directory.resolve("RESULTS.md")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("throughput and bars both answer");
  }

  @Test
  void an_answer_of_an_older_commit_gives_way_to_the_newest() throws IOException {
    var older =
        VerdictTest.Results.run(
            "throughput",
            "PostgreSQL",
            "0000001",
            100,
            draft -> draft.answer(Headline.RATE, "1000 a second"));
    var report = directory.resolve("RESULTS.md");

    ReportFiles.write(List.of(older, answering("bars", "PostgreSQL", "2000 a second")), report);

    assertThat(Files.readString(report)).contains("| How many fetches a second? | 2000 a second |");
  }

  @Test
  void a_scenario_takes_one_screen_however_much_it_found() {
    var much =
        VerdictTest.Results.run(
            "bars",
            "PostgreSQL",
            "abc1234",
            100,
            draft -> {
              var rows = draft.table("figures", "n", "square");
              IntStream.range(0, 200)
                  .forEach(
                      i -> {
                        rows.row(i, i * i);
                        draft.finding("found " + i);
                        draft.promise("check " + i, true, i, "any");
                      });
            });

    var page = ReportFiles.markdown(List.of(much));

    var details = page.substring(page.indexOf("### bars"));
    assertThat(details.lines().count()).isLessThan(60);
    assertThat(details)
        .contains("And 180 rows of *figures*")
        .contains("and 194 more findings in the record")
        .contains("And 192 more checks: 192 kept");
  }

  @Test
  void every_failed_check_is_shown() {
    var failed =
        VerdictTest.Results.run(
            "bars",
            "PostgreSQL",
            "abc1234",
            100,
            draft ->
                IntStream.range(0, 20)
                    .forEach(i -> draft.promise("check " + i, i < 8, i, "below 8")));

    assertThat(ReportFiles.markdown(List.of(failed)))
        .contains("| check 19 | 19 | below 8 | FAILED |");
  }

  @Test
  void the_html_has_all_of_it_and_nothing_from_elsewhere() throws IOException {
    var file = directory.resolve("report.html");

    ReportFiles.writeHtml(List.of(answering("throughput", "PostgreSQL", "**a & b** <c>")), file);

    assertThat(Files.readString(file))
        .contains("<strong>a &amp; b</strong> &lt;c&gt;")
        .contains("<h3 id=\"throughput-on-postgresql\">")
        .contains("href=\"#throughput-on-postgresql\"")
        .doesNotContain("<script", "http://", "https://", "href=\"record");
  }
}
