package dev.retriever.loadtest;

import static dev.retriever.loadtest.run.Scenario.of;
import static dev.retriever.loadtest.run.Scenario.onStage;
import static dev.retriever.loadtest.run.Scenario.onStageOfSeveral;
import static dev.retriever.loadtest.run.Size.concurrency;
import static dev.retriever.loadtest.run.Size.fetches;
import static dev.retriever.loadtest.run.Size.origins;
import static dev.retriever.loadtest.run.Size.seconds;
import static dev.retriever.loadtest.stress.Stress.body;
import static dev.retriever.loadtest.stress.Stress.channels;
import static dev.retriever.loadtest.stress.Stress.cycles;
import static dev.retriever.loadtest.stress.Stress.events;
import static dev.retriever.loadtest.stress.Stress.subscribers;

import dev.retriever.loadtest.bars.AlarmsDue;
import dev.retriever.loadtest.bars.AlarmsPending;
import dev.retriever.loadtest.bars.Bars;
import dev.retriever.loadtest.bars.Bounds;
import dev.retriever.loadtest.bars.Crowd;
import dev.retriever.loadtest.bars.DoorCost;
import dev.retriever.loadtest.bars.IndexCost;
import dev.retriever.loadtest.bars.Limits;
import dev.retriever.loadtest.bars.SlowTargets;
import dev.retriever.loadtest.bars.Throughput;
import dev.retriever.loadtest.bars.WatchCost;
import dev.retriever.loadtest.crashes.BulkRedrive;
import dev.retriever.loadtest.crashes.CallbackRun;
import dev.retriever.loadtest.crashes.Schedules;
import dev.retriever.loadtest.dispatch.DispatchCompared;
import dev.retriever.loadtest.flow.FlowCost;
import dev.retriever.loadtest.flow.FlowShares;
import dev.retriever.loadtest.flow.FlowSleepers;
import dev.retriever.loadtest.fuzz.FuzzApi;
import dev.retriever.loadtest.growth.ForgottenOrders;
import dev.retriever.loadtest.kills.KillSize;
import dev.retriever.loadtest.kills.KillTest;
import dev.retriever.loadtest.kills.Kills;
import dev.retriever.loadtest.queue.QueueBacklog;
import dev.retriever.loadtest.queue.QueueClients;
import dev.retriever.loadtest.queue.QueueCrash;
import dev.retriever.loadtest.queue.QueueFairness;
import dev.retriever.loadtest.queue.QueueFlat;
import dev.retriever.loadtest.queue.QueueLatency;
import dev.retriever.loadtest.queue.QueueMixed;
import dev.retriever.loadtest.queue.QueueNodes;
import dev.retriever.loadtest.queue.QueueRetries;
import dev.retriever.loadtest.queue.QueueThroughput;
import dev.retriever.loadtest.queue.Soak;
import dev.retriever.loadtest.rates.Rates;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.result.Planned;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Scenario;
import dev.retriever.loadtest.run.Scenario.Stores;
import dev.retriever.loadtest.run.Size;
import dev.retriever.loadtest.stress.Stress;
import dev.retriever.loadtest.stress.StressCascade;
import dev.retriever.loadtest.stress.StressChurn;
import dev.retriever.loadtest.stress.StressCompared;
import dev.retriever.loadtest.stress.StressDay;
import dev.retriever.loadtest.stress.StressPayloads;
import dev.retriever.loadtest.stress.StressSaturation;
import dev.retriever.loadtest.stress.StressWaves;
import java.util.List;

/**
 * All scenarios, in the order of the list. To add one, write a class that runs it, and add a record
 * here with its summary and sizes. The {@link Context} decides where it runs.
 */
