package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.faults.Latency;
import dev.retriever.loadtest.faults.Link;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures the same fetches with a slower network from the client, to the target, and to the
 * database.
 */
public final class QueueLatency {
  private QueueLatency() {}

  public static void run(Context context) throws IOException, InterruptedException {
    var draft = context.draft();
    var phases = new ArrayList<Phase>();
    context.stage("links", stage -> links(stage, phases));
    if (context.databases().kind() == Database.Kind.POSTGRES) {
      context.stage("database", stage -> database(stage, phases));
    }
    Phase.table("Quick fetches by where the network is slower", phases, draft);
    var alone = median(phases.get(0));
    for (var phase : phases.subList(1, phases.size())) {
      draft.finding(
          "%s: with %d to %d ms more each way the median is %.1f ms, %.1f ms more than without.",
          phase.name(),
          context.size("added"),
          context.size("added") + context.size("jitter"),
          median(phase),
          median(phase) - alone);
    }
  }

  private static double median(Phase phase) {
    return phase.millis(50);
  }

  private static Latency added(Context context) {
    var least = context.size("added");
    var most = least + context.size("jitter");
    return Faults.of(InjectedFault.jitter(least, most, Moment.PUBLISH))
        .seeded(context.seed())
        .latency(Moment.PUBLISH);
  }

  private static void links(TestBed stage, List<Phase> phases)
      throws IOException, InterruptedException {
    var context = stage.context();
    var node = stage.start();
    var jobs = new Jobs(stage, node);
    var near = stage.url("/uuid");
    settle("warm up", context, jobs, near);
    phases.add(settle("nowhere", context, jobs, near));
    var toNode = stage.closing(Link.to(node.api().getPort(), added(context)));
    var slow = jobs.with(Fetches.through(() -> at(toNode, ""), stage));
    phases.add(settle("client to node", context, slow, near));
    var toTarget = stage.closing(Link.to(stage.target().port(), added(context)));
    phases.add(settle("node to target", context, jobs, at(toTarget, "/uuid")));
    jobs.fetches().readUnsettled(context);
    stage.draft().ledger("client and target", stage.verdict());
  }

  private static void database(TestBed stage, List<Phase> phases)
      throws IOException, InterruptedException {
    var context = stage.context();
    var url = stage.database().settings().get("RETRIEVER_DB_URL");
    var port = URI.create(url.substring("jdbc:".length())).getPort();
    var link = stage.closing(Link.to(port, added(context)));
    var node = stage.start(Map.of("RETRIEVER_DB_URL", url.replace(":" + port, ":" + link.port())));
    var jobs = new Jobs(stage, node);
    var near = stage.url("/uuid");
    settle("warm up", context, jobs, near);
    phases.add(settle("node to PostgreSQL", context, jobs, near));
    jobs.fetches().readUnsettled(context);
    stage.draft().ledger("database", stage.verdict());
  }

  private static Phase settle(String where, Context context, Jobs jobs, URI url)
      throws InterruptedException {
    var spec = Submission.get(url).timeout("30s").within("1m");
    return jobs.settle(where, context.size("fetches"), context.size("concurrency"), spec);
  }

  private static URI at(Link link, String path) {
    return URI.create("http://127.0.0.1:" + link.port() + path);
  }
}
