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
import dev.retriever.executor.Timeline;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.asynchttpclient.AsyncHandler.State;
import org.asynchttpclient.netty.EagerResponseBodyPart;
import org.asynchttpclient.netty.NettyResponseStatus;
import org.asynchttpclient.uri.Uri;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who wins when an exchange is aborted and sent at the same time. */
class HttpExchangeTest {
  private static final InetSocketAddress ADDRESS = InetSocketAddress.createUnresolved("h", 80);

  private final List<Report> reports = new ArrayList<>();
  private final List<HttpExchange> ended = new ArrayList<>();
  private boolean tooLate;
  private final HttpExchange exchange =
      new HttpExchange(
          TransportFixture.KEY,
          100,
          new StageTimes(0, () -> 0),
          () -> tooLate,
          ended::add,
          report -> reports.add(report.with(Timeline.NONE)));

  private int legs = 1;
  private final Leg leg = new Leg(exchange, () -> legs++);

  @BeforeEach
  void begin() {
    exchange.continueOn(leg);
  }

  @Test
  void an_exchange_whose_time_is_over_is_not_sent_although_no_abort_has_come() {
    exchange.resolving(false);
    leg.onTcpConnectAttempt(ADDRESS);
    tooLate = true;

    assertThat(leg.sends()).isFalse();
    assertThat(reports).containsExactly(new NotSent(Stage.CONNECTING, Report.TIMEOUT));
    exchange.abort("aborted");
    assertThat(ended).containsExactly(exchange);
  }

  @Test
  void an_abort_while_connecting_forbids_to_send() {
    exchange.resolving(false);
    leg.onTcpConnectAttempt(ADDRESS);
    exchange.abort("timeout");

    assertThat(leg.sends()).isFalse();
    assertThat(reports).containsExactly(new NotSent(Stage.CONNECTING, "timeout"));
    assertThat(ended).containsExactly(exchange);
  }

  @Test
  void a_connection_that_is_opened_after_the_abort_is_closed() {
    leg.onTcpConnectAttempt(ADDRESS);
    exchange.abort("timeout");
    var connection = new EmbeddedChannel();
    leg.onTcpConnectSuccess(ADDRESS, connection);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void a_client_that_answers_after_the_abort_is_cancelled() {
    exchange.abort("timeout");
    var handle = new CompletableFuture<Void>();
    leg.isHandledBy(handle);
    assertThat(handle).isCancelled();
    assertThat(reports).containsExactly(new NotSent(Stage.QUEUED, "timeout"));
  }

  @Test
  void an_abort_after_it_was_sent_is_ambiguous() {
    var connection = new EmbeddedChannel();
    leg.onTcpConnectAttempt(ADDRESS);
    leg.onTcpConnectSuccess(ADDRESS, connection);
    leg.sends();
    exchange.abort("timeout");
    assertThat(connection.isOpen()).isFalse();
    assertThat(reports)
        .containsExactly(new Ambiguous(Optional.of(Stage.SENT), "timeout", Optional.empty()));
  }

  @Test
  void an_abort_in_the_middle_of_a_body_keeps_what_has_come() {
    leg.onTcpConnectAttempt(ADDRESS);
    leg.sends();
    leg.onStatusReceived(status(200));
    leg.onHeadersReceived(new DefaultHttpHeaders().add("A", "1"));
    assertThat(leg.onBodyPartReceived(part("half", false))).isEqualTo(State.CONTINUE);
    exchange.abort("timeout");
    assertThat(leg.onBodyPartReceived(part("rest", true))).isEqualTo(State.ABORT);
    leg.onCompleted();
    var partial = new Response(200, List.of(new Header("A", "1")), Body.utf8("half"));
    assertThat(reports)
        .containsExactly(new Ambiguous(Optional.of(Stage.BODY), "timeout", Optional.of(partial)));
  }

  @Test
  void from_the_last_part_on_the_answer_stands() {
    leg.onTcpConnectAttempt(ADDRESS);
    leg.sends();
    leg.onStatusReceived(status(200));
    assertThat(leg.onBodyPartReceived(part("all", true))).isEqualTo(State.CONTINUE);
    exchange.abort("timeout");
    leg.onThrowable(new IllegalStateException("the client fails to keep the connection"));
    leg.onCompleted();
    assertThat(reports)
        .containsExactly(new Answered(new Response(200, List.of(), Body.utf8("all"))));
  }

  @Test
  void the_connection_of_an_answered_exchange_is_left_alone() {
    var connection = new EmbeddedChannel();
    leg.onConnectionPooled(connection);
    leg.sends();
    leg.onStatusReceived(status(204));
    leg.onBodyPartReceived(part("", true));
    leg.onCompleted();
    var handle = new CompletableFuture<Void>();
    leg.isHandledBy(handle);
    exchange.abort("late");
    assertThat(connection.isOpen()).isTrue();
    assertThat(handle).isNotCancelled();
  }

  private static NettyResponseStatus status(int code) {
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(code));
    return new NettyResponseStatus(Uri.create("http://h/"), head, null);
  }

