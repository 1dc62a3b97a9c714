package dev.retriever.origin;

import static dev.retriever.origin.Samples.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked next after one answer, and of whom. */
class RedirectTest {
  private static final String HERE = "https://shop.example/a/b?q=1";

  private static Optional<FetchRequest> next(FetchRequest request, int status, String location) {
    return Redirect.of(request, response(status, new Header("location", location)))
        .map(redirect -> redirect.after(request));
  }

  private static Optional<String> place(String from, String location) {
    return next(FetchRequest.get(from), 302, location).map(FetchRequest::url);
  }

  private static List<String> names(FetchRequest request) {
    return request.headers().stream().map(Header::name).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "301,GET,GET",
    "301,HEAD,HEAD",
    "301,OPTIONS,OPTIONS",
    "301,POST,GET",
    "301,PUT,PUT",
    "301,PATCH,PATCH",
    "301,DELETE,DELETE",
    "302,GET,GET",
    "302,HEAD,HEAD",
    "302,OPTIONS,OPTIONS",
    "302,POST,GET",
    "302,PUT,PUT",
    "302,PATCH,PATCH",
    "302,DELETE,DELETE",
    "303,GET,GET",
    "303,HEAD,HEAD",
    "303,OPTIONS,GET",
    "303,POST,GET",
    "303,PUT,GET",
    "303,PATCH,GET",
    "303,DELETE,GET",
    "307,GET,GET",
    "307,HEAD,HEAD",
    "307,OPTIONS,OPTIONS",
    "307,POST,POST",
    "307,PUT,PUT",
    "307,PATCH,PATCH",
    "307,DELETE,DELETE",
    "308,GET,GET",
    "308,HEAD,HEAD",
    "308,OPTIONS,OPTIONS",
    "308,POST,POST",
    "308,PUT,PUT",
    "308,PATCH,PATCH",
    "308,DELETE,DELETE"
  })
  void the_status_decides_what_becomes_of_the_method(int status, String method, String then) {
    var request = FetchRequest.of(method, HERE);

    assertThat(next(request, status, "/c")).contains(FetchRequest.of(then, place("/c")));
  }

  private static String place(String path) {
    return "https://shop.example" + path;
  }

  @ParameterizedTest
  @CsvSource({
    "301,POST,false", "301,PUT,true", "302,POST,false", "302,PATCH,true",
    "303,POST,false", "303,PUT,false", "307,POST,true", "308,POST,true"
  })
  void the_body_goes_along_with_its_method_only(int status, String method, boolean kept) {
    var request =
        FetchRequest.of(method, HERE)
            .text("order")
            .header("Content-Language", "de")
            .header("content-digest", "sha-256=:x:")
            .header("Digest", "x")
            .header("Accept", "text/plain");

    var next = next(request, status, "/c").orElseThrow();

    if (kept) {
      assertThat(next.body()).contains(Body.utf8("order"));
      assertThat(next.headers()).isEqualTo(request.headers());
    } else {
      assertThat(next.body()).isEmpty();
      assertThat(names(next)).containsExactly("Accept");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 300, 304, 305, 306, 309, 399, 503})
  void no_other_status_leads_anywhere(int status) {
    assertThat(next(FetchRequest.get(HERE), status, "/c")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/c, https://shop.example/c",
    "c, https://shop.example/a/c",
    "./c, https://shop.example/a/c",
    "../c, https://shop.example/c",
    "../../../c, https://shop.example/c",
    "., https://shop.example/a/",
    ".., https://shop.example/",
    "/x/./y/../z/, https://shop.example/x/z/",
    "c/.., https://shop.example/a/",
    "//other.example/c, https://other.example/c",
    "?q=2, https://shop.example/a/b?q=2",
    "c?x=../y, https://shop.example/a/c?x=../y",
    "/%2e%2e/c%2f?x=%20, https://shop.example/%2e%2e/c%2f?x=%20",
    "/c#part, https://shop.example/c",
    "https://other.example/x/../y#part, https://other.example/x/../y",
    "HTTPS://Other.example:8443/, HTTPS://Other.example:8443/"
  })
  void a_location_is_a_place_as_seen_from_where_it_was_told(String location, String url) {
    assertThat(place(HERE, location)).contains(url);
  }

  @Test
  void a_relative_location_cannot_lengthen_the_name_of_the_host() {
    assertThat(place("https://shop.example", "evil.example"))
        .contains("https://shop.example/evil.example");
    assertThat(place("https://shop.example?q", "c?r")).contains("https://shop.example/c?r");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "#part",
        "https://",
        "//",
        "///c",
        "https:c",
        "mailto:a@shop.example",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "https://user@shop.example/",
        "https://user:password@shop.example/",
        "//user@shop.example/",
        "https://shop.example:0/",
        "https://shop.example:99999/",
        "https://0x7f.1/",
        "https://a b/",
        "/\\evil.example",
        "/%",
        "/a\tb"
      })
  void a_location_that_could_not_be_asked_for_leads_nowhere(String location) {
    assertThat(place(HERE, location)).isEmpty();
  }

  @Test
  void a_location_that_is_too_long_leads_nowhere() {
    assertThat(place(HERE, "/" + "x".repeat(8192))).isEmpty();
  }

  @Test
  void no_location_or_two_lead_nowhere() {
    var request = FetchRequest.get(HERE);
    var location = new Header("Location", "/c");

    assertThat(Redirect.of(request, response(302))).isEmpty();
    assertThat(Redirect.of(request, response(302, location, location))).isEmpty();
  }

  @Test
  void a_redirect_from_tls_to_plain_http_is_not_followed() {
    assertThat(place(HERE, "http://shop.example/c")).isEmpty();
    assertThat(place("HTTPS://shop.example/", "http://other.example/c")).isEmpty();
    assertThat(place("http://shop.example/", HERE)).contains(HERE);
  }

  private static FetchRequest withCredentials(String url) {
    return FetchRequest.post(url)
        .header("Accept", "*/*")
        .header("authorization", "Bearer x")
        .header("Cookie", "a=b")
        .header("Proxy-Hint", "x")
        .secret("X-Api-Key", "", "stripe")
        .header("X-Trace", "1")
        .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        .idempotencyKey("key");
  }

  @ParameterizedTest
  @CsvSource({
    "http://shop.example/, http://shop.example/c",
    "http://shop.example/, http://shop.example:80/c",
    "http://shop.example/, HTTP://SHOP.example/c",
    "https://shop.example:443/, https://shop.example/c",
    "https://shop.example:8443/, https://shop.example:8443/c"
  })
  void credentials_go_along_to_the_same_authority(String from, String to) {
    var request = withCredentials(from);

    var next = next(request, 307, to).orElseThrow();

    assertThat(next.headers()).isEqualTo(request.headers());
    assertThat(next.idempotencyKey()).contains("key");
  }

  @ParameterizedTest
  @CsvSource({
    "http://shop.example/, http://other.example/",
    "http://shop.example/, http://www.shop.example/",
    "http://shop.example/, http://shop.example:8080/",
    "http://shop.example/, https://shop.example/",
    "http://shop.example:443/, https://shop.example/",
    "http://shop.example/, //other.example/"
  })
  void credentials_do_not_go_along_to_another_authority(String from, String to) {
    var next = next(withCredentials(from), 307, to).orElseThrow();

    assertThat(names(next)).containsExactly("Accept", "traceparent");
    assertThat(next.idempotencyKey()).isEmpty();
    assertThat(next.method()).isEqualTo("POST");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Accept",
        "ACCEPT-CHARSET",
        "Accept-Encoding",
        "Accept-Language",
        "Cache-Control",
        "Content-Digest",
        "Content-Encoding",
        "Content-Language",
        "content-type",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
        "Range",
        "traceparent",
        "User-Agent"
      })
  void headers_without_credentials_go_along_to_another_authority(String name) {
    assertThat(namesElsewhere(FetchRequest.put(HERE).header(name, "x"))).containsExactly(name);
  }

  /** Plain text too: nobody but the caller knows which of them are credentials. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "baggage",
        "Cookie",
        "Forwarded",
        "From",
        "If",
        "Origin",
        "Proxy-Hint",
        "Referer",
        "tracestate",
        "X-Api-Key",
        "X-Auth-Token",
        "X-Custom",
        "accept-x"
      })
  void any_other_header_does_not_go_along_to_another_authority(String name) {
    assertThat(namesElsewhere(FetchRequest.put(HERE).header(name, "x"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"User-Agent", "Accept", "traceparent"})
  void a_secret_does_not_go_along_under_any_name(String name) {
    assertThat(namesElsewhere(FetchRequest.put(HERE).secret(name, "", "stripe"))).isEmpty();
  }

  private static List<String> namesElsewhere(FetchRequest request) {
    return names(next(request, 307, "https://other.example/").orElseThrow());
  }

  @Test
  void a_key_that_is_a_header_does_not_go_along_either() {
    var request = FetchRequest.post("http://shop.example/").header("idempotency-KEY", "key");

    assertThat(names(next(request, 308, "http://other.example/").orElseThrow())).isEmpty();
  }

  @Test
  void its_text_does_not_show_a_query() {
    assertThat(new Redirect(307, "http://shop.example/c?token=x"))
        .hasToString("307 http://shop.example/c?…");
  }

  @ParameterizedTest
  @CsvSource({
    "'/a b', https://shop.example/a%20b",
    "' /a ', https://shop.example/a",
    "'/a|b?c|d', https://shop.example/a%7Cb?c%7Cd",
    "'/{a}?\"<b>\"^`', https://shop.example/%7Ba%7D?%22%3Cb%3E%22%5E%60",
    "'/caf\u00c3\u00a9', https://shop.example/caf%C3%A9",
    "'/caf\u00e9', https://shop.example/caf%E9",
    "'/\u20ac', https://shop.example/%E2%82%AC",
    "'?a b', https://shop.example/a/b?a%20b",
    "'https://under_score.example/x y', https://under_score.example/x%20y",
    "'//under_score.example:8443/', https://under_score.example:8443/"
  })
  void locations_that_browsers_follow_are_followed_in_escaped_form(String location, String url) {
    assertThat(place(HERE, location)).contains(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a b/",
        "https://caf\u00c3\u00a9.example/",
        "/\\evil",
        "/%zz",
        "/a\u0000",
        "/\ud800"
      })
  void ambiguous_locations_are_not_followed(String location) {
    assertThat(place(HERE, location)).isEmpty();
  }

  @Test
  void from_a_host_with_an_underscore_to_the_same_one_all_headers_go_along() {
    var request = FetchRequest.get("https://a_b.example/").header("Authorization", "x");

    assertThat(names(next(request, 302, "https://A_B.example:443/y").orElseThrow()))
        .containsExactly("Authorization");
    assertThat(names(next(request, 302, "https://a_c.example/y").orElseThrow())).isEmpty();
    assertThat(names(next(request, 302, "https://a_b.example:444/y").orElseThrow())).isEmpty();
  }
}
