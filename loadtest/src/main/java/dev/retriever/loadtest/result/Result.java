package dev.retriever.loadtest.result;

import dev.retriever.loadtest.ledger.Breach;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The result of a run of a scenario: the data for the text, the JSON and the report.
 *
 * @param scenario its name
 * @param group its letter
 * @param startedAt in UTC
 * @param seconds its duration
 * @param settings the sizes by name
 * @param planned the sizes that its plan asks for, by name; empty for a result of before there were
 * @param checks promises and expectations, and whether they held
 * @param complaints broken promises, one line each
 * @param findings sentences made of the figures
 * @param answers to the questions of the report's first page
 */
public record Result(
    String scenario,
    String group,
    String summary,
    HostMachine machine,
    String database,
    boolean quick,
    long seed,
    String startedAt,
    double seconds,
    Map<String, String> settings,
    Map<String, Planned> planned,
    List<Table> tables,
    List<Plot> plots,
    List<Check> checks,
    List<Account> accounts,
    List<String> complaints,
    List<String> findings,
    List<Headline.Answer> answers) {
  public Result {
    planned = planned == null ? Map.of() : Collections.unmodifiableMap(planned);
    tables = tables == null ? List.of() : List.copyOf(tables);
    plots = plots == null ? List.of() : List.copyOf(plots);
    checks = checks == null ? List.of() : List.copyOf(checks);
    accounts = accounts == null ? List.of() : List.copyOf(accounts);
    complaints = complaints == null ? List.of() : List.copyOf(complaints);
    findings = findings == null ? List.of() : List.copyOf(findings);
    answers = answers == null ? List.of() : List.copyOf(answers);
  }

  /** Full, quick, or by how much it is smaller than its plan asks. */
  public String size() {
    return Planned.compare(quick, settings, planned);
  }

  /** The lowest grade of its checks. A run without checks has failed. */
  public Grade grade() {
    return checks.stream().map(Check::grade).reduce(Grade::and).orElse(Grade.FAILED);
  }

  public boolean kept() {
    return grade().enough();
  }

  /**
   * Rows of figures.
   *
   * @param rows a cell for each column: a number, a text, or null
   */
  public record Table(String title, List<Column> columns, List<List<Object>> rows) {
    public List<String> heads() {
      return columns.stream().map(Column::head).toList();
    }
  }

  public Table accountTable() {
    var draft = new ResultDraft(quick);
    var rows = draft.table("ledger");
    accounts.forEach(account -> account.into(rows.next()));
    return draft.tables.get(0);
  }

  /**
   * @param unit may be empty
   */
  public record Column(String name, String unit) {
    public String head() {
      return unit.isEmpty() ? name : name + ", " + unit;
    }
  }

  /**
   * A measure and its threshold.
   *
   * @param measured a number or a text, or null when it could not be measured
   * @param threshold in words
   */
  public record Check(String name, Object measured, String unit, String threshold, Grade grade) {}

  /**
   * The ledger's counts for one part of a run.
   *
   * @param lost fetches that were accepted and did not settle
   * @param twice fetches with hits beyond those allowed
   * @param altered bodies that differ from those that the target sent
   * @param otherwise fetches whose outcome changed, is impossible, or came too early
   */
  public record Account(
      String part,
      long accepted,
      long settled,
      long attempts,
      long hits,
      long lost,
      long twice,
      long altered,
      long otherwise) {
    private void into(ResultDraft.Rows row) {
      row.cell("part", part)
          .cell("accepted", accepted)
          .cell("settled", settled)
          .cell("attempts", attempts)
          .cell("hits", hits)
          .cell("lost", lost)
          .cell("twice", twice)
          .cell("altered", altered)
          .cell("otherwise wrong", otherwise);
    }

    static Account of(String part, LedgerVerdict verdict) {
      var total = verdict.total();
      return new Account(
          part,
          total.accepted(),
          total.accepted() - total.lost(),
          total.attempts(),
          total.hits(),
          verdict.count(Breach.Kind.LOST),
          verdict.count(Breach.Kind.DUPLICATE),
          verdict.count(Breach.Kind.ALTERED),
          verdict.count(Breach.Kind.CHANGED)
              + verdict.count(Breach.Kind.UNFOUNDED)
              + verdict.count(Breach.Kind.EARLY));
    }
  }
}
