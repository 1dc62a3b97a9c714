package dev.retriever.loadtest.crashes;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.client.NewFetch;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.load.NodeClients;
import dev.retriever.loadtest.pace.BlockingCalls;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.Fleet;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Outcomes are told to an endpoint while nodes are killed at random moments and others take their
 * places, and while the endpoint's keys are changed.
 */
public final class CallbackRun {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int NODES = 3;
  private static final int BATCH = 10;

  /** Fetches that are made while keys are changed. */
  private static final int CHANGED_UNDER = 20;

  private static final String ENDPOINT = "told";
  private static final String OLD = "cb-old";
  private static final String NEW = "cb-new";
  private static final Duration ACCEPTED_LIMIT = Duration.ofMinutes(5);
  private static final Duration TOLD_LIMIT = Duration.ofMinutes(10);

  /** Often, so that a run need not wait long for what was not taken or was lost with a node. */
  private static final List<String> WAITS =
      List.of("0s", "1s", "2s", "3s", "5s", "5s", "10s", "10s", "20s", "20s", "30s", "30s", "60s");

  private final TestBed stage;
  private final Context context;
  private final Random random;
  private final Fleet fleet;
  private final NodeClients clients;
  private final CallbackReceiver receiver;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Map<String, Integer> perOrigin = new HashMap<>();
  private final List<CallbackReport.Kill> kills = new ArrayList<>();

  public CallbackRun(TestBed stage) throws IOException {
    this.stage = stage;
    context = stage.context();
    random = new Random(context.seed());
    var keys = List.of(key(), key());
    fleet = stage.fleet(secrets(keys));
    clients = new NodeClients(fleet::rotation);
    receiver = stage.closing(new CallbackReceiver(keys.get(0), keys.get(1), context.seed()));
  }

  private String key() {
    var bytes = new byte[32];
    random.nextBytes(bytes);
    return "whsec_" + Base64.getEncoder().encodeToString(bytes);
  }

  /** Options of nodes that have both keys from the start, as a change of keys asks for. */
  private List<String> secrets(List<String> keys) throws IOException {
    var options = new ArrayList<>(List.of(JournalOutcomes.PATIENT));
    for (var i = 0; i < 2; i++) {
      var name = List.of(OLD, NEW).get(i);
      var file = Files.writeString(stage.data().resolve(name), keys.get(i));
      var setting = "-Dretriever.executor.transport.secrets." + name;
      options.add(setting + ".file=" + file);
      options.add(setting + ".hosts.0=127.0.0.1");
      options.add(setting + ".plain-http=on");
    }
    return options;
  }

  public void run() throws IOException, InterruptedException {
    fleet.startAll(NODES);
    endpoint(List.of(OLD));
    var parts = context.size("kills") + 1;
    var began = Instant.now();
    var both = new Change(Instant.EPOCH, Instant.EPOCH);
    var fresh = both;
    for (var part = 0; part < parts; part++) {
      var from = first(part, parts);
      if (part == parts / 2) {
        both = changeUnderLoad(from, List.of(NEW, OLD));
        from += CHANGED_UNDER;
      } else if (part == parts / 2 + 1) {
        fresh = changeUnderLoad(from, List.of(NEW));
        from += CHANGED_UNDER;
      }
      load(from, first(part + 1, parts), part < parts - 1);
    }
    var isAllTold = told();
    var journal = JournalOutcomes.read(clients, Map.copyOf(perOrigin), context);
    journal.forEach(it -> stage.ledger().read(it.fetch()));
    var keys = new KeyTimes(both.asked(), both.answered(), fresh.asked(), fresh.answered());
    var endpoint = clients.ask(client -> client.callbacks().get(ENDPOINT));
    new CallbackReport(
            CallbackTally.of(journal, receiver.told(), keys),
            receiver.told(),
            began,
            kills,
            endpoint.number("/callbacks/pending"),
            endpoint.number("/callbacks/dead"),
            receiver.unread(),
            clients.repeated())
        .into(
            stage.draft(),
            new CallbackReport.Sizes(context.size("fetches"), context.size("kills")),
            stage.verdict());
    if (!isAllTold) {
      stage.draft().complain("not all were told within " + TOLD_LIMIT.toMinutes() + " minutes");
    }
  }

  private record Change(Instant asked, Instant answered) {}

