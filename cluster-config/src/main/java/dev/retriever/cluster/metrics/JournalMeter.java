package dev.retriever.cluster.metrics;

/** Hears what the writers of the journal do. Thread-safe; methods return at once. */
public interface JournalMeter {
  /** Hears nothing. */
  JournalMeter NONE =
      new JournalMeter() {
        @Override
        public long nanos() {
          return 0;
        }

        @Override
        public void batch(int rows) {}

        @Override
        public void write(long since, boolean stored) {}
      };

  /** The monotonic clock; only differences have a meaning. */
  long nanos();

  /** A batch of so many rows was committed. */
  void batch(int rows);

  /**
   * A write has ended.
   *
   * @param since when it was asked for, by {@link #nanos}
   * @param stored false if it failed, or its result is not known
   */
  void write(long since, boolean stored);
}
