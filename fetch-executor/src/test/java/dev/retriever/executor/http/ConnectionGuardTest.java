package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Stage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are written, and which decoded messages the client gets to see. */
class ConnectionGuardTest {
  private static final int MAX_HEADERS = 1000;
  private static final String OPEN_END = "HTTP/1.1 200 OK\r\n\r\npart";

  private int unsolicited;
  private int looks;
  private Runnable look = () -> looks++;

  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ResponseCodec(MAX_HEADERS, 20, (from, bytes) -> unsolicited += bytes),
          new ConnectionGuard(MAX_HEADERS, connection -> look.run()));

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  @Test
  void a_body_that_ends_with_its_connection_is_whole() {
    ask(HttpMethod.GET);
    receive(OPEN_END);
    channel.close();
    assertThat(seen()).containsExactly("200", "part", "last");
  }

  @Test
  void a_body_that_ends_with_a_reset_connection_is_not() {
    ask(HttpMethod.GET);
    receive(OPEN_END);
    channel.pipeline().fireExceptionCaught(new IOException("Connection reset"));
    try {
      channel.close();
      channel.checkException();
    } catch (Exception expected) {
      // it reaches the end of this short pipeline
    }
    assertThat(seen()).containsExactly("200", "part");
  }

  @Test
  void interim_responses_are_dropped_also_before_the_answer_to_head() {
    ask(HttpMethod.HEAD);
    receive("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    assertThat(seen()).containsExactly("200", "last");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void a_response_nobody_asked_for_closes_the_connection() {
    ask(HttpMethod.GET);
    receive(RawTarget.OK + RawTarget.OK);
    assertThat(seen()).containsExactly("200", "ok", "last");
    assertThat(channel.isOpen()).isFalse();
    assertThat(unsolicited).isEqualTo(RawTarget.OK.length());
  }

  @Test
  void one_answer_per_request_passes() {
    for (var round = 0; round < 3; round++) {
      ask(HttpMethod.GET);
      receive(RawTarget.OK);
      assertThat(seen()).containsExactly("200", "ok", "last");
    }
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void interim_responses_have_no_more_room_together_than_one_head() {
    ask(HttpMethod.GET);
    assertThatThrownBy(() -> receive("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(50)))
        .isInstanceOf(TooLongHttpHeaderException.class);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void the_room_for_interim_responses_is_that_of_one_request() {
    for (var round = 0; round < 50; round++) {
      ask(HttpMethod.GET);
      receive("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + RawTarget.OK);
      assertThat(seen()).containsExactly("200", "ok", "last");
    }
  }

  @Test
  void an_exchange_has_gone_to_sent_when_its_request_is_written() {
    var exchange = exchange();
    write(leg(exchange), HttpMethod.GET);
    assertThat(written()).startsWith("GET / HTTP/1.1\r\n");
    assertThat(exchange.stage()).isEqualTo(Stage.SENT);
  }

  @Test
  void the_request_of_an_exchange_that_was_aborted_is_not_written() {
    var exchange = exchange();
    var leg = new Leg(exchange, null);
    exchange.abort("timeout");
    assertThatThrownBy(() -> write(leg, HttpMethod.GET)).isInstanceOf(ClosedChannelException.class);
    assertThat(written()).isEmpty();
  }

  @Test
  void an_idle_connection_is_closed_when_tls_says_goodbye() {
    channel.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void a_request_is_written_once_whoever_would_repeat_it() {
    var leg = ask(HttpMethod.GET);
    assertThat(written()).startsWith("GET / HTTP/1.1\r\n");
    assertThatThrownBy(() -> write(leg, HttpMethod.GET)).isInstanceOf(ClosedChannelException.class);
    assertThat(written()).isEmpty();
  }

  @Test
  void a_request_of_nobody_is_not_written() {
    assertThatThrownBy(() -> write(null, HttpMethod.GET))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(written()).isEmpty();
  }

  @Test
  void a_connection_that_was_paused_is_read_again_after_its_answer() {
    var leg = ask(HttpMethod.GET);
    receive("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npa");
    leg.pause();
    assertThat(channel.config().isAutoRead()).isFalse();
    receive("rt");
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void a_connection_is_at_rest_before_and_after_an_exchange() {
    assertThat(ConnectionGuard.isAtRest(channel)).isTrue();
    ask(HttpMethod.GET);
    assertThat(ConnectionGuard.isAtRest(channel)).isFalse();
    receive(RawTarget.OK);
    assertThat(ConnectionGuard.isAtRest(channel)).isTrue();
  }

  @Test
  void bytes_behind_an_answer_are_known_before_the_answer_is_delivered() {
    ask(HttpMethod.GET);
    var atRest = new ArrayList<Boolean>();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object msg) {
                if (msg instanceof LastHttpContent) {
                  atRest.add(ConnectionGuard.isAtRest(channel));
                }
                ctx.fireChannelRead(msg);
              }
            });
    receive(RawTarget.OK + "H");
    assertThat(atRest).containsExactly(false);
    assertThat(seen()).containsExactly("200", "ok", "last");
  }

  @Test
  void bytes_that_come_while_it_is_idle_close_it() {
    ask(HttpMethod.GET);
    receive(RawTarget.OK);
    receive("HTTP/1.1 200 OK\r\nX-Was: ");
    assertThat(channel.isOpen()).isFalse();
    assertThat(ConnectionGuard.isAtRest(channel)).isFalse();
    assertThat(unsolicited).isEqualTo(24);
  }

  @Test
  void a_used_connection_is_looked_at_before_another_request_is_written() {
    ask(HttpMethod.GET);
    assertThat(looks).isZero();
    receive(RawTarget.OK);
    ask(HttpMethod.GET);
    assertThat(looks).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothing_is_written_when_the_look_finds_bytes_or_the_end(boolean bytes) {
    ask(HttpMethod.GET);
    receive(RawTarget.OK);
    written();
    look = bytes ? () -> receive("x") : channel::close;
    var exchange = exchange();
    assertThatThrownBy(() -> write(leg(exchange), HttpMethod.GET))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(written()).isEmpty();
    assertThat(exchange.stage()).isNull();
  }

  @Test
  void more_than_twenty_interim_responses_are_refused() {
    ask(HttpMethod.GET);
    receive("HTTP/1.1 100 x\r\n\r\n".repeat(20));
    assertThat(channel.isOpen()).isTrue();
    assertThatThrownBy(() -> receive("HTTP/1.1 100 x\r\n\r\n"))
        .isInstanceOf(TooLongHttpHeaderException.class);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void a_connection_that_the_codec_of_the_client_reads_is_never_at_rest() {
    var other =
        new EmbeddedChannel(
            new HttpClientCodec(), new ConnectionGuard(MAX_HEADERS, connection -> {}));
    assertThat(ConnectionGuard.isAtRest(other)).isFalse();
    other.finishAndReleaseAll();
  }

  private HttpExchange exchange() {
    var times = new StageTimes(0, () -> 0);
    return new HttpExchange(
        TransportFixture.KEY, 100, times, () -> false, ended -> {}, report -> {});
  }

  private Leg leg(HttpExchange exchange) {
    var leg = new Leg(exchange, null);
    exchange.continueOn(leg);
    leg.onConnectionPooled(channel);
    return leg;
  }

  private Leg ask(HttpMethod method) {
    var leg = leg(exchange());
    write(leg, method);
    return leg;
  }

  private void write(Leg leg, HttpMethod method) {
    channel.attr(ConnectionGuard.LEG).set(leg);
    channel.writeOutbound(
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, "/", Unpooled.EMPTY_BUFFER));
  }

  private String written() {
    var all = new StringBuilder();
    for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
      all.append(bytes.toString(StandardCharsets.ISO_8859_1));
      bytes.release();
    }
    return all.toString();
  }

  private void receive(String bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
  }

  private List<String> seen() {
    var seen = new ArrayList<String>();
    for (var message = channel.readInbound(); message != null; message = channel.readInbound()) {
      if (message instanceof HttpResponse response) {
        seen.add(Integer.toString(response.status().code()));
      }
      if (message instanceof HttpContent content && content.content().isReadable()) {
        seen.add(content.content().toString(StandardCharsets.ISO_8859_1));
      }
      if (message instanceof LastHttpContent) {
        seen.add("last");
      }
      ReferenceCountUtil.release(message);
    }
    return seen;
  }
}
