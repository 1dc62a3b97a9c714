package dev.retriever.examples;

import dev.retriever.alarms.Schedule;
import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Next;
import dev.retriever.origin.NoContext;
import dev.retriever.origin.Origins;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.ScheduledAlarm;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What the examples have no use for, and the documentation shows. */
final class Snippets {
  static final Continuation<NoContext> RING = Continuation.of("ring");

  record Charge(String order, int cents) {}

  private Snippets() {}

  static FetchSpec options(String url, Charge charge) {
    return FetchSpec.of(
            FetchRequest.post(url)
                .header("Accept", "application/json")
                .json(charge)
                .idempotencyKey(charge.order()))
        .timeout(Duration.ofSeconds(10)) // for one attempt
        .within(Duration.ofHours(1)) // for the whole fetch, from its acceptance
        .retry(RetryPolicy.attempts(5).retryOn(429, 503))
        .executor("payments"); // a pool of its own
  }

  static <E, S> Next<E, S> schedules(Instant invoiceDue, Next<E, S> next) {
    var then = RING.with(NoContext.NONE);
    return next.alarm("once", Duration.ofHours(24), then)
        .alarm("at", invoiceDue, then)
        .alarm("mornings", Schedule.cron("0 9 * * MON-FRI", ZoneId.of("Europe/Berlin")), then)
        .cancelAlarm("once");
  }

  static CompletionStage<Checkout.State> confirm(Origins<Checkout.Command> checkouts) {
    return checkouts.ask("order-17", Checkout.Confirm::new);
  }

  /** Whoever takes the alarm back has the continuation, and nobody else does. */
  static CompletionStage<Optional<Checkout.Charge>> instead(Origins<Checkout.Command> checkouts) {
    return checkouts
        .cancelAlarm("order-17", "reminder")
        .thenApply(alarm -> alarm.flatMap(it -> it.then().contextOf(Checkout.REMIND)));
  }

  /** The same inside a handler: it is alone with its origin, so what it sees is its own. */
  static <E, S> Optional<Checkout.Charge> reminder(Next<E, S> next) {
    return next.scheduled("reminder")
        .map(ScheduledAlarm::then)
        .flatMap(then -> then.contextOf(Checkout.REMIND));
  }
}
