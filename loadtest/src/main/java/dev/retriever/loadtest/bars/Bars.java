package dev.retriever.loadtest.bars;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import dev.retriever.loadtest.service.LibraryNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.asynchttpclient.Dsl;

/**
 * Measures what a fetch costs in a service that uses the library, and through the HTTP API.
 * Compares it with the same calls without durability in the same run.
 */
public final class Bars {
  public static final int FULL_AT_ONCE = 1_000;
  private static final int ONE_BY_ONE = 30;
  public static final int FULL_DELAY_MS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private Bars() {}

  public static void run(Context context) throws IOException, InterruptedException {
    var draft = context.draft();
    var quick = draft.table("Quick fetches");
    var other = draft.table("One by one, and all at once");
    var costs = new ArrayList<String>();
    context.stage("library", stage -> new Run(stage, quick, other, costs).library());
    context.stage("http", stage -> new Run(stage, quick, other, costs).http());
    draft.answer(
        Headline.COST,
        "%s of processor time, the database's included, when %d are open at a time.",
        String.join(" and ", costs),
        context.size("concurrency"));
  }

  /** The figures of a loop of calls. */
  private record Loop(double seconds, int ended, int failed, double p50, double p99, String why) {
    static Loop of(JsonNode json) {
      return new Loop(
          json.path("seconds").asDouble(),
          json.path("ended").asInt(),
          json.path("failed").asInt(),
          json.path("p50").asDouble(),
          json.path("p99").asDouble(),
          json.path("failure").asText());
    }

    static Loop of(Phase phase) {
      var driven = phase.driven();
      return new Loop(
          phase.seconds(),
          driven.ended(),
          driven.failed(),
          phase.millis(50),
          phase.millis(99),
          driven.firstFailure().orElse(""));
    }

    double perSecond() {
      return (ended - failed) / seconds;
    }
  }

  /** Makes {@code count} calls of a path of the target, spread over origins. */
  private interface Caller {
    Loop calls(String prefix, int count, int concurrency, int origins, String path)
        throws IOException, InterruptedException;
  }

  /**
   * The thresholds on two cores with PostgreSQL.
   *
   * @param ratio the rate, relative to direct calls by Java's own client
   * @param cpuMs processor time of node and store for each fetch
   * @param addedMs the time added to a single call
   * @param client what makes the direct calls; the rates of both clients are no figures of one
   *     thing
   */
  private record Bar(double ratio, double cpuMs, double addedMs, String client) {
    static final Bar LIBRARY = new Bar(1.2, 0.5, 3, "direct calls by Java's client in the service");

    /** No ratio, since another client in another process makes the direct calls. */
    static final Bar HTTP =
        new Bar(0, 0.9, 5, "direct calls by the test's client, outside the node");

    static final double AT_ONCE_SECONDS = 1.3;
    static final double MEMORY_MIB = 400;
  }

  /** The rate of quick fetches, and the processor time of each. */
  private record Quick(double perSecond, double nodeMs, double storeMs) {}

  private static final class Run {
    private final Context context;
    private final TestBed stage;
    private final ResultDraft draft;
    private final ResultDraft.Rows quick;
    private final ResultDraft.Rows other;
    private final List<String> costs;
    private final int concurrency;
    private final int origins;
    private NodeProcess node;

    Run(TestBed stage, ResultDraft.Rows quick, ResultDraft.Rows other, List<String> costs) {
      this.costs = costs;
      this.stage = stage;
      context = stage.context();
      draft = stage.draft();
      this.quick = quick;
      this.other = other;
      concurrency = context.size("concurrency");
      origins = context.size("origins");
    }

    void library() throws IOException, InterruptedException {
      node = stage.process(LibraryNode.class.getName(), Map.of(), List.of());
      node.start();
      var patient = stage.closing(new Api(PATIENCE));
      Caller fetches =
          (prefix, count, open, spread, path) ->
              told(patient, "fetch", prefix, count, open, spread, path);
      Caller direct =
          (prefix, count, open, spread, path) ->
              told(patient, "direct", prefix, count, open, spread, path);
      measure("library", Bar.LIBRARY, fetches, direct);
    }

    private Loop told(
        Api patient, String what, String prefix, int count, int open, int spread, String path)
        throws IOException {
      var query =
          "prefix=%s&fetches=%d&concurrency=%d&origins=%d&url=%s"
              .formatted(prefix, count, open, spread, stage.url(path));
      try {
        return Loop.of(patient.ask(Dsl.post(node.api() + "/" + what + "?" + query)).join());
      } catch (CompletionException e) {
        throw new IOException("the service could not do it: " + e.getCause().getMessage(), e);
      }
    }

    void http() throws IOException, InterruptedException {
      node = stage.start();
      var through = Fetches.through(node, stage);
      Caller fetches =
          (prefix, count, open, spread, path) -> {
            var spec = Submission.get(stage.url(path)).timeout("30s").within("1m");
            return Loop.of(
                Phase.closedLoop(
                    context,
                    prefix,
                    count,
                    open,
                    i ->
                        through.settle(
                            spread == 0 ? prefix + "-" + i : "o-" + i % spread,
                            prefix + "-" + i,
                            spec)));
          };
      Caller direct =
          (prefix, count, open, spread, path) -> {
            var api = stage.api();
            var url = stage.url(path);
            return Loop.of(Phase.closedLoop(context, "direct", count, open, i -> api.call(url)));
          };
      measure("HTTP", Bar.HTTP, fetches, direct);
      draft.ledger("fetches over HTTP", stage.verdict());
    }

