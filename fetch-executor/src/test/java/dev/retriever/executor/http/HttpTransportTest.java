package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Report.Answered;
import dev.retriever.executor.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a working target is sent, and what is made of its answer. */
class HttpTransportTest {
  private TransportFixture fixture = new TransportFixture("pooled-rest = 0");

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void a_request_is_sent_byte_for_byte_as_given() throws Exception {
    try (var target = RawTarget.answering(RawTarget.OK)) {
      fixture.fetch(
          new FetchRequest(
              "POST",
              target.url("/a/../%2Fb;c=1/./?x=%0d%0a&y=+%20'&&z=?/"),
              List.of(
                  new Header("x-B", "2"),
                  new Header("X-a", "1"),
                  new Header("x-b", "3"),
                  new Header("Accept", "text/plain")),
              Optional.of(Body.utf8("naïve\r\n")),
              Optional.of("key-1")));

      assertThat(target.requests())
          .containsExactly(
              "POST /a/../%2Fb;c=1/./?x=%0d%0a&y=+%20'&&z=?/ HTTP/1.1\r\n"
                  + ("Host: 127.0.0.1:" + target.port() + "\r\n")
                  + "x-B: 2\r\n"
                  + "X-a: 1\r\n"
                  + "x-b: 3\r\n"
                  + "Accept: text/plain\r\n"
                  + "User-Agent: Retriever/0.1\r\n"
                  + "Idempotency-Key: key-1\r\n"
                  + "content-length: 8\r\n"
                  + "\r\n"
                  + latin1("naïve\r\n"));
    }
  }

  private static String latin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({"'',/", "?a=b,/?a=b", "/?,/?", "/x?,/x?", "//x//,//x//", "/%7e~,/%7e~"})
  void the_request_target_is_what_follows_the_authority(String inUrl, String onWire)
      throws Exception {
    try (var target = RawTarget.answering(RawTarget.OK)) {
      fixture.get(target.url(inUrl));
      assertThat(target.requests().get(0)).startsWith("GET " + onWire + " HTTP/1.1\r\n");
    }
  }

