package dev.retriever.cluster.bulk;

import dev.retriever.cluster.bulk.BulkCommand.EndPage;
import dev.retriever.cluster.bulk.BulkCommand.Jobs;
import dev.retriever.cluster.bulk.BulkJob.State;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.Futures;
import dev.retriever.origin.Origins;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the jobs of the cluster going: one page of each at a time. It has no state that matters. If
 * it is lost, another one reads the jobs and goes on, and two at once do no harm: a page is counted
 * once.
 */
public final class BulkDriver extends AbstractBehavior<BulkDriver.Message> {
  private static final Logger LOG = LoggerFactory.getLogger(BulkDriver.class);

  /** How often the jobs are read while none runs. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  /** How often while one runs; it bounds the rate. */
  private static final Duration BUSY = Duration.ofMillis(100);

  /** After a page that failed. */
  private static final Duration AGAIN = Duration.ofSeconds(2);

  /** A message to the driver. */
  public interface Message {}

  private enum Tick implements Message {
    TICK
  }

  private record Known(Optional<List<BulkJob>> jobs) implements Message {}

  private record Ended(BulkJob job, Optional<BulkPages.Done> done, Optional<Throwable> failure)
      implements Message {}

  private record Told(long number, Optional<List<BulkJob>> jobs) implements Message {}

  private final Origins<BulkCommand> jobs;
  private final BulkPages pages;
  private final Clock clock;
  private final TimerScheduler<Message> timers;
  private final Set<Long> busy = new HashSet<>();
  private final Map<Long, Instant> notBefore = new HashMap<>();

  private BulkDriver(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      Origins<BulkCommand> jobs,
      BulkPages pages,
      Clock clock) {
    super(context);
    this.jobs = jobs;
    this.pages = pages;
    this.clock = clock;
    this.timers = timers;
    timers.startSingleTimer(Tick.TICK, IDLE);
  }

  static Behavior<Message> create(Origins<BulkCommand> jobs, BulkPages pages, Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new BulkDriver(context, timers, jobs, pages, clock)));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Tick.class, tick -> read())
        .onMessage(Known.class, this::onKnown)
        .onMessage(Ended.class, this::onEnded)
        .onMessage(Told.class, this::onTold)
        .build();
  }

  private Behavior<Message> read() {
    getContext()
        .pipeToSelf(
            jobs.<Jobs>ask(BulkOrigin.ID, BulkCommand.Read::new),
            (all, failure) -> new Known(Optional.ofNullable(all).map(Jobs::jobs)));
    return this;
  }

  private Behavior<Message> onKnown(Known known) {
    var running = known.jobs().map(BulkDriver::running).orElse(List.of());
    running.forEach(this::goOn);
    notBefore.keySet().removeIf(it -> running.stream().noneMatch(job -> job.number() == it));
    timers.startSingleTimer(Tick.TICK, running.isEmpty() ? IDLE : BUSY);
    return this;
  }

  private static List<BulkJob> running(List<BulkJob> jobs) {
    return jobs.stream().filter(job -> job.state() == State.RUNNING).toList();
  }

  private void goOn(BulkJob job) {
    var now = clock.instant();
    var due = notBefore.getOrDefault(job.number(), Instant.MIN);
    if (now.isBefore(job.nextAt()) || now.isBefore(due) || !busy.add(job.number())) {
      return;
    }
    getContext()
        .pipeToSelf(
            pages.next(job),
            (done, failure) ->
                new Ended(job, Optional.ofNullable(done), Optional.ofNullable(failure)));
  }

  private Behavior<Message> onEnded(Ended ended) {
    var job = ended.job();
    ended
        .done()
        .ifPresentOrElse(
            done -> tell(job, told(job, done)), () -> failed(job, ended.failure().orElseThrow()));
    return this;
  }

  private CompletionStage<Jobs> told(BulkJob job, BulkPages.Done done) {
    return jobs.ask(
        BulkOrigin.ID,
        replyTo ->
            new EndPage(
                job.number(), done.page(), done.after(), done.counts(), done.isLast(), replyTo));
  }

  private void tell(BulkJob job, CompletionStage<Jobs> told) {
    getContext()
        .pipeToSelf(
            told,
            (all, failure) -> new Told(job.number(), Optional.ofNullable(all).map(Jobs::jobs)));
  }

  /** The page is done again. What was made of it is there already, and counts then. */
  private void failed(BulkJob job, Throwable failure) {
    var cause = Futures.cause(failure);
    if (cause instanceof Problem.Found found && found.problem().type() == ProblemType.TOO_BROAD) {
      LOG.warn("Bulk job {} ends: {}", job.wanted().id(), found.problem().detail());
      tell(job, jobs.ask(BulkOrigin.ID, replyTo -> new BulkCommand.Fail(job.number(), replyTo)));
      return;
    }
    LOG.warn(
        "Page {} of bulk job {} is tried again in {}: {}",
        job.pages() + 1,
        job.wanted().id(),
        AGAIN,
        cause.toString());
    busy.remove(job.number());
    notBefore.put(job.number(), clock.instant().plus(AGAIN));
  }

  /** Without an answer the page may be counted or not: the jobs are read again, and say it. */
  private Behavior<Message> onTold(Told told) {
    busy.remove(told.number());
    return this;
  }
}
