package dev.retriever.loadtest.crashes;

import java.time.Duration;
import java.time.Instant;

/**
 * When an endpoint had which keys: the old one at first, then both, then the new one alone. Each
 * change has the time before it was asked for and the time when it was answered.
 *
 * @param bothAsked before the change to both keys
 * @param bothAnswered when that was durable
 * @param newAsked before the change to the new key alone
 * @param newAnswered when that was durable
 */
record KeyTimes(Instant bothAsked, Instant bothAnswered, Instant newAsked, Instant newAnswered) {
  /**
   * Nodes look for changes once a second; the rest is for a machine that is busy with other work.
   */
  static final Duration KNOWN_AFTER = Duration.ofSeconds(5);

  /** Which keys an endpoint has. */
  enum Period {
    OLD("the old key"),
    BOTH("both keys"),
    NEW("the new key"),
    CHANGING("a change");

    private final String words;

    Period(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /**
   * The keys whose signatures a message has.
   *
   * @param at when it was signed, in whole seconds
   */
  record Signed(Instant at, boolean isByOld, boolean isByNew) {}

  /** The period of a message that was signed then. */
  Period at(Instant signed) {
    // The time of a message has no fraction of a second.
    var last = signed.plusSeconds(1);
    if (!last.isAfter(bothAsked)) {
      return Period.OLD;
    } else if (signed.isAfter(bothAnswered.plus(KNOWN_AFTER)) && !last.isAfter(newAsked)) {
      return Period.BOTH;
    }
    return signed.isAfter(newAnswered.plus(KNOWN_AFTER)) ? Period.NEW : Period.CHANGING;
  }

  /** Whether a message has the signatures that its time asks for, and no others. */
  boolean isRight(Signed signed) {
    return switch (at(signed.at())) {
      case OLD -> signed.isByOld() && !signed.isByNew();
      case BOTH -> signed.isByOld() && signed.isByNew();
      case NEW -> signed.isByNew() && !signed.isByOld();
      // Of the two changes, a node knows one or the other; none leaves a message unsigned.
      case CHANGING -> signed.isByOld() || signed.isByNew();
    };
  }
}
