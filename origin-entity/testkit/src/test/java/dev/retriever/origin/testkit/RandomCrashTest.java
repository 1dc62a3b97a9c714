package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Stage;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that do anything, crashes at any write, executors that vanish: what must hold holds. */
class RandomCrashTest {
  private static final int RUNS = 100;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void every_fetch_settles_once_and_what_is_not_repeatable_is_sent_once(long seed) {
    for (var run = 0; run < RUNS; run++) {
      var random = new Random(seed * RUNS + run);
      var kit = OriginTestKit.of(new Shop());
      for (var fetch : List.of("reserve", "charge", "look", "ship")) {
        var script = kit.whenFetch(fetch);
        for (var line = random.nextInt(3); line >= 0; line--) {
          line(script, random);
        }
      }

      upsets(kit, random);
      kit.advance(Duration.ofDays(2));

      var context = "seed %d, run %d: %s".formatted(seed, run, kit.journal());
      assertThat(kit.pending()).as(context).isEmpty();
      assertThat(kit.journal())
          .as(context)
          .filteredOn(FetchAccepted.class::isInstance)
          .allMatch(row -> kit.outcome(((FetchAccepted) row).fetchId()).isPresent());
      assertThat(kit.requests())
          .as(context)
          .filteredOn(sent -> sent.request().method().equals("POST"))
          .extracting(WireRequest::fetchId)
          .doesNotHaveDuplicates();
    }
  }

  private static void upsets(
      OriginTestKit<Shop.Command, Shop.Event, Shop.State> kit, Random random) {
    for (var step = 0; step < 12; step++) {
      switch (random.nextInt(6)) {
        case 0 -> kit.crashBeforePersist(1 + random.nextInt(3));
        case 1 -> kit.crashAfterPersist(1 + random.nextInt(3));
        case 2 -> kit.restart();
        case 3 -> {
          kit.executorsLost();
          kit.restart();
        }
        case 4 -> kit.executorsLost();
        default -> order(kit);
      }
      kit.advance(Duration.ofSeconds(random.nextInt(4000)));
    }
    order(kit);
  }

  private static void order(OriginTestKit<Shop.Command, Shop.Event, Shop.State> kit) {
    try {
      kit.ask(Shop.Ordered.class, replyTo -> new Shop.Order("book", replyTo));
    } catch (NoReply e) {
      assertThat(kit.writes()).isPositive(); // a crash took it along
    }
  }

  private static void line(Script script, Random random) {
    switch (random.nextInt(9)) {
      case 0 -> script.answers(200);
      case 1 -> script.answers(503);
      case 2 -> script.answersAfter(Duration.ofSeconds(random.nextInt(60)), 200);
      case 3 -> script.fails(Stage.CONNECTING, "connection-refused");
      case 4 -> script.breaks(Stage.BODY, "connection-closed");
      case 5 -> script.staysSilent();
      case 6 -> script.answersTwice(200);
      case 7 -> script.answersLate(Duration.ofSeconds(random.nextInt(600)), 200);
      default -> script.dies();
    }
  }
}
