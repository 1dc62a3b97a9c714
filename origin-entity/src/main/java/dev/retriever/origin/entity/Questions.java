package dev.retriever.origin.entity;

import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.DueAlarms;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.view.Listing;
import dev.retriever.origin.view.Views;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/** Answers the commands that read one origin and change nothing. Belongs to one actor. */
final class Questions<S> {
  private final OriginNode<S> node;
  private final OriginHome home;
  private final OriginCore core;
  private final AfterCommit<S> afterCommit;

  Questions(OriginNode<S> node, OriginHome home, AfterCommit<S> afterCommit) {
    this.node = node;
    this.home = home;
    this.core = node.machine().rules().core();
    this.afterCommit = afterCommit;
  }

  /** Answers the messages of one type; empty when the sender waits here. */
  private interface Answer<S, C, R> {
    Optional<R> to(Questions<S> questions, OriginState state, C asked);
  }

  /** Adds the messages that ask, and how each is answered. */
  static <S> void addTo(Messages.Table<S> table) {
    on(
        table,
        OriginCommand.Read.class,
        OriginCommand.Read::replyTo,
        (questions, state, it) -> Optional.of(questions.read(state, it)));
    on(table, OriginCommand.Await.class, OriginCommand.Await::replyTo, Questions::await);
    on(
        table,
        OriginCommand.FindRequest.class,
        OriginCommand.FindRequest::replyTo,
        (questions, state, it) -> Optional.of(questions.request(state, it.fetchId())));
    on(
        table,
        OriginCommand.NextOutcomes.class,
        OriginCommand.NextOutcomes::replyTo,
        Questions::nextOutcomes);
    on(
        table,
        OriginCommand.ListFetches.class,
        OriginCommand.ListFetches::replyTo,
        (questions, state, it) -> Optional.of(questions.fetches(state, it)));
    on(
        table,
        OriginCommand.ReadOrigin.class,
        OriginCommand.ReadOrigin::replyTo,
        (questions, state, it) -> Optional.of(questions.origin(state, it)));
    on(
        table,
        OriginCommand.ListAlarms.class,
        OriginCommand.ListAlarms::replyTo,
        (questions, state, it) -> Optional.of(questions.alarms(state, it)));
  }

  private static <S, C, R> void on(
      Messages.Table<S> table,
      Class<C> type,
      Function<C, ActorRef<R>> sender,
      Answer<S, C, R> answer) {
    table.on(
        type,
        (origin, state, it) ->
            origin.reply(sender.apply(it), answer.to(origin.questions(), state.fetches(), it)));
  }

  private OriginReply.Fetch read(OriginState state, OriginCommand.Read read) {
    return noted(state, read.fetchId());
  }

  private OriginReply.Fetch noted(OriginState state, String fetchId) {
    return afterCommit.replies().fetch(state, Verdict.NOTED, fetchId, now());
  }

  private OriginReply.Request request(OriginState state, String fetchId) {
    if (state.pending(fetchId).isPresent()) {
      return new OriginReply.Request(Verdict.NOT_SETTLED, 0, 0);
    }
    return state
        .settled(fetchId)
        .filter(fetch -> core.shows(fetch, now()))
        .map(
            it ->
                new OriginReply.Request(
                    it.erasure().isPresent() ? Verdict.ERASED : Verdict.NOTED,
                    it.order(),
                    it.acceptedRow()))
        .orElseGet(() -> new OriginReply.Request(Verdict.NO_SUCH_FETCH, 0, 0));
  }

  /** Empty when it waits here. */
  private Optional<OriginReply.Fetch> await(OriginState state, OriginCommand.Await await) {
    return state.pending(await.fetchId()).isPresent()
            && afterCommit.waiters().add(await, node.reading())
        ? Optional.empty()
        : Optional.of(noted(state, await.fetchId()));
  }

  /** Empty when it waits here. */
  private Optional<OriginReply.Outcomes> nextOutcomes(
      OriginState state, OriginCommand.NextOutcomes asked) {
    var page = afterCommit.page(state, asked);
    var now = node.reading();
    var waits =
        page.saysNothing()
            && asked.after().filter(row -> row <= page.newest()).isPresent()
            && asked.until().isAfter(now.wall())
            && afterCommit.subscribers().add(asked, now);
    return waits ? Optional.empty() : Optional.of(new OriginReply.Outcomes(page));
  }

  private OriginReply.Origin origin(OriginState state, OriginCommand.ReadOrigin read) {
    return new OriginReply.Origin(Views.origin(home.type(), home.id(), state, read.limit()));
  }

  private OriginReply.AlarmList alarms(OriginState state, OriginCommand.ListAlarms list) {
    return new OriginReply.AlarmList(DueAlarms.list(state, list.filter(), list.kinds()));
  }

  private OriginReply.Page fetches(OriginState state, OriginCommand.ListFetches list) {
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
