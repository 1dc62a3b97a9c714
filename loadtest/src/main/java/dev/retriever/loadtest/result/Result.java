package dev.retriever.loadtest.result;

import dev.retriever.loadtest.ledger.Breach;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import java.util.List;
import java.util.Map;

/**
 * What a run of a scenario came to: data, from which the text, the JSON and the report are made.
 *
 * @param scenario its name
 * @param group its letter
 * @param startedAt in UTC
 * @param seconds that it took
 * @param settings by the names of the sizes
 * @param checks what was promised or expected, and whether it held
 * @param complaints what was not as promised, one line each
 * @param findings what the figures say, in words
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
    List<Table> tables,
    List<Plot> plots,
    List<Check> checks,
    List<Account> accounts,
    List<String> complaints,
    List<String> findings) {
  public Result {
    tables = tables == null ? List.of() : List.copyOf(tables);
    plots = plots == null ? List.of() : List.copyOf(plots);
    checks = checks == null ? List.of() : List.copyOf(checks);
    accounts = accounts == null ? List.of() : List.copyOf(accounts);
    complaints = complaints == null ? List.of() : List.copyOf(complaints);
    findings = findings == null ? List.of() : List.copyOf(findings);
  }

  /** The least of its checks; a run that has checked nothing has shown nothing. */
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
  public record Table(String title, List<Column> columns, List<List<Object>> rows) {}

  /**
   * @param unit may be empty
   */
  record Column(String name, String unit) {
    String head() {
      return unit.isEmpty() ? name : name + ", " + unit;
    }
  }

  /**
   * A measure and what it was to be.
   *
   * @param measured a number or a text, or null when it could not be measured
   * @param threshold in words
   */
  public record Check(String name, Object measured, String unit, String threshold, Grade grade) {}

  /**
   * What the ledger has of one part of a run.
   *
   * @param lost accepted and not settled
   * @param twice fetches with hits that must not be
   * @param altered bodies that are not those that the target sent
   * @param otherwise fetches whose outcome changed, or cannot be, or came too early
   */
  record Account(
      String part,
      long accepted,
      long settled,
      long attempts,
      long hits,
      long lost,
      long twice,
      long altered,
      long otherwise) {
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
