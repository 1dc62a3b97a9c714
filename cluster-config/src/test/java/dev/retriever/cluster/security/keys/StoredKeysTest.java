package dev.retriever.cluster.security.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Credential;
import dev.retriever.cluster.security.Denied;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The keys of a database that nodes share, in virtual time. */
class StoredKeysTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:10:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final MemoryKeyTable table = new MemoryKeyTable();
  private final ApiKey secret = ApiKey.generate(RANDOM);
  private Duration passed = Duration.ZERO;
  private Duration clockSetBy = Duration.ZERO;
  private StoredKeys here;
  private StoredKeys elsewhere;

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return NOON.plus(passed).plus(clockSetBy);
        }
      };

  @BeforeEach
  void start() throws SQLException {
    here = node();
    elsewhere = node();
  }

  private StoredKeys node() throws SQLException {
    var settings = KeySettings.from(ConfigFactory.load());
    var keys = new StoredKeys(table, settings, clock, () -> passed.toNanos());
    keys.start();
    return keys;
  }

  private StoredKey stored(ApiKey secret, Optional<Instant> expires) {
    var key =
        new Key(
            secret.id(),
            secret.hash(),
            new Tenant("shop"),
            Set.of(Role.READ),
            OriginPattern.ANY,
            expires);
    return new StoredKey(key, clock.instant(), "key:maker", Optional.empty(), Optional.empty());
  }

  private Credential sent(StoredKeys node) {
    try {
      return new KeyAuthenticator(List.of(node), clock)
          .authenticate(secret.secretText())
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  @Test
  void a_key_is_accepted_at_once_where_it_was_made_and_elsewhere_after_a_look() throws Exception {
    here.add(stored(secret, Optional.empty()));

    assertThat(sent(here).caller().tenant()).isEqualTo(new Tenant("shop"));
    assertThatThrownBy(() -> sent(elsewhere)).isInstanceOf(Denied.class).hasMessage("unknown-key");
    elsewhere.poll();
    assertThat(sent(elsewhere).caller().roles()).containsExactly(Role.READ);
  }

  @Test
  void a_revoked_key_is_refused_at_once_where_it_was_revoked_and_elsewhere_after_a_look()
      throws Exception {
    here.add(stored(secret, Optional.empty()));
    elsewhere.poll();
    var open = sent(elsewhere);
    here.revoke(secret.id());

    assertThatThrownBy(() -> sent(here)).hasMessage("unknown-key");
    assertThat(open.stands(clock.instant())).isTrue();
    elsewhere.poll();
    assertThatThrownBy(() -> sent(elsewhere)).hasMessage("unknown-key");
    assertThat(open.stands(clock.instant())).isFalse();
  }

  @Test
  void a_key_is_refused_from_the_moment_at_which_it_expires() throws Exception {
    here.add(stored(secret, Optional.of(NOON.plusSeconds(10))));
    var open = sent(here);
    passed = Duration.ofMillis(9_999);
    assertThat(sent(here)).isNotNull();

    passed = Duration.ofSeconds(10);

    assertThatThrownBy(() -> sent(here)).hasMessage("expired-key");
    assertThat(open.stands(clock.instant())).isFalse();
  }

  @Test
  void another_secret_with_the_same_id_is_refused() throws Exception {
    here.add(stored(ApiKey.generate(secret.id(), RANDOM), Optional.empty()));

    assertThatThrownBy(() -> sent(here)).hasMessage("wrong-key");
  }

  @Test
  void keys_go_on_for_a_minute_without_the_database_then_they_are_refused_until_it_is_back()
      throws Exception {
    here.add(stored(secret, Optional.empty()));
    here.poll();
    var open = sent(here);
    table.away = true;
    passed = Duration.ofSeconds(60);
    here.poll();
    assertThat(sent(here)).isNotNull();

    passed = passed.plusNanos(1);
    here.poll();
    assertThatThrownBy(() -> sent(here))
        .isInstanceOfSatisfying(
            Problem.Found.class,
            found -> assertThat(found.problem().type()).isEqualTo(ProblemType.STORAGE_UNAVAILABLE));
    assertThat(open.stands(clock.instant())).isFalse();

    table.away = false;
    here.poll();
    assertThat(sent(here)).isNotNull();
    assertThat(open.stands(clock.instant())).isTrue();
  }

  @Test
  void a_clock_that_is_set_back_makes_no_key_younger() throws Exception {
    here.add(stored(secret, Optional.empty()));
    table.away = true;
    clockSetBy = Duration.ofDays(-1);
    passed = Duration.ofSeconds(61);

    assertThatThrownBy(() -> sent(here)).isInstanceOf(Problem.Found.class);
  }

  @Test
  void a_look_reads_only_what_has_changed() throws Exception {
    for (var i = 0; i < 50; i++) {
      here.add(stored(ApiKey.generate(RANDOM), Optional.empty()));
    }
    elsewhere.poll();
    table.reads = 0;
    elsewhere.poll();
    assertThat(table.reads).isZero();

    here.add(stored(secret, Optional.empty()));
    elsewhere.poll();

    assertThat(table.reads).isEqualTo(1);
  }

  @Test
  void a_row_that_was_deleted_by_hand_is_noticed() throws Exception {
    here.add(stored(secret, Optional.empty()));
    elsewhere.poll();
    table.delete(secret.id());
    elsewhere.poll();

    assertThatThrownBy(() -> sent(elsewhere)).hasMessage("unknown-key");
  }

  @Test
  void there_are_no_more_keys_than_the_setting_says() throws Exception {
    var settings =
        KeySettings.from(
            ConfigFactory.parseString("retriever.node.auth.keys.max-keys = 1")
                .withFallback(ConfigFactory.load()));
    var small = new StoredKeys(table, settings, clock, () -> passed.toNanos());
    assertThat(small.add(stored(secret, Optional.empty()))).isTrue();
    assertThat(small.add(stored(ApiKey.generate(RANDOM), Optional.empty()))).isFalse();

    small.revoke(secret.id());

    assertThat(small.add(stored(ApiKey.generate(RANDOM), Optional.empty()))).isTrue();
  }

  @Test
  void the_hour_of_the_last_use_is_written_once_in_the_background() throws Exception {
    here.add(stored(secret, Optional.empty()));
    for (var i = 0; i < 100; i++) {
      sent(here);
    }
    assertThat(table.notes).isEmpty();
    here.poll();
    sent(here);
    here.poll();
    passed = Duration.ofHours(1);
    here.poll();
    sent(here);
    here.poll();

    assertThat(table.notes)
        .containsExactly(
            Map.of(secret.id(), Instant.parse("2030-01-01T12:00:00Z")),
            Map.of(secret.id(), Instant.parse("2030-01-01T13:00:00Z")));
  }

  @Test
  void a_last_use_that_could_not_be_written_is_written_later() throws Exception {
    here.add(stored(secret, Optional.empty()));
    sent(here);
    table.away = true;
    here.poll();
    table.away = false;
    here.poll();

    assertThat(table.notes).hasSize(1);
  }
}
