package dev.retriever.executor.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import java.util.regex.Pattern;

/**
 * Encodes one request at a time, and decodes only the answer to it. It replaces the client's own
 * codec, which takes extra bytes after an answer for the start of the next one. HTTP/1.1 assigns
 * answers to requests by their order alone (RFC 9112, 9.2). So two rules apply:
 *
 * <ul>
 *   <li>Bytes without an open request, or after an answer, <em>spoil</em> the connection. The codec
 *       knows this before it passes on the end of the answer; after that, others may get the
 *       connection.
 *   <li>A response that two readers may delimit differently is refused as malformed.
 * </ul>
 *
 * <p>Only the thread of the connection uses it.
 */
final class ResponseCodec
    extends CombinedChannelDuplexHandler<HttpResponseDecoder, HttpRequestEncoder> {
  private static final Set<String> VERSIONS = Set.of("HTTP/1.0", "HTTP/1.1");
  private static final Pattern STATUS = Pattern.compile("[1-5][0-9][0-9]");

  private final int maxFields;
  private final ObjIntConsumer<Channel> unsolicited;

  /** The method of the request whose answer is not complete; null when there is none. */
  private HttpMethod asked;

  private boolean spoilt;
  private boolean doubtful;

  /**
   * @param maxHeaders the most bytes of the head of a response, and of its trailers
   * @param maxFields the most header fields of a response, including its trailers
   * @param unsolicited receives the number of bytes that belong to no request
   */
  ResponseCodec(int maxHeaders, int maxFields, ObjIntConsumer<Channel> unsolicited) {
    this.maxFields = maxFields;
    this.unsolicited = unsolicited;
    init(new Decoder(new HttpDecoderConfig().setMaxHeaderSize(maxHeaders)), new Encoder());
  }

  /** Whether the connection must not carry another request. */
  boolean isSpoilt() {
    return spoilt || doubtful;
  }

  private final class Encoder extends HttpRequestEncoder {
    @Override
    protected void encode(ChannelHandlerContext ctx, Object msg, List<Object> out)
        throws Exception {
      if (msg instanceof HttpRequest request) {
        asked = request.method();
      }
      super.encode(ctx, msg, out);
    }
  }

  private final class Decoder extends HttpResponseDecoder {
    private int fields;
    private boolean interim;
    private ChunkLines chunks;

    Decoder(HttpDecoderConfig config) {
      super(config);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws Exception {
      if (spoilt || asked == null) {
        discard(ctx, in);
        return;
      }
      var from = in.readerIndex();
      var first = out.size();
      super.decode(ctx, in, out);
      if (chunks != null && !chunks.accept(in, from, in.readerIndex())) {
        refuseBody(in, out, first);
      }
      for (var each = first; each < out.size(); each++) {
        inspect((HttpObject) out.get(each));
      }
      // Set before the end of the answer is passed on, which happens after this method.
      spoilt |= asked == null && in.isReadable();
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws Exception {
      if (!spoilt) {
        super.decodeLast(ctx, in, out);
      }
    }

    private void discard(ChannelHandlerContext ctx, ByteBuf in) {
      if (asked == null) {
        unsolicited.accept(ctx.channel(), in.readableBytes());
      }
      in.skipBytes(in.readableBytes());
      spoilt = true;
      ctx.close();
    }

    private void refuseBody(ByteBuf in, List<Object> out, int first) {
      in.skipBytes(in.readableBytes());
      for (var gone = out.size() - 1; gone >= first; gone--) {
        ReferenceCountUtil.release(out.remove(gone));
      }
      var end = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
      end.setDecoderResult(DecoderResult.failure(new DecoderException("the chunks are malformed")));
      out.add(end);
    }

    private void inspect(HttpObject part) {
      if (part instanceof HttpResponse head && head.decoderResult().isSuccess()) {
        interim = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (isAmbiguous(head)) {
          head.setDecoderResult(
              DecoderResult.failure(new DecoderException("the framing is ambiguous")));
        }
        chunks =
            head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING) ? new ChunkLines() : null;
      }
      if (part.decoderResult().isFailure()) {
        spoilt = true;
      } else if (part instanceof LastHttpContent) {
        chunks = null;
        asked = interim ? asked : null;
      }
    }

    /** Whether readers may disagree about the end of the response (RFC 9112, 6.1 and 6.3). */
    private static boolean isAmbiguous(HttpResponse head) {
      if (head.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
        return true;
      }
      var codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
      return !codings.isEmpty()
          && (codings.size() > 1
              || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0).strip())
              || head.headers().contains(HttpHeaderNames.CONTENT_LENGTH));
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage head) {
      var status = ((HttpResponse) head).status();
      return HttpMethod.HEAD.equals(asked) && status.codeClass() != HttpStatusClass.INFORMATIONAL
          || super.isContentAlwaysEmpty(head);
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
      fields = 0;
      if (!VERSIONS.contains(line[0]) || !STATUS.matcher(line[1]).matches()) {
        throw new DecoderException("the status line is malformed");
      }
      return super.createMessage(line);
    }

    /** Called for each header field of a head or trailer. */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
      if (++fields > maxFields) {
        throw new TooLongHttpHeaderException("too many fields");
      }
      var colon = start + length;
      while (colon < line.length && (line[colon] == ' ' || line[colon] == '\t')) {
        colon++;
      }
      if (colon == line.length || line[colon] != ':') {
        throw new DecoderException("a field has no colon");
      }
      // Readers disagree about a field with blanks before its colon.
      doubtful |= colon > start + length;
      return super.splitHeaderName(line, start, length);
    }
  }
}
