package dev.retriever.cluster.security.audit;

import dev.retriever.cluster.security.audit.AuditRow.Who;
import dev.retriever.executor.Tenant;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Counts refusals by sender, reason and minute, so that a flood of them makes few rows. Not
 * thread-safe.
 */
final class Denials {
  private static final String OTHERS = "others";

  private final int most;
  private final Map<Key, Count> counts = new LinkedHashMap<>();
  private long dropped;

  /** What one row stands for. */
  private record Key(Who who, String reason, Instant minute) {}

  /**
   * The refusals of one row.
   *
   * @param action of the first one
   * @param subject of the first one
   */
  private record Count(String action, String subject, long count) {
    Count plus(long more) {
      return new Count(action, subject, count + more);
    }
  }

  /**
   * @param most rows that are held, besides one for each reason and minute beyond them
   */
  Denials(int most) {
    this.most = most;
  }

  /**
   * Counts one refusal.
   *
   * @return whether it is the first of its row
   */
  boolean count(Instant now, Who who, String action, String subject, String reason) {
    return add(
        new Key(who, reason, now.truncatedTo(ChronoUnit.MINUTES)), new Count(action, subject, 1));
  }

  private boolean add(Key key, Count count) {
    if (counts.containsKey(key)) {
      counts.computeIfPresent(key, (same, before) -> before.plus(count.count()));
      return false;
    }
    if (counts.size() < most) {
      counts.put(key, count);
      return true;
    }
    var others = new Key(new Who(Tenant.DEFAULT, OTHERS, "", OTHERS), key.reason(), key.minute());
    if (counts.containsKey(others) || counts.size() < 2 * most) {
      counts.merge(others, new Count("", "", count.count()), (a, b) -> a.plus(b.count()));
    } else {
      dropped += count.count();
    }
    return false;
  }

  /** Takes the rows of minutes that are over at that time. */
  List<AuditRow> take(Instant now, Supplier<String> ids) {
    var rows = new ArrayList<AuditRow>();
    counts
        .entrySet()
        .removeIf(
            entry -> {
              var over = !entry.getKey().minute().plus(1, ChronoUnit.MINUTES).isAfter(now);
              if (over) {
                rows.add(row(entry.getKey(), entry.getValue(), ids.get()));
              }
              return over;
            });
    return rows;
  }

  private static AuditRow row(Key key, Count count, String id) {
    return new AuditRow(
        key.minute(),
        AuditRow.Kind.DENIED,
        id,
        key.who(),
        count.action(),
        count.subject(),
        0,
        key.reason(),
        count.count(),
        "",
        "");
  }

  /** Gives a row back that could not be stored. */
  void putBack(AuditRow row) {
    add(
        new Key(row.who(), row.reason(), row.at()),
        new Count(row.action(), row.subject(), row.count()));
  }

  /** Refusals that have no row, because too many wait for the database; since the last call. */
  long takeDropped() {
    var taken = dropped;
    dropped = 0;
    return taken;
  }
}
