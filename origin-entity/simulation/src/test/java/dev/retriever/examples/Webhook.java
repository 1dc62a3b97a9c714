package dev.retriever.examples;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.Next;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Serialized;
import org.apache.pekko.actor.typed.ActorRef;

/** Tells a customer's server something, once, and keeps what came of it. */
final class Webhook extends Origin<Webhook.Command, Webhook.Event, Webhook.State> {
  sealed interface Command extends Serialized {}

  record Send(String url, String text, ActorRef<State> replyTo) implements Command {}

  sealed interface Event extends Serialized {}

  record Sending(String url) implements Event {}

  record Ended(String url, State as) implements Event {}

  enum State implements Serialized {
    NEW,
    SENDING,
    DELIVERED,
    REFUSED,
    NOT_SENT,
    UNCLEAR
  }

  /** What is remembered with the fetch, for when it has its outcome. */
  record Receiver(String url) {}

  static final Continuation<Receiver> SENT = Continuation.of("sent", Receiver.class);

  @Override
  protected State emptyState() {
    return State.NEW;
  }

  @Override
  protected State apply(State state, Event event) {
    return event instanceof Ended ended ? ended.as() : State.SENDING;
  }

  @Override
  protected void define(Definition<Command, Event, State> on) {
    on.command(Send.class, this::send);
    on.outcome(SENT, this::sent);
  }

  private Next<Event, State> send(State state, Send send, Next<Event, State> next) {
    if (state != State.NEW) {
      return next.thenReply(send.replyTo(), after -> after); // it came twice
    }
    var request = FetchRequest.post(send.url()).text(send.text());
    return next.persist(new Sending(send.url()))
        .fetch("send", request, SENT.with(new Receiver(send.url())))
        .thenReply(send.replyTo(), after -> after);
  }

  private Next<Event, State> sent(
      State state, Receiver receiver, Outcome outcome, Next<Event, State> next) {
    var as =
        outcome.fold(
            answered -> answered.response().successful() ? State.DELIVERED : State.REFUSED,
            failed -> State.NOT_SENT,
            unknown -> State.UNCLEAR,
            cancelled -> State.UNCLEAR);
    return next.persist(new Ended(receiver.url(), as));
  }
}
