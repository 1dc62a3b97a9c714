package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which decoded messages the client gets to see. */
class ResponseGuardTest {
  private static final String OPEN_END = "HTTP/1.1 200 OK\r\n\r\npart";

  private final EmbeddedChannel channel =
      new EmbeddedChannel(new HttpClientCodec(), new ResponseGuard());

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

  private void ask(HttpMethod method) {
    channel.writeOutbound(
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, "/", Unpooled.EMPTY_BUFFER));
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
