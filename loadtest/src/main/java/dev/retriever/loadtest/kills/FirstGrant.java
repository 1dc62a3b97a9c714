package dev.retriever.loadtest.kills;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When a queue let the first fetch go after a strike. While all slots are taken or linger, it may
 * let none go, so the time counts from when one was free, and stayed so until the grant.
 *
 * @param back the time from the strike until the queue answered; empty if it never did
 * @param free the time from the strike until something waited and a slot was free; empty if that
 *     never was, or not before the next strike
 * @param grant the time from then until its first grant; empty if there was none before the next
 *     strike
 * @param inVain without a grant, how long something waited beside a free slot until the next strike
 * @param lingered whether all slots lingered at some time before the grant
 */
record FirstGrant(
    Optional<Duration> back,
    Optional<Duration> free,
    Optional<Duration> grant,
    Duration inVain,
    boolean lingered) {

  /**
   * The queue at one moment.
   *
   * @param at when its answer came
   * @param moves incarnations before this one
   * @param given grants of this incarnation
   * @param running attempts with a slot, lingering ones included
   */
  record Look(Instant at, long moves, long given, int running, int lingering, long waiting) {
    static Look of(Instant at, JsonNode view) {
      return new Look(
          at,
          view.path("moves").asLong(),
          view.at("/grants/given").asLong(),
          view.path("running").asInt(),
          view.path("lingering").asInt(),
          view.at("/waiting/fetches").asLong());
    }

    private boolean mayGrant(int slots) {
      return waiting > 0 && running < slots;
    }
  }

  /**
   * @param before the last look before the strike
   * @param looks those that were asked for after the strike, in order
   */
  static FirstGrant of(Instant struck, Optional<Look> before, List<Look> looks, int slots) {
    if (looks.isEmpty()) {
      return new FirstGrant(
          Optional.empty(), Optional.empty(), Optional.empty(), Duration.ZERO, false);
    }
    var first = looks.get(0);
    var count = (int) looks.stream().takeWhile(look -> !hasGranted(look, first, before)).count();
    var granted = Optional.of(count).filter(it -> it < looks.size()).map(looks::get);
    var waited = looks.subList(freeSince(looks, count, slots), count);
    var free = waited.stream().map(Look::at).findFirst().or(() -> granted.map(Look::at));
    var last = looks.get(looks.size() - 1).at();
    return new FirstGrant(
        Optional.of(Duration.between(struck, first.at())),
        free.map(at -> Duration.between(struck, at)),
        free.flatMap(from -> granted.map(look -> Duration.between(from, look.at()))),
        granted.isPresent() || free.isEmpty() ? Duration.ZERO : Duration.between(free.get(), last),
        looks.subList(0, count).stream().anyMatch(look -> look.lingering() >= slots));
  }

  /** The first of the looks that end there, one after the other, at which a grant was possible. */
  private static int freeSince(List<Look> looks, int end, int slots) {
    var from = end;
    while (from > 0 && looks.get(from - 1).mayGrant(slots)) {
      from--;
    }
    return from;
  }

  /** Of a queue that began anew every grant counts, otherwise one beyond those known before. */
  private static boolean hasGranted(Look look, Look first, Optional<Look> before) {
    var anew = before.map(it -> look.moves() > it.moves()).orElse(true);
    return look.given() > (anew ? 0 : Math.min(first.given(), before.get().given()));
  }
}
