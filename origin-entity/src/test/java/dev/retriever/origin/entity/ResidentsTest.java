package dev.retriever.origin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ResidentsTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  private final Residents residents = new Residents(2);
  private final TestProbe<Object> a = KIT.createTestProbe();
  private final TestProbe<Object> b = KIT.createTestProbe();
  private final TestProbe<Object> c = KIT.createTestProbe();
  private final TestProbe<Object> d = KIT.createTestProbe();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private void use(List<TestProbe<Object>> origins) {
    origins.forEach(origin -> residents.uses(origin.ref()));
  }

  private static void asked(TestProbe<Object> origin) {
    origin.expectMessage(new OriginCommand.Crowded());
  }

  /** Messages are sent before the call returns. */
  private void nobodyIsAsked() {
    for (var origin : List.of(a, b, c, d)) {
      origin.expectNoMessage(Duration.ofMillis(5));
    }
  }

  @Test
  void as_many_as_may_be_stay() {
    use(List.of(a, b, a, b));

    nobodyIsAsked();
    assertThat(residents.count()).isEqualTo(2);
  }

  @Test
  void the_one_that_was_not_used_for_longest_is_asked_to_leave() {
    use(List.of(a, b, a, c));

    asked(b);
    nobodyIsAsked();
  }

  @Test
  void one_that_was_asked_is_not_asked_again_while_it_leaves() {
    use(List.of(a, b, c));
    asked(a);

    use(List.of(a, b, c));

    nobodyIsAsked();
    assertThat(residents.count()).isEqualTo(3);
    residents.left(a.ref());
    assertThat(residents.count()).isEqualTo(2);
  }

  @Test
  void one_that_may_not_leave_is_asked_again_after_all_others_have_been() {
    use(List.of(a, b, c));
    asked(a);
    residents.stays(a.ref());
    nobodyIsAsked();

    use(List.of(d));

    asked(b);
    asked(c);
    nobodyIsAsked();
    assertThat(residents.count()).isEqualTo(4);
  }

  @Test
  void when_none_may_leave_they_are_asked_no_more_often_than_they_are_used() {
    use(List.of(a, b, c));
    asked(a);
    residents.stays(a.ref());
    use(List.of(b));
    asked(c);
    residents.stays(c.ref());

    nobodyIsAsked();
    assertThat(residents.count()).isEqualTo(3);
  }

  @Test
  void one_that_leaves_by_itself_makes_room() {
    use(List.of(a, b));
    residents.left(a.ref());

    use(List.of(c));

    nobodyIsAsked();
  }
}
