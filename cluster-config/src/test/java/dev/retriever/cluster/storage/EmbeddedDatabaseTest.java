package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.RunningNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the settings of the embedded database promise. */
class EmbeddedDatabaseTest {
  private static final int KILLS = Integer.getInteger("retriever.kills", 2);
  private static final List<String> ORIGINS = List.of("a", "b");

  @TempDir private Path dataDir;
  private final Random random = new Random();

  /** {@code -Dretriever.kills=200} tries harder. */
  @Test
  void acknowledged_rows_are_there_after_kill_9() throws Exception {
    for (var kill = 1; kill <= KILLS; kill++) {
      var acknowledged = killedAfter(200 + random.nextInt(400));

      try (var connection = storage().connect()) {
        for (var origin : ORIGINS) {
          assertThat(Committing.last(connection, origin))
              .as("origin %s after kill %d", origin, kill)
              .isGreaterThanOrEqualTo(acknowledged.getOrDefault(origin, 0L));
        }
      }
    }
  }

  private Storage storage() {
    return Storage.from(RunningNode.config(dataDir));
  }

  /**
   * The last row of each origin that was acknowledged by a process with so many commits or more.
   */
  private Map<String, Long> killedAfter(int commits) throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Committing.class.getName(),
                dataDir.toString(),
                String.join(",", ORIGINS))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var acknowledged = new HashMap<String, Long>();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      var seen = 0;
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        var words = line.split(" ");
        acknowledged.put(words[0], Long.parseLong(words[1]));
        if (++seen == commits) {
          // Not by the Process itself, which would throw away what was printed last.
          process.toHandle().destroyForcibly();
        }
      }
      assertThat(seen).as("commits before the kill").isGreaterThanOrEqualTo(commits);
    } finally {
      process.destroyForcibly().waitFor();
    }
    return acknowledged;
  }

  @Test
  void a_file_of_other_settings_is_read() throws SQLException {
    var storage = storage();
    var former =
        new Storage(
            storage.url().replaceFirst(";RETENTION_TIME.*", ""),
            storage.user(),
            "",
            storage.limits());
    former.migrate();
    try (var connection = former.connect()) {
      new Committing(connection, "o").commit(3);
    }

    try (var connection = storage.connect()) {
      new Committing(connection, "o").commit(2);
      assertThat(Committing.last(connection, "o")).isEqualTo(5);
    }
  }
}
