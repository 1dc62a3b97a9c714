package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.queue.QueueSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetches of a test kit that begin later. */
class LaterInTheKitTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final FetchSpec SPEC =
      FetchSpec.of(FetchRequest.get("http://target.example/")).delay(HOUR);

  private final OriginTestKit<
          QueuesInTheKitTest.Asker.Ask, QueuesInTheKitTest.Asker.Settled, Integer>
      kit = OriginTestKit.of(new QueuesInTheKitTest.Asker());

  private void ask(FetchSpec spec, String... ids) {
    kit.tell(new QueuesInTheKitTest.Asker.Ask(List.of(ids), spec));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void one_begins_at_its_time_also_after_a_crash(boolean queued) {
    kit.queue("stripe", QueueSettings.DEFAULT);
    kit.otherwise().answers(200);
    var before = kit.now();
    ask(queued ? SPEC.queue("stripe") : SPEC, "a");
    kit.restart();

    kit.advance(HOUR.minusMillis(1));
    assertThat(kit.requests()).isEmpty();
    kit.advance(Duration.ofMinutes(1));

    assertThat(kit.requests())
        .singleElement()
        .satisfies(sent -> assertThat(sent.at()).isAfterOrEqualTo(before.plus(HOUR)));
    assertThat(kit.state()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void one_is_moved_and_brought_forward(boolean queued) {
    kit.queue("stripe", QueueSettings.DEFAULT);
    kit.otherwise().answers(200);
    ask(queued ? SPEC.queue("stripe") : SPEC, "a");

    assertThat(kit.move("a", Later.after(HOUR.multipliedBy(3)))).isEqualTo(Verdict.NOTED);
    kit.advance(HOUR.multipliedBy(2));
    assertThat(kit.requests()).isEmpty();
    assertThat(kit.bringForward("a")).isEqualTo(Verdict.NOTED);
    kit.advance(Duration.ofSeconds(1));

    assertThat(kit.state()).isEqualTo(1);
    assertThat(kit.move("a", Later.after(HOUR))).isEqualTo(Verdict.SETTLED_OTHERWISE);
  }

  @Test
  void a_handler_may_name_a_time_that_is_past() {
    kit.otherwise().answers(200);

    ask(SPEC.notBefore(kit.now().minus(HOUR)), "a");

    assertThat(kit.state()).isEqualTo(1);
  }

  @Test
  void crashes_at_any_write_lead_to_the_same_end() {
    for (var write = 1; write <= 6; write++) {
      var other = OriginTestKit.of(new QueuesInTheKitTest.Asker());
      other.queue("stripe", QueueSettings.DEFAULT);
      other.otherwise().answers(200);
      other.crashAfterPersist(write);
      other.tell(new QueuesInTheKitTest.Asker.Ask(List.of("a"), SPEC.queue("stripe")));
      other.advance(HOUR.plusMinutes(10));

      assertThat(other.state()).as("crash after write %s", write).isEqualTo(1);
      assertThat(other.requests()).hasSize(1);
    }
  }
}
