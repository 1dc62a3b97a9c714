package dev.retriever.cluster.bulk;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.Serialized;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A job as it stands. Component names are the on-disk format. Immutable.
 *
 * @param number of all jobs, from 1; part of the ids that it gives
 * @param until fetches of later are not in it; fixed when it begins
 * @param pages that have ended
 * @param after the last fetch of the last page; empty before the first
 * @param reasons of refusals, and how many there were of each
 * @param lastAt when the last page ended, or when the job was resumed after that
 * @param why it was paused, if no caller did that
 * @param found the fetches of the next page, if acting on them changes what is found
 */
record BulkJob(
    long number,
    Wanted wanted,
    Instant until,
    State state,
    long pages,
    Optional<After> after,
    long made,
    long refused,
    long skipped,
    SortedMap<String, Long> reasons,
    Instant lastAt,
    Optional<Instant> endedAt,
    Optional<String> why,
    // Left out when empty, as in snapshots from before pages were recorded.
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Item> found)
    implements Serialized {
  /** Most fetches of a page, and so of one journal row. */
  static final int PAGE = 200;

  /** Kinds of refusals that are told apart. */
  private static final int MOST_REASONS = 20;

  /** How it stands. */
  enum State {
    RUNNING,
    PAUSED,
    DONE,
    CANCELLED;

    boolean hasEnded() {
      return this == DONE || this == CANCELLED;
    }
  }

  /**
   * What was asked for.
   *
   * @param id unique among the jobs of the tenant that are kept
   * @param where terms of a filter
   * @param rate fetches in a second at most
   * @param max fetches at most
   */
  record Wanted(
      String id,
      String tenant,
      String caller,
      String origins,
      String action,
      SortedMap<String, String> where,
      int rate,
      long max) {
    Wanted {
      where = new TreeMap<>(where);
    }

    /** Who it acts for: with the origins of the caller that began it. */
    Caller actsFor() {
      return new Caller(
          Caller.Method.OPEN,
          caller,
          new Tenant(tenant),
          EnumSet.of(Role.READ, Role.SUBMIT, Role.CANCEL),
          new OriginPattern(origins));
    }
  }

  /**
   * The key of a fetch where it was found.
   *
   * @param place in the index; of a callback, when it died, in milliseconds
   * @param fetchId of a callback
   */
  record After(
      String persistenceId,
      long place,
      // Left out when empty, as in journals from before jobs had callbacks.
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> fetchId) {
    After {
      fetchId = fetchId == null ? Optional.empty() : fetchId;
    }
  }

  /** What came of a page. */
  record Counts(long made, long refused, long skipped, SortedMap<String, Long> reasons) {
    Counts {
      reasons = new TreeMap<>(reasons);
    }

    long all() {
      return made + refused + skipped;
    }
  }

  BulkJob {
    reasons = new TreeMap<>(reasons);
    found = found == null ? List.of() : List.copyOf(found);
  }

  static BulkJob begun(long number, Wanted wanted, Instant at) {
    return new BulkJob(
        number,
        wanted,
        at,
        State.RUNNING,
        0,
        Optional.empty(),
        0,
        0,
        0,
        new TreeMap<>(),
        at,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** Whether the caller is for all origins that the job is for. */
  boolean isSeenBy(Caller caller) {
    return wanted.tenant().equals(caller.tenant().name())
        && caller.origins().covers(new OriginPattern(wanted.origins()));
  }

  /** The fetches that it has dealt with. */
  long all() {
    return made + refused + skipped;
  }

  boolean isOf(String tenant, String id) {
    return wanted.tenant().equals(tenant) && wanted.id().equals(id);
  }

  /** How many fetches the next page has at most: those of a second, so that a rate is smooth. */
  int size() {
    return (int) Math.min(Math.min(PAGE, wanted.rate()), wanted.max() - all());
  }

  /**
   * When the next page may begin.
   *
   * @param beginsAfter the time after which everything of before {@code until} is committed
   */
  Instant nextAt(Duration beginsAfter) {
    var begins = until.plus(beginsAfter);
    if (pages == 0) {
      return begins;
    }
    var each = Math.min(PAGE, wanted.rate());
    var next = lastAt.plusMillis(each * 1_000L / wanted.rate());
    return next.isBefore(begins) ? begins : next;
  }

  BulkJob withPage(Optional<After> to, Counts counts, Instant at) {
    var all = new TreeMap<>(reasons);
    counts
        .reasons()
        .forEach(
            (reason, number) ->
                all.merge(
                    all.containsKey(reason) || all.size() < MOST_REASONS ? reason : "other",
                    number,
                    Long::sum));
    return new BulkJob(
        number,
        wanted,
        until,
        state,
        pages + 1,
        to.or(() -> after),
        made + counts.made(),
        refused + counts.refused(),
        skipped + counts.skipped(),
        all,
        at,
        endedAt,
        why,
        List.of());
  }

  /** With the fetches of its next page. */
  BulkJob withFound(List<Item> items) {
    return new BulkJob(
        number, wanted, until, state, pages, after, made, refused, skipped, reasons, lastAt,
        endedAt, why, items);
  }

  BulkJob in(State next, Optional<String> reason, Instant at) {
    return new BulkJob(
        number,
        wanted,
        until,
        next,
        pages,
        after,
        made,
        refused,
        skipped,
        reasons,
        next == State.RUNNING ? at : lastAt,
        next.hasEnded() ? Optional.of(at) : Optional.empty(),
        reason,
        next.hasEnded() ? List.of() : found);
  }
}
