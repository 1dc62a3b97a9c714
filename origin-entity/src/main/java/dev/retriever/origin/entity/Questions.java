package dev.retriever.origin.entity;

import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.DueAlarms;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.view.Listing;
import dev.retriever.origin.view.Views;
import java.time.Instant;
import java.util.Optional;

/** Answers what one origin is asked and what changes nothing. Belongs to one actor. */
final class Questions<S> {
  private final OriginNode<S> node;
  private final OriginHome home;
  private final OriginCore core;
  private final AfterCommit<S> aftermath;

  Questions(OriginNode<S> node, OriginHome home, AfterCommit<S> aftermath) {
    this.node = node;
    this.home = home;
    this.core = node.machine().rules().core();
    this.aftermath = aftermath;
  }

  OriginReply.Fetch read(OriginState state, OriginCommand.Read read) {
    return noted(state, read.fetchId());
  }

  private OriginReply.Fetch noted(OriginState state, String fetchId) {
    return aftermath.replies().fetch(state, Verdict.NOTED, fetchId, now());
  }

  /** Empty when it waits here. */
  Optional<OriginReply.Fetch> await(OriginState state, OriginCommand.Await await) {
    return state.pending(await.fetchId()).isPresent()
            && aftermath.waiters().add(await, node.reading())
        ? Optional.empty()
        : Optional.of(noted(state, await.fetchId()));
  }

  /** Empty when it waits here. */
  Optional<OriginReply.Outcomes> nextOutcomes(OriginState state, OriginCommand.NextOutcomes asked) {
    var page = aftermath.page(state, asked);
    var now = node.reading();
    var waits =
        page.saysNothing()
            && asked.after().filter(row -> row <= page.newest()).isPresent()
            && asked.until().isAfter(now.wall())
            && aftermath.subscribers().add(asked, now);
    return waits ? Optional.empty() : Optional.of(new OriginReply.Outcomes(page));
  }

  OriginReply.Origin origin(OriginState state, OriginCommand.ReadOrigin read) {
    return new OriginReply.Origin(Views.origin(home.id(), state, read.limit()));
  }

  OriginReply.AlarmList alarms(OriginState state, OriginCommand.ListAlarms list) {
    return new OriginReply.AlarmList(DueAlarms.list(state, list.filter(), list.kinds()));
  }

  OriginReply.Page fetches(OriginState state, OriginCommand.ListFetches list) {
    var at = now();
    var page =
        Listing.page(
            home.id(),
            state,
            list.settled(),
            list.after(),
            list.limit(),
            fetch -> core.remembers(state, fetch, at));
    return new OriginReply.Page(page.items(), page.next());
  }

  private Instant now() {
    return node.clock().instant();
  }
}
