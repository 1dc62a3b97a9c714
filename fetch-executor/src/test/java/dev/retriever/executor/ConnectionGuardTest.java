package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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

/** Which requests are written, and which decoded messages the client gets to see. */
class ConnectionGuardTest {
  private static final int MAX_HEADERS = 1000;
  private static final String OPEN_END = "HTTP/1.1 200 OK\r\n\r\npart";

  private final EmbeddedChannel channel =
      new EmbeddedChannel(new HttpClientCodec(), new ConnectionGuard(MAX_HEADERS));

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
    var exchange = ask(HttpMethod.GET);
    assertThat(written()).startsWith("GET / HTTP/1.1\r\n");
    assertThat(exchange.stage()).isEqualTo(Stage.SENT);
  }

  @Test
  void the_request_of_an_exchange_that_was_aborted_is_not_written() {
    var exchange = exchange();
    exchange.abort("timeout");
    assertThatThrownBy(() -> write(exchange, HttpMethod.GET))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(written()).isEmpty();
  }

  @Test
  void an_idle_connection_is_closed_when_tls_says_goodbye() {
    channel.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void a_request_is_written_once_whoever_would_repeat_it() {
    var exchange = ask(HttpMethod.GET);
    assertThat(written()).startsWith("GET / HTTP/1.1\r\n");
    assertThatThrownBy(() -> write(exchange, HttpMethod.GET))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(written()).isEmpty();
  }

  @Test
  void a_request_of_nobody_is_not_written() {
    assertThatThrownBy(() -> write(null, HttpMethod.GET))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(written()).isEmpty();
  }

  @Test
  void a_connection_is_at_rest_before_and_after_an_exchange() {
    assertThat(ConnectionGuard.isAtRest(channel)).isTrue();
    ask(HttpMethod.GET);
    assertThat(ConnectionGuard.isAtRest(channel)).isFalse();
    receive(RawTarget.OK);
    assertThat(ConnectionGuard.isAtRest(channel)).isTrue();
  }

  private HttpExchange exchange() {
    var times = new StageTimes(0, () -> 0);
    var exchange = new HttpExchange(TransportFixture.KEY, 100, times, ended -> {}, report -> {});
    exchange.onConnectionPooled(channel);
    return exchange;
  }

  private HttpExchange ask(HttpMethod method) {
    var exchange = exchange();
    write(exchange, method);
    return exchange;
  }

  private void write(HttpExchange exchange, HttpMethod method) {
    channel.attr(ConnectionGuard.EXCHANGE).set(exchange);
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
