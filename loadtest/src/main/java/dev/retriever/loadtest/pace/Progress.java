package dev.retriever.loadtest.pace;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows the progress of a run. Thread-safe. */
public interface Progress extends AutoCloseable {
  int COLUMNS = 100;

  /** Shows nothing. */
  Progress NONE = (done, more) -> {};

  /**
   * @param more further text; may be empty
   */
  void to(long done, String more);

  default void to(long done) {
    to(done, "");
  }

  @Override
  default void close() {
    // Lines are complete already; only a bar has an end.
  }

  /** A bar on a terminal; elsewhere a plain line for about every tenth. */
  static Progress of(String what, long max, PrintStream out, boolean terminal) {
    return terminal ? bar(what, max, out) : new PlainProgress(what, max, out);
  }

  /** A bar on a terminal; nothing elsewhere, for what is soon done. */
  static Progress shortly(String what, long max, PrintStream out, boolean terminal) {
    return terminal ? bar(what, max, out) : new PlainProgress(what, Long.MAX_VALUE, out);
  }

  /** Whether the output is a terminal that can redraw a line. */
  static boolean onTerminal() {
    return System.console() != null && !"dumb".equals(System.getenv("TERM"));
  }

  private static Progress bar(String what, long max, PrintStream out) {
    var bar =
        new ProgressBarBuilder()
            .setTaskName(what)
            .setInitialMax(max)
            .setUpdateIntervalMillis(100)
            .setStyle(ProgressBarStyle.ASCII)
            .setConsumer(new ConsoleProgressBarConsumer(out, COLUMNS))
            .build();
    return new Progress() {
      @Override
      public void to(long done, String more) {
        bar.setExtraMessage(" " + more);
        bar.stepTo(done);
      }

      @Override
      public void close() {
        bar.close();
      }
    };
  }
}
