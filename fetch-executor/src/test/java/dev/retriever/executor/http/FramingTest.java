package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.Report;
import dev.retriever.executor.Report.Ambiguous;
import dev.retriever.executor.Report.Answered;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a response ends, and which ones are refused because readers may disagree about it. */
class FramingTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

  private final TransportFixture fixture = new TransportFixture("pooled-rest = 0");

  @AfterEach
  void close() {
    fixture.close();
  }

  private Report answeredBy(String response) throws Exception {
    try (var target = RawTarget.answering(response)) {
      return fixture.get(target.url("/"));
    }
  }

  private static void assertMalformed(Report report) {
    assertThat(report).isInstanceOf(Ambiguous.class);
    assertThat(((Ambiguous) report).reason()).isEqualTo("malformed-response");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
        "Content-Length: 2\r\nTransfer-Encoding: gzip",
        "Content-Length: 2\r\nTransfer-Encoding: xchunked",
        "Content-Length: 2\r\nTransfer-Encoding:",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: \u000bchunked",
        "Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: 2, 2",
        "Content-Length: +2",
        "Content-Length: -2",
        "Content-Length: 0x2",
        "Content-Length: 2 2",
        "Content-Length:",
        "Content-Length: 9223372036854775808",
        "Content-Length:\r\n 2\r\n 3",
        "no colon",
        "X: a\u0000b",
        "X\u0000: b",
        "X: a\rb",
        " X: folded before the first"
      })
  void a_head_whose_framing_is_ambiguous_is_malformed(String fields) throws Exception {
    assertMalformed(answeredBy(OK + fields + "\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/9.9 200 OK",
        "HTTP/2.0 200 OK",
        "HTTP/1.2 200 OK",
        "HTTP/0.9 200 OK",
        "HTTP/1.10 200 OK",
        "http/1.1 200 OK",
        "ICY 200 OK",
        "RTSP/1.0 200 OK",
        "HTTP/1.1 99 OK",
        "HTTP/1.1 099 OK",
        "HTTP/1.1 600 OK",
        "HTTP/1.1 999 OK",
        "HTTP/1.1 1000 OK",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 +200 OK",
        "HTTP/1.1 -20 OK",
        "HTTP/1.1 2OO OK",
        "HTTP/1.1 \u0662\u0660\u0660 OK",
        "HTTP/1.1"
      })
  void a_status_line_that_is_none_of_http_1_is_malformed(String line) throws Exception {
    assertMalformed(answeredBy(line + "\r\nContent-Length: 2\r\n\r\nok"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2 x\r\nok\r\n0\r\n\r\n",
        "2x\r\nok\r\n0\r\n\r\n",
        "0x2\r\nok\r\n0\r\n\r\n",
        "+2\r\nok\r\n0\r\n\r\n",
        "-2\r\nok\r\n0\r\n\r\n",
        "2\u0000\r\nok\r\n0\r\n\r\n",
        "2\r\nok\r\n0 x\r\n\r\n",
        "2\nok\r\n0\r\n\r\n",
        "2;a=b\nok\r\n0\r\n\r\n",
        "2\r\nok0\r\n\r\n",
        "2\r\nok!\r\n0\r\n\r\n",
        "\r\nok\r\n0\r\n\r\n",
        "100000002\r\nok\r\n0\r\n\r\n",
        "2\r\nok\r\n0\r\nno colon\r\n\r\n"
      })
  void chunks_that_two_readers_may_cut_at_different_places_are_malformed(String body)
      throws Exception {
    assertMalformed(answeredBy(CHUNKED + body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2\r\nok\r\n0\r\n\r\n",
        "2 \t\r\nok\r\n00\r\n\r\n",
        "1;a=b\r\no\r\n1 ; c=\"d\"\r\nk\r\n0;e\r\nTrailer-Field: x\r\n\r\n"
      })
  void chunks_with_extensions_and_trailers_are_a_body(String body) throws Exception {
    var report = answeredBy(CHUNKED + body);
    assertThat(((Answered) report).response().body()).isEqualTo(Body.utf8("ok"));
    assertThat(fixture.transport.unsolicitedBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1;", "1;a=" + "-"})
  void chunk_lines_may_not_take_much_more_than_the_body(String line) throws Exception {
    var few = ("1\r\nx\r\n").repeat(20_000) + "0\r\n\r\n";
    assertThat(answeredBy(CHUNKED + few)).isInstanceOf(Answered.class);
    var much = (line + "y".repeat(40) + "\r\nx\r\n").repeat(5_000) + "0\r\n\r\n";
    assertMalformed(answeredBy(CHUNKED + much));
  }

  @Test
  void a_response_has_two_hundred_fields_at_most_its_trailers_included() throws Exception {
    var ok = OK + "X: y\r\n".repeat(199) + "Content-Length: 0\r\n\r\n";
    assertThat(((Answered) answeredBy(ok)).response().headers()).hasSize(200);
    assertMalformed(answeredBy(OK + "X: y\r\n".repeat(200) + "Content-Length: 0\r\n\r\n"));
    assertMalformed(answeredBy(OK + "a:b\r\n".repeat(6_000) + "\r\n"));
    assertMalformed(answeredBy(CHUNKED + "0\r\n" + "X: y\r\n".repeat(200) + "\r\n"));
    assertThat(answeredBy(CHUNKED + "0\r\n" + "X: y\r\n".repeat(199) + "\r\n"))
        .isInstanceOf(Answered.class);
  }

  @ParameterizedTest
  @CsvSource({
    "'Content-Length : 2', 2",
    "'X-Other\t: y\r\nContent-Length: 2', 2",
    "'Content-Length: 2', 1",
    "'X-Folded: a\r\n b\r\nContent-Length: 2', 1"
  })
  void a_connection_is_not_used_again_after_a_field_with_a_blank_before_its_colon(
      String fields, int connections) throws Exception {
    try (var target = RawTarget.answering(OK + fields + "\r\n\r\nok")) {
      for (var round = 0; round < 2; round++) {
        var report = fixture.get(target.url("/"));
        assertThat(((Answered) report).response().body()).isEqualTo(Body.utf8("ok"));
      }
      assertThat(target.connections()).isEqualTo(connections);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 103 x\r\nno colon\r\n\r\n",
        "HTTP/1.1 103 x\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 199 x\r\nX: a\u0000b\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 101 x\r\n\r\n"
      })
  void an_interim_response_that_is_malformed_ends_the_exchange(String interim) throws Exception {
    assertMalformed(answeredBy(interim + RawTarget.OK));
  }

  @Test
  void twenty_interim_responses_are_passed_over_and_no_more() throws Exception {
    var interim = "HTTP/1.1 100 Continue\r\n\r\n";
    assertThat(answeredBy(interim.repeat(20) + RawTarget.OK)).isInstanceOf(Answered.class);
    assertMalformed(answeredBy(interim.repeat(21) + RawTarget.OK));
  }

  @Test
  void an_empty_line_before_the_first_answer_is_passed_over() throws Exception {
    assertThat(answeredBy("\r\n" + RawTarget.OK)).isInstanceOf(Answered.class);
  }
}
