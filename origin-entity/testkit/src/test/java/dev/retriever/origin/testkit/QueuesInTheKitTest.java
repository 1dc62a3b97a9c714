package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Response;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.NoContext;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.Serialized;
import dev.retriever.origin.queue.QueueSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetches of a test kit that wait in queues. */
class QueuesInTheKitTest {
  private static final String QUEUE = "stripe";
  private static final FetchSpec SPEC =
      FetchSpec.of(FetchRequest.get("http://target.example/"))
          .within(Duration.ofHours(1))
          .queue(QUEUE);

  /** Asks for fetches, and counts their outcomes. */
  static final class Asker extends Origin<Asker.Ask, Asker.Settled, Integer> {
    record Ask(List<String> ids, FetchSpec spec) implements Serialized {}

    record Settled(String type) implements Serialized {}

    private static final Continuation<NoContext> DONE = Continuation.of("done");

    @Override
    protected Integer emptyState() {
      return 0;
    }

    @Override
    protected Integer apply(Integer count, Settled event) {
      return count + 1;
    }

    @Override
    protected void define(Definition<Ask, Settled, Integer> on) {
      on.command(
          Ask.class,
          (count, ask, next) -> {
            var all = next;
            for (var id : ask.ids()) {
              all = all.fetch(id, ask.spec(), DONE.with(NoContext.NONE));
            }
            return all;
          });
      on.outcome(
          DONE, (count, none, outcome, next) -> next.persist(new Settled(outcome.type().name())));
    }
  }

  private final OriginTestKit<Asker.Ask, Asker.Settled, Integer> kit =
      OriginTestKit.of(new Asker());

  private void ask(FetchSpec spec, String... ids) {
    kit.tell(new Asker.Ask(List.of(ids), spec));
  }

  private static QueueSettings settings(int concurrency) {
    var usual = QueueSettings.DEFAULT;
    return usual.concurrency(concurrency);
  }

  private static QueueSettings perSecond() {
    var usual = QueueSettings.DEFAULT;
    return usual.unlimited().rate(new QueueSettings.Rate(1, Duration.ofSeconds(1), 1));
  }

  @Test
  void at_most_as_many_run_as_the_queue_lets_run() {
    kit.queue(QUEUE, settings(2));
    kit.otherwise().answersAfter(Duration.ofSeconds(1), 200);

    ask(SPEC, "a", "b", "c", "d", "e");
    assertThat(kit.requests()).hasSize(2);

    kit.advance(Duration.ofSeconds(1));
    assertThat(kit.requests()).hasSize(4);
    kit.advance(Duration.ofSeconds(2));
    assertThat(kit.state()).isEqualTo(5);
  }

  @Test
  void a_rate_spreads_them_in_virtual_time() {
    kit.queue(QUEUE, perSecond());
    kit.otherwise().answers(200);

    ask(SPEC, "a", "b", "c");
    kit.advance(Duration.ofSeconds(10));

    var starts = kit.requests().stream().map(WireRequest::at).toList();
    assertThat(starts).hasSize(3);
    for (var i = 1; i < starts.size(); i++) {
      assertThat(Duration.between(starts.get(i - 1), starts.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  void a_handler_that_asks_for_a_queue_that_there_is_not_fails() {
    assertThatThrownBy(() -> ask(SPEC, "a")).hasMessageContaining("no queue stripe");

    kit.queue("host:*");
    kit.otherwise().answers(200);
    ask(SPEC.queue("host:*"), "a");
    assertThat(kit.state()).isEqualTo(1);
  }

  @Test
  void a_retry_takes_a_grant_of_its_own_and_an_answer_that_asks_to_wait_holds_the_queue() {
    kit.queue(QUEUE, settings(1));
    var busy = new Response(429, List.of(new Header("Retry-After", "60")), Body.EMPTY);
    kit.whenFetch("a").answers(busy).answers(200);
    kit.otherwise().answers(200);

    ask(SPEC.retry(RetryPolicy.attempts(2)), "a", "b");
    kit.advance(Duration.ofSeconds(59));
    assertThat(kit.requests()).hasSize(1);

    kit.advance(Duration.ofSeconds(2));
    assertThat(kit.requests()).hasSize(3);
    assertThat(kit.state()).isEqualTo(2);
  }

  @Test
  void one_that_waits_too_long_fails() {
    kit.queue(QUEUE, settings(1));
    kit.otherwise().answersAfter(Duration.ofSeconds(20), 200);
    ask(SPEC, "a");

    ask(SPEC.queue(QueueChoice.of(QUEUE).waitAtMost(Duration.ofSeconds(5))), "b");
    kit.advance(Duration.ofSeconds(6));

    assertThat(kit.outcome("b"))
        .get()
        .extracting(Outcome::why)
        .isEqualTo(Optional.of("waited-too-long"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whichever_write_the_origin_crashes_at_all_that_waits_is_made(boolean before) {
    for (var nth = 1; nth <= 12; nth++) {
      var other = OriginTestKit.of(new Asker()).queue(QUEUE, settings(1));
      other.whenFetch("b").answers(503).answers(200);
      other.otherwise().answersAfter(Duration.ofSeconds(1), 200);
      other.tell(new Asker.Ask(List.of("first"), SPEC));
      if (before) {
        other.crashBeforePersist(nth);
      } else {
        other.crashAfterPersist(nth);
      }
      other.tell(new Asker.Ask(List.of("a", "b", "c"), SPEC.retry(RetryPolicy.attempts(3))));
      other.advance(Duration.ofMinutes(10));

      assertThat(other.pending()).as("after a crash at write %s", nth).isEmpty();
      assertThat(other.state()).isIn(1, 4);
    }
  }
}
