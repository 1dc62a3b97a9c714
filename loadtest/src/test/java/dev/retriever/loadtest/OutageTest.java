package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real processes and a PostgreSQL server. */
class OutageTest {
  @TempDir private Path directory;

  @Test
  void what_was_accepted_settles_once_though_nodes_are_killed_and_stopped() throws Exception {
    var data = Files.createDirectory(directory.resolve("data"));
    try (var target = Target.start(0, Optional.empty());
        var api = new Api();
        var fleet = Fleet.start(3, data, directory)) {
      var result = new Outage.Run(Outage.small(), System.out, fleet, api, target).run();

      assertThat(result.verdict().breaches()).isEmpty();
      var total = result.verdict().total();
      assertThat(total.hits() + total.settled("unknown"))
          .as("attempts were under way on the node that was killed")
          .isGreaterThan(total.accepted());
      assertThat(result.status()).isEqualTo(Outage.STOPPED);
      assertThat(result.unknownAfterStop()).as("unknown after SIGTERM").isZero();
      assertThat(result.afterKill()).isLessThan(Duration.ofSeconds(60));
      assertThat(Files.readString(directory.resolve("node-2.log")))
          .endsWith("retriever node stopped\n");
    }
  }
}
