package dev.retriever.cluster.formation;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.Node;
import dev.retriever.cluster.Retriever;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestPostgres;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.cluster.Invalid;
import org.apache.pekko.cluster.Valid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that stores elsewhere than the cluster that it is to join. */
class SameDatabaseTest {
  @TempDir private Path unused;

  private void isRefused(String theirs, String own) {
    try (var first = RunningNode.start(unused, theirs)) {
      var second = Node.start(RunningNode.config(unused, own, first.joining()));
      try {
        var why = second.stopped().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();

        assertThat(why).contains("refused").contains("configured otherwise");
        assertThat(first.management().get("/ready").status()).isEqualTo(200);
      } finally {
        second.stop();
      }
    }
  }

  @Test
  void a_node_with_another_database_is_refused() {
    isRefused(RunningNode.sharing("identity-a"), RunningNode.sharing("identity-b"));
  }

  @Test
  void a_node_with_another_database_of_one_postgresql_server_is_refused() {
    isRefused(TestPostgres.newDatabase(), TestPostgres.newDatabase());
  }

  @Test
  void a_database_is_the_same_after_the_next_start() {
    var config = RunningNode.config(unused);
    var id = identity(Retriever.prepare(config));

    assertThat(identity(Retriever.prepare(config))).isEqualTo(id).hasSize(36);
  }

  private static String identity(Config prepared) {
    return prepared.getString("retriever.node.db.identity");
  }

  @Test
  void nodes_that_say_nothing_of_a_database_are_let_in() {
    var check = new SameDatabase();
    var own = SameDatabase.configure(ConfigFactory.empty(), "one");

    assertThat(check.check(ConfigFactory.empty(), own))
        .isInstanceOf(Valid.getInstance().getClass());
    assertThat(check.check(own, own)).isInstanceOf(Valid.getInstance().getClass());
    assertThat(check.check(SameDatabase.configure(own, "two"), own))
        .isInstanceOf(Invalid.class)
        .asString()
        .contains("ids two and, here, one")
        .contains("RETRIEVER_DB_URL");
  }
}
