package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.retriever.cluster.storage.PurgeSettings;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Tenant;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is put together of parts that are tested by themselves: that each is there, and asked. */
class CompositionTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;

  @Test
  void rows_are_kept_for_longer_than_the_fetches_that_are_read_from_them() {
    var config = RunningNode.config(directory, "retriever.node.purge.margin = 2 h");

    var purge = PurgeSettings.from(config).purge(Storage.from(config), Optional.of(DAY));

    assertThat(purge.age()).contains(DAY.plusHours(2));
  }

  @Test
  void the_phase_of_a_stop_in_which_executors_drain_outlasts_the_drain() {
    var drain = "retriever.executor.drain { finish = 40 s, acknowledge = 7 s }";

    var config = Retriever.prepare(RunningNode.config(directory, drain));

    assertThat(
            config.getDuration("pekko.coordinated-shutdown.phases.service-requests-done.timeout"))
        .isGreaterThan(Duration.ofSeconds(47));
  }

  private static Optional<InetAddress> ownAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst();
  }

  @Test
  void the_addresses_of_the_node_itself_are_denied_though_their_range_is_allowed()
      throws SocketException {
    var own = ownAddress();
    assumeThat(own).isPresent();
    var address = own.orElseThrow().getHostAddress();
    var range = address.substring(0, address.indexOf('.')) + ".0.0.0/8";
    try (var node = running("retriever.node.egress-allow = \"" + range + "\"")) {
      assertThatThrownBy(() -> node.retriever().check(request(address), Tenant.DEFAULT))
          .isInstanceOf(InvalidRequest.class);
    }
    try (var node = running("retriever.node.egress-allow = \"" + address + "\"")) {
      node.retriever().check(request(address), Tenant.DEFAULT);
    }
  }

  private static FetchRequest request(String host) {
    return FetchRequest.get("http://" + host + ":8080/");
  }

  private record Running(ActorSystem<Void> system, Retriever retriever) implements AutoCloseable {
    @Override
    public void close() {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  private Running running(String... settings) {
    var config = Retriever.prepare(RunningNode.config(directory, settings));
    var system = ActorSystem.<Void>create(Behaviors.empty(), "composed", config);
    return new Running(system, Retriever.on(system));
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void old_rows_are_purged_when_the_purge_is_on_and_stay_when_it_is_off(String enabled)
      throws SQLException {
    var settings = "retriever.node.purge { interval = 1 s, enabled = " + enabled + " }";
    var storage = Storage.from(RunningNode.config(directory));
    storage.migrate();
    snapshots(storage, 2);
    try (var node = running(settings)) {
      var begun = System.nanoTime();
      Eventually.becomes(
          true,
          () ->
              node.retriever().figures().purged().snapshots() > 0
                  || System.nanoTime() - begun > Duration.ofSeconds(3).toNanos());

      assertThat(node.retriever().figures().purged().snapshots())
          .isEqualTo(enabled.equals("on") ? 1 : 0);
    }
  }

  /** So many of one origin; all but one may go. */
  private static void snapshots(Storage storage, int count) throws SQLException {
    try (var connection = storage.connect();
        var insert =
            connection.prepareStatement(
                """
                INSERT INTO "snapshot" ("persistence_id", "sequence_number", "created",
                  "snapshot_ser_id", "snapshot_ser_manifest", "snapshot_payload")
                VALUES ('a', ?, ?, 0, '', X'')
                """)) {
      for (var row = 1; row <= count; row++) {
        insert.setLong(1, row);
        insert.setLong(2, Instant.EPOCH.toEpochMilli());
        insert.executeUpdate();
      }
    }
  }
}
