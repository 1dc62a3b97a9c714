package dev.retriever.loadtest.crashes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.client.ApiObject;
import dev.retriever.client.NewFetch;
import dev.retriever.client.ScheduleCalls;
import dev.retriever.loadtest.crashes.TickTally.Arrival;
import dev.retriever.loadtest.crashes.TickTally.Ended;
import dev.retriever.loadtest.crashes.TickTally.Tick;
import dev.retriever.loadtest.ledger.Hits;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.load.NodeClients;
import dev.retriever.loadtest.pace.BlockingCalls;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.Fleet;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.TestBed;
import dev.retriever.loadtest.server.Receiver;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Schedules of many origins, all of which tick at the same seconds. At the first of these all nodes
 * run; before the second all are killed, and they start after it; in the middle of the third all
 * are killed and start again.
 */
public final class Schedules {
  private static final int NODES = 3;
  private static final int TICKS = 3;
  private static final int SETTERS = 16;

  /** The part of the ticks that is measured, so that the time for all of them is known. */
  private static final int SAMPLE_ONE_OF = 50;

  /**
   * The target shares the machine, and answers no ten thousand at once: the others wait for room.
   */
  private static final String ROOM = "-Dretriever.executor.permits=100";

  private static final Duration ATTEMPT = Duration.ofSeconds(30);
  private static final Duration WITHIN = Duration.ofMinutes(10);

  private static final Duration AHEAD = Duration.ofSeconds(5);
  private static final Duration CAME_LIMIT = Duration.ofMinutes(15);
  private static final Duration STALL = Duration.ofMinutes(2);

  private final TestBed stage;
  private final Context context;
  private final Fleet fleet;
  private final NodeClients clients;
  private final Hits hits = new Hits(Clock.systemUTC());
  private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

  /** How many fetches came, by the time for which they were made. */
  private final Map<String, AtomicInteger> came = new ConcurrentHashMap<>();

  private final Receiver target;

  public Schedules(TestBed stage) throws IOException {
    this.stage = stage;
    context = stage.context();
    fleet = stage.fleet(List.of(JournalOutcomes.PATIENT, ROOM));
    clients = new NodeClients(fleet::rotation);
    target = stage.closing(Receiver.start(0, this::receive));
  }

  private int receive(Receiver.Message message) {
    var id = message.fetchId();
    hits.count(id, message.attempt());
    arrivals.add(new Arrival(id, message.attempt(), message.at()));
    var counted = came.get(id.substring(id.lastIndexOf('~') + 1));
    if (counted != null) {
      counted.incrementAndGet();
    }
    return 200;
  }

  public void run() throws IOException, InterruptedException {
    fleet.startAll(NODES);
    var due = set();
    context.say("  all are due at %s, and twice more", due.get(0));
    awaitCame(due.get(0));
    var before = restart(due.get(1).minus(AHEAD), due.get(1));
    awaitCame(due.get(1));
    // Some have ticked, and others not yet.
    Polling.until(until(due.get(2)).plus(CAME_LIMIT), 5, () -> count(due.get(2)) > share());
    var early = count(due.get(2));
    var within = restart(Instant.now(), Instant.now());
    awaitCame(due.get(2));
    var schedules = ended();
    journal(due);
    new ScheduleReport(due, schedules, List.copyOf(arrivals), List.of(before, within), early)
        .into(stage.draft(), context.size("schedules"), stage.ledger().verdict(hits.snapshot()));
  }

  /** How many of a tick's fetches come before the nodes are killed in its middle. */
  private int share() {
    return context.size("schedules") / 20;
  }

  /** Sets all schedules; the times at which they are due. */
  private List<Instant> set() throws IOException, InterruptedException {
    var all = context.size("schedules");
    var far = Instant.now().plus(Duration.ofDays(300));
    var sample = Math.max(SETTERS, all / SAMPLE_ONE_OF);
    var began = System.nanoTime();
    put("sample", sample, List.of(far));
    var nanos = (System.nanoTime() - began) / sample * all;
    // Nodes are slower at first; the rest is for a machine that is busy with other work.
    var lead = Duration.ofNanos(2 * nanos).plusSeconds(20);
    var first = Instant.now().plus(lead).truncatedTo(ChronoUnit.SECONDS);
    var period = context.seconds("period");
    var due = IntStream.range(0, TICKS).mapToObj(i -> first.plus(period.multipliedBy(i))).toList();
    due.forEach(at -> came.put(at.toString(), new AtomicInteger()));
    put("s", all, due);
    if (Instant.now().isAfter(first)) {
      throw new IOException("this machine is too slow to set %d schedules in time".formatted(all));
    }
    return due;
  }

