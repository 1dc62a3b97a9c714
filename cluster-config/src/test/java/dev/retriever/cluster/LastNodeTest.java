package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Nobody takes over from the last node of a cluster. */
class LastNodeTest {
  private static final Logger SHARDING = (Logger) LoggerFactory.getLogger(ShardRegion.class);

  private final ListAppender<ILoggingEvent> warnings = new ListAppender<>();

  @BeforeEach
  void listen() {
    warnings.start();
    SHARDING.addAppender(warnings);
  }

  @AfterEach
  void listen_no_more() {
    SHARDING.detachAppender(warnings);
  }

  @Test
  void it_does_not_wait_for_another_that_calls_its_origins(@TempDir Path dataDir)
      throws InterruptedException {
    try (var target = new TestTarget()) {
      try (var node = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK)) {
        var spec =
            json("{'id': 'pending', 'request': {'url': '%s'}}", target.url("/held/by-the-target"));
        node.api().submit("pending", spec);
        target.awaitHits("pending", 1);
      }

      assertThat(warnings.list).as("such as of a shutdown that timed out").isEmpty();
    }
  }
}
