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
import java.util.function.Function;
import java.util.stream.Stream;
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

  /** After a page whose search took too long, by how often it did. Then the job is paused. */
  static final List<Duration> AFTER_SLOW =
      Stream.of(2, 5, 15, 60).map(Duration::ofSeconds).toList();

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
  private final Function<BulkJob, CompletionStage<BulkPages.Done>> pages;
  private final BulkSettings settings;
  private final Clock clock;
  private final TimerScheduler<Message> timers;
  private final Set<Long> busy = new HashSet<>();
  private final Map<Long, Instant> notBefore = new HashMap<>();

  /** How often the search of the next page took too long, by job. */
  private final Map<Long, Integer> slow = new HashMap<>();

  private BulkDriver(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      Origins<BulkCommand> jobs,
      Function<BulkJob, CompletionStage<BulkPages.Done>> pages,
      BulkSettings settings,
      Clock clock) {
    super(context);
    this.settings = settings;
    this.jobs = jobs;
    this.pages = pages;
    this.clock = clock;
    this.timers = timers;
    timers.startSingleTimer(Tick.TICK, IDLE);
  }

  /**
   * @param pages does the next page of a job
   */
  static Behavior<Message> create(
      Origins<BulkCommand> jobs,
      Function<BulkJob, CompletionStage<BulkPages.Done>> pages,
      BulkSettings settings,
      Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new BulkDriver(context, timers, jobs, pages, settings, clock)));
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
    var numbers = running.stream().map(BulkJob::number).toList();
    notBefore.keySet().retainAll(numbers);
    slow.keySet().retainAll(numbers);
    timers.startSingleTimer(Tick.TICK, running.isEmpty() ? IDLE : BUSY);
    return this;
  }

  private static List<BulkJob> running(List<BulkJob> jobs) {
    return jobs.stream().filter(job -> job.state() == State.RUNNING).toList();
  }

  private void goOn(BulkJob job) {
    var now = clock.instant();
    var due = notBefore.getOrDefault(job.number(), Instant.MIN);
    if (now.isBefore(job.nextAt(settings.beginsAfter()))
        || now.isBefore(due)
        || !busy.add(job.number())) {
      return;
    }
    getContext()
        .pipeToSelf(
            pages.apply(job),
            (done, failure) ->
                new Ended(job, Optional.ofNullable(done), Optional.ofNullable(failure)));
  }

  private Behavior<Message> onEnded(Ended ended) {
    var job = ended.job();
    ended
        .done()
        .ifPresentOrElse(
            done -> {
              slow.remove(job.number());
              tell(job, told(job, done));
            },
            () -> failed(job, ended.failure().orElseThrow()));
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
      tooBroad(job, found.problem().detail());
    } else {
      again(job, AGAIN, cause.toString());
    }
  }

  /** A database that is busy now is not so for ever, and what a job has done is never redone. */
  private void tooBroad(BulkJob job, String why) {
    var before = slow.merge(job.number(), 1, Integer::sum) - 1;
    if (before < AFTER_SLOW.size()) {
      again(job, AFTER_SLOW.get(before), why);
      return;
    }
    LOG.warn("Bulk job {} is paused, and may be resumed: {}", job.wanted().id(), why);
    tell(
        job,
        jobs.ask(
            BulkOrigin.ID,
            replyTo -> new BulkCommand.Hold(job.number(), job.pages() + 1, why, replyTo)));
  }

  private void again(BulkJob job, Duration after, String why) {
    LOG.warn(
        "Page {} of bulk job {} is tried again in {}: {}",
        job.pages() + 1,
        job.wanted().id(),
        after,
        why);
    busy.remove(job.number());
    notBefore.put(job.number(), clock.instant().plus(after));
  }

  /** Without an answer the page may be counted or not: the jobs are read again, and say it. */
  private Behavior<Message> onTold(Told told) {
    busy.remove(told.number());
    return this;
  }
}
