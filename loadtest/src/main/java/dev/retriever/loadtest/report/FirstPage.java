package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.HostMachine;
import dev.retriever.loadtest.result.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The first page: what was run and on what, the answers in a minute, a verdict on each promise,
 * what to choose when, and what is not known.
 */
final class FirstPage {
  private static final List<List<Object>> CHOICES =
      List.of(
          List.of(
              "**PROXY**",
              "`\"dispatch\": \"proxy\"`, the default",
              "always, unless a line below applies",
              "the origin sleeps while the target takes its time; the attempt outlives the origin"),
          List.of(
              "**QUEUED**",
              "`\"queue\": \"stripe\"`",
              "a target must not get more than so many calls, or so many a second, from the whole"
                  + " cluster; or callers are to share",
              "a journal write and two messages more for each fetch; waiting fetches cost a row, not"
                  + " memory"),
          List.of(
              "**DIRECT**",
              "`\"dispatch\": \"direct\"`",
              "calls that are short, may be made again, and must not pay for a hop",
              "the origin stays in memory during the call; an attempt is lost with its origin"));

  /** What no scenario does, so that no record can tell. */
  private static final List<String> NOT_TRIED =
      List.of(
          "Nodes, database, target and callers share one machine in all scenarios. They take processor"
              + " time from each other, and no real network lies between them. Rates on machines of"
              + " their own are higher, and delays through a network longer.",
          "Clusters of more than three nodes, and PostgreSQL with a replica or a failover.");

  private final List<Result> results;
  private final Pages pages;

  FirstPage(List<Result> results, Pages pages) {
    this.results = results;
    this.pages = pages;
  }

  void write() {
    pages.heading(1, "What the load tests have measured");
    pages.paragraph(
        "Made by `./retriever loadtest report` from the recorded runs in [record/](record), and by nothing"
            + " else. [README.md](README.md) says what each scenario does and how to read it.");
    pages.paragraph(ran());
    pages.heading(2, "In a minute");
    pages.table(List.of("question", "answer", "from"), answers());
    pages.heading(2, "Promises");
    pages.table(List.of("promise", "verdict", "why", "evidence"), verdicts());
    pages.paragraph(
        "*production-ready*: each size is at least that of the plan, on PostgreSQL, and every check kept."
            + " *proven under faults*: the same, while things were broken on purpose. *only measured"
            + " small*: a size is below the plan's, evidence is missing, or the database was not"
            + " PostgreSQL. *missed*: a check failed.");
    pages.heading(2, "What to choose when");
    pages.table(List.of("way", "how", "choose it when", "what it means"), CHOICES);
    answer(Headline.CHOICE).ifPresent(it -> pages.paragraph("For calls of 200 ms: " + it.text()));
    pages.heading(2, "What is not known");
    pages.bullets(unknowns());
    pages.heading(2, "All runs");
    pages.table(List.of("scenario", "on", "size", "verdict", "took, s", "run", "commit"), runs());
  }

  private String ran() {
    var kept = results.stream().filter(Result::kept).count();
    var dates = results.stream().map(FirstPage::date).sorted().toList();
    var period =
        dates.get(0).equals(dates.get(dates.size() - 1))
            ? dates.get(0)
            : dates.get(0) + " to " + dates.get(dates.size() - 1);
    return "**What was run:** %d scenarios in %d runs, %d of these kept, %s, at %s. **On what:** %s."
        .formatted(
            results.stream().map(Result::scenario).distinct().count(),
            results.size(),
            kept,
            period,
            commits(),
            results.stream()
                .map(it -> machine(it.machine()))
                .distinct()
                .collect(Collectors.joining("; and on ")));
  }

  private String commits() {
    var newest = Ages.newest(results);
    var of = results.stream().filter(it -> it.machine().commit().equals(newest)).count();
    return of == results.size()
        ? "commit " + newest
        : "commit %s (runs: %d) and older ones (runs: %d)"
            .formatted(newest, of, results.size() - of);
  }

