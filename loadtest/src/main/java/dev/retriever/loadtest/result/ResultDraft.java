package dev.retriever.loadtest.result;

import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.result.Result.Account;
import dev.retriever.loadtest.result.Result.Check;
import dev.retriever.loadtest.result.Result.Column;
import dev.retriever.loadtest.result.Result.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A result while its scenario runs. For one thread. */
public final class ResultDraft {
  private static final int COMPLAINTS_MAX = 100;

  private final boolean quick;
  public final List<Table> tables = new ArrayList<>();
  public final List<Plot> plots = new ArrayList<>();
  public final List<Check> checks = new ArrayList<>();
  public final List<Account> accounts = new ArrayList<>();
  public final List<String> complaints = new ArrayList<>();
  public final List<String> findings = new ArrayList<>();
  public final List<Headline.Answer> answers = new ArrayList<>();

  /**
   * @param quick whether the run is too short to judge speeds
   */
  public ResultDraft(boolean quick) {
    this.quick = quick;
  }

  /** The rows of a table, added one after the other. */
  public static final class Rows {
    private final List<Column> columns;
    private final List<List<Object>> rows;

    private Rows(List<Column> columns, List<List<Object>> rows) {
      this.columns = columns;
      this.rows = rows;
    }

    /** Begins a row of named cells. */
    public Rows next() {
      rows.add(new ArrayList<>());
      return this;
    }

    /**
     * Adds a cell to the row. The first row names the columns, and the others have the same.
     *
     * @param column a name, or a name, a comma and a unit: {@code "p50, ms"}
     * @param value as in {@link #row}
     */
    public Rows cell(String column, Object value) {
      if (rows.isEmpty()) {
        next();
      }
      var row = rows.get(rows.size() - 1);
      var named = column(column);
      if (rows.size() == 1) {
        columns.add(named);
      } else if (!columns.get(row.size()).equals(named)) {
        throw new IllegalArgumentException(named + " is not " + columns.get(row.size()));
      }
      row.add(Figure.plain(value));
      return this;
    }

    /**
     * @param cells one for each column: numbers, texts, durations, which become seconds, and null
     *     or an empty value for what was not measured
     */
    public Rows row(Object... cells) {
      if (cells.length != columns.size()) {
        throw new IllegalArgumentException(cells.length + " cells for " + columns);
      }
      rows.add(Arrays.stream(cells).map(Figure::plain).toList());
      return this;
    }
  }

  /**
   * Begins a table.
   *
   * @param columns each a name, or a name, a comma and a unit: {@code "p50, ms"}
   */
  public Rows table(String title, String... columns) {
    var heads = Arrays.stream(columns).map(ResultDraft::column).toList();
    var rows = new ArrayList<List<Object>>();
    tables.add(new Table(title, heads, rows));
    return new Rows(heads, rows);
  }

  /** Begins a table whose cells name their columns. */
  public Rows table(String title) {
    var columns = new ArrayList<Column>();
    var rows = new ArrayList<List<Object>>();
    tables.add(new Table(title, columns, rows));
    return new Rows(columns, rows);
  }

  private static Column column(String text) {
    var comma = text.lastIndexOf(", ");
    return comma < 0
        ? new Column(text, "")
        : new Column(text.substring(0, comma), text.substring(comma + 2));
  }

  public Plot plot(Plot plot) {
    plots.add(plot);
    return plot;
  }

  /** Adds a check that is kept or failed. */
  public void promise(String name, boolean kept, Object measured, String threshold) {
    check(name, measured, "", threshold, kept ? Grade.KEPT : Grade.FAILED);
  }

  /** Adds a check of a speed or size against a limit. Quick runs do not judge it. */
  public void atMost(String name, double measured, String unit, double limit) {
    var kept = measured <= limit ? Grade.KEPT : Grade.FAILED;
    check(name, measured, unit, "≤ " + Figure.text(limit), judged(kept));
  }

  public void atLeast(String name, double measured, String unit, double limit) {
    var kept = measured >= limit ? Grade.KEPT : Grade.FAILED;
    check(name, measured, unit, "≥ " + Figure.text(limit), judged(kept));
  }

  /**
   * Adds a check against a bound that was measured in the same run: at most the bound, and so much
   * more of it. Quick runs do not judge it.
   *
   * @param of the bound in words, such as "the first 5 parts"
   * @param tolerance a part of the bound, such as 0.2
   */
  public void within(
      String name, double measured, String unit, double bound, String of, double tolerance) {
    var kept = measured <= bound * (1 + tolerance) ? Grade.KEPT : Grade.FAILED;
    check(name, measured, unit, proportion("≤", bound, of, "+", tolerance), judged(kept));
  }

  /** The same for rates: at least the bound, less so much of it. */
  public void keepsUp(
      String name, double measured, String unit, double bound, String of, double tolerance) {
    var kept = measured >= bound * (1 - tolerance) ? Grade.KEPT : Grade.FAILED;
    check(name, measured, unit, proportion("≥", bound, of, "−", tolerance), judged(kept));
  }

  private static String proportion(
      String sign, double bound, String of, String more, double tolerance) {
    return "%s %s (%s) %s %s %%"
        .formatted(sign, Figure.text(bound), of, more, Figure.text(Math.rint(100 * tolerance)));
  }

  /** Adds a check that is graded from below minimum to battle-tested. */
  public void graded(String name, double measured, String unit, Grade.Bar bar) {
    check(name, measured, unit, bar.words(), judged(bar.of(measured)));
  }

  private Grade judged(Grade grade) {
    return quick ? Grade.NOT_JUDGED : grade;
  }

  public void check(String name, Object measured, String unit, String threshold, Grade grade) {
    checks.add(new Check(name, Figure.finite(measured), unit, threshold, grade));
  }

  /** Adds the ledger's counts, and its promise: accepted = settled, each once. */
  public void ledger(String part, LedgerVerdict verdict) {
    var account = Account.of(part, verdict);
    accounts.add(account);
    promise(
        "ledger of " + part,
        verdict.kept() && account.accepted() > 0,
        verdict.breaches().size() + " breaches",
        "accepted = settled, each once, bodies intact");
    verdict.complaint().lines().forEach(line -> complain(part + ": " + line.strip()));
  }

  /** Adds a failed check if calls failed that should not. */
  public void failures(String part, ClosedLoop.LoopResult driven) {
    if (driven.failed() > 0) {
      promise("calls of " + part, false, driven.failed() + " failed", "none fail");
      driven.firstFailure().ifPresent(why -> complain(part + ": " + why));
    }
  }

  /** Adds a complaint; those beyond a hundred are dropped. */
  public void complain(String what) {
    if (complaints.size() < COMPLAINTS_MAX) {
      complaints.add(what);
    }
  }

  /**
   * Answers a question of the report's first page. One scenario answers each.
   *
   * @param figures durations become seconds
   */
  public void answer(Headline headline, String format, Object... figures) {
    var all = Arrays.stream(figures).map(Figure::seconds).toArray();
    answers.add(new Headline.Answer(headline, String.format(Locale.ROOT, format, all)));
  }

  /**
   * Adds a sentence made of figures.
   *
   * @param figures durations become seconds
   */
  public void finding(String format, Object... figures) {
    var all = Arrays.stream(figures).map(Figure::seconds).toArray();
    findings.add(all.length == 0 ? format : String.format(Locale.ROOT, format, all));
  }
}
