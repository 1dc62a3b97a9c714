package dev.retriever.origin;

import java.util.List;

/**
 * An origin as its operators see it, at one moment. The lists are cut to what was asked for; the
 * counts are not.
 *
 * @param rows how many rows its journal has had; 0 if there never was such an origin
 * @param settled fetches that it has not forgotten
 * @param pendingFetches with their attempts, in the order of their acceptance
 * @param nextAlarms its handlers' and its own, in the order in which they will fire
 * @param unhandled causes whose continuations have not run, in no particular order
 */
public record OriginView(
    String originId,
    long rows,
    int pending,
    int settled,
    int alarms,
    List<FetchView> pendingFetches,
    List<AlarmView> nextAlarms,
    List<UnhandledView> unhandled) {}
