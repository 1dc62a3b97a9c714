package dev.retriever.origin;

/** What an input to an origin came to. */
public enum Verdict {
  /** It is durable, and nothing was there before. */
  ACCEPTED,
  /** The same fetch, with the same content, was accepted before. */
  EXISTING,
  /** A fetch with other content was accepted under that id. Nothing changed. */
  ID_REUSED,
  /** The origin has as many fetches, or alarms, pending as it may. Nothing changed. */
  TOO_MANY_PENDING,
  /** It is to be made by a pool of executors that the node does not have. Nothing changed. */
  NO_SUCH_EXECUTOR,
  /**
   * It was not taken, because too much is on its way to the node of its origin, or to that origin.
   * Nothing changed. Repeat it.
   */
  BUSY,
  /** Nothing of that id was accepted, or its retention is over. Nothing changed. */
  NO_SUCH_FETCH,
  /** No alarm of that id is to ring. Nothing changed. */
  NO_SUCH_ALARM,
  /** It has settled as this input would have it, now or before. */
  SETTLED,
  /** It had settled before, and otherwise. Nothing changed. */
  SETTLED_OTHERWISE,
  /** There is nothing to say but what is there. */
  NOTED
}