  private static EagerResponseBodyPart part(String text, boolean last) {
    return new EagerResponseBodyPart(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), last);
  }

  @Test
  void the_stage_never_goes_back() {
    exchange.resolving(true);
    leg.onTcpConnectAttempt(ADDRESS);
    leg.onTcpConnectSuccess(ADDRESS, new EmbeddedChannel());
    leg.onTcpConnectAttempt(ADDRESS);
    exchange.abort("timeout");
    assertThat(reports).containsExactly(new NotSent(Stage.TLS, "timeout"));
  }

  @Test
  void a_kept_connection_that_is_closed_before_the_first_byte_is_left_for_another() {
    var connection = new EmbeddedChannel();
    leg.onConnectionPooled(connection);
    leg.onThrowable(new ClosedChannelException());
    leg.onThrowable(new ClosedChannelException());
    assertThat(legs).isEqualTo(2);
    assertThat(connection.isOpen()).isFalse();
    assertThat(leg.sends()).isFalse();
    assertThat(reports).isEmpty();
  }

  @Test
  void the_second_connection_is_the_last() {
    var second = new Leg(exchange, null);
    leg.onConnectionPooled(new EmbeddedChannel());
    leg.onThrowable(new ClosedChannelException());
    exchange.continueOn(second);
    second.onTcpConnectAttempt(ADDRESS);
    second.onThrowable(new ConnectException("Connection refused"));
    assertThat(legs).isEqualTo(2);
    assertThat(reports).containsExactly(new NotSent(Stage.CONNECTING, "connection-refused"));
  }

  @Test
  void a_connection_is_not_left_when_it_is_new_or_has_begun_to_carry_the_request() {
    leg.onTcpConnectAttempt(ADDRESS);
    leg.onTcpConnectSuccess(ADDRESS, new EmbeddedChannel());
    leg.onThrowable(new ClosedChannelException());
    assertThat(reports).containsExactly(new NotSent(Stage.CONNECTING, "connection-closed"));
    reports.clear();
    var sent =
        new HttpExchange(
            TransportFixture.KEY,
            100,
            new StageTimes(0, () -> 0),
            () -> false,
            ended::add,
            report -> reports.add(report.with(Timeline.NONE)));
    var only = new Leg(sent, () -> legs++);
    only.onConnectionPooled(new EmbeddedChannel());
    assertThat(only.sends()).isTrue();
    only.onThrowable(new ClosedChannelException());
    assertThat(reports)
        .containsExactly(
            new Ambiguous(Optional.of(Stage.SENT), "connection-closed", Optional.empty()));
    assertThat(legs).isEqualTo(1);
  }

  @Test
  void an_exchange_that_was_aborted_does_not_go_on_with_another_connection() {
    leg.onConnectionPooled(new EmbeddedChannel());
    exchange.abort("timeout");
    leg.onThrowable(new ClosedChannelException());
    assertThat(legs).isEqualTo(1);
    assertThat(reports).containsExactly(new NotSent(Stage.CONNECTING, "timeout"));
  }

  @Test
  void of_an_abort_and_a_send_at_the_same_time_exactly_one_comes_first() throws Exception {
    var threads = Executors.newSingleThreadExecutor();
    try {
      for (var round = 0; round < 2000; round++) {
        assertOneComesFirst(threads::execute);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertOneComesFirst(Executor other) throws Exception {
    var report = new CompletableFuture<Report>();
    var times = new StageTimes(0, () -> 0);
    var contested =
        new HttpExchange(
            TransportFixture.KEY, 100, times, () -> false, ended -> {}, report::complete);
    var contestedLeg = new Leg(contested, null);
    contestedLeg.onTcpConnectAttempt(ADDRESS);
    var start = new CyclicBarrier(2);
    var written = new CompletableFuture<Boolean>();
    other.execute(
        () -> {
          try {
            start.await();
            written.complete(contestedLeg.sends());
          } catch (Exception e) {
            written.complete(false);
          }
        });
    start.await();
    contested.abort("timeout");
    var saidNotSent = report.get(60, TimeUnit.SECONDS) instanceof NotSent;
    assertThat(written.get(60, TimeUnit.SECONDS)).isEqualTo(!saidNotSent);
  }
}
