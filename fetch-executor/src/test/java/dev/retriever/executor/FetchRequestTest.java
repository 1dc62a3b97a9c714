package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.InvalidRequest.Kind;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FetchRequestTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /x HTTP/1.1\r\nA: b\r\n\r\nGET",
        "F OO",
        "\u010d\u010aX",
        "",
        "get",
        "CONNECT",
        "TRACE",
        "PROPFIND",
        "GET ",
        "\0"
      })
  void only_known_methods_may_be_used(String method) {
    assertThatThrownBy(
            () ->
                new FetchRequest(
                    method, "http://h/", List.of(), Optional.empty(), Optional.empty()))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.METHOD);
              assertThat(e.pointer()).isEqualTo("/method");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\r\nInjected: yes", "a\nb", "a\rb", "a\u010d\u010ab", "a\0b", "a\u007fb", "\u20ac",
        "\u0130", "\u00e9", " a", "a ", "\ta", "a\t", " "
      })
  void a_bad_header_value_is_refused(String value) {
    assertThatThrownBy(() -> withHeader("X-A", value))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.HEADER);
              assertThat(e.pointer()).isEqualTo("/headers/X-A");
              assertThat(e.getMessage()).doesNotContain("Injected");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a b", "a\tb", "~!@#$%^&*()", "\"quoted\\\"\""})
  void a_good_header_value_is_kept_as_given(String value) {
    assertThat(withHeader("X-A", value).headers()).containsExactly(new Header("X-A", value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "X A", "X:A", "X-A\r\nInj", "\u00e4", "X\0", "(x)", "X-A:", "a\u010d"})
  void a_bad_header_name_is_refused(String name) {
    assertThatThrownBy(() -> withHeader(name, "a"))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.kind()).isEqualTo(Kind.HEADER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "hOST",
        "Transfer-Encoding",
        "Content-Length",
        "Connection",
        "Keep-Alive",
        "Upgrade",
        "TE",
        "Trailer",
        "Expect",
        "HTTP2-Settings",
        "Proxy-Authorization",
        "Proxy-Authenticate",
        "Proxy-Connection",
        "Metadata",
        "Metadata-Flavor",
        "X-aws-ec2-metadata-token",
        "X-aws-ec2-metadata-token-ttl-seconds",
        "X-Google-Metadata-Request"
      })
  void a_header_that_belongs_to_the_executor_or_to_one_hop_is_not_allowed(String name) {
    assertThatThrownBy(() -> withHeader(name, "a"))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.HEADER_NOT_ALLOWED);
              assertThat(e.pointer()).isEqualTo("/headers/" + name);
            });
  }

  @Test
  void there_are_at_most_64_headers() {
    var header = new Header("X", "a");
    withHeaders(Collections.nCopies(64, header));
    assertThatThrownBy(() -> withHeaders(Collections.nCopies(65, header)))
        .isInstanceOf(InvalidRequest.class);
  }

  @ParameterizedTest
  @CsvSource({"8192,true", "8193,false"})
  void a_header_value_has_at_most_8192_characters(int size, boolean good) {
    assertGood(List.of(new Header("X", "a".repeat(size))), good);
  }

  @ParameterizedTest
  @CsvSource({"128,true", "129,false"})
  void a_header_name_has_at_most_128_characters(int size, boolean good) {
    assertGood(List.of(new Header("a".repeat(size), "")), good);
  }

  @ParameterizedTest
  @CsvSource({"8191,true", "8192,false"})
  void headers_together_have_at_most_32768_characters(int size, boolean good) {
    assertGood(Collections.nCopies(4, new Header("X", "a".repeat(size))), good);
  }

  private static void assertGood(List<Header> headers, boolean good) {
    if (good) {
      assertThatCode(() -> withHeaders(headers)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> withHeaders(headers)).isInstanceOf(InvalidRequest.class);
    }
  }

  @Test
  void headers_that_differ_in_case_are_kept_apart_and_in_order() {
    var headers = List.of(new Header("x-b", "1"), new Header("X-A", "2"), new Header("X-B", "3"));
    assertThat(withHeaders(headers).headers()).isEqualTo(headers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\nb", "\u00e9"})
  void a_bad_idempotency_key_is_refused(String key) {
    assertThatThrownBy(() -> withKey(key, List.of()))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.pointer()).isEqualTo("/idempotencyKey"));
  }

  @Test
  void an_idempotency_key_is_given_once() {
    withKey("k".repeat(256), List.of());
    assertThatThrownBy(() -> withKey("k".repeat(257), List.of()))
        .isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> withKey("k", List.of(new Header("idempotency-key", "k"))))
        .isInstanceOf(InvalidRequest.class);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,true",
    "HEAD,true",
    "PUT,true",
    "DELETE,true",
    "OPTIONS,true",
    "POST,false",
    "PATCH,false"
  })
  void a_request_is_repeatable_by_its_method_or_its_key(String method, boolean repeatable) {
    assertThat(withKey(method, Optional.empty()).repeatable()).isEqualTo(repeatable);
    assertThat(withKey(method, Optional.of("k")).repeatable()).isTrue();
  }

  @Test
  void its_text_form_shows_no_secret() {
    var request =
        new FetchRequest(
            "POST",
            "http://h/a?token=secret",
            List.of(new Header("Authorization", "secret")),
            Optional.of(Body.utf8("secret")),
            Optional.of("secret"));
    assertThat(request.toString()).isEqualTo("POST http://h/a?\u2026").doesNotContain("secret");
  }

  private static FetchRequest withHeader(String name, String value) {
    return withHeaders(List.of(new Header(name, value)));
  }

  private static FetchRequest withHeaders(List<Header> headers) {
    return new FetchRequest("GET", "http://h/", headers, Optional.empty(), Optional.empty());
  }

  private static FetchRequest withKey(String key, List<Header> headers) {
    return new FetchRequest("POST", "http://h/", headers, Optional.empty(), Optional.of(key));
  }

  private static FetchRequest withKey(String method, Optional<String> key) {
    return new FetchRequest(method, "http://h/", List.of(), Optional.empty(), key);
  }
}
