package dev.retriever.cluster.security.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.security.Denied;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When the keys of an issuer are fetched, and how long they count. */
class IssuerKeysTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final TokensFixture tokens = new TokensFixture();

  private void fetched() {
    tokens.keys.refresh();
    tokens.run();
  }

  @Test
  void a_flood_of_unknown_keys_costs_one_fetch_in_half_a_minute() {
    fetched();
    tokens.time.pass(KeyAge.PAUSE);
    for (var second = 0; second < 300; second++) {
      for (var token = 0; token < 3; token++) {
        var kid = "k" + second + "-" + token;
        var forged = tokens.issuer.token(tokens.time.instant(), h -> h.keyID(kid), c -> c);
        assertThatThrownBy(tokens.authenticate(forged)::join)
            .hasCause(new Denied("token-signature"));
      }
      tokens.time.pass(SECOND);
    }
    assertThat(tokens.fetches).isEqualTo(1 + 10);
  }

  @Test
  void tokens_that_wait_share_one_fetch() {
    fetched();
    tokens.time.pass(KeyAge.PAUSE);
    tokens.issuer.rotate("two");

    var one = tokens.begin(tokens.token());
    var other = tokens.begin(tokens.issuer.token(tokens.time.instant(), c -> c.subject("b")));

    assertThat(one).isNotDone();
    assertThat(other).isNotDone();
    assertThat(tokens.thread).hasSize(1);
    tokens.run();
    assertThat(one).isCompleted();
    assertThat(other).isCompleted();
    assertThat(tokens.fetches).isEqualTo(2);
  }

  @Test
  void tokens_of_a_known_key_do_not_wait_for_a_fetch() {
    fetched();
    tokens.time.pass(KeyAge.PAUSE);
    var forged = tokens.issuer.token(tokens.time.instant(), h -> h.keyID("other"), c -> c);

    assertThat(tokens.begin(forged)).isNotDone();

    assertThat(tokens.begin(tokens.token())).isCompleted();
  }

  @Test
  void no_more_than_a_thousand_requests_wait() {
    fetched();
    tokens.time.pass(KeyAge.PAUSE);
    var forged = tokens.issuer.token(tokens.time.instant(), h -> h.keyID("other"), c -> c);
    for (var i = 0; i < 1000; i++) {
      assertThat(tokens.begin(forged)).isNotDone();
    }

    assertThat(tokens.begin(forged)).isCompletedExceptionally();
    tokens.run();
    tokens.time.pass(KeyAge.PAUSE);
    assertThat(tokens.begin(forged)).as("those that waited are gone").isNotDone();
  }

  @Test
  void keys_are_fetched_again_every_five_minutes() {
    fetched();
    tokens.time.pass(KeyAge.FRESH.minus(SECOND));
    fetched();
    assertThat(tokens.fetches).isEqualTo(1);

    tokens.time.pass(SECOND);
    fetched();
    assertThat(tokens.fetches).isEqualTo(2);
  }

  @Test
  void a_withdrawn_key_counts_no_more_after_a_fetch_and_the_time_of_verified_tokens() {
    fetched();
    var token = tokens.token();
    assertThat(tokens.authenticate(token)).isCompleted();
    tokens.issuer.rotate("two");
    tokens.time.pass(KeyAge.FRESH.minus(VerifiedTokens.KEPT));
    assertThat(tokens.authenticate(token)).isCompleted();
    tokens.time.pass(VerifiedTokens.KEPT);
    fetched();

    assertThatThrownBy(tokens.authenticate(token)::join).hasCause(new Denied("token-signature"));
  }

  @Test
  void while_an_issuer_is_away_its_keys_count_for_an_hour() {
    fetched();
    tokens.away = true;
    tokens.time.pass(KeyAge.LONGEST);
    fetched();
    assertThat(tokens.authenticate(tokens.token())).isCompleted();

    tokens.time.pass(SECOND);
    assertThatThrownBy(
            tokens.authenticate(tokens.issuer.token(tokens.time.instant(), c -> c.subject("b")))
                ::join)
        .cause()
        .isInstanceOf(Problem.Found.class)
        .hasMessageContaining("repeat the request");
  }

  @Test
  void an_issuer_that_is_back_is_asked_after_the_pause() {
    tokens.away = true;
    fetched();
    tokens.away = false;
    assertThat(tokens.authenticate(tokens.token())).isCompletedExceptionally();

    tokens.time.pass(KeyAge.PAUSE);

    assertThat(tokens.authenticate(tokens.token())).isCompleted();
    assertThat(tokens.fetches).isEqualTo(2);
  }

  @Test
  void a_wall_clock_that_is_set_back_gives_keys_no_longer_life() {
    fetched();
    tokens.away = true;
    tokens.time.pass(KeyAge.LONGEST.plus(SECOND));
    tokens.time.setBack(Duration.ofHours(2));

    assertThat(tokens.keys.known()).isEmpty();
  }

  @Test
  void a_verified_token_is_forgotten_after_a_minute_or_when_it_expires() {
    var verified = new VerifiedTokens(tokens.time::nanos);
    var caller = dev.retriever.cluster.security.Caller.OPEN;
    var now = tokens.time.instant();
    verified.add("long", new TokenCredential(caller, now.plus(Duration.ofHours(1))));
    verified.add("short", new TokenCredential(caller, now.plusSeconds(5)));

    assertThat(verified.find("short", now.plusSeconds(4))).isPresent();
    assertThat(verified.find("short", now.plusSeconds(5))).isEmpty();
    tokens.time.pass(VerifiedTokens.KEPT.minus(SECOND));
    assertThat(verified.find("long", now)).isPresent();
    tokens.time.pass(SECOND);
    assertThat(verified.find("long", now)).isEmpty();
    assertThat(verified.size()).isZero();
  }

  @Test
  void verified_tokens_are_bounded() {
    var verified = new VerifiedTokens(tokens.time::nanos);
    var credential =
        new TokenCredential(
            dev.retriever.cluster.security.Caller.OPEN,
            tokens.time.instant().plus(Duration.ofHours(1)));
    for (var i = 0; i <= VerifiedTokens.MOST; i++) {
      verified.add("token" + i, credential);
    }

    assertThat(verified.size()).isEqualTo(VerifiedTokens.MOST);
    assertThat(verified.find("token0", tokens.time.instant())).isEmpty();
    assertThat(verified.find("token1", tokens.time.instant())).isPresent();
  }
}
