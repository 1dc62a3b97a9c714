package dev.retriever.cluster.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Counts and durations of the writers of the journal. Thread-safe. */
final class JournalMetrics implements JournalMeter {
  private static final double[] SECONDS = {0.001, 0.005, 0.025, 0.1, 0.5, 2, 5};
  private static final double[] ROWS = {1, 4, 16, 64, 256};

  private final LongSupplier nanos;
  private final Histogram writes;
  private final Counter failures;
  private final Histogram rows;

  /** Of each access to the journal; a node has one. */
  private final List<IntSupplier> waiting = new CopyOnWriteArrayList<>();

  JournalMetrics(Instruments instruments, LongSupplier nanos) {
    this.nanos = nanos;
    writes =
        instruments.histogram(
            "retriever_journal_write_seconds",
            "Time from when a write to the journal was asked for to its commit.",
            SECONDS);
    failures =
        instruments.counter(
            "retriever_journal_write_failures_total",
            "Writes to the journal that failed, or whose result is not known.");
    rows =
        instruments.histogram(
            "retriever_journal_batch_rows",
            "Rows that one commit of the journal has written.",
            ROWS);
    instruments.gauge(
        "retriever_journal_waiting",
        "Writes that wait for the writers of the journal.",
        this::waiting);
  }

  /** Writes that wait now. */
  int waiting() {
    return waiting.stream().mapToInt(IntSupplier::getAsInt).sum();
  }

  Measured measured() {
    return Measured.of(writes);
  }

  /** Adds writers, by how many writes wait for them. */
  void waits(IntSupplier count) {
    waiting.add(count);
  }

  @Override
  public long nanos() {
    return nanos.getAsLong();
  }

  @Override
  public void batch(int count) {
    rows.observe(count);
  }

  @Override
  public void write(long since, boolean stored) {
    if (stored) {
      writes.observe((nanos() - since) / (double) TimeUnit.SECONDS.toNanos(1));
    } else {
      failures.inc();
    }
  }
}
