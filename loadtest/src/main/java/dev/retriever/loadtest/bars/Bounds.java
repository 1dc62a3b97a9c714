package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Measures the rate of calls without durability, the rate of plain database writes, and how near a
 * node comes to both in the same run.
 */
public final class Bounds {
  /** A quick fetch writes one row when it is accepted and one when it settles. */
  private static final int ROWS_PER_FETCH = 2;

  private static final int[][] WRITERS = {{1, 1}, {2, 1}, {16, 1}, {1, 400}, {2, 400}};

  private Bounds() {}

  public static void run(Context context) throws IOException, InterruptedException {
    var journal = context.on("journal", false, Bounds::journal);
    context.stage("node", stage -> run(stage, journal));
  }

  private static List<JournalBound.Measured> journal(TestBed stage) throws IOException {
    var journal = new ArrayList<JournalBound.Measured>();
    var bound = JournalBound.on(stage.database());
    for (var each : WRITERS) {
      journal.add(bound.measure(each[0], each[1], stage.context().seconds("writing")));
    }
    return journal;
  }

  private static void run(TestBed stage, List<JournalBound.Measured> journal)
      throws IOException, InterruptedException {
    var context = stage.context();
    var draft = stage.draft();
    var phases = new ArrayList<Phase>();
    phases.add(client(stage, "client alone, before"));
    var node = stage.start();
    var jobs = new Jobs(stage, node);
    var spec = Submission.get(stage.url("/uuid")).timeout("30s").within("1m");
    var count = context.size("fetches");
    jobs.settle("warm up", Math.min(count, 2_000), context.size("concurrency"), spec);
    Phase settled;
    Resources.Use use;
    try (var resources = Resources.of(node, stage.database(), false)) {
      settled = jobs.settle("node", count, context.size("concurrency"), spec);
      use = resources.use();
    }
    phases.add(settled);
    phases.add(client(stage, "client alone, after"));
    jobs.fetches().readUnsettled(context);
    Phase.table("Quick calls", phases, draft);
    table(journal, draft);
    findings(phases, journal, settled, use, draft);
    draft.ledger("node", stage.verdict());
  }

  private static Phase client(TestBed stage, String name) throws IOException, InterruptedException {
    var context = stage.context();
    var url = stage.url("/uuid");
    var api = stage.api();
    return Phase.closedLoop(
        context, name, context.size("fetches"), context.size("concurrency"), i -> api.call(url));
  }

  private static void table(List<JournalBound.Measured> journal, ResultDraft draft) {
    var rows = draft.table("The journal alone");
    for (var each : journal) {
      rows.next()
          .cell("writers", each.writers())
          .cell("rows in a commit", each.rowsPerCommit())
          .cell("commits, 1/s", each.commitsPerSecond())
          .cell("rows, 1/s", each.rowsPerSecond())
          .cell("commit p50, ms", Phase.millis(each.commit(), 50))
          .cell("commit p99, ms", Phase.millis(each.commit(), 99));
    }
  }

  private static void findings(
      List<Phase> phases,
      List<JournalBound.Measured> journal,
      Phase node,
      Resources.Use use,
      ResultDraft draft) {
    var client = (phases.get(0).perSecond() + phases.get(2).perSecond()) / 2;
    var rows =
        journal.stream()
            .max(Comparator.comparing(JournalBound.Measured::rowsPerSecond))
            .orElseThrow();
    var commits =
        journal.stream()
            .max(Comparator.comparing(JournalBound.Measured::commitsPerSecond))
            .orElseThrow();
    var perSecond = node.perSecond();
    draft
        .table(
            "A node against its bounds", "bound", "of the bound, 1/s", "of the node, 1/s", "ratio")
        .row("calls of the client alone", client, perSecond, perSecond / client)
        .row(
            "rows of the journal alone",
            rows.rowsPerSecond(),
            perSecond * ROWS_PER_FETCH,
            perSecond * ROWS_PER_FETCH / rows.rowsPerSecond());
    draft
        .table("What a fetch costs")
        .cell("node, CPU ms", use.nodeCpuMs() / (double) node.count())
        .cell("database server, CPU ms", use.storeCpuMs() / (double) node.count())
        .cell("peak memory, MiB", use.peakRssMib());
    draft.finding(
        "A node settles %.0f quick fetches a second, %.2f of what the client does alone; its %d rows"
            + " for each are %.2f of what the journal takes with %d writers and %d rows in a commit.",
        perSecond,
        perSecond / client,
        ROWS_PER_FETCH,
        perSecond * ROWS_PER_FETCH / rows.rowsPerSecond(),
        rows.writers(),
        rows.rowsPerCommit());
    draft.finding(
        "Commits of single rows end at %.0f a second (%d writers): what lies above that is due to"
            + " batches.",
        commits.commitsPerSecond(), commits.writers());
  }
}