public final class Scenarios {
  public static final List<Scenario> ALL =
      List.of(
          of(Group.A, "limits", Limits::run)
              .on(Stores.SHARED)
              .about("slow calls one by one, then ever more at once; where the limit is")
              .sized(
                  Size.of("most", 10_000, 60),
                  Size.of("sequential", 10, 2),
                  // milliseconds that the target takes
                  new Size("delay", 1_000, 300, 1, 60_000),
                  // seconds that the most take once more, to be there together; 0 for not
                  seconds("hold", 20, 0),
                  // the most calls of a ramp
                  Size.of("held", 30_000, 60),
                  origins(1_000, 50))
              .in(Limits.parts()),
          of(Group.B, "dispatch", DispatchCompared::run)
              .on(Stores.SHARED)
              .about(
                  "each dispatch at each duration: latency, residency, processor time, rows, cost,"
                      + " break-even")
              .sized(
                  Size.of("uuid-runs", 50, 5),
                  Size.of("runs", 30, 3),
                  // the longest duration, in milliseconds
                  new Size("longest", 10_000, 100, 0, 10_000),
                  // retriever.origin.idle, in milliseconds
                  new Size("idle", 20, 20, 10, 60_000))
              .in(List.of("local", "executor-nodes")),
          onStage(Group.C, "queue-throughput", stage -> new QueueThroughput(stage).run())
              .about("quick fetches with 1, 10, 20 and 50 executors, and with 1, 10 and 50 permits")
              .sized(
                  fetches(10_000, 60),
                  Size.of("open", 2_000, 30),
                  concurrency(128, 32),
                  origins(1_000, 50)),
          onStage(Group.C, "rates", stage -> new Rates(stage).run())
              .about(
                  "the highest rate that is sustained, and latency at 50, 80 and 100 % of it, with its"
                      + " parts")
              .sized(
                  // for a first estimate
                  fetches(10_000, 100),
                  // seconds of each trial, and at each of the three rates
                  seconds("trial", 8, 1),
                  seconds("time", 30, 2),
                  concurrency(256, 32),
                  origins(1_000, 50)),
          onStage(Group.C, "queue-flat", QueueFlat::run)
              .about("--fetches in parts of --part; the last ones must be as fast as the first")
              .sized(
                  fetches(100_000, 300),
                  Size.of("part", 5_000, 50),
                  concurrency(256, 64),
                  origins(1_000, 50)),
          of(Group.C, "queue-fairness", QueueFairness::run)
              .on(Stores.SHARED)
              .about(
                  "shares of executor nodes; and small origins beside a large one in a narrow pool")
              .sized(
                  fetches(3_000, 100),
                  new Size("nodes", 3, 2, 1, 10),
                  Size.of("crowd", 2_000, 100),
                  Size.of("small", 20, 5),
                  concurrency(128, 32),
                  origins(500, 50))
              .in(List.of("shares", "small-origins")),
          onStage(Group.C, "queue-retries", stage -> new QueueRetries(stage).run())
              .about("half of all attempts fail; they back off, and no more are made than must be")
              .sized(fetches(5_000, 200), concurrency(128, 32), origins(500, 50)),
          onStage(Group.C, "queue-clients", QueueClients::run)
              .about("a high rate of submissions from many clients, open loop; all accepted settle")
              .sized(
                  Size.of("rate", 500, 50),
                  seconds("time", 20, 2),
                  new Size("clients", 16, 4, 1, 1_000),
                  origins(1_000, 50)),
          onStage(Group.C, "queue-mixed", QueueMixed::run)
              .about("short calls alone, and beside --long ones that take --seconds each")
              .sized(
                  fetches(4_000, 50),
                  Size.of("rate", 200, 50),
                  Size.of("long", 500, 50),
                  new Size("seconds", 45, 5, 1, 3_600),
                  origins(500, 50)),
          onStageOfSeveral(Group.C, "queue-nodes", stage -> new QueueNodes(stage).run())
              .about(
                  "random nodes, with origins or executors, are killed or stopped at random moments, and"
                      + " others join")
              .sized(
                  new Size("callers", 32, 8, 1, 1_000),
                  new Size("strikes", 8, 1, 1, 1_000),
                  new Size("executors", 3, 2, 2, 10),
                  // the mean of the random time between a join and the next strike
                  seconds("steady", 25, 4),
                  origins(200, 50)),
          onStage(Group.C, "queue-crash", stage -> new QueueCrash(stage).run())
              .about(
                  "kill -9 in the middle of --fetches, half of them POSTs without a key; and recovery")
              .sized(fetches(5_000, 300), concurrency(256, 64), origins(1_000, 100)),
          onStage(Group.C, "soak", Soak::run)
              .about("an hour of steady load in rounds; whether heap, threads or descriptors leak")
              .on(Stores.ONCE)
              .sized(
                  seconds("time", 3_600, 3),
                  new Size("rounds", 12, 2, 2, 1_000),
                  Size.of("rate", 200, 20),
                  origins(500, 50)),
          onStage(Group.C, "queue-backlog", stage -> new QueueBacklog(stage).run())
              .about(
                  "--backlog fetches that wait; database size, query times, a crash, and working them"
                      + " off")
              .sized(Size.of("backlog", 1_000_000, 200), concurrency(256, 64), origins(1_000, 50)),
          of(Group.C, "queue-latency", QueueLatency::run)
              .about("added network latency: client to node, node to target, node to PostgreSQL")
              .sized(
                  fetches(1_000, 50),
                  concurrency(64, 16),
                  // milliseconds each way, and at most so many more
                  new Size("added", 20, 5, 0, 10_000),
                  new Size("jitter", 10, 2, 0, 10_000),
                  origins(500, 50)),
          of(Group.D, "connections", Stress.PLAIN::run)
              .about("many subscriptions at once, each to a channel of its own")
              .sized(subscribers(10_000, 200), channels(10_000, 200), events(10_000, 200)),
          onStage(Group.D, "waves", stage -> new StressWaves(stage).run())
              .about("subscriptions in five waves, a hundred on a WebSocket; all are told an event")
              .sized(
                  Size.of("subscriptions", 50_000, 1_000),
                  // as many share a WebSocket; 1 for a connection each
                  new Size("per-socket", 100, 100, 1, 1_000).planned(Planned.atMost(100))),
          of(Group.D, "latency", StressCompared::latency)
              .about("1,000 ms each way on publish, subscribe and receive, beside a run without")
              .sized(subscribers(1_000, 50), channels(100, 5), events(1_000, 30)),
          of(Group.D, "jitter", StressCompared::jitter)
              .about("50 to 500 ms each way on publish and receive, beside a run without")
              .sized(subscribers(1_000, 50), channels(100, 5), events(1_000, 60)),
          of(Group.D, "drops", Stress.DROPS::run)
              .about("a fifth of the connections drop at subscribe, publish, receive, unsubscribe")
              .sized(subscribers(1_000, 50), channels(100, 5), events(1_000, 40), cycles(5, 2)),
          onStage(Group.D, "cascade", stage -> new StressCascade(stage).run())
              .about("half of all connections fail, to targets too; the others, and the recovery")
              .sized(subscribers(1_000, 50), channels(100, 5), events(1_000, 30)),
          onStage(Group.D, "saturation", StressSaturation::run)
              .about("events as fast as possible to readers of one channel that are slower")
              .sized(
                  subscribers(100, 10),
                  channels(1, 1).planned(Planned.atMost(1)),
                  events(10_000, 300)),
          of(Group.D, "payloads", StressPayloads::run)
              .about("outcomes of 100 KB, 500 KB, 1 MB and the largest that a node takes")
              .sized(subscribers(100, 6), channels(1, 1).planned(Planned.atMost(1)), events(100, 4))
              .in(StressPayloads.parts()),
          onStage(Group.D, "day", stage -> new StressDay(stage).run())
              .about("a compressed day")
              .on(Stores.ONCE)
              .sized(
                  subscribers(10_000, 100),
                  channels(1_000, 20),
                  events(8_640_000, 200),
                  cycles(20, 10)),
          of(Group.D, "herd", Stress.HERD::run)
              .about("half of the subscribers are cut at once and come back")
              .sized(subscribers(1_000, 50), channels(100, 5), events(2_000, 30), cycles(2, 1)),
          of(Group.D, "combined", StressCompared::combined)
              .about("100 KB through 500 ms each way, beside each of both alone")
              .sized(
                  subscribers(100, 6),
                  channels(1, 1).planned(Planned.atMost(1)),
                  events(1_000, 10),
                  body(100_000, 100_000)),
          onStage(Group.D, "churn", stage -> new StressChurn(stage).run())
              .about("all subscribe and leave many times, a tenth by failures, with a full heap")
              .sized(
                  subscribers(100, 20),
                  channels(10, 2),
                  events(1_000, 20),
                  cycles(100, 4),
                  body(100_000, 50_000)),
          of(Group.E, "bounds", Bounds::run)
              .about("the client alone, the journal alone, and a node beside both")
              .sized(
                  fetches(5_000, 150),
                  concurrency(256, 64),
                  origins(1_000, 100),
                  seconds("writing", 3, 1)),
          onStage(Group.E, "throughput", stage -> new Throughput(stage).run())
              .about("quick fetches over the HTTP API, beside the same calls made directly")
              .sized(fetches(5_000, 100), concurrency(256, 64), origins(1_000, 50)),
          onStage(Group.E, "flow-cost", stage -> new FlowCost(stage).run())
              .about("quick fetches without a queue, in one without limits, and in one with slots")
              .sized(inTurns()),
          onStage(Group.F, "flow-shares", stage -> new FlowShares(stage).run())
              .about(
                  "a fair queue: small origins beside one with --crowd fetches; and weights of 3 to 1")
              .sized(
                  Size.of("crowd", 100_000, 500),
                  new Size("small", 99, 10, 1, 1_000),
                  Size.of("weighted", 2_000, 100)),
          onStage(Group.F, "flow-sleepers", stage -> new FlowSleepers(stage).run())
              .about(
                  "--waiting fetches in a queue while their origins sleep; a crash, and the start")
              .sized(Size.of("waiting", 100_000, 500), origins(20_000, 100), concurrency(256, 64)),
          onStage(Group.E, "door-cost", stage -> new DoorCost(stage).run())
              .about(
                  "quick fetches through an open node, and through ones with TLS, keys and quotas")
              .sized(inTurns()),
          onStage(Group.E, "index-cost", stage -> new IndexCost(stage).run())
              .about("quick fetches through a node without the index of fetches, and with it")
              .sized(inTurns()),
          onStage(Group.E, "watch-cost", stage -> new WatchCost(stage).run())
              .about(
                  "quick fetches through a node that measures nothing, and with metrics and traces")
              .sized(inTurns()),
          of(Group.E, "bars", Bars::run)
              .about("rate, processor time, memory and added latency, in process and over HTTP")
              .sized(
                  fetches(5_000, 100),
                  concurrency(256, 64),
                  origins(1_000, 100),
                  // before anything is measured
                  Size.of("warm-up", 10_000, 100),
                  new Size("repeats", 3, 1, 1, 100),
                  new Size("at-once", Bars.FULL_AT_ONCE, 100, 1, 10_000),
                  new Size("delay-ms", Bars.FULL_DELAY_MS, 200, 1, 60_000)),
          onStage(Group.F, "crowd", stage -> new Crowd(stage).run())
              .about(
                  "one origin with 1000, 10000, … pending fetches, up to --fetches; and its recovery")
              .sized(Size.of("fetches", 5_000, 1_000), concurrency(256, 64)),
          onStage(Group.F, "waiting", SlowTargets::run)
              .about("--fetches that take --delay; their origins leave memory meanwhile")
              .sized(
                  fetches(5_000, 50),
                  concurrency(256, 64),
                  origins(1_000, 20),
                  // seconds that the target takes
                  new Size("delay", 30, 10, 1, 3_600)),
          onStage(Group.F, "alarms-due", AlarmsDue::run)
              .about(
                  "--alarms on --origins that sleep, all due within --window; how late they ring")
              .sized(
                  new Size("alarms", 10_000, 500, 1, 10_000_000),
                  origins(1_000, 50),
                  concurrency(256, 64),
                  seconds("window", 10, 2)),
          onStage(Group.F, "alarms-pending", AlarmsPending::run)
              .about(
                  "--alarms on --origins that sleep, due tomorrow; what they cost, and a restart")
              .sized(
                  new Size("alarms", 10_000, 500, 1, 10_000_000),
                  origins(1_000, 50),
                  concurrency(256, 64)),
          onStage(Group.F, "forgotten", stage -> new ForgottenOrders(stage).run())
              .about(
                  "--retentions with --origins of one fetch each, forgotten while a node runs; what"
                      + " they leave")
              .sized(
                  new Size("origins", 50_000, 500, 1, 10_000_000),
                  new Size("retentions", 20, 2, 1, 1_000)),
          onStageOfSeveral(Group.F, "fuzz-api", FuzzApi::run)
              .about(
                  "requests made from the contract, good ones and bad ones; each answer is in it, and"
                      + " what is refused leaves nothing")
              .sized(FuzzApi.requests(20_000, 1_000)),
          onStageOfSeveral(Group.F, "callbacks", stage -> new CallbackRun(stage).run())
              .about(
                  "--fetches are told to an endpoint while nodes are killed and its keys are changed")
              .sized(
                  // 20 of them are made during each change of keys
                  new Size("fetches", 10_000, 300, 100, 1_000_000),
                  origins(1_000, 30),
                  // at random moments, by the seed
                  new Size("kills", 20, 2, 2, 100),
                  new Size("callers", 8, 4, 1, 1_000)),
          onStageOfSeveral(Group.F, "schedules", stage -> new Schedules(stage).run())
              .about(
                  "--schedules that are due in the same second, three times; all nodes are killed over"
                      + " the second and in the third")
              .sized(
                  Size.of("schedules", 10_000, 200),
                  origins(1_000, 20),
                  // seconds between two ticks
                  new Size("period", 240, 40, 20, 3_600)),
          onStage(Group.F, "bulk", stage -> new BulkRedrive(stage).run())
              .about("a job makes --fetches failed fetches again, while its node is killed")
              .sized(
                  fetches(10_000, 300),
                  origins(1_000, 30),
                  // fetches a second that the job is to make
                  new Size("rate", 200, 30, 1, 1_000),
                  new Size("kills", 2, 2, 1, 20)),
          of(Group.F, "kills", Kills::run)
              .about(
                  "nodes, all of them, their database, killed or stopped under load; see --only,"
                      + " --quick")
              .on(Stores.SHARED)
              .sized(KillSize.sizes().toArray(Size[]::new))
              .in(KillTest.all().stream().map(KillTest::name).toList()));

  private Scenarios() {}

  static List<Scenario> in(Group group) {
    return ALL.stream().filter(scenario -> scenario.group() == group).toList();
  }

  /** Sizes of quick fetches through kinds of nodes or queues that take turns. */
  private static Size[] inTurns() {
    return new Size[] {
      fetches(2_000, 50),
      concurrency(256, 64),
      origins(1_000, 50),
      new Size("warm-up", 10_000, 50, 1, 100_000),
      new Size("rounds", 30, 2, 1, 100)
    };
  }
}
