package dev.retriever.examples;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Response;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Continuation.Bound;
import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Next;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.Serialized;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Opens an account, makes a mailbox for it and sends the first mail there: each step needs what the
 * one before was answered. The first that does not succeed is the last.
 */
final class Onboarding extends Origin<Onboarding.Command, Onboarding.Event, Onboarding.State> {
  sealed interface Command extends Serialized {}

  record Join(Customer customer, ActorRef<State> replyTo) implements Command {}

  enum State implements Serialized {
    NEW,
    JOINING,
    WELCOME,
    STOPPED
  }

  sealed interface Event extends Serialized {}

  record Joining(Customer customer) implements Event {}

  record Welcomed(Mailbox mailbox) implements Event {}

  record Stopped(String step, String why) implements Event {}

  // What is known grows from step to step, and travels in the contexts.

  record Customer(String name) {}

  record Account(Customer customer, String number) {}

  record Mailbox(Account account, String address) {}

  static final Continuation<Customer> OPENED = Continuation.of("opened", Customer.class);
  static final Continuation<Account> MADE = Continuation.of("made", Account.class);
  static final Continuation<Mailbox> SENT = Continuation.of("sent", Mailbox.class);

  @Override
  protected State emptyState() {
    return State.NEW;
  }

  @Override
  protected State apply(State state, Event event) {
    if (event instanceof Joining) {
      return State.JOINING;
    }
    return event instanceof Welcomed ? State.WELCOME : State.STOPPED;
  }

  @Override
  protected void define(Definition<Command, Event, State> on) {
    on.command(Join.class, this::join);
    on.outcome(OPENED, this::opened);
    on.outcome(MADE, this::made);
    on.outcome(SENT, this::sent);
  }

  private Next<Event, State> join(State state, Join join, Next<Event, State> next) {
    var joining =
        state != State.NEW
            ? next
            : post(
                "account",
                join.customer(),
                OPENED.with(join.customer()),
                next.persist(new Joining(join.customer())));
    return joining.thenReply(join.replyTo(), Function.identity());
  }

  private Next<Event, State> opened(
      State state, Customer customer, Outcome outcome, Next<Event, State> next) {
    return successful(
        "account",
        outcome,
        next,
        response -> {
          var account = new Account(customer, response.body().text());
          return post("mailbox", account, MADE.with(account), next);
        });
  }

  private Next<Event, State> made(
      State state, Account account, Outcome outcome, Next<Event, State> next) {
    return successful(
        "mailbox",
        outcome,
        next,
        response -> {
          var mailbox = new Mailbox(account, response.body().text());
          return post("mail", mailbox, SENT.with(mailbox), next);
        });
  }

  private Next<Event, State> sent(
      State state, Mailbox mailbox, Outcome outcome, Next<Event, State> next) {
    return successful("mail", outcome, next, response -> next.persist(new Welcomed(mailbox)));
  }

  /** The chain ends here unless the step was answered well. */
  private static Next<Event, State> successful(
      String step,
      Outcome outcome,
      Next<Event, State> next,
      Function<Response, Next<Event, State>> goOn) {
    return outcome.fold(
        answered ->
            answered.response().successful()
                ? goOn.apply(answered.response())
                : next.persist(new Stopped(step, "status " + answered.response().status())),
        failed -> next.persist(new Stopped(step, failed.reason())),
        unknown -> next.persist(new Stopped(step, unknown.reason())),
        cancelled -> next.persist(new Stopped(step, "cancelled")));
  }

  /** The target knows repetitions by the key, so what is unclear may be tried again. */
  private static Next<Event, State> post(
      String step, Object body, Bound<?> then, Next<Event, State> next) {
    var request =
        FetchRequest.post("https://crm.example/" + step)
            .json(body)
            .idempotencyKey(next.originId() + "/" + step);
    return next.fetch(step, FetchSpec.of(request).retry(RetryPolicy.attempts(3)), then);
  }
}
