package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.faults.InjectedFault.Kind;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A storm of failures. The seed decides which attempts fail, so the number of attempts of each
 * fetch, and whether they suffice, is known beforehand.
 */
public final class QueueRetries {
  private static final int MAX_ATTEMPTS = 3;
  private static final int PERCENT = 50;

  /** The mean of random waits is half of their bound; this allows for chance. */
  private static final double LEAST_OF_BOUND = 0.4;

  private final Context context;
  private final ResultDraft draft;
  private final TestBed stage;
  private final Faults faults;
  private final Jobs jobs;
  private final Submission spec;

  public QueueRetries(TestBed stage) throws IOException, InterruptedException {
    this.stage = stage;
    context = stage.context();
    draft = stage.draft();
    faults =
        Faults.of(InjectedFault.fail(PERCENT / 100.0, Moment.PUBLISH))
            .seeded(Math.floorMod(context.seed(), 1_000_000L));
    jobs = new Jobs(stage, stage.start());
    spec =
        Submission.get(stage.url("/flaky/" + PERCENT + "/" + faults.seed()))
            .maxAttempts(MAX_ATTEMPTS)
            .within("2m");
  }

  public void run() throws IOException, InterruptedException {
    var count = context.size("fetches");
    var storm = jobs.enqueue("storm", count, context.size("concurrency"), spec);
    jobs.fetches().readUnsettled(context);
    var views = stage.ledger().latest();
    expected(count, views);
    backoff(views);
    redrive(views.stream().filter(FetchAnswer::exhausted).toList());
    Phase.table("The storm is submitted", List.of(storm), draft);
    draft.ledger("storm and redrive", stage.verdict());
  }

  private boolean fails(String id, int attempt) {
    return faults.strikes(Kind.FAIL, Moment.PUBLISH, id + "/" + attempt);
  }

  /** The number of the first attempt that succeeds, or of the last one. */
  private int attempts(String id) {
    return IntStream.range(1, MAX_ATTEMPTS)
        .filter(attempt -> !fails(id, attempt))
        .findFirst()
        .orElse(MAX_ATTEMPTS);
  }

  private void expected(int count, List<FetchAnswer> views) throws IOException {
    var ids = IntStream.range(0, count).mapToObj(i -> Jobs.id("storm", i)).toList();
    var due = ids.stream().mapToInt(this::attempts).sum();
    var exhausted =
        ids.stream().filter(id -> attempts(id) == MAX_ATTEMPTS && fails(id, MAX_ATTEMPTS)).toList();
    var hits =
        stage.target().hits().values().stream()
            .flatMap(each -> each.values().stream())
            .mapToInt(Integer::intValue)
            .sum();
    var flagged =
        views.stream().filter(FetchAnswer::exhausted).map(FetchAnswer::id).sorted().toList();
    draft.promise("attempts at the target", hits == due, hits, due + ", as the seed says");
    draft.promise(
        "exhausted fetches",
        flagged.equals(exhausted.stream().sorted().toList()),
        flagged.size(),
        exhausted.size() + ", those that the seed says");
    draft.finding(
        "%d fetches took %d attempts, %.3f each, and no more than their failures made necessary;"
            + " %d of them used up all %d attempts and say that they are exhausted.",
        count, hits, hits / (double) count, flagged.size(), MAX_ATTEMPTS);
  }

  /** Tabulates the waits from the end of an attempt to the start of the next, by the journal. */
  private void backoff(List<FetchAnswer> views) {
    var rows = draft.table("Waits before the next attempt");
    var means = new ArrayList<Double>();
    for (var attempt = 2; attempt <= MAX_ATTEMPTS; attempt++) {
      var waits = Phase.histogram();
      for (var view : views) {
        if (view.attempts().size() >= attempt) {
          var before = view.attempts().get(attempt - 2).endedAt().orElseThrow();
          var then = view.attempts().get(attempt - 1).startedAt();
          Phase.recordMicros(waits, Duration.between(before, then).toNanos() / 1_000);
        }
      }
      means.add(waits.getMean() / 1e3);
      rows.next()
          .cell("before attempt", attempt)
          .cell("waits", waits.getTotalCount())
          .cell("mean, ms", waits.getMean() / 1e3)
          .cell("p50, ms", Phase.millis(waits, 50))
          .cell("max, ms", Phase.millis(waits, 100))
          .cell("drawn from 0 to, ms", 200 << (attempt - 2));
    }
    draft.promise(
        "mean waits",
        means.get(0) >= LEAST_OF_BOUND * 200 && means.get(1) >= LEAST_OF_BOUND * 400,
        "%.0f and %.0f ms".formatted(means.get(0), means.get(1)),
        "about half of what they are drawn from, or more");
    draft.finding(
        "They back off: the mean wait is %.0f ms before the second attempt and %.0f ms before the"
            + " third.",
        means.get(0), means.get(1));
  }

  /** Submits exhausted fetches again under other ids, since a settled fetch stays settled. */
  private void redrive(List<FetchAnswer> exhausted) throws IOException, InterruptedException {
    var well = Submission.get(stage.url("/uuid")).within("2m");
    var again =
        Phase.closedLoop(
            context,
            "redrive",
            exhausted.size(),
            context.size("concurrency"),
            i ->
                jobs.fetches()
                    .settle(exhausted.get(i).originId(), exhausted.get(i).id() + "-again", well));
    var settled = again.driven().ended() - again.driven().failed();
    draft.promise(
        "exhausted ones that settled when they were submitted again",
        settled == exhausted.size(),
        settled,
        "all " + exhausted.size());
  }
}
