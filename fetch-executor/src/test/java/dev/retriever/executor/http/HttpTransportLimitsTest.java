package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Report.Ambiguous;
import dev.retriever.executor.Report.Answered;
import dev.retriever.executor.Report.NotSent;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.memory.ByteAccount;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that send too much, or what is no HTTP, or do not listen at all. */
class HttpTransportLimitsTest {
  private TransportFixture fixture = new TransportFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource({"9,true", "10,true", "11,false", "20000,false"})
  void a_body_over_the_limit_is_cut_off(int size, boolean answered) throws Exception {
    fixture.close();
    fixture = new TransportFixture("max-response-body = 10");
    try (var target =
        RawTarget.answering(
            "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size))) {
      var report = fixture.get(target.url("/"));
      if (answered) {
        assertThat(answer(report).body().size()).isEqualTo(size);
      } else {
        assertThat(report)
            .isEqualTo(
                new Ambiguous(
                    Optional.of(Stage.BODY),
                    "response-too-large",
                    Optional.of(
                        new Response(
                            200,
                            List.of(new Header("Content-Length", Integer.toString(size))),
                            Body.utf8("x".repeat(10))))));
        target.awaitHungUp();
      }
    }
  }

  @Test
  void of_a_body_over_the_limit_the_first_8_kib_are_kept() throws Exception {
    fixture.close();
    fixture = new TransportFixture("max-response-body = 10 KiB");
    try (var target =
        RawTarget.answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 20480\r\n\r\n" + "x".repeat(20480))) {
      var report = (Ambiguous) fixture.get(target.url("/"));
      assertThat(report.partial().orElseThrow().body().size()).isEqualTo(8192);
    }
  }

  @Test
  void a_connection_whose_last_answer_came_while_memory_was_full_gets_its_next_answer()
      throws Exception {
    fixture.close();
    var memory = new ByteAccount(10);
    memory.add(10);
    fixture = new TransportFixture(memory, "pooled-rest = 0");
    try (var target =
        new RawTarget(
            connection -> {
              while (connection.readRequest() != null) {
                connection.write(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
              }
            })) {
      assertThat(answer(fixture.get(target.url("/"))).body()).isEqualTo(Body.utf8("ok"));
      memory.give(10);
      assertThat(answer(fixture.get(target.url("/"))).body()).isEqualTo(Body.utf8("ok"));
      assertThat(target.connections()).isEqualTo(1);
    }
  }

  @Test
  void response_headers_may_be_large_up_to_the_limit() throws Exception {
    var large = "HTTP/1.1 200 OK\r\nX: " + "x".repeat(30_000) + "\r\nContent-Length: 0\r\n\r\n";
    var tooLarge = large.replace("X: ", "Y: " + "y".repeat(3_000) + "\r\nX: ");
    try (var target = RawTarget.answering(large);
        var other = RawTarget.answering(tooLarge)) {
      assertThat(fixture.get(target.url("/"))).isInstanceOf(Answered.class);
      assertThat(fixture.get(other.url("/"))).isEqualTo(ambiguous("malformed-response"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-Server\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
      })
  void bytes_that_are_no_http_response_are_malformed(String bytes) throws Exception {
    try (var target = RawTarget.answering(bytes)) {
      var report = (Ambiguous) fixture.get(target.url("/"));
      assertThat(report.reason()).isEqualTo("malformed-response");
      target.awaitHungUp();
    }
  }

  @Test
  void a_refused_connection_is_not_sent() throws Exception {
    try (var nobody = new Socket()) {
      nobody.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      assertThat(fixture.get("http://127.0.0.1:" + nobody.getLocalPort() + "/"))
          .isEqualTo(new NotSent(Stage.CONNECTING, "connection-refused"));
    }
  }

  private static Ambiguous ambiguous(String reason) {
    return new Ambiguous(Optional.of(Stage.SENT), reason, Optional.empty());
  }

  private static Response answer(Report report) {
    assertThat(report).isInstanceOf(Answered.class);
    return ((Answered) report).response();
  }
}
