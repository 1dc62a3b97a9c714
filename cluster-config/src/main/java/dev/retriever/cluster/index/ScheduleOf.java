package dev.retriever.cluster.index;

import dev.retriever.cluster.database.LockOrder;
import dev.retriever.origin.index.ScheduleRow;
import dev.retriever.origin.index.ScheduleRow.Standing;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The row of a schedule of that origin. */
record ScheduleOf(String persistenceId, ScheduleRow row) {
  /** The code of a removed schedule in the table. */
  static final int REMOVED = 3;

  private static final Comparator<ScheduleOf> BY_KEY =
      Comparator.comparing(ScheduleOf::persistenceId).thenComparing(ScheduleOf::id);

  /** The last of each schedule, sorted by key. */
  static List<ScheduleOf> latest(List<ScheduleOf> all) {
    return LockOrder.lastOfEach(all, BY_KEY);
  }

  String id() {
    return IndexText.of(row.id());
  }

  boolean isRemoved() {
    return row.standing().isEmpty();
  }

  long generation() {
    return row.standing().map(Standing::generation).orElse(0L);
  }

  /** The code of its state in the table. Never change one. */
  int state() {
    return row.standing().map(it -> it.state().ordinal()).orElse(REMOVED);
  }

  Optional<Long> nextAt() {
    return row.standing().flatMap(Standing::next).map(Instant::toEpochMilli);
  }

  String rule() {
    return text(Standing::rule);
  }

  String zone() {
    return row.standing().flatMap(Standing::zone).map(IndexText::of).orElse(null);
  }

  String method() {
    return text(Standing::method);
  }

  String host() {
    return text(Standing::host);
  }

  /** The columns are never empty, also of a row that is to be deleted. */
  private String text(Function<Standing, String> part) {
    return row.standing().map(part).map(IndexText::of).orElse("");
  }
}
