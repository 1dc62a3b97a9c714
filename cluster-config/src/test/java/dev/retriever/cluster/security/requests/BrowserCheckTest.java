package dev.retriever.cluster.security.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.egress.AddressBlocks;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserCheckTest {
  private static final HttpRequest WRITE =
      HttpRequest.POST("http://localhost:8080/admin/origins/http/o/trigger");

  private static final RequestSettings SETTINGS =
      new RequestSettings(
          List.of(),
          Optional.of("https://shop.example"),
          AddressBlocks.of("trusted-proxies", List.of()));

  private static Optional<ProblemType> refusal(boolean tls, HttpRequest request) {
    return new BrowserCheck(new Listener(tls), SETTINGS).refusal(request).map(Problem::type);
  }

  private static Optional<ProblemType> refusal(HttpRequest request) {
    return refusal(false, request);
  }

  private static HttpRequest with(HttpRequest request, String name, String value) {
    return request.addHeader(RawHeader.create(name, value));
  }

  private static HttpRequest json(HttpRequest request) {
    return request.withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, new byte[0]));
  }

  @Test
  void a_program_writes_without_a_body_and_without_a_type() {
    assertThat(refusal(WRITE)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8080",
        "HTTP://LOCALHOST:8080",
        "http://localhost.:8080",
        "https://shop.example",
        "https://shop.example:443"
      })
  void a_page_of_this_node_may_write_json(String origin) {
    assertThat(refusal(json(with(WRITE, "Origin", origin)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "http://localhost",
        "http://localhost:8081",
        "https://localhost:8080",
        "http://127.0.0.1:8080",
        "http://evil.example:8080",
        "http://shop.example",
        "https://shop.example.evil.example",
        "http://localhost:8080/",
        "http://localhost:8080 http://evil.example",
        "http://me@localhost:8080",
        "file://",
        ""
      })
  void a_page_of_another_origin_may_not_write(String origin) {
    assertThat(refusal(json(with(WRITE, "Origin", origin)))).contains(ProblemType.CROSS_SITE);
  }

  @Test
  void two_origins_are_none() {
    var own = with(json(WRITE), "Origin", "http://localhost:8080");

    assertThat(refusal(with(own, "Origin", "http://localhost:8080")))
        .contains(ProblemType.CROSS_SITE);
  }

  @Test
  void the_scheme_is_that_of_the_port_whatever_the_uri_says() {
    var tls = with(json(WRITE), "Origin", "https://localhost:8080");

    assertThat(refusal(true, tls)).isEmpty();
    assertThat(refusal(true, with(json(WRITE), "Origin", "http://localhost:8080")))
        .contains(ProblemType.CROSS_SITE);
  }

  @Test
  void a_host_without_a_port_stands_for_the_port_of_the_listeners_scheme() {
    var request = json(HttpRequest.POST("http://localhost/admin/origins/http/o/trigger"));

    assertThat(refusal(true, with(request, "Origin", "https://localhost"))).isEmpty();
    assertThat(refusal(false, with(request, "Origin", "http://localhost"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "same-origin, true",
    "none, true",
    "same-site, false",
    "cross-site, false",
    "other, false"
  })
  void a_write_is_of_the_same_origin_or_typed_in(String site, boolean passes) {
    var request = with(json(WRITE), "Sec-Fetch-Site", site);

    assertThat(refusal(request).isEmpty()).isEqualTo(passes);
    assertThat(refusal(request.withMethod(HttpMethods.DELETE)).isEmpty()).isEqualTo(passes);
    assertThat(refusal(request.withMethod(HttpMethods.GET))).isEmpty();
  }

  @Test
  void a_page_needs_the_type_of_json_unless_it_shows_a_credential() {
    var own = with(WRITE, "Origin", "http://localhost:8080");
    var text = own.withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, "{}".getBytes()));

    assertThat(refusal(own)).contains(ProblemType.UNSUPPORTED_MEDIA_TYPE);
    assertThat(refusal(text)).contains(ProblemType.UNSUPPORTED_MEDIA_TYPE);
    assertThat(refusal(with(own, "Authorization", "Bearer x"))).isEmpty();
    assertThat(refusal(with(WRITE, "Sec-Fetch-Site", "same-origin")))
        .contains(ProblemType.UNSUPPORTED_MEDIA_TYPE);
  }
}
