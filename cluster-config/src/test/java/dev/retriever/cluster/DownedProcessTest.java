package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that other nodes have removed from the cluster, and that has not heard of it. */
class DownedProcessTest {
  private static final String FETCH = "{\"request\": {\"url\": \"http://127.0.0.1:1025/\"}}";

  @TempDir private Path directory;

  private static void takeAllLicences(String url, String user) throws SQLException {
    try (var connection = DriverManager.getConnection(url, user, "");
        var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("DELETE FROM journal_writer")).isEqualTo(1);
    }
  }

  @Test
  void it_ends_with_the_status_of_a_downed_node_and_says_why_in_its_last_line() throws Exception {
    var db = ConfigFactory.parseString(TestPostgres.newDatabase()).getConfig("retriever.node.db");
    var url = db.getString("url");
    var user = db.getString("user");
    try (var node =
        new SmallHeapProcess("256m", directory, Main.class, "--db-url", url, "--db-user", user)) {
      var api = new Api(SmallHeapProcess.at(node.awaitLine("retriever node ready"), "api") + "");
      assertThat(api.submit("a", FETCH).status()).isEqualTo(202);

      takeAllLicences(url, user);

      // Its write is refused; the node may end before it answers.
      CompletableFuture.runAsync(() -> api.submit("b", FETCH));
      assertThat(node.exitCode()).isEqualTo(255);
      assertThat(node.lastLine())
          .startsWith("retriever node downed: the other nodes have removed this one");
    }
  }
}
