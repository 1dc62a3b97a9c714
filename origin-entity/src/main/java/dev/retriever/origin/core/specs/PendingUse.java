package dev.retriever.origin.core.specs;

import dev.retriever.origin.FetchSpec;

/**
 * What the pending fetches of an origin take of its limits.
 *
 * @param bytes in its state
 * @param callbacks how many of them are callbacks
 * @param callbackBytes of these in its state
 */
public record PendingUse(long bytes, int callbacks, long callbackBytes) {
  public static final PendingUse NONE = new PendingUse(0, 0, 0);

  /** With another fetch, which has that many bytes in the state. */
  public PendingUse plus(FetchSpec spec, long more) {
    return changed(spec, more, 1);
  }

  /** Without a fetch that was added before. */
  public PendingUse minus(FetchSpec spec, long less) {
    return changed(spec, -less, -1);
  }

  private PendingUse changed(FetchSpec spec, long change, int one) {
    return spec.delivers().isPresent()
        ? new PendingUse(bytes + change, callbacks + one, callbackBytes + change)
        : new PendingUse(bytes + change, callbacks, callbackBytes);
  }

  /**
   * Whether another fetch is within the limits. Callbacks take half of each at most: those of an
   * endpoint that is away for days must leave room for the fetches themselves.
   *
   * @param pending how many fetches are pending
   * @param most fetches, inclusive
   * @param mostBytes in the state, inclusive
   */
  public boolean hasRoom(FetchSpec spec, long more, int pending, int most, long mostBytes) {
    var isCallback = spec.delivers().isPresent();
    return pending < most
        && bytes + more <= mostBytes
        && (!isCallback
            || callbacks < most - most / 2 && callbackBytes + more <= mostBytes - mostBytes / 2);
  }
}
