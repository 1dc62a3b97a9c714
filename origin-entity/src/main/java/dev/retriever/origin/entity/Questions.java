package dev.retriever.origin.entity;

import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.DueAlarms;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.view.Listing;
import dev.retriever.origin.view.Views;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReplyBuilderByState;
import org.apache.pekko.persistence.typed.javadsl.EffectFactories;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;

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

  /** Adds the commands that ask, and how each is answered. */
  void addTo(
      CommandHandlerWithReplyBuilderByState<Object, Object, FullState<S>, FullState<S>> table,
      EffectFactories<Object, FullState<S>> effects) {
    table
        .onCommand(
            OriginCommand.Read.class,
            (state, it) -> effects.reply(it.replyTo(), read(state.fetches(), it)))
        .onCommand(
            OriginCommand.Await.class,
            (state, it) -> reply(effects, it.replyTo(), await(state.fetches(), it)))
        .onCommand(
            OriginCommand.FindRequest.class,
            (state, it) -> effects.reply(it.replyTo(), request(state.fetches(), it.fetchId())))
        .onCommand(
            OriginCommand.NextOutcomes.class,
            (state, it) -> reply(effects, it.replyTo(), nextOutcomes(state.fetches(), it)))
        .onCommand(
            OriginCommand.ListFetches.class,
            (state, it) -> effects.reply(it.replyTo(), fetches(state.fetches(), it)))
        .onCommand(
            OriginCommand.ReadOrigin.class,
            (state, it) -> effects.reply(it.replyTo(), origin(state.fetches(), it)))
        .onCommand(
            OriginCommand.ListAlarms.class,
            (state, it) -> effects.reply(it.replyTo(), alarms(state.fetches(), it)));
  }

  private <R> ReplyEffect<Object, FullState<S>> reply(
      EffectFactories<Object, FullState<S>> effects, ActorRef<R> to, Optional<R> answer) {
    return answer.map(it -> effects.reply(to, it)).orElseGet(effects::noReply);
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
