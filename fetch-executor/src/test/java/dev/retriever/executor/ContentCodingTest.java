package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that came compressed, and are read plain. */
class ContentCodingTest {
  private static final byte[] PLAIN = "Grüße".getBytes(StandardCharsets.UTF_8);
  private static final int MEGABYTE = 1 << 20;

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

  private static byte[] joined(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    Stream.of(parts).forEach(out::writeBytes);
    return out.toByteArray();
  }

  private static byte[] bytes(int... values) {
    var bytes = new byte[values.length];
    for (var i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] noise(int size) {
    var noise = new byte[size];
    new Random(1).nextBytes(noise);
    return noise;
  }

  private static Decoded decoded(byte[] bytes, int limit, String... codings) {
    var headers = Stream.of(codings).map(c -> new Header("content-ENCODING", c)).toList();
    return new Response(200, headers, new Body(bytes)).decodedBody(limit);
  }

  private static void assertPlain(byte[] plain, Decoded decoded) {
    assertThat(decoded).isEqualTo(new Decoded.Plain(new Body(plain)));
    assertThat(decoded.body()).contains(new Body(plain));
  }

  private static String reason(Decoded decoded) {
    assertThat(decoded.body()).isEmpty();
    return decoded.fold(body -> fail("it was decoded"), reason -> reason);
  }

  @Test
  void a_compressed_body_is_decoded_on_demand() {
    assertPlain(PLAIN, decoded(PLAIN, 100));
    assertPlain(PLAIN, decoded(PLAIN, 100, "identity"));
    assertPlain(PLAIN, decoded(gzip(PLAIN), 100, "gzip"));
    assertPlain(PLAIN, decoded(gzip(PLAIN), 100, " X-Gzip "));
    assertPlain(PLAIN, decoded(deflate(PLAIN, false), 100, "deflate"));
    assertPlain(PLAIN, decoded(deflate(PLAIN, true), 100, "deflate"));
  }

  @Test
  void nothing_is_decoded_unless_it_is_asked_for() {
    var body = new Body(gzip(PLAIN));

    assertThat(new Response(200, List.of(new Header("Content-Encoding", "gzip")), body).body())
        .isEqualTo(body);
  }

  @Test
  void several_codings_are_undone_from_the_last_to_the_first() {
    var twice = gzip(deflate(PLAIN, false));

    assertPlain(PLAIN, decoded(twice, 100, "deflate, gzip"));
    assertPlain(PLAIN, decoded(twice, 100, "deflate", "gzip"));
    assertPlain(PLAIN, decoded(twice, PLAIN.length, "deflate, gzip"));
    assertThat(reason(decoded(twice, 100, "gzip, deflate"))).startsWith("its body is not deflate");
  }

  @Test
  void more_than_three_codings_are_left_alone() {
    assertPlain(PLAIN, decoded(gzip(gzip(gzip(PLAIN))), 1000, "gzip,gzip", "gzip"));
    assertThat(reason(decoded(gzip(gzip(gzip(gzip(PLAIN)))), 1000, "gzip,gzip,gzip,gzip")))
        .isEqualTo("it has 4 content codings, and at most 3 are undone; decode body() yourself");
  }

  @ParameterizedTest
  @CsvSource({"br,\"br\"", "zstd,\"zstd\"", "'gzip, br',\"br\"", "'a\u0007b',of that name"})
  void a_coding_that_is_not_known_is_named(String coding, String named) {
    assertThat(reason(decoded(PLAIN, 100, coding)))
        .isEqualTo(
            "its content coding "
                + named
                + " is not known here; ask for gzip with Accept-Encoding, or decode body() yourself");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "gzip, deflate"})
  void no_body_stays_none_as_with_an_answer_to_head(String codings) {
    assertPlain(new byte[0], decoded(new byte[0], 0, codings));
  }

  @Test
  void members_of_gzip_that_follow_each_other_are_one_body() {
    var members = joined(gzip(PLAIN), gzip(new byte[0]), gzip(PLAIN));

    assertPlain(joined(PLAIN, PLAIN), decoded(members, 100, "gzip"));
    assertThat(reason(decoded(members, PLAIN.length, "gzip"))).contains("more than 7 bytes");
  }

  @Test
  void all_that_the_head_of_gzip_may_hold_is_skipped() {
    var head = bytes(0x1f, 0x8b, 8, 0x1f, 1, 2, 3, 4, 0, 255);
    var fields = joined(bytes(2, 0, 9, 9), bytes('n', 0), bytes('c', 'c', 0), bytes(7, 7));
    var rest = Arrays.copyOfRange(gzip(PLAIN), 10, gzip(PLAIN).length);

    assertPlain(PLAIN, decoded(joined(head, fields, rest), 100, "gzip"));
  }

