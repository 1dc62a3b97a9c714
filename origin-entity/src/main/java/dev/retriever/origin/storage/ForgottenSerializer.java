package dev.retriever.origin.storage;

import dev.retriever.origin.OriginEvent.OriginForgotten;
import java.io.NotSerializableException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Serializes the row of a forgotten origin as decimal numbers: row, accepted, forgotten, its
 * milliseconds, and those since when rows are counted, if known. There may be millions of these
 * rows, so the manifest is one letter and not the name of a class.
 */
final class ForgottenSerializer extends SerializerWithStringManifest {
  /** On-disk format, as is the manifest. */
  static final int ID = 1_972_012;

  private static final String MANIFEST = "F";

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
    return LongStream.concat(numbers, event.born().stream().mapToLong(Instant::toEpochMilli))
        .mapToObj(Long::toString)
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
    return new OriginForgotten(
        Long.parseLong(numbers[0]),
        Long.parseLong(numbers[1]),
        Long.parseLong(numbers[2]),
        numbers.length == 5 ? Optional.of(time(numbers[4])) : Optional.empty(),
        time(numbers[3]));
  }

  private static Instant time(String millis) {
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }
}
