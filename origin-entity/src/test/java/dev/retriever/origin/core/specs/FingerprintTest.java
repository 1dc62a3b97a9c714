package dev.retriever.origin.core.specs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two submissions are the same when they ask for the same, however each is spelled. */
class FingerprintTest {
  private static String url(String url) {
    return Fingerprint.ofMeaning(FetchSpec.of(FetchRequest.get(url)));
  }

  private static String headers(String... namesAndValues) {
    return Fingerprint.ofMeaning(FetchSpec.of(withHeaders(namesAndValues)));
  }

  private static FetchRequest withHeaders(String... namesAndValues) {
    var headers = new ArrayList<Header>();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      headers.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new FetchRequest("POST", "http://h/", headers, Optional.empty(), Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "http://h.example/a, HTTP://H.Example/a",
    "http://h/a, http://h:80/a",
    "http://h/a, http://h:0080/a",
    "https://h/a, https://h:443/a",
    "http://h/, http://h",
    "http://h/?q=1, http://h?q=1",
    "http://[2001:db8::a]/, http://[2001:DB8::A]:80/",
    "http://h/%2fa?%c3%a4, http://h/%2Fa?%C3%A4",
    "http://h/~a-b?c_d, http://h/%7Ea%2Db?c%5fd",
  })
  void equivalent_urls_are_the_same(String one, String other) {
    assertThat(url(other)).isEqualTo(url(one));
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/a, https://h/a",
    "http://h/a, http://h:443/a",
    "https://h/a, https://h:80/a",
    "http://h/a, http://h/A",
    "http://h/a, http://h/a/",
    "http://h/a, http://h/a?",
    "http://h/a%2Fb, http://h/a/b",
    "http://h/?a=%26, http://h/?a=&",
    "http://h/?a=+, http://h/?a=%20",
    "http://h/?a&b, http://h/?b&a",
    "http://h/b, http://h/a/../b",
    "http://h/b, http://h/./b",
    "http://h/a, http://h//a",
    "http://h/, http://h./",
    "http://h/%252f, http://h/%2f",
  })
  void urls_that_are_sent_differently_are_not(String one, String other) {
    assertThat(url(other)).isNotEqualTo(url(one));
  }

  @Test
  void the_order_of_headers_and_the_case_of_their_names_make_no_difference() {
    assertThat(headers("c", "d", "a", "b")).isEqualTo(headers("A", "b", "C", "d"));
    assertThat(headers("X", "1", "B", "2", "x", "3"))
        .isEqualTo(headers("b", "2", "X", "1", "X", "3"));
  }

  @Test
  void the_order_of_values_of_one_header_and_their_case_do() {
    assertThat(headers("X", "1", "X", "3")).isNotEqualTo(headers("X", "3", "X", "1"));
    assertThat(headers("X", "a")).isNotEqualTo(headers("X", "A"));
    assertThat(headers("X", "a", "X", "b")).isNotEqualTo(headers("X", "a, b"));
    assertThat(headers("X", "a", "Y", "b")).isNotEqualTo(headers("X", "b", "Y", "a"));
  }

  @Test
  void an_idempotency_key_is_the_same_as_the_header_that_it_is_sent_as() {
    var asField = FetchRequest.post("http://h/").header("A", "b").idempotencyKey("k");
    var asHeader = FetchRequest.post("http://h/").header("idempotency-key", "k").header("a", "b");

    assertThat(Fingerprint.ofMeaning(FetchSpec.of(asHeader)))
        .isEqualTo(Fingerprint.ofMeaning(FetchSpec.of(asField)));
  }

  @Test
  void secrets_differ_by_name_and_from_plain_headers() {
    var request = FetchRequest.post("http://h/");
    assertThat(
            List.of(
                request.secret("A", "x", "one"),
                request.secret("A", "x", "two"),
                request.secret("A", "xo", "ne"),
                request.header("A", "xone")))
        .extracting(it -> Fingerprint.ofMeaning(FetchSpec.of(it)))
        .doesNotHaveDuplicates();
  }

  @Test
  void a_limit_that_is_spelled_out_is_the_same_as_its_default() {
    var spec = FetchSpec.of(FetchRequest.get("http://h/"));

    assertThat(
            Fingerprint.ofMeaning(
                spec.timeout(Duration.ofMillis(30_000)).within(Duration.parse("PT5M"))))
        .isEqualTo(Fingerprint.ofMeaning(spec));
    assertThat(Fingerprint.ofMeaning(spec.retry(RetryPolicy.DEFAULT.retryOn(RetryPolicy.RETRY_ON))))
        .isEqualTo(Fingerprint.ofMeaning(spec));
  }

  /** Settled fetches in snapshots have the digest that was made of every byte as it was written. */
  @Test
  void a_fetch_that_was_remembered_by_its_spelling_is_recognized_by_it() {
    var retry =
        new RetryPolicy(
            3,
            Duration.ofSeconds(1),
            Duration.ofSeconds(9),
            Set.of(500, 503),
            RetryPolicy.Resend.WHEN_SAFE);
    var request =
        new FetchRequest(
            "POST",
            "http://target.example/",
            List.of(new Header("A", "b"), new Header("C", "d")),
            Optional.of(Body.utf8("body")),
            Optional.of("key"));
    var spec =
        FetchSpec.of(request)
            .timeout(Duration.ofSeconds(10))
            .within(Duration.ofSeconds(20))
            .grace(Duration.ofSeconds(3))
            .retry(retry);

    assertThat(Fingerprint.matches(spec, "110b4ddc7885c331af979881e24bd43a")).isTrue();
    assertThat(Fingerprint.matches(spec, Fingerprint.ofMeaning(spec))).isTrue();
    assertThat(Fingerprint.matches(spec.redirects(1), "110b4ddc7885c331af979881e24bd43a"))
        .isFalse();
    assertThat(Fingerprint.matches(spec.redirects(1), Fingerprint.ofMeaning(spec))).isFalse();
  }

  @Test
  void a_body_is_compared_by_its_bytes() {
    var one = FetchSpec.of(FetchRequest.post("http://h/").body(Body.utf8("{\"a\":1}")));
    var other = FetchSpec.of(FetchRequest.post("http://h/").body(Body.utf8("{\"a\": 1}")));
    var none = FetchSpec.of(FetchRequest.post("http://h/"));

    assertThat(
            List.of(
                Fingerprint.ofMeaning(one),
                Fingerprint.ofMeaning(other),
                Fingerprint.ofMeaning(none)))
        .doesNotHaveDuplicates();
  }
}
