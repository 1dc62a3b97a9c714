package dev.retriever.cluster.storage;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Api;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.SharedNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.TestTarget;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node goes on after the rows of its origins were purged. */
class PurgedNodeTest {
  private static final String OFTEN = "retriever.origin.snapshot-every = 10";
  private static final Duration AGE = Duration.ofHours(25);

  @TempDir private Path dataDir;

  @ParameterizedTest
  @EnumSource
  void pending_fetches_go_on_and_row_numbers_continue(TestDatabase database) throws Exception {
    var there = database.settings();
    try (var target = new TestTarget()) {
      try (var first = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, OFTEN, there)) {
        submit(first.api(), "held", target.url("/held/purged"));
        target.awaitHits("held", 1);
        for (var i = 0; i < 12; i++) {
          first.api().settled("o", spec("done-" + i, target.url("/echo")));
        }
        assertThat(first.journaled("o")).isEqualTo(25);
      }

      assertThat(purgeAfter(there, AGE.minusMinutes(1)))
          .as("too soon")
          .isEqualTo(new Purge.Count(0, 1));
      assertThat(purgeAfter(there, AGE)).isEqualTo(new Purge.Count(19, 0));

      try (var second = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, OFTEN, there)) {
        assertThat(second.journaled("o")).isGreaterThanOrEqualTo(6);
        target.awaitHits("held", 2);
        target.release("purged");
        assertThat(second.api().settled(fetch("o", "held")).at("/outcome/body"))
            .isEqualTo("released");
        assertThat(second.api().settled("o", spec("new", target.url("/echo"))).at("/state"))
            .isEqualTo("settled");
        var again = second.api().submit("o", spec("done-3", target.url("/other")));
        assertThat(again.status()).as("ids are remembered without their rows").isEqualTo(422);
      }
    }
  }

  /** Nobody has to wait for it. */
  private Purge.Count purgeAfter(String there, Duration wait) {
    var storage = Storage.from(RunningNode.config(dataDir, there));
    var then = Clock.fixed(Instant.now().plus(wait), ZoneOffset.UTC);
    var task = new PurgeTask(new Purge(storage, Optional.of(AGE), 500), then);
    task.run();
    return task.total();
  }

  @Test
  @ExtendWith(SharedNode.class)
  void purged_rows_are_among_the_figures(RunningNode node) {
    assertThat(node.stat("/purgedRows")).isZero();
    assertThat(node.stat("/purgedSnapshots")).isNotNegative();
  }

  private static void submit(Api api, String id, String url) {
    assertThat(api.submit("o", spec(id, url)).status()).isEqualTo(202);
  }

  private static String spec(String id, String url) {
    return json("{'id': '%s', 'request': {'url': '%s'}, 'within': '24h'}", id, url);
  }
}
