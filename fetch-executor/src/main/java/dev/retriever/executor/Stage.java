package dev.retriever.executor;

import java.util.Locale;

/**
 * The stages of an attempt, in order. Until {@link #TLS}, inclusive, no byte of the request has
 * left this node. From {@link #SENT} on, the target may have acted on the request.
 */
public enum Stage {
  /** Not begun: the executor had no room or refused the dispatch. */
  QUEUED,
  /** Looking up the host name. */
  RESOLVING,
  /** The egress policy denies the address. Another attempt would end in the same way. */
  EGRESS_DENIED,
  /** Opening the connection. */
  CONNECTING,
  /** Negotiating TLS. */
  TLS,
  /** Some or all of the request may have been written; no byte of the response has come. */
  SENT,
  /** The status line has come, but not all headers. */
  HEADERS,
  /** The headers have come, but not the whole body. */
  BODY,
  /** The whole response has come. */
  COMPLETE;

  /** Whether the target may have received, and acted on, part of the request. */
  public boolean mayHaveLeft() {
    return compareTo(SENT) >= 0;
  }

  /** The name used in JSON and logs: lower case, words joined by a hyphen. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
