package dev.retriever.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.origin.RetryPolicy.Resend;
import dev.retriever.origin.core.specs.Fingerprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchSpecTest {
  private static final Duration MS = Duration.ofMillis(1);
  private static final FetchRequest REQUEST =
      new FetchRequest(
          "POST",
          "http://target.example/",
          List.of(new Header("A", "b"), new Header("C", "d")),
          Optional.of(Body.utf8("body")),
          Optional.of("key"));
  private static final RetryPolicy RETRY =
      new RetryPolicy(
          3, Duration.ofSeconds(1), Duration.ofSeconds(9), Set.of(500, 503), Resend.WHEN_SAFE);
  private static final FetchSpec SPEC = spec(REQUEST, RETRY);

  private static FetchSpec spec(FetchRequest request, RetryPolicy retry) {
    return new FetchSpec(
        request,
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        Duration.ofSeconds(3),
        retry,
        Optional.empty(),
        0,
        Optional.empty());
  }

  private static FetchSpec limits(Duration timeout, Duration within, Duration grace) {
    return new FetchSpec(
        REQUEST, timeout, within, grace, RETRY, Optional.empty(), 0, Optional.empty());
  }

  private static FetchSpec request(
      String method, String url, List<Header> headers, Optional<Body> body, Optional<String> key) {
    return spec(new FetchRequest(method, url, headers, body, key), RETRY);
  }

  private static FetchSpec headers(String... namesAndValues) {
    var headers = new ArrayList<Header>();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      headers.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
    }
    return request("POST", REQUEST.url(), headers, REQUEST.body(), REQUEST.idempotencyKey());
  }

  private static FetchSpec body(Optional<Body> body) {
    return request("POST", REQUEST.url(), REQUEST.headers(), body, REQUEST.idempotencyKey());
  }

  private static FetchSpec key(Optional<String> key) {
    return request("POST", REQUEST.url(), REQUEST.headers(), REQUEST.body(), key);
  }

  private static FetchSpec retry(
      int max, int minSeconds, int maxSeconds, Set<Integer> on, Resend resend) {
    var min = Duration.ofSeconds(minSeconds);
    return spec(REQUEST, new RetryPolicy(max, min, Duration.ofSeconds(maxSeconds), on, resend));
  }

  private static void isRefused(String pointer, Runnable making) {
    assertThatExceptionOfType(InvalidSpec.class)
        .isThrownBy(making::run)
        .satisfies(e -> assertThat(e.pointer()).isEqualTo(pointer));
  }

  @Test
  void bounds_include_their_ends() {
    assertThat(limits(MS, MS, Duration.ZERO).timeout()).isEqualTo(MS);
    assertThat(limits(FetchSpec.MAX_WITHIN, FetchSpec.MAX_WITHIN, FetchSpec.MAX_GRACE).within())
        .isEqualTo(FetchSpec.MAX_WITHIN);
  }

  @Test
  void limits_out_of_bounds_are_refused_with_the_name_of_the_field() {
    var beyond = FetchSpec.MAX_WITHIN.plusNanos(1);

    isRefused("/timeout", () -> limits(MS.minusNanos(1), MS, MS));
    isRefused("/timeout", () -> limits(beyond, MS, MS));
    isRefused("/within", () -> limits(MS, MS.minusNanos(1), MS));
    isRefused("/within", () -> limits(MS, beyond, MS));
    isRefused("/grace", () -> limits(MS, MS, MS.negated()));
    isRefused("/grace", () -> limits(MS, MS, FetchSpec.MAX_GRACE.plusNanos(1)));
  }

  @Test
  void a_new_spec_has_the_default_limits() {
    assertThat(FetchSpec.of(REQUEST))
        .isEqualTo(
            new FetchSpec(
                REQUEST,
                FetchSpec.TIMEOUT,
                FetchSpec.WITHIN,
                FetchSpec.GRACE,
                RetryPolicy.DEFAULT,
                Optional.empty(),
                0,
                Optional.empty()));
  }

  @Test
  void each_step_keeps_what_the_ones_before_it_gave() {
    var ten = Duration.ofSeconds(10);

    assertThat(
            FetchSpec.of(REQUEST)
                .timeout(ten)
                .within(ten.plus(ten))
                .grace(Duration.ofSeconds(3))
                .retry(RETRY)
                .executor("bulk")
                .redirects(2))
        .isEqualTo(
            new FetchSpec(
                REQUEST,
                ten,
                ten.plus(ten),
                Duration.ofSeconds(3),
                RETRY,
                Optional.of("bulk"),
                2,
                Optional.empty()));
    assertThat(SPEC.redirects(2).timeout(ten).within(ten).grace(ten).redirects()).isEqualTo(2);
    assertThat(SPEC.redirects(2).retry(RETRY).executor("bulk").redirects()).isEqualTo(2);
    assertThat(SPEC.executor("bulk").timeout(ten).executor()).contains("bulk");
    assertThat(SPEC.executor("bulk").within(ten).executor()).contains("bulk");
    assertThat(SPEC.executor("bulk").grace(ten).executor()).contains("bulk");
    assertThat(SPEC.executor("bulk").retry(RETRY).executor()).contains("bulk");
  }

  @Test
  void a_deadline_is_the_time_until_then() {
    var now = Samples.START;

    assertThat(SPEC.deadline(now.plusSeconds(90), now).within()).isEqualTo(Duration.ofSeconds(90));
    assertThat(SPEC.deadline(now.plus(MS), now).within()).isEqualTo(MS);
    assertThat(SPEC.deadline(now.plus(FetchSpec.MAX_WITHIN), now).within())
        .isEqualTo(FetchSpec.MAX_WITHIN);
  }

  @Test
  void a_deadline_that_is_not_ahead_or_too_far_is_refused_with_both_times() {
    var now = Samples.START;

    isRefused("/deadline", () -> SPEC.deadline(now, now));
    isRefused("/deadline", () -> SPEC.deadline(now.minusSeconds(1), now));
    isRefused("/deadline", () -> SPEC.deadline(now.plus(MS).minusNanos(1), now));
    isRefused("/deadline", () -> SPEC.deadline(now.plus(FetchSpec.MAX_WITHIN).plusNanos(1), now));
    assertThatExceptionOfType(InvalidSpec.class)
        .isThrownBy(() -> SPEC.deadline(now.minusSeconds(1), now))
        .withMessage(
            "deadline must be 1ms to 30 days ahead, but 2025-12-31T23:59:59Z is not at"
                + " 2026-01-01T00:00:00Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "Z", "0", "bulk", "a.b_c-D", "-", "."})
  void a_pool_is_named_by_letters_digits_and_a_few_signs(String name) {
    assertThat(SPEC.executor(name).executor()).contains(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a/b", "a#b", "ä", "a\n", "*"})
  void any_other_name_of_a_pool_is_refused(String name) {
    isRefused("/executor", () -> SPEC.executor(name));
  }

  @Test
  void a_name_of_a_pool_has_at_most_64_characters() {
    assertThat(SPEC.executor("a".repeat(64)).executor()).isPresent();
    isRefused("/executor", () -> SPEC.executor("a".repeat(65)));
  }

  @Test
  void none_to_three_redirects_are_followed() {
    assertThat(SPEC.redirects(0)).isEqualTo(SPEC);
    assertThat(SPEC.redirects(3).redirects()).isEqualTo(3);
    isRefused("/redirects", () -> SPEC.redirects(-1));
    isRefused("/redirects", () -> SPEC.redirects(4));
  }

  @Test
  void an_attempt_has_its_own_time_or_what_is_left_of_the_fetchs() {
    var deadline = Samples.START.plusSeconds(20);

    assertThat(SPEC.timeoutAt(Samples.START, deadline)).isEqualTo(Duration.ofSeconds(10));
    assertThat(SPEC.timeoutAt(deadline.minusSeconds(10), deadline))
        .isEqualTo(Duration.ofSeconds(10));
    assertThat(SPEC.timeoutAt(deadline.minusMillis(1), deadline)).isEqualTo(MS);
  }

  @Test
  void equal_specs_have_equal_fingerprints() {
    var again = headers("A", "b", "C", "d");
    assertThat(again).isEqualTo(SPEC);

    assertThat(Fingerprint.ofMeaning(again)).isEqualTo(Fingerprint.ofMeaning(SPEC)).hasSize(32);
    assertThat(Fingerprint.ofMeaning(retry(3, 1, 9, Set.of(503, 500), Resend.WHEN_SAFE)))
        .isEqualTo(Fingerprint.ofMeaning(SPEC));
  }

  /**
   * The digest is compared with those of journaled fetches: to change how it is made breaks
   * deduplication.
   */
  @Test
  void a_fingerprint_stays_what_it_is() {
    assertThat(Fingerprint.ofMeaning(SPEC)).isEqualTo("a63f382657aa46413ae41b2bc49c164d");
    assertThat(Fingerprint.ofSpelling(SPEC)).isEqualTo("110b4ddc7885c331af979881e24bd43a");
  }

  @Test
  void every_single_difference_makes_another_fingerprint() {
    var ten = Duration.ofSeconds(10);
    var twenty = Duration.ofSeconds(20);
    var three = Duration.ofSeconds(3);
    var specs =
        List.of(
            SPEC,
            request(
                "PUT", REQUEST.url(), REQUEST.headers(), REQUEST.body(), REQUEST.idempotencyKey()),
            request(
                "POST",
                REQUEST.url() + "x",
                REQUEST.headers(),
                REQUEST.body(),
                REQUEST.idempotencyKey()),
            headers(),
            headers("A", "b"),
            headers("C", "b", "A", "d"),
            headers("A", "B", "C", "d"),
            headers("Ab", "", "C", "d"),
            headers("A", "bC", "C", "d"),
            body(Optional.empty()),
            body(Optional.of(Body.EMPTY)),
            body(Optional.of(Body.utf8("bodY"))),
            key(Optional.empty()),
            key(Optional.of("kez")),
            limits(ten.plusNanos(1), twenty, three),
            limits(ten, twenty.plusNanos(1), three),
            limits(ten, twenty, three.plusNanos(1)),
            limits(twenty, ten, three),
            retry(4, 1, 9, Set.of(500, 503), Resend.WHEN_SAFE),
            retry(3, 2, 9, Set.of(500, 503), Resend.WHEN_SAFE),
            retry(3, 1, 8, Set.of(500, 503), Resend.WHEN_SAFE),
            retry(3, 1, 9, Set.of(500), Resend.WHEN_SAFE),
            retry(3, 1, 9, Set.of(), Resend.WHEN_SAFE),
            retry(3, 1, 9, Set.of(500, 503), Resend.ALWAYS),
            retry(3, 1, 9, Set.of(500, 503), Resend.NEVER),
            SPEC.executor("bulk"),
            SPEC.executor("bull"),
            SPEC.redirects(1),
            SPEC.redirects(2),
            SPEC.executor("bulk").redirects(1));

    assertThat(specs).doesNotHaveDuplicates();
    assertThat(specs).extracting(Fingerprint::ofMeaning).doesNotHaveDuplicates();
  }
}
