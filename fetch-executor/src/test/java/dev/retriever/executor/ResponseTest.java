package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseTest {
  private static final byte[] PLAIN = "Grüße".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @CsvSource({"199,false", "200,true", "204,true", "299,true", "300,false", "404,false"})
  void it_is_successful_from_200_to_299(int status, boolean successful) {
    var response = new Response(status, List.of(), Body.EMPTY);

    assertThat(response.successful()).isEqualTo(successful);
  }

  @Test
  void a_body_is_read_as_text_and_never_fails() {
    assertThat(Body.utf8("Grüße").text()).isEqualTo("Grüße");
    assertThat(new Body(new byte[] {'a', (byte) 0xff}).text()).isEqualTo("a\uFFFD");
    assertThat(Body.EMPTY.text()).isEmpty();
  }

  private static byte[] gzip(byte[] plain) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] plain, boolean raw) {
    var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, raw);
    deflater.setInput(plain);
    deflater.finish();
    var out = new byte[plain.length + 100];
    var length = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, length);
  }

  private static Response coded(byte[] bytes, String... codings) {
    var headers = Stream.of(codings).map(c -> new Header("content-ENCODING", c)).toList();
    return new Response(200, headers, new Body(bytes));
  }

  @Test
  void a_compressed_body_is_decoded_on_demand() {
    var plain = Optional.of(new Body(PLAIN));
    assertThat(coded(PLAIN).decodedBody(100)).isEqualTo(plain);
    assertThat(coded(PLAIN, "identity").decodedBody(100)).isEqualTo(plain);
    assertThat(coded(gzip(PLAIN), "gzip").decodedBody(100)).isEqualTo(plain);
    assertThat(coded(gzip(PLAIN), " X-Gzip ").decodedBody(100)).isEqualTo(plain);
    assertThat(coded(deflate(PLAIN, false), "deflate").decodedBody(100)).isEqualTo(plain);
    assertThat(coded(deflate(PLAIN, true), "deflate").decodedBody(100)).isEqualTo(plain);
    assertThat(coded(gzip(deflate(PLAIN, false)), "deflate, gzip").decodedBody(100))
        .isEqualTo(plain);
    assertThat(coded(gzip(deflate(PLAIN, false)), "deflate", "gzip").decodedBody(100))
        .isEqualTo(plain);
  }

  @Test
  void a_body_that_is_not_what_it_says_is_not_decoded() {
    var cut = Arrays.copyOf(gzip(PLAIN), gzip(PLAIN).length - 9);
    assertThat(coded(cut, "gzip").decodedBody(100)).isEmpty();
    assertThat(coded(PLAIN, "gzip").decodedBody(100)).isEmpty();
    assertThat(coded(PLAIN, "deflate").decodedBody(100)).isEmpty();
    assertThat(coded(new byte[0], "gzip").decodedBody(100)).isEmpty();
    assertThat(coded(PLAIN, "br").decodedBody(100)).isEmpty();
    assertThat(coded(gzip(gzip(gzip(gzip(PLAIN)))), "gzip,gzip,gzip,gzip").decodedBody(1000))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"7,true", "6,false", "0,false", "-1,false"})
  void nothing_is_decoded_beyond_its_limit(int limit, boolean decoded) {
    assertThat(coded(PLAIN).decodedBody(limit).isPresent()).isEqualTo(decoded);
    assertThat(coded(gzip(PLAIN), "gzip").decodedBody(limit).isPresent()).isEqualTo(decoded);
  }

  @Test
  void a_body_that_grows_a_thousandfold_is_left_alone_at_the_limit() {
    var bomb = gzip(new byte[100 << 20]);
    assertThat(bomb.length).isLessThan(200 << 10);
    assertThat(coded(bomb, "gzip").decodedBody(1 << 20)).isEmpty();
  }
}
