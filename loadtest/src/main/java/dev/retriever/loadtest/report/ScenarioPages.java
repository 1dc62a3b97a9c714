package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Figure;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.result.ResultText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The details of each run, in the order of the groups. */
final class ScenarioPages {
  /**
   * How much of a run is shown; the rest is named by its number.
   *
   * @param lines of all its tables together, their titles and heads included
   */
  record Extent(int findings, int lines, int checks, int complaints, int pictures) {
    /** One screen. */
    static final Extent SCREEN = new Extent(6, 25, 8, 3, 1);

    static final Extent ALL =
        new Extent(
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE);
  }

  /** The title of a table and its heads, with the empty lines. */
  private static final int TABLE_HEAD = 5;

  private final List<Result> results;
  private final Extent extent;
  private final Pages pages;

  ScenarioPages(List<Result> results, Extent extent, Pages pages) {
    this.results = results;
    this.extent = extent;
    this.pages = pages;
  }

  void write() {
    for (var group : Group.values()) {
      var of = results.stream().filter(each -> each.group().equals(group.name())).toList();
      if (!of.isEmpty()) {
        pages.heading(2, group + ". " + group.title());
        of.forEach(this::scenario);
      }
    }
  }

  static String title(Result result) {
    return result.scenario() + " on " + result.database();
  }

  /** The name of a file about a run, without its ending. */
  static String file(Result result) {
    return Pages.anchor(result.scenario() + " " + result.database());
  }

  private void scenario(Result result) {
    pages.heading(3, title(result));
    pages.paragraph(
        "%s. **%s**, %s. [record](record/%s.json)"
            .formatted(
                capital(result.summary()), result.grade().words(), result.size(), file(result)));
    pages.bullets(first(result.findings(), extent.findings(), "findings"));
    tables(result);
    pictures(result);
    checks(result);
    ledger(result);
    pages.bullets(first(result.complaints(), extent.complaints(), "complaints"));
    pages.small(circumstances(result));
  }

  private static List<String> first(List<String> all, int most, String what) {
    if (all.size() <= most) {
      return all;
    }
    var some = new ArrayList<>(all.subList(0, most));
    some.add("… and %d more %s in the record.".formatted(all.size() - most, what));
    return some;
  }

  private void tables(Result result) {
    var left = extent.lines();
    var more = new ArrayList<String>();
    for (var table : result.tables()) {
      var room = Math.max(0, left - TABLE_HEAD);
      var rows = table.rows().subList(0, Math.min(room, table.rows().size()));
      if (!rows.isEmpty()) {
        pages.paragraph(table.title() + ":");
        pages.table(table.heads(), rows);
        left -= TABLE_HEAD + rows.size();
      }
      if (rows.size() < table.rows().size()) {
        more.add("%d rows of *%s*".formatted(table.rows().size() - rows.size(), table.title()));
      }
    }
    if (!more.isEmpty()) {
      pages.paragraph(
          "And "
              + String.join(", ", more)
              + ", in the record and in `./retriever loadtest report --html`.");
    }
  }

  /** As many as there is room for; links to the others. */
  private void pictures(Result result) {
    var links = new ArrayList<String>();
    var room = extent.pictures();
    for (var drawn : ReportFiles.drawings(result).entrySet()) {
      if (room-- > 0) {
        pages.picture(drawn.getKey(), drawn.getValue());
      } else {
        links.add("[%s](plots/%s)".formatted(drawn.getValue().get(0).title(), drawn.getKey()));
      }
    }
    if (!links.isEmpty()) {
      pages.paragraph("More plots: " + String.join("; ", links) + ".");
    }
  }

  /** The lowest grades first. */
  private void checks(Result result) {
    var checks =
        result.checks().stream().sorted(Comparator.comparing(Result.Check::grade)).toList();
    if (checks.size() <= extent.checks()) {
      pages.table(ResultText.CHECK, checks.stream().map(ResultText::cells).toList());
      return;
    }
    var shown = Math.max(extent.checks(), (int) checks.stream().filter(it -> !enough(it)).count());
    var rest = checks.subList(Math.min(shown, checks.size()), checks.size());
    pages.table(
        ResultText.CHECK, checks.subList(0, shown).stream().map(ResultText::cells).toList());
    var grades =
        rest.stream().collect(Collectors.groupingBy(Result.Check::grade, Collectors.counting()));
    pages.paragraph(
        "And %d more checks: %s."
            .formatted(
                rest.size(),
                java.util.Arrays.stream(Grade.values())
                    .filter(grades::containsKey)
                    .map(grade -> grades.get(grade) + " " + grade.words())
                    .collect(Collectors.joining(", "))));
  }

  private static boolean enough(Result.Check check) {
    return check.grade().enough();
  }

  private void ledger(Result result) {
    if (result.accounts().isEmpty()) {
      return;
    }
    if (extent.equals(Extent.ALL)) {
      pages.paragraph("Ledger:");
      var accounts = result.accountTable();
      pages.table(accounts.heads(), accounts.rows());
      return;
    }
    pages.paragraph(
        "Ledger: "
            + result.accounts().stream().map(ScenarioPages::words).collect(Collectors.joining("; "))
            + ".");
  }

  private static String words(Result.Account it) {
    return String.format(
        Locale.ROOT,
        "*%s* %,d accepted, %,d settled, %,d attempts, %,d hits, %s",
        it.part(),
        it.accepted(),
        it.settled(),
        it.attempts(),
        it.hits(),
        it.lost() + it.twice() + it.altered() + it.otherwise() == 0
            ? "none lost, twice, altered or otherwise wrong"
            : "**%d lost, %d twice, %d altered, %d otherwise wrong**"
                .formatted(it.lost(), it.twice(), it.altered(), it.otherwise()));
  }

  private static String capital(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private static String circumstances(Result result) {
    var commit = result.machine().commit();
    return "%s; seed %d; %s UTC; took %s s; commit %s; %s"
        .formatted(
            ResultText.said(result),
            result.seed(),
            result.startedAt().replace('T', ' ').replace("Z", ""),
            Figure.text(result.seconds()),
            commit.isEmpty() ? "unknown" : commit,
            FirstPage.machine(result.machine()));
  }
}
