package dev.retriever.origin.queue.entity;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An origin with one line, as a test plays it. Rows are written when it says so; messages too. */
final class PlayedOrigin {
  static final Duration LIMIT = Duration.ofSeconds(30);

  private final QueueFixture on;
  private final String id;
  private final Map<Long, Told.Use> uses = new LinkedHashMap<>();
  private List<Told.Ended> ended = new ArrayList<>();
  private List<Told.Returned> returned = new ArrayList<>();
  private final Instant since;
  int waiting;
  long row;
  long telling;
  long purged;

  PlayedOrigin(QueueFixture on, String id) {
    this.on = on;
    this.id = id;
    this.since = on.time.instant();
  }

  String persistenceId() {
    return "shop|" + id;
  }

  /** That many more wait, in the database. */
  PlayedOrigin accepts(int fetches) {
    waiting += fetches;
    write();
    return this;
  }

  private void write() {
    row++;
    on.store.line(persistenceId(), "default", line(), row);
  }

  Line line() {
    return waiting == 0
        ? Line.empty(id, 3)
        : new Line(
            id,
            3,
            waiting,
            waiting,
            since,
            since,
            Optional.empty(),
            since.plus(Duration.ofDays(1)));
  }

  Told told() {
    telling++;
    return new Told(
        QueueFixture.NAME,
        "shop",
        id,
        "default",
        row,
        telling,
        waiting == 0 ? List.of() : List.of(line()),
        List.copyOf(uses.values()),
        List.of(),
        List.copyOf(ended),
        List.copyOf(returned),
        purged);
  }

  PlayedOrigin tells() {
    on.tell(told());
    return this;
  }

  /** Begins an attempt, in the database. False when that refuses it. */
  boolean begins(Lease lease) {
    var fetch = "f" + lease.grantNo();
    if (!on.store.start(lease, persistenceId(), fetch, 1, id, LIMIT)) {
      return false;
    }
    waiting--;
    uses.put(lease.grantNo(), new Told.Use(lease, id, fetch, 1, on.time.instant().plus(LIMIT)));
    write();
    return true;
  }

  /** Ends an attempt, in the database. */
  PlayedOrigin ends(Lease lease, Told.How how) {
    return ends(lease, how, Optional.empty(), Optional.empty());
  }

  PlayedOrigin ends(
      Lease lease, Told.How how, Optional<Integer> status, Optional<Instant> retryAfter) {
    uses.remove(lease.grantNo());
    on.store.end(lease, how == Told.How.LOST || how == Told.How.CANCELLED);
    write();
    ended.add(new Told.Ended(lease, id, "f" + lease.grantNo(), 1, how, status, retryAfter, row));
    return this;
  }

  /** An attempt without a slot has ended, and the node that was to tell is gone. */
  void forgets(Lease lease) {
    uses.remove(lease.grantNo());
    write();
  }

  PlayedOrigin returns(Lease lease, Told.Why why) {
    returned.add(new Told.Returned(lease.slot(), lease.grantNo(), why));
    return this;
  }

  /** What it repeats was heard. */
  PlayedOrigin hears() {
    ended = new ArrayList<>();
    returned = new ArrayList<>();
    return this;
  }
}
