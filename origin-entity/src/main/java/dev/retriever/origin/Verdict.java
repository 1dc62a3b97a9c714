package dev.retriever.origin;

import java.util.Locale;

/** The result of an input to an origin. */
public enum Verdict {
  /** It is durable, and nothing was there before. */
  ACCEPTED,
  /** The same fetch, with the same content, was accepted before. */
  EXISTING,
  /** A fetch with other content was accepted under that id. Nothing changed. */
  ID_REUSED,
  /**
   * A fetch was accepted under that id, and what it sent and got is erased. Its content cannot be
   * compared any more. Nothing changed.
   */
  ERASED,
  /** The origin has as many fetches, or alarms, pending as it may. Nothing changed. */
  TOO_MANY_PENDING,
  /** It is to be made by a pool of executors that the node does not have. Nothing changed. */
  NO_SUCH_EXECUTOR,
  /** It is to wait in a queue that there is not. Nothing changed. */
  NO_SUCH_QUEUE,
  /** It is to tell its outcome to an endpoint that there is not. Nothing changed. */
  NO_SUCH_CALLBACK,
  /**
   * As many fetches wait in its queue, or under its key, as may. Nothing changed. Repeat it later.
   */
  QUEUE_FULL,
  /**
   * Fetches of its origin wait in its queue under as many keys and priorities as may. Nothing
   * changed. Repeat it later.
   */
  TOO_MANY_KEYS,
  /** Its queue takes no new fetches. Nothing changed. */
  QUEUE_DRAINING,
  /**
   * It was refused, because too much is on its way to the node of its origin, or to that origin.
   * Nothing changed. Repeat it.
   */
  BUSY,
  /** It is to begin in the past, or more than a year ahead. Nothing changed. */
  NOT_BEFORE_OUT_OF_RANGE,
  /** An attempt of the fetch has begun, so its time cannot be moved. Nothing changed. */
  HAS_BEGUN,
  /** The fetch has not settled, so it can be neither made again nor erased. Nothing changed. */
  NOT_SETTLED,
  /** A continuation of the fetch has not run. Nothing changed. */
  UNHANDLED,
  /** The request of the settled fetch is no longer kept. Nothing changed. */
  REQUEST_GONE,
  /** Nothing of that id was accepted, or its retention is over. Nothing changed. */
  NO_SUCH_FETCH,
  /** No alarm with that id is pending. Nothing changed. */
  NO_SUCH_ALARM,
  /** The fetch has settled as the input asks, now or before. */
  SETTLED,
  /** The fetch had settled before with another outcome. Nothing changed. */
  SETTLED_OTHERWISE,
  /** The input is done; there is no other result. */
  NOTED;

  /** As it is written in reasons, such as {@code too-many-pending}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
