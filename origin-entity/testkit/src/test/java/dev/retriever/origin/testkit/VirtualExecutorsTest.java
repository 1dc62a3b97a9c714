package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Room;
import dev.retriever.executor.Target;
import dev.retriever.executor.settings.PoolsSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What targets have room for, as on a node. */
class VirtualExecutorsTest {
  private static final FetchRequest REQUEST = FetchRequest.get("http://a.example/");
  private static final Target A = Target.of(REQUEST.url());
  private static final Target B = Target.of("http://b.example/");

  private final EventQueue time = new EventQueue(Instant.parse("2030-01-01T00:00:00Z"));
  private final Scripts scripts = new Scripts();
  private final List<String> told = new ArrayList<>();
  private final VirtualExecutors executors =
      new VirtualExecutors(
          time,
          new PoolsSettings(
              SharedSystem.poolsSettings().standard(),
              Map.of(),
              PoolsSettings.Placement.OWN_NODE,
              1),
          new ScriptedTransport(scripts, time),
          (key, report) -> told.add(key.fetchId()),
          () -> told.add("room"));

  private static AttemptKey key(String fetchId) {
    return new AttemptKey("t", "o", fetchId, 1);
  }

  private Room reserve(String fetchId, Target target) {
    return executors.reserve(Optional.empty(), key(fetchId), target).room();
  }

  @Test
  void a_target_has_room_for_as_many_as_the_settings_say() {
    assertThat(reserve("a", A)).isEqualTo(Room.RESERVED);

    assertThat(reserve("a", A)).isEqualTo(Room.HELD);
    assertThat(reserve("b", A)).isEqualTo(Room.TARGET_FULL);
    assertThat(reserve("c", B)).isEqualTo(Room.RESERVED);
  }

  @Test
  void when_one_ends_there_is_room_and_that_is_told() {
    scripts.otherwise().answers(200);
    reserve("a", A);
    executors.dispatch(key("a"), REQUEST, Duration.ofSeconds(30));

    time.runUntil(time.now());

    assertThat(told).contains("a", "room");
    assertThat(reserve("b", A)).isEqualTo(Room.RESERVED);
  }

  @Test
  void an_unused_reservation_gives_its_room_back() {
    reserve("a", A);

    executors.withId(executors.here()).orElseThrow().release(key("a"));

    assertThat(reserve("b", A)).isEqualTo(Room.RESERVED);
  }
}
