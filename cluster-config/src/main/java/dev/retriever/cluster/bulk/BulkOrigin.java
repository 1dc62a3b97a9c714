package dev.retriever.cluster.bulk;

import dev.retriever.cluster.bulk.BulkCommand.Answer;
import dev.retriever.cluster.bulk.BulkCommand.Change;
import dev.retriever.cluster.bulk.BulkCommand.EndPage;
import dev.retriever.cluster.bulk.BulkCommand.FindPage;
import dev.retriever.cluster.bulk.BulkCommand.Hold;
import dev.retriever.cluster.bulk.BulkCommand.Jobs;
import dev.retriever.cluster.bulk.BulkCommand.Read;
import dev.retriever.cluster.bulk.BulkCommand.Start;
import dev.retriever.cluster.bulk.BulkEvent.JobChanged;
import dev.retriever.cluster.bulk.BulkEvent.JobStarted;
import dev.retriever.cluster.bulk.BulkEvent.PageDone;
import dev.retriever.cluster.bulk.BulkEvent.PageFound;
import dev.retriever.cluster.bulk.BulkJob.State;
import dev.retriever.origin.Definition;
import dev.retriever.origin.Next;
import dev.retriever.origin.Origin;
import java.util.Optional;

/**
 * The jobs of a cluster, as an origin: journaled, recovered and moved as any other. It decides what
 * counts; the driver does the work between two pages.
 */
public final class BulkOrigin extends Origin<BulkCommand, BulkEvent, BulkState> {
  /** Its type, which is part of its journal id. Never change it. */
  public static final String TYPE = "bulk";

  /** There is one of that type. */
  static final String ID = "jobs";

  @Override
  protected BulkState emptyState() {
    return BulkState.EMPTY;
  }

  @Override
  protected BulkState apply(BulkState state, BulkEvent event) {
    return event.on(state);
  }

  @Override
  protected void define(Definition<BulkCommand, BulkEvent, BulkState> on) {
    on.command(Start.class, BulkOrigin::start);
    on.command(Change.class, BulkOrigin::change);
    on.command(FindPage.class, BulkOrigin::findPage);
    on.command(EndPage.class, BulkOrigin::endPage);
    on.command(Hold.class, BulkOrigin::hold);
    on.command(
        Read.class,
        (state, it, next) -> next.thenReply(it.replyTo(), after -> new Jobs(after.jobs())));
  }

  private static Next<BulkEvent, BulkState> start(
      BulkState state, Start it, Next<BulkEvent, BulkState> next) {
    var wanted = it.wanted();
    var known = state.of(wanted.tenant(), wanted.id());
    if (known.isPresent() || state.isFull(wanted.tenant())) {
      return next.thenReply(it.replyTo(), after -> new Answer(known, false));
    }
    return next.persist(new JobStarted(state.begun() + 1, wanted, next.now()))
        .thenReply(it.replyTo(), after -> new Answer(after.of(wanted.tenant(), wanted.id()), true));
  }

  private static Next<BulkEvent, BulkState> change(
      BulkState state, Change it, Next<BulkEvent, BulkState> next) {
    var changed =
        state
            .of(it.tenant(), it.id())
            .filter(job -> !job.state().hasEnded() && job.state() != it.to())
            .map(job -> next.persist(changed(job.number(), it.to(), next)))
            .orElse(next);
    return changed.thenReply(
        it.replyTo(), after -> new Answer(after.of(it.tenant(), it.id()), false));
  }

  private static Next<BulkEvent, BulkState> findPage(
      BulkState state, FindPage it, Next<BulkEvent, BulkState> next) {
    var found =
        next(state, it.number(), it.page()).filter(job -> job.found().isEmpty()).isPresent()
            ? next.persist(new PageFound(it.number(), it.page(), it.items(), next.now()))
            : next;
    return found.thenReply(it.replyTo(), after -> new Jobs(after.jobs()));
  }

  /** The job, if that is its next page. */
  private static Optional<BulkJob> next(BulkState state, long number, long page) {
    return state.of(number).filter(job -> !job.state().hasEnded() && page == job.pages() + 1);
  }

  /** A page that another driver has told already is not counted again. */
  private static Next<BulkEvent, BulkState> endPage(
      BulkState state, EndPage it, Next<BulkEvent, BulkState> next) {
    var isNext = next(state, it.number(), it.page()).isPresent();
    var counted =
        isNext
            ? next.persist(
                new PageDone(it.number(), it.page(), it.after(), it.counts(), next.now()))
            : next;
    var ended =
        isNext && it.isLast() ? counted.persist(changed(it.number(), State.DONE, next)) : counted;
    return ended.thenReply(it.replyTo(), after -> new Jobs(after.jobs()));
  }

  private static JobChanged changed(long number, State to, Next<BulkEvent, BulkState> next) {
    return new JobChanged(number, to, next.now(), Optional.empty());
  }

  private static Next<BulkEvent, BulkState> hold(
      BulkState state, Hold it, Next<BulkEvent, BulkState> next) {
    var held =
        next(state, it.number(), it.page())
            .filter(job -> job.state() == State.RUNNING)
            .map(
                job ->
                    new JobChanged(job.number(), State.PAUSED, next.now(), Optional.of(it.why())))
            .map(next::persist)
            .orElse(next);
    return held.thenReply(it.replyTo(), after -> new Jobs(after.jobs()));
  }
}
