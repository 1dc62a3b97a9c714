package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeSettingsTest {
  @TempDir private Path dataDir;

  @Test
  void by_default_nothing_private_may_be_called_and_nothing_listens_to_the_outside() {
    var settings = NodeSettings.from(config());

    assertThat(settings.egressAllow()).isEmpty();
    assertThat(settings.httpHost()).isEqualTo("127.0.0.1");
    assertThat(settings.managementHost()).isEqualTo("127.0.0.1");
    assertThat(settings.maxRequestBody()).isEqualTo(1 << 20);
    assertThat(settings.maxWait()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void a_node_is_overloaded_long_before_callers_give_up_however_soon_they_do() {
    var hasty = config("retriever.origin.ask-timeout = 2 s");
    var early = config("retriever.node.overloaded-after = 10 ms");

    assertThat(NodeSettings.from(config()).overloadedAfter()).isEqualTo(Duration.ofSeconds(5));
    assertThat(NodeSettings.from(hasty).overloadedAfter()).isEqualTo(Duration.ofSeconds(1));
    assertThat(NodeSettings.from(early).overloadedAfter()).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void egress_is_a_list_separated_by_commas() {
    var config = config("retriever.node.egress-allow = \"127.0.0.0/8, 10.1.0.0/16,,fd00::/8 \"");

    assertThat(NodeSettings.from(config).egressAllow())
        .containsExactly("127.0.0.0/8", "10.1.0.0/16", "fd00::/8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "retriever.node.http.port = 65536            | retriever.node.http.port | 65536",
        "retriever.node.http.port = -1               | retriever.node.http.port | -1",
        "retriever.node.http.port = web              | retriever.node.http.port | whole number",
        "retriever.node.management.port = 70000      | retriever.node.management.port | 70000",
        "retriever.node.cluster = swarm              | retriever.node.cluster | alone or kubernetes",
        "retriever.node.kubernetes.contact-points = 0 | kubernetes.contact-points | at least 1",
        "retriever.node { cluster = kubernetes, bootstrap.port = 0 } | retriever.node.bootstrap.port | names",
        "retriever.node.join = here              | --join | here",
        "retriever.node.join = \"h:1,h:x\"        | --join | h:x",
        "retriever.node.join = \"127.0.0.1:17355\" | --db-url | database that all of them share",
        "retriever.node.tls.keystore = /none      | RETRIEVER_TLS_KEYSTORE | /none",
        "retriever.executor.drain.finish = 2 h    | retriever.executor.drain.finish | 0 to 1 h",
        "retriever.node.max-request-body = 0         | retriever.node.max-request-body | 64 MiB",
        "retriever.node.max-request-body = 65 MiB    | retriever.node.max-request-body | 64 MiB",
        "retriever.node.max-request-body = much      | max-request-body | much",
        "retriever.node.max-wait = 0                 | retriever.node.max-wait | 1 s",
        "retriever.node.max-wait = 75 s              | retriever.node.max-wait | request-timeout",
        "pekko.http.server.request-timeout = 60 s    | retriever.node.max-wait | request-timeout",
        "retriever.node.max-wait = soon              | max-wait | soon",
        "retriever.node.overloaded-after = 0         | retriever.node.overloaded-after | more than 0",
        "retriever.node.db.watch-interval = 0        | retriever.node.db.watch-interval | 10 ms",
        "retriever.node.egress-allow = 127.0.0.0/33  | egress-allow | 127.0.0.0/33",
        "retriever.node.egress-allow = 127.0.0.1/8   | egress-allow | beyond its prefix",
        "retriever.node.egress-allow = localhost     | egress-allow | localhost",
        "retriever.node.bootstrap.port = 65536       | retriever.node.bootstrap.port | 0 to 65535",
        "retriever.node.db.url = \"jdbc:mysql://h/d\" | RETRIEVER_DB_URL | jdbc:postgresql:",
        "retriever.node.db.url = postgresql          | RETRIEVER_DB_URL | jdbc:postgresql:",
        "retriever.node.data-dir = \"/tmp/a;b\"      | RETRIEVER_DATA_DIR | semicolon",
        "retriever.executor.permits = 0              | permits | 0",
        "retriever.node.purge.interval = 0           | retriever.node.purge.interval | 1 s",
        "retriever.node.purge.batch = 0              | retriever.node.purge.batch | 10000",
        "retriever.node.purge.margin = 1 s           | retriever.node.purge.margin | at least 1 m",
        "retriever.origin.retention = 59 minutes     | retriever.origin.retention | forever",
        "retriever.origin.retention = never          | retention | never",
        "retriever.origin.max-in-memory = 0          | retriever.origin.max-in-memory | 1",
        "retriever.origin.snapshot-every = -1        | retriever.origin.snapshot-every | 0",
        "retriever.node.alarm-clock.interval = 9 ms  | retriever.node.alarm-clock.interval | 10 ms",
        "retriever.node.alarm-clock.batch = 10001    | retriever.node.alarm-clock.batch | 10000",
        "retriever.node.outcomes.page = 501          | retriever.node.outcomes.page | 1 to 500",
        "retriever.origin.restart-max = 1 ms         | retriever.origin.restart-max | restart-min",
        "retriever.origin.restart-jitter = 1.1       | retriever.origin.restart-jitter | 0.0 to 1.0",
        "retriever.executor.pools.bulk.permits = 0   | retriever.executor.pools.bulk.permits | 0",
        "retriever.executor.pools.bulk.permit = 1    | retriever.executor.pools.bulk | permits",
        "retriever.origin.max-pending = 0            | retriever.origin.max-pending | 0",
      })
  void a_wrong_setting_fails_the_start_by_its_name(String setting, String key, String hint)
      throws Exception {
    assertThatThrownBy(() -> Node.start(config(setting)))
        .hasMessageContaining(key)
        .hasMessageContaining(hint);
    try (var files = Files.list(dataDir)) {
      assertThat(files).as("nothing was begun").isEmpty();
    }
  }

  @Test
  void a_database_that_is_not_there_fails_the_start_without_showing_the_password() {
    var config =
        config("retriever.node.db.url = \"jdbc:h2:tcp://127.0.0.1:1/none;PASSWORD=s3cr3t\"");

    assertThatThrownBy(() -> Node.start(config))
        .hasMessageContaining("jdbc:h2:tcp://127.0.0.1:1/none")
        .hasMessageNotContaining("s3cr3t");
  }

  @Test
  void a_port_that_is_taken_fails_the_start() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      var config =
          config(
              "retriever.node.management.port = " + taken.getLocalPort(),
              "retriever.node.db.url = \"jdbc:h2:mem:port-taken;DB_CLOSE_DELAY=-1\"");

      assertThatThrownBy(() -> Node.start(config))
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("another port");
    }
  }

  private Config config(String... overrides) {
    return RunningNode.config(dataDir, overrides);
  }
}