  private void put(String prefix, int count, List<Instant> due)
      throws IOException, InterruptedException {
    var settings = settings(due);
    var done = new AtomicInteger();
    try (var progress = context.progress("set " + prefix, count)) {
      BlockingCalls.all(
          SETTERS,
          IntStream.range(0, count).boxed().toList(),
          i -> {
            clients.ask(
                client ->
                    client
                        .schedules()
                        .put(context.origin(i), prefix + "-" + i, settings, Optional.empty()));
            progress.to(done.incrementAndGet());
            return i;
          });
    }
  }

  private ObjectNode settings(List<Instant> due) {
    var fetch = NewFetch.get(target.url("/tick")).timeout(ATTEMPT).within(WITHIN).attempts(1);
    var period = context.seconds("period");
    var settings = ScheduleCalls.every(period, fetch);
    settings.put("start", due.get(0).toString());
    settings.put("end", due.get(due.size() - 1).toString());
    settings.put("overlap", "allow").putObject("catchUp").put("policy", "all");
    return settings;
  }

  private static Duration until(Instant time) {
    var left = Duration.between(Instant.now(), time);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Kills all nodes at one time, and starts as many after another. */
  private ScheduleReport.Restart restart(Instant kill, Instant start)
      throws IOException, InterruptedException {
    TimeUnit.NANOSECONDS.sleep(until(kill).toNanos());
    var killed = Instant.now();
    var struck = 0;
    for (var node : fleet.rotation()) {
      struck += fleet.kill(node) ? 1 : 0;
    }
    TimeUnit.NANOSECONDS.sleep(until(start).plusMillis(1).toNanos());
    fleet.startAll(NODES);
    var ready = Instant.now();
    context.say("  %d nodes were killed at %s, and others ready at %s", struck, killed, ready);
    return new ScheduleReport.Restart(killed, ready, struck == NODES);
  }

  private int count(Instant due) {
    return came.get(due.toString()).get();
  }

  /** Until as many have come as there are schedules, or none has for two minutes. */
  private void awaitCame(Instant due) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(until(due).toNanos());
    var all = context.size("schedules");
    try (var progress = context.progress("tick", all)) {
      var before = -1;
      var now = count(due);
      while (now < all && now > before) {
        before = now;
        var last = before;
        Polling.until(STALL, 200, () -> count(due) > last);
        now = count(due);
        progress.to(now);
      }
    }
  }

  private List<Ended> ended() throws IOException, InterruptedException {
    return BlockingCalls.all(
        SETTERS,
        IntStream.range(0, context.size("schedules")).boxed().toList(),
        i -> ended(clients.ask(client -> client.schedules().get(context.origin(i), "s-" + i))));
  }

  private static Ended ended(ApiObject schedule) {
    var recent = new ArrayList<Tick>();
    schedule.json().path("recent").forEach(it -> recent.add(tick(it)));
    return new Ended(
        schedule.text("/id").orElse(""),
        schedule.number("/generation"),
        schedule.text("/state").orElse(""),
        List.copyOf(recent),
        schedule.number("/counts/fired"),
        schedule.number("/counts/skipped")
            + schedule.number("/counts/missed")
            + schedule.number("/counts/paused"));
  }

  private static Tick tick(JsonNode json) {
    return new Tick(
        Instant.parse(json.path("at").asText()),
        Instant.parse(json.path("decidedAt").asText()),
        json.path("result").asText());
  }

  /** Tells the ledger what must be there, and what the journal has of it. */
  private void journal(List<Instant> due) throws IOException, InterruptedException {
    var expected = new HashMap<String, Integer>();
    for (var i = 0; i < context.size("schedules"); i++) {
      expected.merge(context.origin(i), due.size(), Integer::sum);
    }
    var outcomes = JournalOutcomes.read(clients, expected, context);
    var possible = Set.of("answered");
    outcomes.forEach(
        it -> {
          stage.ledger().accepted(new Ledger.Accepted(it.fetch().id(), "tick", true, possible));
          stage.ledger().read(it.fetch());
        });
  }
}
