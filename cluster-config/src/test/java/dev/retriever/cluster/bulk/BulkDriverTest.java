package dev.retriever.cluster.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.bulk.BulkCommand.EndPage;
import dev.retriever.cluster.bulk.BulkCommand.Hold;
import dev.retriever.cluster.bulk.BulkCommand.Jobs;
import dev.retriever.cluster.bulk.BulkCommand.Read;
import dev.retriever.cluster.bulk.BulkJob.State;
import dev.retriever.cluster.bulk.BulkJob.Wanted;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.origin.Origins;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a page is tried again, and when its job is paused. In virtual time. */
class BulkDriverTest {
  private static final BulkSettings SETTINGS = new BulkSettings(Duration.ofSeconds(10));
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final Duration STEP = Duration.ofSeconds(2);

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final List<Instant> tries = new CopyOnWriteArrayList<>();
  private final BlockingQueue<BulkCommand> told = new LinkedBlockingQueue<>();
  private volatile Instant now = NOON;
  private volatile BulkJob job = BulkJob.begun(7, wanted(), NOON.minusSeconds(60));
  private volatile boolean isSlow;

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static Wanted wanted() {
    var where = new TreeMap<>(Map.of("outcome", "unknown"));
    return new Wanted("a", "acme", "key-1", "order-*", "redrive", where, 100, 1_000);
  }

  private final class Now extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private CompletionStage<BulkPages.Done> page(BulkJob of) {
    tries.add(now);
    if (isSlow) {
      var tooLong = Problem.of(ProblemType.TOO_BROAD, "The search took longer than it may.");
      return CompletableFuture.failedFuture(tooLong.found());
    }
    return CompletableFuture.completedFuture(
        new BulkPages.Done(of.pages() + 1, Optional.empty(), new BulkTally().counts(), true));
  }

  @SuppressWarnings("unchecked")
  private Origins<BulkCommand> jobs() {
    return (Origins<BulkCommand>)
        Proxy.newProxyInstance(
            Origins.class.getClassLoader(),
            new Class<?>[] {Origins.class},
            (proxy, method, values) -> answer((Function<ActorRef<Jobs>, BulkCommand>) values[1]));
  }

  private CompletionStage<Jobs> answer(Function<ActorRef<Jobs>, BulkCommand> command) {
    var it = command.apply(kit.system().ignoreRef());
    if (it instanceof Hold hold) {
      job = job.in(State.PAUSED, Optional.of(hold.why()), now);
    } else if (it instanceof EndPage) {
      job = job.in(State.DONE, Optional.empty(), now);
    }
    if (!(it instanceof Read)) {
      told.add(it);
    }
    return CompletableFuture.completedFuture(new Jobs(List.of(job)));
  }

  /** What is told next, after as much time as that takes. */
  private BulkCommand next() throws InterruptedException {
    for (var step = 0; step < 10_000; step++) {
      now = now.plus(STEP);
      time.timePasses(STEP);
      var next = told.poll(2, TimeUnit.MILLISECONDS);
      if (next != null) {
        return next;
      }
    }
    throw new AssertionError("nothing was told of " + job + " after " + tries);
  }

  @Test
  void a_job_whose_search_takes_too_long_is_paused_after_five_tries_and_goes_on_when_resumed()
      throws InterruptedException {
    isSlow = true;
    kit.spawn(BulkDriver.create(jobs(), this::page, SETTINGS, new Now()));

    assertThat(next())
        .isInstanceOfSatisfying(
            Hold.class,
            held -> {
              assertThat(held.number()).isEqualTo(7);
              assertThat(held.page()).isEqualTo(1);
              assertThat(held.why()).contains("took longer");
            });
    assertThat(tries).hasSize(BulkDriver.AFTER_SLOW.size() + 1);
    for (var n = 0; n < BulkDriver.AFTER_SLOW.size(); n++) {
      assertThat(Duration.between(tries.get(n), tries.get(n + 1)))
          .isGreaterThanOrEqualTo(BulkDriver.AFTER_SLOW.get(n));
    }

    isSlow = false;
    job = job.in(State.RUNNING, Optional.empty(), now);
    assertThat(next())
        .isInstanceOfSatisfying(EndPage.class, page -> assertThat(page.number()).isEqualTo(7));
  }

  @Test
  void a_page_that_took_too_long_for_a_while_is_done_later() throws InterruptedException {
    isSlow = true;
    kit.spawn(BulkDriver.create(jobs(), this::page, SETTINGS, new Now()));
    for (var step = 0; step < 10_000 && tries.size() < 3; step++) {
      now = now.plus(STEP);
      time.timePasses(STEP);
      assertThat(told.poll(2, TimeUnit.MILLISECONDS)).isNull();
    }
    isSlow = false;

    assertThat(next()).isInstanceOf(EndPage.class);
    assertThat(job.state()).isEqualTo(State.DONE);
  }
}
