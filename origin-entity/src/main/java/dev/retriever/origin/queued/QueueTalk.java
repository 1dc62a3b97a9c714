package dev.retriever.origin.queued;

import dev.retriever.origin.queue.wire.Told.Ended;
import dev.retriever.origin.queue.wire.Told.Returned;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one origin has to tell one queue, and what of it was heard. Not durable: of what is lost
 * with the node, the rows of the queue tell. Belongs to one actor.
 */
final class QueueTalk {
  /** Most ends, and most returned grants, that wait to be heard. The queue finds older ones out. */
  private static final int MOST = 1_000;

  /** Most of each in one message. */
  private static final int AT_ONCE = 200;

  /** A purge begins anew when its next part did not come for so long: that message was lost. */
  private static final Duration STUCK = Duration.ofSeconds(5);

  /** What has not been heard is told again after these times, the last one for good. */
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5));

  /** Something to be repeated until it is heard. */
  private static final class Item<T> {
    private final T what;

    /** The message that told it first; none yet while it is the greatest number. */
    private long telling = Long.MAX_VALUE;

    private Item(T what) {
      this.what = what;
    }
  }

  private List<Item<Ended>> ended = new ArrayList<>(0);
  private List<Item<Returned>> returned = new ArrayList<>(0);
  private long latest;
  private int tries;
  private Optional<Instant> again = Optional.empty();
  private long revoked;
  private long purged;
  private Optional<Instant> purging = Optional.empty();

  void ended(Ended end) {
    add(ended, end);
  }

  void returned(Returned grant) {
    add(returned, grant);
  }

  private static <T> void add(List<Item<T>> items, T what) {
    if (items.size() == MOST) {
      items.remove(0);
    }
    items.add(new Item<>(what));
  }

  /** The message of that number is sent now, with {@link #ends} and {@link #returns}. */
  void told(long telling, Instant now) {
    latest = telling;
    mark(ended, telling);
    mark(returned, telling);
    again = Optional.of(now.plus(PAUSES.get(Math.min(tries, PAUSES.size() - 1))));
    tries++;
  }

  private static <T> void mark(List<Item<T>> items, long telling) {
    for (var item : items.subList(0, Math.min(AT_ONCE, items.size()))) {
      item.telling = Math.min(item.telling, telling);
    }
  }

  /** There is something new to tell: its repetition begins anew. */
  void news() {
    tries = 0;
  }

  List<Ended> ends() {
    return first(ended);
  }

  List<Returned> returns() {
    return first(returned);
  }

  private static <T> List<T> first(List<Item<T>> items) {
    return items.stream().limit(AT_ONCE).map(item -> item.what).toList();
  }

  /** The message of that number was heard. True when there is more to tell. */
  boolean heard(long telling) {
    // A greater number comes from an incarnation whose clock was ahead.
    if (telling > latest) {
      return false;
    }
    ended.removeIf(item -> item.telling <= telling);
    returned.removeIf(item -> item.telling <= telling);
    if (telling == latest) {
      again = Optional.empty();
      tries = 0;
    }
    return again.isEmpty() && !(ended.isEmpty() && returned.isEmpty());
  }

  /** When to tell it again; empty when all was heard. */
  Optional<Instant> again() {
    return again;
  }

  /** Whether all was heard. */
  boolean isQuiet() {
    return again.isEmpty();
  }

  /** Grants up to that number are not used if they arrive later. */
  void revoked(long grantNo) {
    revoked = Math.max(revoked, grantNo);
  }

  boolean isRevoked(long grantNo) {
    return grantNo <= revoked;
  }

  /** A purge begins; false when one is under way, or that one was done. */
  boolean purges(long mark, Instant now) {
    var stands = purging.filter(since -> since.plus(STUCK).isAfter(now)).isPresent();
    if (stands || mark <= purged) {
      return false;
    }
    purgesOn(now);
    return true;
  }

  /** A part of the purge is done, and there is another one. */
  void purgesOn(Instant now) {
    purging = Optional.of(now);
  }

  void purged(long mark) {
    purging = Optional.empty();
    purged = Math.max(purged, mark);
  }

  long purged() {
    return purged;
  }
}
