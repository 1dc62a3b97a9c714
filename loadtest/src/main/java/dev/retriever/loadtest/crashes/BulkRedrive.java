package dev.retriever.loadtest.crashes;

import dev.retriever.client.ApiObject;
import dev.retriever.client.BulkCalls;
import dev.retriever.client.FetchQuery;
import dev.retriever.client.NewFetch;
import dev.retriever.loadtest.crashes.RedriveTally.Found;
import dev.retriever.loadtest.ledger.Hits;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.load.NodeClients;
import dev.retriever.loadtest.pace.BlockingCalls;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.TestBed;
import dev.retriever.loadtest.server.Receiver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A target is down, and fetches fail. When it is back, a job in bulk makes all of them again, and
 * the node that runs the job is killed in the middle of it, more than once.
 */
public final class BulkRedrive {
  private static final String JOB = "again";
  private static final String LABEL = "load";
  private static final int BATCH = 200;
  private static final int CALLERS = 4;
  private static final int PAGE = 500;
  private static final Duration LIMIT = Duration.ofMinutes(20);

  /** So long after it was made, a job begins, so that none of before is missed. */
  private static final Duration BEGINS_AFTER = Duration.ofSeconds(10);

  private final TestBed stage;
  private final Context context;
  private final Random random;
  private final Hits hits = new Hits(Clock.systemUTC());
  private final NodeProcess node;
  private final NodeClients clients;

  public BulkRedrive(TestBed stage) throws IOException {
    this.stage = stage;
    context = stage.context();
    random = new Random(context.seed());
    node = stage.node(Map.of(), JournalOutcomes.PATIENT);
    clients = NodeClients.of(node);
  }

  public void run() throws IOException, InterruptedException {
    node.start();
    int port;
    try (var down = new Socket()) {
      // Bound and not listening: calls are refused, and nobody else gets the port.
      down.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      port = down.getLocalPort();
      submit("http://127.0.0.1:" + port + "/");
      await(context.size("fetches"));
    }
    stage.closing(Receiver.start(port, this::receive));
    var job =
        new BulkCalls.Job(
            Optional.of(JOB), "redrive", all(), context.size("rate"), context.size("fetches"));
    clients.ask(client -> client.bulk().begin(job));
    var kills = kills();
    var done = ended();
    var found = found();
    journal(found);
    new BulkReport(RedriveTally.of(ids(), found), done, kills, context.size("rate"), found.size())
        .into(
            stage.draft(),
            context.size("fetches"),
            context.size("kills"),
            stage.ledger().verdict(hits.snapshot()));
  }

  private int receive(Receiver.Message message) {
    hits.count(message.fetchId(), message.attempt());
    return 200;
  }

  private Set<String> ids() {
    return IntStream.range(0, context.size("fetches"))
        .mapToObj(i -> "f-" + i)
        .collect(Collectors.toSet());
  }

  private void submit(String url) throws IOException, InterruptedException {
    var batches =
        IntStream.iterate(0, i -> i < context.size("fetches"), i -> i + BATCH)
            .mapToObj(
                i ->
                    IntStream.range(i, Math.min(context.size("fetches"), i + BATCH))
                        .boxed()
                        .toList())
            .toList();
    BlockingCalls.all(
        CALLERS,
        batches,
        numbers -> {
          var fetches =
              numbers.stream().map(i -> Map.entry(context.origin(i), fetch(i, url))).toList();
          clients.submitMany(fetches);
          return numbers;
        });
  }

  /** POSTs without a key, which may not be sent twice, and GETs. */
  private static boolean isPost(String id) {
    return Integer.parseInt(id.substring("f-".length()).split("~", 2)[0]) % 2 == 0;
  }

  private static NewFetch fetch(int number, String url) {
    var fetch = number % 2 == 0 ? NewFetch.post(url).body("once") : NewFetch.get(url);
    return fetch
        .id("f-" + number)
        .label(LABEL, "bulk")
        .timeout(Duration.ofSeconds(10))
        .within(Duration.ofMinutes(5))
        .attempts(1);
  }

  private FetchQuery all() {
    return FetchQuery.any().label(LABEL, "bulk");
  }

  private void await(int count) throws IOException, InterruptedException {
    if (!Polling.until(LIMIT, 200, () -> total(all()) >= count)) {
      throw new IOException("of %d fetches only %d have settled".formatted(count, total(all())));
    }
  }

  private long total(FetchQuery query) {
    return clients.ask(client -> client.search().count(query, List.of())).number("/total");
  }

  private ApiObject job() {
    return clients.ask(client -> client.bulk().get(JOB));
  }

  /** Kills the node at random moments of the job, each in a part of its own. */
  private List<BulkReport.Kill> kills() throws IOException, InterruptedException {
    var kills = new ArrayList<BulkReport.Kill>();
    var all = context.size("fetches");
    var count = context.size("kills");
    for (var i = 1; i <= count; i++) {
      var mark = all * i / (count + 1) - random.nextInt(Math.max(1, all / (2 * (count + 1))));
      Polling.until(LIMIT, 20, () -> job().number("/made") >= mark || isEnded(job()));
      var made = job().number("/made");
      var isRunning = node.isAlive() && !isEnded(job());
      var killed = Instant.now();
      node.kill();
      var ready = node.start();
      Polling.until(LIMIT, 20, () -> job().number("/made") > made || isEnded(job()));
      var back = Duration.between(killed, Instant.now());
      kills.add(new BulkReport.Kill(made, isRunning, ready, back));
      context.say("  kill -9 at %s, with %d made; more after %s", killed, made, back);
    }
    return kills;
  }

  private static boolean isEnded(ApiObject job) {
    return !job.text("/state").orElse("").equals("running");
  }

  private BulkReport.Job ended() throws IOException, InterruptedException {
    if (!Polling.until(LIMIT, 100, () -> isEnded(job()))) {
      throw new IOException("the job has not ended within " + LIMIT);
    }
    var job = job();
    var until = job.time("/until").orElseThrow();
    var endedAt = job.time("/endedAt").orElseGet(Instant::now);
    await(2 * context.size("fetches"));
    return new BulkReport.Job(
        job.text("/state").orElse(""),
        job.number("/made"),
        job.number("/refused"),
        job.number("/skipped"),
        Duration.between(until.plus(BEGINS_AFTER), endedAt));
  }

  /** All fetches of the run, from all pages. */
  private List<Found> found() {
    var found = new ArrayList<Found>();
    Optional<String> cursor = Optional.empty();
    do {
      var from = cursor;
      var page = clients.ask(client -> client.search().find(all(), PAGE, from));
      page.items()
          .forEach(
              it ->
                  found.add(new Found(it.text("/originId").orElse(""), it.text("/id").orElse(""))));
      cursor = page.next();
    } while (cursor.isPresent());
    return found;
  }

  private void journal(List<Found> found) throws IOException, InterruptedException {
    var expected = new HashMap<String, Integer>();
    found.forEach(it -> expected.merge(it.originId(), 1, Integer::sum));
    for (var each : JournalOutcomes.read(clients, expected, context)) {
      var id = each.fetch().id();
      var isNew = id.contains("~");
      var isPost = isPost(id);
      var possible =
          !isNew
              ? Set.of("failed", "unknown")
              : isPost ? Set.of("answered", "unknown") : Set.of("answered");
      var kind = isNew ? "made again" : "failed";
      stage.ledger().accepted(new Ledger.Accepted(id, kind, !isPost, possible));
      stage.ledger().read(each.fetch());
    }
  }
}
