package dev.retriever.origin.storage;

import dev.retriever.origin.OriginEvent.OriginForgotten;
import java.io.NotSerializableException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Serializes the row of a forgotten origin as five numbers in base 36: row, accepted, forgotten,
 * its milliseconds, and those since when rows are counted. Without the last one they are decimal.
 * There may be millions of these rows, so each byte counts, and the manifest is one letter and not
 * the name of a class.
 */
final class ForgottenSerializer extends SerializerWithStringManifest {
  /** On-disk format, as is the manifest. */
  static final int ID = 1_972_012;

  private static final String MANIFEST = "F";
  private static final int DECIMAL = 10;
  private static final int SHORT = 36;

  @Override
  public int identifier() {
    return ID;
  }

  @Override
  public String manifest(Object event) {
    return MANIFEST;
  }

  @Override
  public byte[] toBinary(Object object) {
    var event = (OriginForgotten) object;
    var numbers =
        LongStream.of(event.row(), event.accepted(), event.forgotten(), event.at().toEpochMilli());
    var radix = event.born().isPresent() ? SHORT : DECIMAL;
    return LongStream.concat(numbers, event.born().stream().mapToLong(Instant::toEpochMilli))
        .mapToObj(number -> Long.toString(number, radix))
        .collect(Collectors.joining(" "))
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    var numbers = new String(bytes, StandardCharsets.US_ASCII).split(" ");
    if (!manifest.equals(MANIFEST) || numbers.length < 4 || numbers.length > 5) {
      throw new NotSerializableException(
          "the row of a forgotten origin has the manifest %s and %d numbers, and this code reads %s with 4 or 5; deploy code that reads it"
              .formatted(manifest, numbers.length, MANIFEST));
    }
    var radix = numbers.length == 5 ? SHORT : DECIMAL;
    var read = Stream.of(numbers).mapToLong(it -> Long.parseLong(it, radix)).toArray();
    return new OriginForgotten(
        read[0],
        read[1],
        read[2],
        LongStream.of(read).skip(4).mapToObj(Instant::ofEpochMilli).findFirst(),
        Instant.ofEpochMilli(read[3]));
  }
}
