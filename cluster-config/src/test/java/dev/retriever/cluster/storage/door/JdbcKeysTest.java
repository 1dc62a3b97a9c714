package dev.retriever.cluster.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.security.keys.ApiKey;
import dev.retriever.cluster.security.keys.Key;
import dev.retriever.cluster.security.keys.StoredKey;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.Tenant;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The statements on keys, on real databases. */
class JdbcKeysTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Tenant SHOP = new Tenant("shop");

  @TempDir private Path directory;

  private JdbcKeys keys(TestDatabase database) {
    var storage = Storage.from(RunningNode.config(directory, database.settings()));
    storage.migrate();
    return new JdbcKeys(storage);
  }

  private static StoredKey key(Tenant tenant) {
    var secret = ApiKey.generate(RANDOM);
    var key =
        new Key(
            secret.id(),
            secret.hash(),
            tenant,
            Role.ALL,
            new OriginPattern("o".repeat(128) + "*"),
            Optional.of(NOON.plusSeconds(60)));
    return new StoredKey(key, NOON, "m".repeat(300), Optional.empty(), Optional.empty());
  }

  @ParameterizedTest
  @EnumSource
  void a_key_is_read_as_it_was_added(TestDatabase database) throws SQLException {
    try (var keys = keys(database)) {
      var key = key(new Tenant("t".repeat(32)));
      assertThat(keys.add(key, 10)).isTrue();

      assertThat(keys.find(key.id())).contains(key);
      assertThat(keys.find("aaaaaaaaaaaa")).isEmpty();
      assertThat(keys.standing().keys()).containsExactly(key);
      assertThatThrownBy(() -> keys.add(key, 10)).isInstanceOf(SQLException.class);
      assertThat(keys.standing().version()).as("of what was committed").isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void changes_are_read_from_a_version_on(TestDatabase database) throws SQLException {
    try (var keys = keys(database)) {
      var one = key(SHOP);
      var two = key(SHOP);
      keys.add(one, 10);
      var before = keys.standing().version();
      keys.add(two, 10);
      var revoked = keys.revoke(one.id(), NOON.plusSeconds(5)).orElseThrow();

      var read = keys.changedAfter(before);

      assertThat(read.keys()).containsExactlyInAnyOrder(revoked, two);
      assertThat(read.standing()).isEqualTo(1);
      assertThat(revoked.revoked()).contains(NOON.plusSeconds(5));
      assertThat(keys.changedAfter(read.version()).keys()).isEmpty();
      assertThat(keys.revoke(one.id(), NOON.plusSeconds(9))).contains(revoked);
      assertThat(keys.revoke("aaaaaaaaaaaa", NOON)).isEmpty();
    }
  }

  /** A reader that has seen a version never misses an earlier one that is committed later. */
  @ParameterizedTest
  @EnumSource
  void who_reads_while_others_write_misses_nothing(TestDatabase database) throws Exception {
    try (var keys = keys(database)) {
      var writers =
          IntStream.range(0, 4)
              .mapToObj(
                  writer ->
                      CompletableFuture.runAsync(
                          () -> IntStream.range(0, 25).forEach(i -> add(keys))))
              .toList();
      var all = CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new));
      var seen = new java.util.HashSet<String>();
      var version = 0L;
      var last = false;
      while (!last) {
        last = all.isDone();
        var read = keys.changedAfter(version);
        version = read.version();
        read.keys().forEach(key -> seen.add(key.id()));
      }
      all.join();

      assertThat(seen).hasSize(100);
      assertThat(version).isEqualTo(100);
    }
  }

  private static void add(JdbcKeys keys) {
    try {
      keys.add(key(SHOP), 1_000);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void there_is_no_more_than_the_limit_whoever_adds(TestDatabase database) throws Exception {
    try (var keys = keys(database)) {
      var added =
          IntStream.range(0, 8)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> {
                            try {
                              return keys.add(key(SHOP), 5);
                            } catch (SQLException e) {
                              throw new IllegalStateException(e);
                            }
                          }))
              .toList();

      assertThat(added.stream().filter(CompletableFuture::join)).hasSize(5);
      assertThat(keys.standing().keys()).hasSize(5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_list_has_pages_and_can_be_of_one_tenant(TestDatabase database) throws SQLException {
    try (var keys = keys(database)) {
      for (var i = 0; i < 5; i++) {
        keys.add(key(SHOP), 10);
        keys.add(key(Tenant.DEFAULT), 10);
      }
      var first = keys.page(Optional.of(SHOP), "", 3);
      var second = keys.page(Optional.of(SHOP), first.get(2).id(), 3);

      assertThat(first).hasSize(3);
      assertThat(second).hasSize(2).doesNotContainAnyElementsOf(first);
      assertThat(keys.page(Optional.empty(), "", 20)).hasSize(10);
      assertThat(first).allMatch(key -> key.key().tenant().equals(SHOP));
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_last_use_only_goes_forward_and_is_no_change(TestDatabase database) throws SQLException {
    try (var keys = keys(database)) {
      var key = key(SHOP);
      keys.add(key, 10);
      var version = keys.standing().version();
      keys.used(Map.of(key.id(), NOON));
      keys.used(Map.of(key.id(), NOON.minusSeconds(3600), "aaaaaaaaaaaa", NOON));

      assertThat(keys.find(key.id()).orElseThrow().lastUsed()).contains(NOON);
      assertThat(keys.changedAfter(version).keys()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void keys_that_ended_long_ago_are_forgotten(TestDatabase database) throws SQLException {
    try (var keys = keys(database)) {
      var revoked = key(SHOP);
      var expired = key(SHOP);
      keys.add(revoked, 10);
      keys.add(expired, 10);
      keys.revoke(revoked.id(), NOON);
      keys.forget(NOON);
      assertThat(keys.page(Optional.empty(), "", 9)).hasSize(2);

      keys.forget(NOON.plusSeconds(30));
      assertThat(keys.find(revoked.id())).isEmpty();
      assertThat(keys.find(expired.id())).isPresent();

      keys.forget(NOON.plusSeconds(61));
      assertThat(keys.changedAfter(99).standing()).isZero();
    }
  }
}
