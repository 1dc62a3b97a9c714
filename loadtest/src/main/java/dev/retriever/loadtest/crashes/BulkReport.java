package dev.retriever.loadtest.crashes;

import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.result.ResultDraft;
import java.time.Duration;
import java.util.List;

/**
 * The figures of a job in bulk whose node was killed, and what must hold of it.
 *
 * @param rate fetches a second that it was to make
 * @param found fetches of the run, the new ones among them
 */
record BulkReport(RedriveTally tally, Job job, List<Kill> kills, int rate, int found) {
  /**
   * The job as it ended.
   *
   * @param took from its beginning, 10 s after it was asked for
   */
  record Job(String state, long made, long refused, long skipped, Duration took) {}

  /**
   * A kill of the node that ran the job.
   *
   * @param made what the job had made by then
   * @param isRunning whether node and job ran before
   * @param ready the time that the node took to start again
   * @param back the time from the kill until the job had made more
   */
  record Kill(long made, boolean isRunning, Duration ready, Duration back) {}

  void into(ResultDraft draft, int fetches, int killed, LedgerVerdict verdict) {
    draft
        .table("A redrive in bulk whose node is killed")
        .cell("fetches", fetches)
        .cell("made", job.made())
        .cell("took, s", job.took())
        .cell("made/s", job.made() / seconds(job.took()))
        .cell("rate asked for, 1/s", rate)
        .cell("without kills at that rate, s", fetches / (double) rate)
        .cell("lost by kills, s", lost())
        .cell("kills", kills.size());
    var rows = draft.table("Kills", "made before", "ready after, s", "made more after, s");
    kills.forEach(kill -> rows.row(kill.made(), kill.ready(), kill.back()));
    draft.promise("the job", job.state().equals("done"), job.state(), "done");
    draft.promise("made, by the job", job.made() == fetches, job.made(), "" + fetches);
    draft.promise("new fetches", tally.made() == fetches, tally.made(), "" + fetches);
    draft.promise("fetches in all", found == 2 * fetches, found, "" + 2 * fetches);
    none(draft, "fetches that were not made again", tally.missing());
    none(draft, "fetches that were made twice", tally.twice());
    none(draft, "fetches that the job was not for", tally.others());
    none(draft, "refused and skipped", job.refused() + job.skipped());
    var struck = kills.stream().filter(Kill::isRunning).count();
    draft.promise("kills while the job ran", struck == killed, struck, "" + killed);
    draft.ledger("redrive", verdict);
    draft.finding(
        "%d failed fetches were made again, each once, at %.0f a second, though the node that ran the job was"
            + " killed %d times; each kill cost %.1f s.",
        job.made(),
        job.made() / seconds(job.took()),
        kills.size(),
        lost() / Math.max(1, kills.size()));
  }

  private static void none(ResultDraft draft, String name, long count) {
    draft.promise(name, count == 0, count, "none");
  }

  private double lost() {
    return kills.stream().mapToDouble(it -> seconds(it.back())).sum();
  }

  private static double seconds(Duration time) {
    return Math.max(1e-3, time.toMillis() / 1e3);
  }
}
