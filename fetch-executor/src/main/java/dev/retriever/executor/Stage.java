package dev.retriever.executor;

import java.util.Locale;

/**
 * How far one attempt got, in order. Up to and including {@link #TLS} nothing of the request has
 * left this node; from {@link #SENT} on the target may have acted on it.
 */
public enum Stage {
  /** Not begun: the executor had no room, or refused the dispatch. */
  QUEUED,
  /** Looking up the host name. */
  RESOLVING,
  /** The address is one that must not be called. Another attempt would end the same way. */
  EGRESS_DENIED,
  /** Opening the connection. */
  CONNECTING,
  /** Negotiating TLS. */
  TLS,
  /** Some or all of the request may have been written; nothing of the response has come. */
  SENT,
  /** The status line has come, the headers not yet all. */
  HEADERS,
  /** The headers have come, the body not yet whole. */
  BODY,
  /** The whole response has come. */
  COMPLETE;

  /** Whether the target may have seen, and acted on, some of the request. */
  public boolean mayHaveLeft() {
    return compareTo(SENT) >= 0;
  }

  /** The name used in JSON and logs: lower case, words joined by a hyphen. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
