package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report.Ambiguous;
import dev.retriever.executor.Report.Answered;
import dev.retriever.executor.Report.NotSent;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.http.TransportFixture.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of an exchange that broke, and that it says no more than is known. */
class HttpTransportFailureTest {
  private static final String HALF_BODY = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
  private static final String HALF_CHUNKED =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";

  private final TransportFixture fixture = new TransportFixture("pooled-rest = 0");

  @AfterEach
  void close() {
    fixture.close();
  }

  /** How a target ends a connection. */
  enum End {
    CLOSED,
    RESET
  }

  private static RawTarget breaking(String sent, End end) {
    return new RawTarget(
        connection -> {
          connection.readRequest();
          connection.write(sent);
          if (end == End.RESET) {
            connection.reset();
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "PUT", "POST", "DELETE"})
  void a_request_that_is_dropped_unanswered_is_ambiguous_and_was_sent_once(String method)
      throws Exception {
    for (var end : End.values()) {
      try (var target = breaking("", end)) {
        var request =
            new FetchRequest(
                method, target.url("/"), List.of(), Optional.empty(), Optional.empty());
        assertThat(fixture.fetch(request)).isEqualTo(sent("connection-closed"));
        assertSentOnce(target);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void a_head_that_breaks_off_is_ambiguous(End end) throws Exception {
    try (var target = breaking("HTTP/1.1 200 OK\r\nContent-Le", end)) {
      assertThat(fixture.get(target.url("/"))).isEqualTo(sent("connection-closed"));
      assertSentOnce(target);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {HALF_BODY, HALF_CHUNKED})
  void a_body_that_breaks_off_is_ambiguous_and_kept(String half) throws Exception {
    try (var target = breaking(half, End.CLOSED)) {
      var report = (Ambiguous) fixture.get(target.url("/"));
      assertThat(report.stage()).contains(Stage.BODY);
      assertThat(report.reason()).isEqualTo("connection-closed");
      var partial = report.partial().orElseThrow();
      assertThat(partial.status()).isEqualTo(200);
      assertThat(partial.headers()).hasSize(1);
      assertThat(partial.body()).isEqualTo(Body.utf8("half"));
      assertSentOnce(target);
    }
  }

  @Test
  void a_body_without_a_length_is_whole_when_the_connection_is_closed() throws Exception {
    try (var target = breaking("HTTP/1.1 200 OK\r\nX: y\r\n\r\nwhole", End.CLOSED)) {
      assertThat(fixture.get(target.url("/")))
          .isEqualTo(
              new Answered(new Response(200, List.of(new Header("X", "y")), Body.utf8("whole"))));
    }
  }

  @Test
  void a_body_without_a_length_is_not_whole_when_the_connection_is_reset() throws Exception {
    var reset = new CountDownLatch(1);
    try (var target =
        new RawTarget(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\nX: y\r\n\r\n" + "part".repeat(1000));
              await(reset);
              connection.reset();
            })) {
      var call = fixture.start(FetchRequest.get(target.url("/")));
      target.awaitReached();
      reset.countDown();
      assertThat(((Ambiguous) call.report()).reason()).isEqualTo("connection-closed");
    }
  }

  @Test
  void an_abort_while_the_target_is_silent_is_ambiguous_and_closes_the_connection()
      throws Exception {
    try (var target = new RawTarget(RawTarget.Connection::awaitClosed)) {
      var call = fixture.start(FetchRequest.get(target.url("/")));
      target.awaitReached();
      call.exchange.abort("timeout");
      call.exchange.abort("again");
      assertThat(call.report()).isEqualTo(sent("timeout"));
      target.awaitHungUp();
      assertThat(call.reports()).isEqualTo(1);
    }
  }

  @Test
  void an_abort_after_the_answer_does_nothing_to_the_connection() throws Exception {
    try (var target = RawTarget.answering(RawTarget.OK)) {
      for (var round = 0; round < 200; round++) {
        var call = fixture.start(FetchRequest.get(target.url("/")));
        assertThat(call.report()).isInstanceOf(Answered.class);
        call.exchange.abort("late");
        assertThat(call.reports()).isEqualTo(1);
      }
      assertThat(target.connections()).isEqualTo(1);
    }
  }

  @Test
  void whenever_it_is_aborted_what_is_said_not_to_be_sent_never_arrives() throws Exception {
    try (var target =
        RawTarget.answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")) {
      var notSent = new ArrayList<String>();
      for (var round = 0; round < 1000; round++) {
        var path = "/" + round + "/";
        var call = fixture.start(FetchRequest.get(target.url(path)));
        for (var spin = 0; spin < round * 50; spin++) {
          Thread.onSpinWait();
        }
        call.exchange.abort("timeout");
        if (call.report() instanceof NotSent) {
          notSent.add("GET " + path + " ");
        }
      }
      // The last ones had no time to arrive; the first ones had.
      assertThat(fixture.get(target.url("/last"))).isInstanceOf(Answered.class);
      assertThat(target.requests())
          .noneMatch(request -> notSent.stream().anyMatch(request::startsWith));
    }
  }

  @Test
  void a_report_that_is_not_taken_harms_nobody() throws Exception {
    try (var target = RawTarget.answering(RawTarget.OK)) {
      fixture.transport.start(
          TransportFixture.KEY,
          FetchRequest.get(target.url("/")),
          TransportFixture.ample(),
          report -> {
            throw new IllegalStateException("not taken: expected in this test");
          });
      assertThat(fixture.get(target.url("/"))).isInstanceOf(Answered.class);
    }
  }

  @Test
  void closing_ends_open_exchanges_and_refuses_further_ones() throws Exception {
    try (var target = new RawTarget(RawTarget.Connection::awaitClosed)) {
      var call = fixture.start(FetchRequest.get(target.url("/")));
      target.awaitReached();
      fixture.close();
      assertThat(call.report()).isEqualTo(sent("shut-down"));
      target.awaitHungUp();
      assertThat(new Call(fixture.transport, FetchRequest.get(target.url("/"))).report())
          .isEqualTo(new NotSent(Stage.QUEUED, "shut-down"));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Ambiguous sent(String reason) {
    return new Ambiguous(Optional.of(Stage.SENT), reason, Optional.empty());
  }

  private static void assertSentOnce(RawTarget target) {
    assertThat(target.requests()).hasSize(1);
    assertThat(target.connections()).isEqualTo(1);
  }
}
