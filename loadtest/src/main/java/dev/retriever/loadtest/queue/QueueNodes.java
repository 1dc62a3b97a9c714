package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.SteadyCallers;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.queue.Churn.Gone;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Nodes come and go under load: at random moments a random node, with origins or with executors, is
 * killed or stopped, and another takes its place. All choices follow from the seed.
 */
public final class QueueNodes {
  private static final String ORIGINS = "origin";
  private static final String EXECUTORS = "executor";
  private static final int ORIGIN_NODES = 2;
  private static final int STOPPED = 143;

  /** Of so many, one is stopped and the others are killed. */
  private static final int STOP_ONE_OF = 3;

  private final Context context;
  private final TestBed stage;
  private final Random random;
  private final List<NodeProcess> origins = new CopyOnWriteArrayList<>();
  private final List<NodeProcess> executors = new CopyOnWriteArrayList<>();
  private final List<Gone> gone = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final Fetches gets;
  private final Fetches posts;
  private final Submission get;
  private final Submission post;

  public QueueNodes(TestBed stage) throws IOException, InterruptedException {
    this.stage = stage;
    context = stage.context();
    random = new Random(context.seed());
    join(ORIGINS, origins);
    join(ORIGINS, origins);
    for (var i = 0; i < context.size("executors"); i++) {
      join(EXECUTORS, executors);
    }
    gets = Fetches.through(this::next, stage).of("get", "answered");
    posts = Fetches.through(this::next, stage).of("post", "answered", "unknown");
    var url = stage.url("/delay/100");
    get = Submission.get(url).within("2m");
    post = Submission.post(url, "once").within("2m");
  }

  private void join(String role, List<NodeProcess> to) throws IOException, InterruptedException {
    var settings = new HashMap<>(TestBed.role(role));
    var others =
        Stream.concat(origins.stream(), executors.stream())
            .map(NodeProcess::remoting)
            .collect(Collectors.joining(","));
    if (!others.isEmpty()) {
      settings.put("RETRIEVER_JOIN", others);
    }
    to.add(stage.start(Map.copyOf(settings)));
  }

  private URI next() {
    return origins.get(Math.floorMod(turn.getAndIncrement(), origins.size())).api();
  }

  public void run() throws IOException, InterruptedException {
    var callers = SteadyCallers.start(context.size("callers"), this::call);
    pause();
    for (var i = 0; i < context.size("strikes"); i++) {
      // A third of the places has origins.
      if (random.nextInt(ORIGIN_NODES + 2 * ORIGIN_NODES) < ORIGIN_NODES && !context.quick()) {
        strike(ORIGINS, origins);
      } else {
        strike(EXECUTORS, executors);
      }
      pause();
    }
    callers.stop();
    gets.readUnsettled(context);
    new ChurnReport(Churn.of(stage.ledger().latest(), gone), callers.failed()).into(stage);
  }

  /** A random time, from half of the steady time to one and a half of it. */
  private void pause() throws InterruptedException {
    var steady = context.seconds("steady").toMillis();
    TimeUnit.MILLISECONDS.sleep(steady / 2 + random.nextLong(Math.max(1, steady)));
  }

  private void strike(String role, List<NodeProcess> of) throws IOException, InterruptedException {
    var node = of.get(random.nextInt(of.size()));
    var killed = context.quick() || random.nextInt(STOP_ONE_OF) > 0;
    var strike = new Gone(role, node.remoting(), killed, Instant.now());
    context.say("  %s, %s at %s", strike.words(), node.remoting(), strike.at());
    // Callers go on with the others at once, as behind a load balancer that was told.
    of.remove(node);
    if (killed) {
      node.kill();
    } else {
      var status = node.stop();
      stage
          .draft()
          .promise("exit status of a stopped node", status == STOPPED, status, "" + STOPPED);
    }
    gone.add(strike);
    join(role, of);
  }

  private CompletableFuture<?> call(int index) {
    var origin = context.origin(index);
    return index % 2 == 0
        ? gets.settle(origin, "g-" + index, get)
        : posts.settle(origin, "p-" + index, post);
  }
}
