package dev.retriever.executor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.memory.MemoryBudget.Share;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private static final long MIB = 1 << 20;

  private static Config config(String... settings) {
    return ConfigFactory.parseString(String.join("\n", settings))
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  private final ByteAccount account = new ByteAccount(100);

  @Test
  void an_amount_that_does_not_fit_is_refused_and_changes_nothing() {
    var held = account.acquire(60).orElseThrow();

    assertThat(account.acquire(41)).isEmpty();
    assertThat(account.held()).isEqualTo(60);
    assertThat(account.refused()).isEqualTo(1);
    assertThat(account.acquire(40)).isPresent();
    assertThat(held.bytes()).isEqualTo(60);
  }

  @Test
  void a_sole_owner_may_hold_more_than_the_limit() {
    var large = account.acquire(1_000).orElseThrow();

    assertThat(account.isFull()).isTrue();
    assertThat(account.acquire(1)).isEmpty();
    large.close();
    assertThat(account.acquire(100)).isPresent();
  }

  @Test
  void a_grant_is_given_back_once_however_often_it_is_closed() {
    var first = account.acquire(60).orElseThrow();
    account.acquire(30).orElseThrow();

    first.close();
    first.close();

    assertThat(account.held()).isEqualTo(30);
    assertThat(first.bytes()).isZero();
  }

  @Test
  void a_grant_grows_as_far_as_there_is_room_and_shrinks() {
    var other = account.acquire(50).orElseThrow();
    var grant = account.acquire(10).orElseThrow();

    assertThat(grant.growTo(51)).isFalse();
    assertThat(grant.growTo(50)).isTrue();
    assertThat(account.held()).isEqualTo(100);
    grant.shrinkTo(5);
    assertThat(account.held()).isEqualTo(55);
    other.close();
    grant.close();
    assertThat(grant.growTo(1)).isFalse();
    assertThat(account.held()).isZero();
  }

  @Test
  void to_give_back_more_than_is_held_is_an_error() {
    account.add(5);

    assertThatThrownBy(() -> account.give(6)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void with_many_threads_the_limit_holds_and_nothing_is_left() {
    var much = new ByteAccount(1_000);
    var runs =
        IntStream.range(0, 4)
            .mapToObj(seed -> CompletableFuture.runAsync(() -> takeAndGive(much, seed)))
            .toArray(CompletableFuture[]::new);

    CompletableFuture.allOf(runs).join();

    assertThat(much.held()).isZero();
    assertThat(much.refused()).isPositive();
  }

  private static void takeAndGive(ByteAccount account, int seed) {
    var random = new Random(seed);
    var held = new ArrayList<ByteGrant>();
    for (var step = 0; step < 20_000; step++) {
      account.acquire(random.nextInt(300)).ifPresent(held::add);
      assertThat(account.held()).isLessThanOrEqualTo(1_000);
      if (random.nextBoolean() && !held.isEmpty()) {
        held.remove(random.nextInt(held.size())).close();
      }
    }
    held.forEach(ByteGrant::close);
  }

  @Test
  void the_total_follows_from_the_heap() {
    var settings = MemoryBudgetSettings.from(config(), 512 * MIB);

    assertThat(settings.total()).isBetween(186 * MIB, 188 * MIB);
    var all = Stream.of(Share.values()).mapToLong(settings::limit).sum();
    assertThat(all).isLessThanOrEqualTo(settings.total());
    assertThat(MemoryBudgetSettings.from(config(), 64 * MIB).total()).isEqualTo(8 * MIB);
  }

  @Test
  void the_total_can_be_set() {
    var budget = MemoryBudget.of(config("retriever.memory.total = 100 MiB"));

    assertThat(budget.total()).isEqualTo(100 * MIB);
    assertThat(budget.account(Share.OPEN).acquire(10)).isPresent();
    assertThat(budget.held()).isEqualTo(10);
    assertThat(budget.account(Share.UPLOADS).held()).isZero();
  }

  @Test
  void settings_out_of_their_range_are_named() {
    assertThatThrownBy(() -> MemoryBudget.of(config("retriever.memory.total = 1 MiB")))
        .hasMessageContaining("retriever.memory.total must be at least 8 MiB");
    assertThatThrownBy(() -> MemoryBudget.of(config("retriever.memory.shares.open = 0")))
        .hasMessageContaining("retriever.memory.shares.open must be at least 1");
    assertThatThrownBy(() -> MemoryBudget.of(config("retriever.memory.shares.open = 90")))
        .hasMessageContaining("retriever.memory.shares must be 100 together at most");
  }
}
