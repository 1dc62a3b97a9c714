package dev.retriever.cluster;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A service with a small heap that submits by the library: the URL of a target, how many at once,
 * and a seed. Prints {@code done} with how often it was told what, what was accepted and is lost,
 * and what is held in the end.
 */
final class SmallHeapLibrary {
  private static final int LARGEST = 1_000_000;
  private static final int SIZES = 13;
  private static final int TRIES = 30;

  private final Origins<?> origins;
  private final Map<String, Integer> told = new ConcurrentSkipListMap<>();
  private final Queue<String> lost = new ConcurrentLinkedQueue<>();

  private SmallHeapLibrary(Origins<?> origins) {
    this.origins = origins;
  }

  public static void main(String[] args) throws InterruptedException {
    var config = Retriever.prepare(ConfigFactory.load(ConfigFactory.defaultApplication()));
    var system = ActorSystem.create(Behaviors.<Void>empty(), "library", config);
    var retriever = Retriever.on(system);
    var all = new SmallHeapLibrary(retriever.origins("bulky", new HttpOrigin()));
    retriever.joinAlone();
    retriever.start();

    all.run(args[0], Integer.parseInt(args[1]), new Random(Long.parseLong(args[2])));
    System.out.printf(
        "done told=%s lost=%s held=%d%n",
        all.told, all.lost, heldInTheEnd(MemoryBudget.get(system)));
    system.terminate();
  }

  private record Submission(String originId, String id, FetchSpec spec) {}

  private void run(String target, int count, Random random) {
    var bodies = bodies();
    var all = new ArrayList<Submission>();
    for (var n = 0; n < count; n++) {
      var url = target + (int) Math.pow(LARGEST, random.nextDouble()) + "/" + random.nextInt(300);
      var request = FetchRequest.put(url).body(bodies.get(random.nextInt(SIZES)));
      var spec = FetchSpec.of(request).within(Duration.ofHours(1));
      all.add(new Submission("o" + random.nextInt(count), "f" + n, spec));
    }
    var accepted = new ConcurrentLinkedQueue<Submission>();
    var turns = all.stream().map(each -> submit(each, accepted, TRIES));
    CompletableFuture.allOf(turns.toArray(CompletableFuture<?>[]::new)).join();
    for (var each : accepted) {
      settled(each);
    }
  }

  /**
   * From 1 byte to the largest; those of one size are one, so that the test itself needs little.
   */
  private static List<Body> bodies() {
    var all = new ArrayList<Body>();
    for (var n = 0; n < SIZES; n++) {
      all.add(Body.utf8("b".repeat((int) Math.pow(LARGEST, n / (SIZES - 1.0)))));
    }
    return all;
  }

  private CompletableFuture<?> submit(Submission it, Queue<Submission> accepted, int tries) {
    return origins
        .submit(it.originId(), it.id(), it.spec())
        .handle(
            (answer, failure) -> {
              var what = failure == null ? answer.verdict().name() : "" + failure;
              told.merge(what, 1, Integer::sum);
              if (failure == null && isAccepted(answer.verdict())) {
                accepted.add(it);
                return false;
              }
              return tries > 0;
            })
        .thenCompose(
            again ->
                again
                    ? CompletableFuture.supplyAsync(
                            () -> submit(it, accepted, tries - 1),
                            CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS))
                        .thenCompose(turn -> turn)
                    : CompletableFuture.completedFuture(null))
        .toCompletableFuture();
  }

  private static boolean isAccepted(Verdict verdict) {
    return verdict == Verdict.ACCEPTED || verdict == Verdict.EXISTING;
  }

  private void settled(Submission it) {
    var answer =
        origins
            .await(it.originId(), it.id(), Duration.ofMinutes(2))
            .toCompletableFuture()
            .orTimeout(5, TimeUnit.MINUTES)
            .join();
    if (answer.fetch().flatMap(fetch -> fetch.settledAt()).isEmpty()) {
      lost.add(it.originId() + "/" + it.id() + " " + answer.verdict());
    }
  }

  private static long heldInTheEnd(MemoryBudget budget) throws InterruptedException {
    for (var looks = 0; looks < 100 && budget.held() > 0; looks++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return budget.held();
  }
}