  /** The client would read it, and stumble over a charset that the platform does not have. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "text/plain; charset=no-such",
        "text/plain; charset=;",
        "text/plain; charset=a b",
        "text/plain; charset=",
        "multipart/form-data",
        ";;;"
      })
  void a_type_of_content_is_sent_as_it_stands(String type) throws Exception {
    try (var target = RawTarget.answering(RawTarget.OK)) {
      var request = FetchRequest.post(target.url("/")).text("x").header("Content-Type", type);

      assertThat(fixture.fetch(request)).isInstanceOf(Answered.class);
      assertThat(target.requests().get(0)).contains("\r\nContent-Type: " + type + "\r\n");
    }
  }

  @Test
  void nothing_is_added_to_the_headers_but_accept_and_user_agent() throws Exception {
    try (var target = RawTarget.answering(RawTarget.OK)) {
      fixture.get(target.url("/"));
      assertThat(target.requests())
          .containsExactly(
              "GET / HTTP/1.1\r\n"
                  + ("Host: 127.0.0.1:" + target.port() + "\r\n")
                  + "User-Agent: Retriever/0.1\r\naccept: */*\r\n\r\n");
    }
  }

  @Test
  void a_given_user_agent_replaces_ours_and_attempts_are_identified_on_demand() throws Exception {
    fixture.close();
    fixture = new TransportFixture("identify-attempts = on");
    try (var target = RawTarget.answering(RawTarget.OK)) {
      fixture.fetch(
          new FetchRequest(
              "GET",
              target.url("/"),
              List.of(new Header("user-agent", "mine")),
              Optional.empty(),
              Optional.empty()));
      assertThat(target.requests().get(0))
          .contains("user-agent: mine\r\n", "Retriever-Fetch-Id: f-1\r\n", "Retriever-Attempt: 2")
          .doesNotContain("Retriever/0.1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
  void each_method_is_answered(String method) throws Exception {
    var body = "HEAD".equals(method) ? "" : "ok";
    try (var target = RawTarget.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + body)) {
      for (var round = 0; round < 2; round++) {
        var report =
            fixture.fetch(
                new FetchRequest(
                    method, target.url("/"), List.of(), Optional.empty(), Optional.empty()));
        assertThat(answer(report).body()).isEqualTo(Body.utf8(body));
      }
      assertThat(target.requests()).hasSize(2);
      assertThat(target.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void a_status_without_a_body_is_whole_after_its_head(int status) throws Exception {
    try (var target = RawTarget.answering("HTTP/1.1 " + status + " x\r\nETag: \"1\"\r\n\r\n")) {
      assertThat(answer(fixture.get(target.url("/"))).status()).isEqualTo(status);
      assertThat(answer(fixture.get(target.url("/"))).body()).isEqualTo(Body.EMPTY);
      assertThat(target.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_response_without_any_header_is_an_answer() throws Exception {
    try (var target =
        new RawTarget(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\n\r\nall there is");
            })) {
      assertThat(answer(fixture.get(target.url("/"))))
          .isEqualTo(new Response(200, List.of(), Body.utf8("all there is")));
    }
  }

  @Test
  void any_status_is_an_answer_with_its_headers_in_order() throws Exception {
    try (var target =
        RawTarget.answering(
            "HTTP/1.1 404 Gone fishing\r\nb: 1\r\nA: 2\r\nB: 3\r\nContent-Length: 1\r\n\r\n.")) {
      assertThat(answer(fixture.get(target.url("/"))))
          .isEqualTo(
              new Response(
                  404,
                  List.of(
                      new Header("b", "1"),
                      new Header("A", "2"),
                      new Header("B", "3"),
                      new Header("Content-Length", "1")),
                  Body.utf8(".")));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void a_redirect_is_an_answer_and_not_followed(int status) throws Exception {
    try (var target =
        RawTarget.answering(
            "HTTP/1.1 " + status + " x\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")) {
      var answer = answer(fixture.get(target.url("/a")));
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("location")).contains("/b");
      assertThat(target.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"401 x\r\nWWW-Authenticate: Basic", "407 x\r\nProxy-Authenticate: Basic"})
  void a_challenge_is_an_answer(String head) throws Exception {
    try (var target =
        RawTarget.answering("HTTP/1.1 " + head + " realm=a\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(answer(fixture.get(target.url("/"))).status()).isIn(401, 407);
      assertThat(target.requests()).hasSize(1);
    }
  }

  @Test
  void cookies_are_neither_kept_nor_sent() throws Exception {
    try (var target =
        RawTarget.answering("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")) {
      fixture.get(target.url("/"));
      fixture.get(target.url("/"));
      assertThat(target.requests().get(1)).doesNotContainIgnoringCase("cookie");
    }
  }

  @Test
  void a_compressed_body_is_left_as_it_came() throws Exception {
    var bytes = "\u001f\u008bnot really";
    try (var target =
        RawTarget.answering(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + bytes)) {
      var answer = answer(fixture.get(target.url("/")));
      assertThat(answer.body().bytes()).isEqualTo(bytes.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(answer.header("content-encoding")).contains("gzip");
    }
  }

  @Test
  void a_chunked_body_is_put_together() throws Exception {
    try (var target =
        RawTarget.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n")) {
      assertThat(answer(fixture.get(target.url("/"))).body()).isEqualTo(Body.utf8("abcde"));
    }
  }

  @Test
  void interim_responses_are_not_the_answer() throws Exception {
    try (var target =
        RawTarget.answering(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                + RawTarget.OK)) {
      for (var round = 0; round < 2; round++) {
        var report = fixture.fetch(FetchRequest.post(target.url("/")).body(Body.utf8("once")));
        assertThat(answer(report).status()).isEqualTo(200);
      }
      assertThat(target.requests())
          .hasSize(2)
          .allMatch(request -> request.endsWith("\r\n\r\nonce"));
    }
  }

  @Test
  void a_response_nobody_asked_for_is_not_the_answer_to_the_next_request() throws Exception {
    try (var target =
        RawTarget.answering(RawTarget.OK + "HTTP/1.1 418 Planted\r\nContent-Length: 0\r\n\r\n")) {
      for (var round = 0; round < 20; round++) {
        var report = fixture.get(target.url("/" + round));
        if (report instanceof Answered answered) {
          assertThat(answered.response().status()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void connections_are_kept_for_further_requests() throws Exception {
    try (var target = RawTarget.answering(RawTarget.OK)) {
      for (var round = 0; round < 5; round++) {
        assertThat(fixture.get(target.url("/"))).isInstanceOf(Answered.class);
      }
      assertThat(target.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_connection_that_the_target_wants_closed_is_not_kept() throws Exception {
    try (var target =
        RawTarget.answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")) {
      fixture.get(target.url("/"));
      fixture.get(target.url("/"));
      assertThat(target.connections()).isEqualTo(2);
    }
  }

  @Test
  void a_large_body_goes_out_and_comes_back_whole() throws Exception {
    var body = Body.utf8("0123456789abcdef".repeat(1 << 16));
    try (var target =
        new RawTarget(
            connection -> {
              var request = connection.readRequest();
              var sent = request.substring(request.indexOf("\r\n\r\n") + 4);
              connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + sent.length() + "\r\n\r\n");
              connection.write(sent);
            })) {
      assertThat(answer(fixture.fetch(FetchRequest.post(target.url("/")).body(body))).body())
          .isEqualTo(body);
    }
  }

  private static Response answer(Report report) {
    assertThat(report).isInstanceOf(Answered.class);
    return ((Answered) report).response();
  }
}
