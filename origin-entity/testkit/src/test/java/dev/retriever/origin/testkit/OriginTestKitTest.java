package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Stage;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.Definition;
import dev.retriever.origin.NoContext;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.testkit.Shop.Ask;
import dev.retriever.origin.testkit.Shop.Charged;
import dev.retriever.origin.testkit.Shop.Heard;
import dev.retriever.origin.testkit.Shop.Ordered;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OriginTestKitTest {
  private static final Ask POST = new Ask(Shop.slow(Shop.post("ask", "?")));

  private OriginTestKit<Shop.Command, Shop.Event, Shop.State> kit = OriginTestKit.of(new Shop());

  /** The code from before a continuation was written. */
  private static final class OlderShop extends Shop {
    @Override
    protected void define(Definition<Command, Event, State> on) {
      on.command(Ask.class, (state, ask, next) -> next);
    }
  }

  /** Fails as long as it is told to. */
  private static final class FailingShop extends Shop {
    private boolean fails = true;

    @Override
    protected void define(Definition<Command, Event, State> on) {
      on.command(
          Ask.class,
          (state, ask, next) -> next.fetch("ask", ask.spec(), HEARD.with(NoContext.NONE)));
      on.outcome(
          HEARD,
          (state, none, outcome, next) -> {
            if (fails) {
              throw new IllegalStateException("scripted");
            }
            return next.persist(new Heard("at last"));
          });
    }
  }

  /** Asks again as soon as it has an answer. */
  private static final class BusyShop extends Shop {
    @Override
    protected void define(Definition<Command, Event, State> on) {
      on.command(
          Ask.class, (state, ask, next) -> next.fetch(ask.spec(), HEARD.with(NoContext.NONE)));
      on.outcome(
          HEARD,
          (state, none, outcome, next) -> next.fetch(POST.spec(), HEARD.with(NoContext.NONE)));
    }
  }

  @Test
  void another_attempt_sends_a_large_body_whole() {
    var post = Shop.post("ask", "?".repeat(20_000)).idempotencyKey("key");
    kit.whenFetch("ask").breaks(Stage.SENT, "connection-closed").answers(200);

    kit.tell(new Ask(Shop.slow(post).retry(RetryPolicy.attempts(2))));
    kit.advance(Duration.ofMinutes(1));

    assertThat(kit.requests()).extracting(WireRequest::request).containsExactly(post, post);
  }

  @Test
  void a_deadline_of_two_hours_passes_in_no_time() {
    kit.otherwise().staysSilent();
    kit.tell(new Ask(Shop.slow(FetchRequest.get(Shop.URL))));
    var start = kit.now();

    kit.advance(Duration.ofHours(2).plusSeconds(5));

    assertThat(kit.now()).isEqualTo(start.plus(Duration.ofHours(2).plusSeconds(5)));
    assertThat(kit.outcome("ask").orElseThrow().type()).isEqualTo(Outcome.Type.UNKNOWN);
    assertThat(kit.events()).containsExactly(new Heard("UNKNOWN"));
  }

  @Test
  void a_question_is_answered_with_the_state_after_it() {
    kit.otherwise().answersAfter(Duration.ofSeconds(1), 200);

    Ordered reply = kit.ask(replyTo -> new Shop.Order("book", replyTo));

    assertThat(reply).isEqualTo(new Ordered("book"));
    assertThat(kit.state().item()).contains("book");
  }

  @Test
  void a_question_that_nobody_answers_says_so() {
    assertThatThrownBy(() -> kit.ask(Ordered.class, Shop.Hush::new))
        .isInstanceOf(NoReply.class)
        .hasMessageContaining("Hush")
        .hasMessageContaining("thenReply");
  }

  @Test
  void a_command_that_is_lost_in_a_crash_has_no_reply_and_left_nothing() {
    kit.crashBeforePersist();

    assertThatThrownBy(() -> kit.ask(Ordered.class, to -> new Shop.Order("book", to)))
        .isInstanceOf(NoReply.class);

    assertThat(kit.journal()).isEmpty();
  }

  @Test
  void a_command_without_a_handler_is_refused_and_the_origin_goes_on() {
    kit = OriginTestKit.of(new OlderShop());

    assertThatThrownBy(() -> kit.ask(Ordered.class, Shop.Hush::new))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("on.command(Hush.class");

    kit.tell(POST);
    assertThat(kit.journal()).isEmpty();
  }

  @Test
  void a_continuation_parked_by_older_code_runs_when_code_that_knows_it_is_deployed() {
    kit.otherwise().answersAfter(Duration.ofMinutes(1), 200);
    kit.tell(POST);

    kit.deploy(new OlderShop());
    kit.advance(Duration.ofMinutes(1));
    assertThat(kit.parked()).hasSize(1);
    assertThat(kit.parked().get(0).reason()).contains("heard");
    assertThat(kit.outcome("ask").orElseThrow().type()).isEqualTo(Outcome.Type.ANSWERED);
    assertThat(kit.events()).isEmpty();

    kit.deploy(new Shop());

    assertThat(kit.unhandled()).isEmpty();
    assertThat(kit.events()).containsExactly(new Heard("ANSWERED"));
  }

  @Test
  void a_handler_that_fails_is_tried_again_and_parked_and_redriven() {
    var shop = new FailingShop();
    kit = OriginTestKit.of(shop);
    kit.otherwise().answers(200);
    kit.tell(POST);
    assertThat(kit.unhandled().get(0).reason()).contains("IllegalStateException: scripted");
    assertThat(kit.parked()).isEmpty();

    kit.advance(Duration.ofDays(1));
    assertThat(kit.parked().get(0).fetchId()).contains("ask");
    shop.fails = false;
    kit.redrive("ask");

    assertThat(kit.unhandled()).isEmpty();
    assertThat(kit.events()).containsExactly(new Heard("at last"));
    assertThatThrownBy(() -> kit.redrive("ask"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nothing is unhandled of fetch ask");
  }

  @Test
  void a_fetch_is_cancelled_by_an_operator_once() {
    kit.otherwise().staysSilent();
    kit.tell(POST);

    assertThat(kit.cancelFetch("ask")).isEqualTo(Verdict.SETTLED);
    assertThat(kit.events()).containsExactly(new Heard("CANCELLED"));
    assertThat(kit.cancelFetch("another")).isEqualTo(Verdict.NO_SUCH_FETCH);
  }

  @Test
  void an_alarm_rings_when_it_is_due_and_not_before() {
    askToLook();

    kit.advance(Duration.ofHours(2).minusNanos(1));
    assertThat(kit.requests()).hasSize(2);
    kit.advance(Duration.ofNanos(1));

    assertThat(kit.alarms()).isEmpty();
    assertThat(kit.events()).contains(new Charged("200"));
  }

  @Test
  void an_alarm_is_triggered_before_its_time() {
    askToLook();
    assertThat(kit.alarms())
        .extracting(ScheduledAlarm::id, ScheduledAlarm::due)
        .containsExactly(tuple("look", kit.now().plus(Duration.ofHours(2))));

    assertThat(kit.trigger(1)).extracting(AlarmView::id).containsExactly("look");

    assertThat(kit.events()).contains(new Charged("200"));
    assertThatIllegalArgumentException().isThrownBy(() -> kit.trigger(0));
  }

  @Test
  void an_alarm_that_was_taken_back_does_not_ring() {
    askToLook();

    assertThat(kit.cancelAlarm("look").map(ScheduledAlarm::id)).contains("look");
    assertThat(kit.cancelAlarm("look")).isEqualTo(Optional.empty());
    kit.advance(Duration.ofDays(1));

    assertThat(kit.events()).doesNotContain(new Charged("200"));
  }

  @Test
  void an_origin_that_keeps_itself_busy_without_time_passing_fails_the_test() {
    kit = OriginTestKit.of(new BusyShop());
    kit.otherwise().answers(200);

    assertThatThrownBy(() -> kit.tell(POST))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("does not come to rest");
  }

  /** Its charge is unclear: an alarm is set. */
  private void askToLook() {
    kit.whenFetch("charge").breaks(Stage.HEADERS, "connection-closed");
    kit.otherwise().answers(200);
    kit.ask(Ordered.class, replyTo -> new Shop.Order("book", replyTo));
  }
}
