package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Room;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.executor.Transport;
import dev.retriever.executor.settings.PoolsSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Attempts that an origin makes itself. */
class DirectPoolTest {
  private static final AttemptKey KEY = new AttemptKey("order", "o-1", "f-1", 1);
  private static final FetchRequest REQUEST = FetchRequest.get("http://target.example/");
  private static final Target TARGET = Target.of(REQUEST.url());
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final ActorTestKit kit = ActorTestKit.create();
  private final List<String> aborted = new ArrayList<>();
  private final List<AttemptReport> reports = new ArrayList<>();

  private DirectPool pool(Transport transport) {
    var settings = PoolsSettings.from(ConfigFactory.load()).standard();
    var targets = new TargetRoom(1, 10);
    var node =
        new PoolNode(
            kit.system(), targets, transport, reports::add, Clock.systemUTC(), System::nanoTime);
    return new DirectPool(node, "node/direct", settings);
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void an_attempt_under_way_is_aborted() {
    var pool = pool((key, request, limit, done) -> aborted::add);
    pool.reserve(KEY, TARGET);
    pool.dispatch(KEY, REQUEST, TIMEOUT);

    pool.abort(KEY);

    assertThat(aborted).containsExactly("aborted");
  }

  @Test
  void one_whose_permit_was_given_back_is_aborted_too() {
    var pool = pool((key, request, limit, done) -> aborted::add);
    pool.reserve(KEY, TARGET);
    pool.release(KEY);
    pool.dispatch(KEY, REQUEST, TIMEOUT);

    pool.abort(KEY);

    assertThat(aborted).containsExactly("aborted");
  }

  @Test
  void one_that_ends_while_it_begins_is_reported_once_and_leaves_its_room_to_others() {
    var report = new Report.NotSent(Stage.RESOLVING, "scripted");
    var pool =
        pool(
            (key, request, limit, done) -> {
              done.accept(report);
              return aborted::add;
            });
    pool.reserve(KEY, TARGET);
    pool.dispatch(KEY, REQUEST, TIMEOUT);

    pool.abort(KEY);

    assertThat(aborted).isEmpty();
    assertThat(reports).extracting(AttemptReport::report).containsExactly(report);
    assertThat(pool.reserve(KEY, TARGET)).isEqualTo(Room.RESERVED);
  }
}
