package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The first page for other programs.
 *
 * @param answers by the name of the {@link Headline}; questions without an answer are left out
 */
public record Summary(
    String newestCommit,
    Map<String, String> answers,
    List<PromiseLine> promises,
    List<RunLine> runs) {

  /**
   * @param verdict in the words of the report
   * @param evidence the runs that it stands on
   */
  public record PromiseLine(String promise, String verdict, String why, List<String> evidence) {}

  public record RunLine(
      String scenario,
      String database,
      String size,
      String verdict,
      String startedAt,
      String commit) {}

  /**
   * @param results one of each scenario on each database
   */
  public static Summary of(List<Result> results) {
    var answers = new TreeMap<String, String>();
    Arrays.stream(Headline.values())
        .forEach(
            it ->
                FirstPage.answer(results, it)
                    .ifPresent(answer -> answers.put(it.name(), answer.text())));
    return new Summary(
        Ages.newest(results),
        answers,
        Promise.ALL.stream().map(it -> line(Verdict.of(it, results))).toList(),
        results.stream().map(Summary::line).toList());
  }

  private static PromiseLine line(Verdict verdict) {
    return new PromiseLine(
        verdict.promise().words(),
        verdict.standing().words(),
        verdict.why(),
        verdict.evidence().stream().map(ScenarioPages::title).toList());
  }

  private static RunLine line(Result result) {
    return new RunLine(
        result.scenario(),
        result.database(),
        result.size(),
        result.grade().words(),
        result.startedAt(),
        result.machine().commit());
  }
}