  @Test
  void wherever_a_compressed_body_breaks_off_it_is_not_whole() {
    for (var coding : List.of("gzip", "deflate")) {
      var whole = coding.equals("gzip") ? joined(gzip(PLAIN), gzip(PLAIN)) : deflate(PLAIN, false);
      for (var cut = 1; cut < whole.length; cut++) {
        if (!(coding.equals("gzip") && cut == whole.length / 2)) {
          assertThat(reason(decoded(Arrays.copyOf(whole, cut), 100, coding)))
              .as("%s, %d bytes", coding, cut)
              .isEqualTo("its " + coding + " body breaks off; fetch it again");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void bytes_after_a_compressed_body_make_it_undecodable(String coding) {
    var whole = coding.equals("gzip") ? gzip(PLAIN) : deflate(PLAIN, false);

    assertThat(reason(decoded(joined(whole, bytes(0)), 100, coding))).contains(coding);
    assertThat(reason(decoded(joined(whole, PLAIN), 100, coding)))
        .isEqualTo("its " + coding + " body is followed by something else; decode body() yourself");
  }

  @Test
  void a_body_that_is_not_what_it_says_is_not_decoded() {
    assertThat(reason(decoded(PLAIN, 100, "gzip")))
        .isEqualTo("its body is not gzip, or is damaged; read it as it came, from body()");
    assertThat(reason(decoded(bytes(0xff, 0xff, 0xff), 100, "deflate")))
        .isEqualTo("its body is not deflate, or is damaged; read it as it came, from body()");
    assertThat(reason(decoded(bytes(0x1f, 0x8b, 8, 0x20, 0, 0, 0, 0, 0, 0), 100, "gzip")))
        .startsWith("its body is not gzip");
  }

  @Test
  void a_bit_that_has_changed_is_noticed() {
    var whole = gzip(noise(1000));
    for (var at : List.of(500, whole.length - 8, whole.length - 1)) {
      var damaged = whole.clone();
      damaged[at] ^= 1;

      assertThat(reason(decoded(damaged, 2000, "gzip"))).as("byte %d", at).isNotEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"7,true", "6,false", "0,false", "-1,false"})
  void nothing_is_decoded_beyond_its_limit(int limit, boolean decoded) {
    assertThat(decoded(PLAIN, limit).body().isPresent()).isEqualTo(decoded);
    assertThat(decoded(gzip(PLAIN), limit, "gzip").body().isPresent()).isEqualTo(decoded);
    assertThat(decoded(deflate(PLAIN, true), limit, "deflate").body().isPresent())
        .isEqualTo(decoded);
  }

  @Test
  void a_body_that_is_too_large_says_what_to_do() {
    assertThat(reason(decoded(gzip(noise(1000)), 999, "gzip")))
        .isEqualTo("its body has more than 999 bytes; give a higher limit, or leave it as it came");
    assertThat(reason(decoded(PLAIN, 6))).contains("more than 6 bytes");
  }

  @Test
  void up_to_64_kib_a_body_may_grow_as_it_likes() {
    assertPlain(new byte[65536], decoded(gzip(new byte[65536]), MEGABYTE, "gzip"));
    assertThat(reason(decoded(gzip(new byte[65537]), MEGABYTE, "gzip")))
        .isEqualTo(
            "its body grows to more than 100 times its size, as one that is made to exhaust memory;"
                + " decode body() yourself if you expect that");
  }

  @Test
  void beyond_that_it_may_grow_a_hundredfold() {
    var noise = noise(1000);
    var coded = gzip(joined(noise, new byte[90_000]));
    assertPlain(joined(noise, new byte[90_000]), decoded(coded, MEGABYTE, "gzip"));

    assertThat(reason(decoded(gzip(joined(noise, new byte[900_000])), MEGABYTE, "gzip")))
        .contains("100 times");
  }

  @Test
  void codings_of_codings_may_not_grow_more_than_one() {
    var bomb = gzip(gzip(new byte[64 * MEGABYTE]));
    assertThat(bomb.length).isLessThan(1000);

    assertThat(reason(decoded(bomb, 64 * MEGABYTE, "gzip, gzip"))).contains("100 times");
  }

  @Test
  void a_bomb_costs_no_more_memory_than_it_may() {
    var bomb = gzip(new byte[100 * MEGABYTE]);
    assertThat(bomb.length).isLessThan(200 << 10);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

    assertThat(reason(decoded(bomb, MEGABYTE, "gzip"))).contains("more than 1048576 bytes");

    assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
        .isLessThan(8 * MEGABYTE);
  }

  @Test
  void empty_members_without_end_come_to_an_end() {
    var empty = gzip(new byte[0]);
    var many = new byte[empty.length * 50_000];
    for (var at = 0; at < many.length; at += empty.length) {
      System.arraycopy(empty, 0, many, at, empty.length);
    }

    assertPlain(new byte[0], decoded(many, 100, "gzip"));
  }
}