    private void measure(String face, Bar bar, Caller fetches, Caller direct)
        throws IOException, InterruptedException {
      var count = context.size("fetches");
      direct.calls("d", Math.min(count, 5_000), concurrency, 0, "/uuid");
      fetches.calls("warm-up", context.size("warm-up"), concurrency, origins, "/uuid");
      var base = direct.calls("d", count, concurrency, 0, "/uuid");
      row(face + ", " + bar.client(), 1, count, base, null, base);
      var runs = new ArrayList<Quick>();
      for (var i = 1; i <= context.size("repeats"); i++) {
        runs.add(quick(face, "r" + i, i, count, origins, fetches, base));
      }
      var fresh = quick(face + ", an origin each", "f", 1, count, 0, fetches, base);
      findings(face, bar, runs, fresh, base);
      others(face, bar, fetches, direct);
    }

    private Quick quick(
        String face, String prefix, int run, int count, int spread, Caller fetches, Loop base)
        throws IOException, InterruptedException {
      var store = stage.database().pid();
      var nodeBefore = Resources.treeCpuMs(node.pid());
      var storeBefore = store.map(Resources::treeCpuMs).orElse(0L);
      var loop = fetches.calls(prefix, count, concurrency, spread, "/uuid");
      var took =
          new Quick(
              loop.perSecond(),
              (Resources.treeCpuMs(node.pid()) - nodeBefore) / (double) count,
              (store.map(Resources::treeCpuMs).orElse(0L) - storeBefore) / (double) count);
      row(face, run, count, loop, took, base);
      draft.promise(
          face + ", run " + run,
          loop.failed() == 0 && loop.ended() == count,
          loop.ended() - loop.failed() + " settled " + loop.why(),
          count + " settled");
      return took;
    }

    private void row(String what, int run, int count, Loop loop, Quick took, Loop base) {
      quick
          .next()
          .cell("what", what)
          .cell("run", run)
          .cell("fetches", count)
          .cell("per s, 1/s", loop.perSecond())
          .cell("p50, ms", loop.p50())
          .cell("p99, ms", loop.p99())
          .cell("node CPU, ms/fetch", took == null ? null : took.nodeMs())
          .cell("store CPU, ms/fetch", took == null ? null : took.storeMs())
          .cell("÷ direct", loop.perSecond() / base.perSecond());
    }

    private void findings(String face, Bar bar, List<Quick> runs, Quick fresh, Loop base) {
      var rate = median(runs.stream().mapToDouble(Quick::perSecond).toArray());
      var cpu = median(runs.stream().mapToDouble(it -> it.nodeMs() + it.storeMs()).toArray());
      if (bar.ratio() > 0) {
        draft.atLeast(face + ": rate to direct calls", rate / base.perSecond(), "", bar.ratio());
      }
      draft.atMost(face + ": processor time of a fetch", cpu, "ms", bar.cpuMs());
      costs.add(String.format(Locale.ROOT, "**%.2f ms** by %s", cpu, face));
      draft.finding(
          "%s: %.0f fetches a second (median of %d), %.2f of the %s of the same run; %.2f ms of"
              + " processor time each, store included. With a fresh origin for each: %.0f a second,"
              + " %.2f ms.",
          face,
          rate,
          runs.size(),
          rate / base.perSecond(),
          bar.client(),
          cpu,
          fresh.perSecond(),
          fresh.nodeMs() + fresh.storeMs());
    }

    private void others(String face, Bar bar, Caller fetches, Caller direct)
        throws IOException, InterruptedException {
      var delay = context.size("delay-ms");
      var path = "/delay/" + Math.max(1, delay / 10);
      var fetched = fetches.calls("one", ONE_BY_ONE, 1, 1, path);
      var called = direct.calls("d", ONE_BY_ONE, 1, 0, path);
      // Opens the connections first, so that this time is not measured.
      var many = context.size("at-once");
      fetches.calls("open", many, many, origins, "/delay/" + delay);
      var atOnce = fetches.calls("all", many, many, origins, "/delay/" + delay);
      var added = fetched.p50() - called.p50();
      var memory = node.peakRssMib().orElse(null);
      draft.atMost(face + ": added to a direct call", added, "ms", bar.addedMs());
      if (delay == FULL_DELAY_MS && many == FULL_AT_ONCE) {
        draft.atMost(face + ": " + many + " at once", atOnce.seconds(), "s", Bar.AT_ONCE_SECONDS);
      }
      if (memory != null) {
        draft.atMost(face + ": peak memory", memory, "MiB", Bar.MEMORY_MIB);
      }
      other
          .next()
          .cell("what", face)
          .cell("one by one p50, ms", fetched.p50())
          .cell("added to a direct call, ms", added)
          .cell(many + " at once, s", atOnce.seconds())
          .cell("peak memory, MiB", memory);
      draft.finding(
          "%s: %.1f ms are added to a call of %d ms; %d calls of %.1f s at once have all settled"
              + " after %.2f s; the process took %s MiB at most.",
          face, added, Math.max(1, delay / 10), many, delay / 1e3, atOnce.seconds(), memory);
    }

    private static double median(double[] values) {
      Arrays.sort(values);
      return values[values.length / 2];
    }
  }
}
