package dev.retriever.loadtest.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.faults.InjectedFault.Kind;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.ledger.Bodies;
import dev.retriever.loadtest.ledger.Hits;
import dev.retriever.loadtest.ledger.Underway;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The endpoints of the target. A connection has one exchange at a time; a request before the last
 * answer closes it, because answers out of order would go to the wrong request.
 */
final class TargetHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DELAY_MAX_MS = 600_000;
  private static final int DRIP_BYTES_MAX = 1_000_000;
  private static final int DRIP_MAX_MS = 60_000;
  private static final int BYTES_MAX = 256 << 20;

  /** The piece that large bodies consist of; outside the heap, so that sending copies nothing. */
  private static final ByteBuf STARS =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(1 << 16).writeBytes("*".repeat(1 << 16).getBytes(US_ASCII)));

  private static final int BUSY_MAX = 1_000;
  private static final int PAUSE_MAX_SECONDS = 3_600;
  private static final String HELP =
      """
      GET  /uuid                a fresh UUID
      GET  /json                a fixed document
      ANY  /status/{code}       that status, 200 to 599
      ANY  /delay/{ms}          answers after so long
      ANY  /busy/{n}/{seconds}  503 with Retry-After to the attempts up to n, then 200
      ANY  /echo                method, url, headers and body as JSON
      ANY  /drop                reads the request and closes the connection
      ANY  /drip/{bytes}/{ms}   one byte every so often
      ANY  /never               never answers
      ANY  /hold                answers after POST /release
      ANY  /bytes/{n}           a body of n bytes
      ANY  /body/{n}            n bytes that follow from the fetch's id, with their digest; to 1 MiB
      ANY  /flaky/{percent}/{seed}  503 to so many of a hundred attempts, which follows from the seed
      POST /release             answers all that are held
      GET  /waiting             how many requests wait for answers
      GET  /hits                how often each attempt of each fetch was received
      POST /reset               forgets all hits
      """;

  private final Hits hits;
  private final Underway underway;
  private final Held held;
  private boolean answering;
  private ScheduledFuture<?> timer;

  TargetHandler(Hits hits, Underway underway, Held held) {
    this.hits = hits;
    this.underway = underway;
    this.held = held;
  }

  /** A request with a wrong path or method, and the reason. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient HttpResponseStatus status;

    Refused(HttpResponseStatus status, String why) {
      super(why);
      this.status = status;
    }
  }

  static String path(HttpRequest request) {
    var uri = request.uri();
    var query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (answering) {
      ctx.close();
      return;
    }
    answering = true;
    try {
      if (request.decoderResult().isFailure()) {
        throw new Refused(HttpResponseStatus.BAD_REQUEST, "not a readable HTTP request");
      }
      route(ctx, request, path(request).split("/", -1));
    } catch (Refused refused) {
      json(ctx, refused.status, Map.of("error", refused.getMessage()));
    }
  }

  private void route(ChannelHandlerContext ctx, FullHttpRequest request, String[] path)
      throws Refused {
    var shape = (path.length > 1 ? path[1] : "") + "/" + (path.length - 2);
    switch (shape) {
      case "/0" -> answer(ctx, HttpResponseStatus.OK, "text/plain", utf8(HELP));
      case "uuid/0" -> json(ctx, HttpResponseStatus.OK, Map.of("uuid", UUID.randomUUID()));
      case "json/0" -> json(ctx, HttpResponseStatus.OK, document());
      case "status/1" -> status(ctx, number(path[2], 200, 599));
      case "delay/1" -> delay(ctx, number(path[2], 0, DELAY_MAX_MS));
      case "busy/2" ->
          busy(ctx, request, number(path[2], 0, BUSY_MAX), number(path[3], 0, PAUSE_MAX_SECONDS));
      case "echo/0" -> json(ctx, HttpResponseStatus.OK, echo(request));
      case "drop/0" -> ctx.close();
      case "drip/2" ->
          drip(ctx, number(path[2], 0, DRIP_BYTES_MAX), number(path[3], 0, DRIP_MAX_MS));
      case "never/0" -> {
        // The connection stays open until the other side gives up.
      }
      case "hold/0" -> held.hold(() -> ctx.executor().execute(() -> released(ctx)));
      case "waiting/0" -> json(ctx, HttpResponseStatus.OK, Map.of("waiting", underway.now()));
      case "release/0" -> release(ctx, request);
      case "bytes/1" -> bytes(ctx, number(path[2], 0, BYTES_MAX));
      case "body/1" -> body(ctx, request, number(path[2], 0, TargetServer.BODY_MAX));
      case "flaky/2" ->
          flaky(ctx, request, number(path[2], 0, 100), number(path[3], 0, Integer.MAX_VALUE));
      case "hits/0" -> json(ctx, HttpResponseStatus.OK, hits.snapshot());
      case "reset/0" -> reset(ctx, request);
      default -> throw new Refused(HttpResponseStatus.NOT_FOUND, "no such path; see /");
    }
  }

  private static int number(String text, int min, int max) throws Refused {
    if (text.matches("[0-9]{1,9}")) {
      var number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new Refused(
        HttpResponseStatus.BAD_REQUEST, "not a number from " + min + " to " + max + ": " + text);
  }

  private static Map<String, Object> document() {
    return Map.of("name", "Retriever", "fetches", Map.of("durable", true, "outcomes", 1));
  }

  private static Map<String, Object> echo(FullHttpRequest request) {
    var headers = new LinkedHashMap<String, String>();
    request.headers().forEach(h -> headers.merge(h.getKey(), h.getValue(), (a, b) -> a + ", " + b));
    var echo = new LinkedHashMap<String, Object>();
    echo.put("method", request.method().name());
    echo.put("url", request.uri());
    echo.put("headers", headers);
    echo.put("body", request.content().toString(StandardCharsets.UTF_8));
    return echo;
  }

  private void status(ChannelHandlerContext ctx, int code) {
    var status = HttpResponseStatus.valueOf(code);
    if (code == 204 || code == 304) {
      answer(ctx, status, "application/json", Unpooled.EMPTY_BUFFER);
    } else {
      json(ctx, status, Map.of("status", code));
    }
  }

  private void delay(ChannelHandlerContext ctx, int millis) {
    in(ctx, millis, () -> json(ctx, HttpResponseStatus.OK, Map.of("delayedMs", millis)));
  }

  private void busy(ChannelHandlerContext ctx, HttpRequest request, int last, int seconds) {
    var attempt = TargetGate.attempt(request);
    if (attempt > last) {
      json(ctx, HttpResponseStatus.OK, Map.of("attempt", attempt));
      return;
    }
    hits.pause(TargetGate.fetchId(request), attempt, seconds);
    var response = response(HttpResponseStatus.SERVICE_UNAVAILABLE, Unpooled.EMPTY_BUFFER);
    response.headers().set(HttpHeaderNames.RETRY_AFTER, seconds);
    answer(ctx, response);
  }

  private void drip(ChannelHandlerContext ctx, int bytes, int millis) {
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM)
        .set(HttpHeaderNames.CONTENT_LENGTH, bytes);
    ctx.writeAndFlush(head);
    nextDrop(ctx, bytes, millis);
  }

  private void nextDrop(ChannelHandlerContext ctx, int left, int millis) {
    if (left == 0) {
      answering = false;
      ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    } else if (ctx.channel().isWritable()) {
      ctx.writeAndFlush(new DefaultHttpContent(utf8("*")));
      in(ctx, millis, () -> nextDrop(ctx, left - 1, millis));
    } else {
      in(ctx, Math.max(millis, 10), () -> nextDrop(ctx, left, millis));
    }
  }

  private void in(ChannelHandlerContext ctx, int millis, Runnable next) {
    timer = ctx.executor().schedule(next, millis, TimeUnit.MILLISECONDS);
  }

  /** Cancels the timer of a caller that gave up. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
    ctx.fireChannelInactive();
  }

  private void bytes(ChannelHandlerContext ctx, int count) {
    var pieces = new ArrayList<ByteBuf>();
    for (var left = count; left > 0; left -= STARS.capacity()) {
      pieces.add(STARS.slice(0, Math.min(left, STARS.capacity())));
    }
    var body = Unpooled.wrappedBuffer(Math.max(1, pieces.size()), pieces.toArray(ByteBuf[]::new));
    answer(ctx, HttpResponseStatus.OK, "application/octet-stream", body);
  }

  private void body(ChannelHandlerContext ctx, HttpRequest request, int length) {
    var of = TargetGate.fetchId(request);
    var body = Bodies.of(of, length);
    var response = response(HttpResponseStatus.OK, Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM)
        .set(Bodies.OF, of)
        .set(Bodies.DIGEST, Bodies.digest(body));
    answer(ctx, response);
  }

  private void flaky(ChannelHandlerContext ctx, HttpRequest request, int percent, int seed) {
    var attempt = TargetGate.attempt(request);
    var faults = Faults.of(InjectedFault.fail(percent / 100.0, Moment.PUBLISH)).seeded(seed);
    var id = TargetGate.fetchId(request) + "/" + attempt;
    var fails = faults.strikes(Kind.FAIL, Moment.PUBLISH, id);
    json(
        ctx,
        fails ? HttpResponseStatus.SERVICE_UNAVAILABLE : HttpResponseStatus.OK,
        Map.of("attempt", attempt));
  }

  private void released(ChannelHandlerContext ctx) {
    json(ctx, HttpResponseStatus.OK, Map.of("held", true));
  }

  private void release(ChannelHandlerContext ctx, FullHttpRequest request) throws Refused {
    if (!HttpMethod.POST.equals(request.method())) {
      throw new Refused(HttpResponseStatus.METHOD_NOT_ALLOWED, "POST releases");
    }
    held.letGo();
    answer(ctx, HttpResponseStatus.NO_CONTENT, "application/json", Unpooled.EMPTY_BUFFER);
  }

  private void reset(ChannelHandlerContext ctx, FullHttpRequest request) throws Refused {
    if (!HttpMethod.POST.equals(request.method())) {
      throw new Refused(HttpResponseStatus.METHOD_NOT_ALLOWED, "POST resets");
    }
    hits.reset();
    answer(ctx, HttpResponseStatus.NO_CONTENT, "application/json", Unpooled.EMPTY_BUFFER);
  }

  private void json(ChannelHandlerContext ctx, HttpResponseStatus status, Object body) {
    try {
      var bytes = JSON.writeValueAsBytes(body);
      answer(ctx, status, "application/json", Unpooled.wrappedBuffer(bytes));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answer(
      ChannelHandlerContext ctx, HttpResponseStatus status, String type, ByteBuf body) {
    var response = response(status, body);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    answer(ctx, response);
  }

  private void answer(ChannelHandlerContext ctx, FullHttpResponse response) {
    answering = false;
    ctx.writeAndFlush(response);
  }

  private static FullHttpResponse response(HttpResponseStatus status, ByteBuf body) {
    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    if (status.code() != 204 && status.code() != 304) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    }
    return response;
  }

  private static ByteBuf utf8(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  /** Broken connections are expected here and are not logged. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