  /** Changes the keys while some fetches are made, and waits until all nodes must know it. */
  private Change changeUnderLoad(int from, List<String> secrets)
      throws IOException, InterruptedException {
    var load = CompletableFuture.runAsync(() -> submit(from, from + CHANGED_UNDER));
    var asked = Instant.now();
    endpoint(secrets);
    var change = new Change(asked, Instant.now());
    context.say("  the endpoint has %s since %s", String.join(" and ", secrets), change.answered());
    join(load);
    TimeUnit.NANOSECONDS.sleep(KeyTimes.KNOWN_AFTER.plusSeconds(2).toNanos());
    return change;
  }

  private void endpoint(List<String> secrets) {
    var settings = JSON.createObjectNode().put("url", receiver.url().toString());
    var keys = settings.putArray("keys");
    secrets.forEach(it -> keys.addObject().put("secret", it));
    var waits = settings.putArray("schedule");
    WAITS.forEach(waits::add);
    clients.ask(client -> client.callbacks().put(ENDPOINT, settings));
  }

  private int first(int part, int parts) {
    return (int) ((long) context.size("fetches") * part / parts);
  }

  /** Makes fetches. A random node is killed at a random moment of it, and another joins. */
  private void load(int from, int to, boolean isStruck) throws IOException, InterruptedException {
    var load = CompletableFuture.runAsync(() -> submit(from, to));
    if (isStruck) {
      var mark = from + random.nextInt(Math.max(1, to - from));
      Polling.until(ACCEPTED_LIMIT, 2, () -> accepted.get() >= mark || load.isDone());
      var nodes = fleet.rotation();
      strike(nodes.get(random.nextInt(nodes.size())));
      fleet.startAnother();
    }
    join(load);
  }

  private static void join(CompletableFuture<Void> load) throws IOException {
    try {
      load.join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
  }

  private void strike(NodeProcess node) throws InterruptedException {
    var remoting = node.remoting();
    var at = Instant.now();
    var begun = accepted.get();
    var isStruck = fleet.kill(node);
    kills.add(new CallbackReport.Kill(remoting, at, isStruck, begun));
    context.say("  kill -9 of %s at %s, with %d accepted", remoting, at, begun);
  }

  private void submit(int from, int to) {
    var batches =
        IntStream.iterate(from, i -> i < to, i -> i + BATCH)
            .mapToObj(i -> IntStream.range(i, Math.min(to, i + BATCH)).boxed().toList())
            .toList();
    try {
      BlockingCalls.all(context.size("callers"), batches, this::submit);
    } catch (IOException | InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  private Optional<Void> submit(List<Integer> numbers) {
    var fetches = numbers.stream().map(i -> Map.entry(context.origin(i), fetch(i))).toList();
    clients.submitMany(fetches);
    numbers.forEach(this::accepted);
    accepted.addAndGet(numbers.size());
    return Optional.empty();
  }

  private void accepted(int number) {
    var isPost = isPost(number);
    synchronized (perOrigin) {
      perOrigin.merge(context.origin(number), 1, Integer::sum);
    }
    stage
        .ledger()
        .accepted(
            new Ledger.Accepted(
                "f-" + number,
                isPost ? "post" : "get",
                !isPost,
                isPost ? Set.of("answered", "unknown") : Set.of("answered")));
  }

  /** POSTs without a key, which may come to be unknown when their node is killed. */
  private static boolean isPost(int number) {
    return number % 2 == 0;
  }

  private NewFetch fetch(int number) {
    var fetch =
        isPost(number)
            ? NewFetch.post(url("/delay/100")).body("once")
            : NewFetch.get(url("/delay/100"));
    return fetch
        .id("f-" + number)
        .timeout(Duration.ofSeconds(10))
        .within(Duration.ofMinutes(5))
        .attempts(1)
        .callback(ENDPOINT);
  }

  private String url(String path) {
    try {
      return stage.url(path).toString();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Until every outcome was taken, and the endpoint knows it. */
  private boolean told() throws InterruptedException {
    var all = context.size("fetches");
    var came = Polling.until(TOLD_LIMIT, 100, () -> receiver.taken() >= all);
    return Polling.until(
            Duration.ofSeconds(60),
            500,
            () ->
                clients.ask(client -> client.callbacks().get(ENDPOINT)).number("/callbacks/pending")
                    == 0)
        && came;
  }
}
