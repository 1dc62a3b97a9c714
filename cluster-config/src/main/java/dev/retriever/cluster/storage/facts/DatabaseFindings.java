package dev.retriever.cluster.storage.facts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What of a database is dangerous, the worst first. Pure. */
final class DatabaseFindings {
  private static final Duration CLOCK_DIFFERS = Duration.ofSeconds(2);
  private static final Duration CLOCK_IS_WRONG = Duration.ofSeconds(30);

  private final DatabaseFacts facts;
  private final List<DatabaseFinding> found = new ArrayList<>();

  private DatabaseFindings(DatabaseFacts facts) {
    this.facts = facts;
  }

  /**
   * @param needed connections that all nodes open at most
   */
  static List<DatabaseFinding> of(DatabaseFacts facts, long needed) {
    var findings = new DatabaseFindings(facts);
    findings.durability();
    facts.connections().ifPresent(it -> findings.connections(it, needed));
    findings.clock();
    findings.isolation();
    if (findings.isOff("autovacuum")) {
      findings.notice(
          "autovacuum is off: tables grow, and plans become wrong.",
          "Set autovacuum = on, or vacuum and analyze by a job of your own.");
    }
    return findings.found.stream()
        .sorted((one, other) -> Boolean.compare(other.isSevere(), one.isSevere()))
        .toList();
  }

  private void severe(String text, String nextStep) {
    found.add(new DatabaseFinding(true, text, nextStep));
  }

  private void notice(String text, String nextStep) {
    found.add(new DatabaseFinding(false, text, nextStep));
  }

  private boolean isOff(String setting) {
    return "off".equals(facts.settings().get(setting));
  }

  private void durability() {
    var next = "Set %s = on for the server and for the user of the nodes.";
    if (isOff("fsync")) {
      severe(
          "fsync is off: a crash of the database's machine may destroy the database.",
          next.formatted("fsync"));
    }
    if (isOff("full_page_writes")) {
      severe(
          "full_page_writes is off: a crash of the database's machine may tear pages.",
          next.formatted("full_page_writes"));
    }
    if (isOff("synchronous_commit")) {
      severe(
          "synchronous_commit is off: a crash of the database loses what was acknowledged.",
          next.formatted("synchronous_commit"));
    }
    if (facts.place() == DatabaseFacts.Place.MEMORY) {
      severe(
          "The database is in memory: all of it is lost when its process ends.",
          "Set RETRIEVER_DATA_DIR, or RETRIEVER_DB_URL with PostgreSQL.");
    }
    var delay = facts.settings().getOrDefault("WRITE_DELAY", "0");
    if (facts.place() == DatabaseFacts.Place.EMBEDDED && !delay.equals("0")) {
      severe(
          "WRITE_DELAY is %s ms: a killed node loses what it acknowledged in that time."
              .formatted(delay),
          "Leave the parameters of the embedded database to the node.");
    }
  }

  private void connections(DatabaseFacts.Connections connections, long needed) {
    var most = connections.most();
    if (most < needed) {
      severe(
          "The nodes open up to %d connections, and the database allows %d."
              .formatted(needed, most),
          "Raise max_connections, or the limit of the user or of the database.");
    } else if (connections.used() >= most) {
      severe(
          "All %d connections of the database are taken.".formatted(most),
          "Raise max_connections, or end connections of others.");
    }
  }

  private void clock() {
    var differs = facts.ahead().abs();
    if (differs.minus(facts.took()).compareTo(CLOCK_DIFFERS) <= 0) {
      return;
    }
    var text =
        "The clock of the database is %.1f s %s that of the node."
            .formatted(
                differs.toMillis() / 1000.0, facts.ahead().isNegative() ? "behind" : "ahead of");
    var next = "Let both machines set their clocks by NTP.";
    if (differs.compareTo(CLOCK_IS_WRONG) > 0) {
      severe(text, next);
    } else {
      notice(text, next);
    }
  }

  private void isolation() {
    var isolation =
        facts.settings().getOrDefault("default_transaction_isolation", "read committed");
    if (!isolation.equals("read committed")) {
      notice(
          "Transactions are %s: more writes are refused and done again.".formatted(isolation),
          "Set default_transaction_isolation to 'read committed' for the user of the nodes.");
    }
  }
}
