package dev.retriever.cluster.bulk;

import java.util.SortedMap;
import java.util.TreeMap;

/** Counts the results of one page. */
public final class BulkTally {
  private long made;
  private long refused;
  private long skipped;
  private final SortedMap<String, Long> reasons = new TreeMap<>();

  void made() {
    made++;
  }

  void refused(String reason) {
    refused++;
    reasons.merge(reason, 1L, Long::sum);
  }

  void skipped() {
    skipped++;
  }

  BulkJob.Counts counts() {
    return new BulkJob.Counts(made, refused, skipped, reasons);
  }
}