  static String machine(HostMachine machine) {
    return "%d cores, %d MiB, Java %s, %s, storage %s"
        .formatted(
            machine.cores(),
            machine.memoryMib(),
            machine.java(),
            machine.os(),
            Optional.ofNullable(machine.storage()).orElse("not recorded"));
  }

  private static String date(Result result) {
    return result.startedAt().substring(0, 10);
  }

  private Optional<Headline.Answer> answer(Headline headline) {
    return answer(results, headline);
  }

  static Optional<Headline.Answer> answer(List<Result> results, Headline headline) {
    return source(results, headline)
        .flatMap(
            result ->
                result.answers().stream().filter(it -> it.headline() == headline).findFirst());
  }

  private Optional<Result> source(Headline headline) {
    return source(results, headline);
  }

  /** The run that answers: on PostgreSQL, if one does, else the latest. */
  private static Optional<Result> source(List<Result> results, Headline headline) {
    return results.stream()
        .filter(it -> it.answers().stream().anyMatch(answer -> answer.headline() == headline))
        .max(
            Comparator.<Result, Boolean>comparing(it -> it.database().contains("PostgreSQL"))
                .thenComparing(Result::startedAt));
  }

  private List<List<Object>> answers() {
    return Arrays.stream(Headline.values())
        .map(
            headline ->
                List.<Object>of(
                    headline.question(),
                    answer(headline).map(Headline.Answer::text).orElse("**not measured**"),
                    source(headline)
                        .map(it -> link(it) + ", " + it.machine().commit())
                        .orElse("–")))
        .toList();
  }

  private List<List<Object>> verdicts() {
    return Promise.ALL.stream()
        .map(promise -> Verdict.of(promise, results))
        .map(
            verdict ->
                List.<Object>of(
                    verdict.promise().words(),
                    "**" + verdict.standing().words() + "**",
                    verdict.why(),
                    verdict.evidence().isEmpty()
                        ? "–"
                        : verdict.evidence().stream()
                            .map(this::link)
                            .collect(Collectors.joining(", "))))
        .toList();
  }

  private String link(Result result) {
    return "[%s%s](#%s)"
        .formatted(
            ScenarioPages.title(result),
            result.size().equals("full") ? "" : ", " + (result.quick() ? "quick" : "smaller"),
            Pages.anchor(ScenarioPages.title(result)));
  }

  private List<String> unknowns() {
    var unknowns = new ArrayList<String>();
    unanswered().ifPresent(unknowns::add);
    unmeasured().ifPresent(unknowns::add);
    results.stream()
        .filter(it -> !it.size().equals("full"))
        .map(it -> "%s: %s.".formatted(link(it), it.size()))
        .forEach(unknowns::add);
    var newest = Ages.newest(results);
    var older =
        results.stream()
            .filter(it -> !it.machine().commit().equals(newest))
            .map(it -> it.machine().commit())
            .distinct()
            .toList();
    if (!older.isEmpty()) {
      unknowns.add(
          "What has changed since: runs of %s are older than the newest of %s."
              .formatted(String.join(", ", older), newest));
    }
    unknowns.addAll(NOT_TRIED);
    return unknowns;
  }

  private Optional<String> unanswered() {
    var open =
        Arrays.stream(Headline.values())
            .filter(it -> source(it).isEmpty())
            .map(Headline::question)
            .toList();
    return open.isEmpty()
        ? Optional.empty()
        : Optional.of("No recorded run answers: " + String.join(" ", open));
  }

  private Optional<String> unmeasured() {
    var there = results.stream().map(Result::scenario).toList();
    var missing =
        Promise.ALL.stream()
            .flatMap(it -> it.scenarios().stream())
            .filter(it -> !there.contains(it))
            .map(it -> "`" + it + "`")
            .distinct()
            .toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("There is no record of " + String.join(", ", missing) + ".");
  }

  private List<List<Object>> runs() {
    return results.stream()
        .map(
            each ->
                List.<Object>of(
                    "[%s](#%s)".formatted(each.scenario(), Pages.anchor(ScenarioPages.title(each))),
                    each.database(),
                    each.size(),
                    each.grade().words(),
                    each.seconds(),
                    date(each),
                    each.machine().commit()))
        .toList();
  }
}
