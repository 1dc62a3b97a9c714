package dev.retriever.origin.context;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.retriever.executor.Body;
import dev.retriever.origin.NoContext;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;

/** Contexts of every kind. */
public final class Contexts {
  private Contexts() {}

  record Nothing() {}

  public record One(String value) {}

  public record OneList(List<String> values) {}

  record OneFlag(boolean flag) {}

  public enum Colour {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "verdant";
      }
    },
    BLUE
  }

  public sealed interface Shape {}

  record Circle(double radius) implements Shape {}

  record Dot() implements Shape {}

  enum Fixed implements Shape {
    UNIT_SQUARE,
    UNIT_CIRCLE
  }

  sealed interface Polygon extends Shape {}

  record Triangle(int a, int b, int c) implements Polygon {}

  /** Recursive, through its own root. */
  record Group(String label, List<Shape> members) implements Polygon {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Mail.class, name = "m"),
    @JsonSubTypes.Type(value = Sms.class, name = "s")
  })
  sealed interface Channel {}

  record Mail(String address) implements Channel {}

  record Sms(long number) implements Channel {}

  sealed interface Renamed {}

  @JsonTypeName("was")
  record Is(int n) implements Renamed {}

  record Line(URI item, int count, BigDecimal price) {}

  record Pair<A, B>(A left, B right) {}

  record Tree(int value, Set<Tree> children) {}

  record Scalars(
      boolean flag,
      byte tiny,
      short small,
      int whole,
      long large,
      float single,
      double real,
      char letter,
      Integer boxed,
      String text,
      Colour colour,
      BigInteger integer,
      BigDecimal decimal,
      URI uri,
      UUID uuid) {}

  record Times(
      Instant at,
      Duration lasting,
      LocalDate day,
      ZonedDateTime zoned,
      Optional<Instant> maybe,
      List<Duration> many) {}

  record Collections(
      List<String> texts,
      Set<Integer> numbers,
      Map<String, Line> lines,
      Map<Colour, Set<String>> byColour,
      Map<Long, Optional<String>> byNumber,
      SortedMap<Integer, List<List<Integer>>> nested) {}

  public record Shapes(
      Shape one,
      Optional<Shape> maybe,
      List<Shape> list,
      Set<Shape> set,
      Map<String, Shape> map,
      Map<Colour, List<Optional<Polygon>>> deep,
      Channel channel,
      Circle declared,
      Pair<Shape, Channel> pair) {}

  record Bytes(Body body, Optional<Body> maybe, List<Body> many) {}

  /** With helpers that Jackson would take for properties. */
  record Helpful(int n) {
    boolean isBig() {
      return n > 9;
    }

    int getTwice() {
      return 2 * n;
    }

    Helpful setN(int other) {
      return new Helpful(other);
    }
  }

  static final Scalars SCALARS =
      new Scalars(
          true,
          Byte.MIN_VALUE,
          Short.MAX_VALUE,
          Integer.MIN_VALUE,
          Long.MAX_VALUE,
          Float.MIN_VALUE,
          Double.NEGATIVE_INFINITY,
          'ß',
          -1,
          "naïve 😀 \u0000",
          Colour.GREEN,
          BigInteger.TWO.pow(9_999).negate(),
          new BigDecimal("-12345678901234567890.12345678901234567890000"),
          URI.create("https://shop.example/a%20b?c=d#e"),
          new UUID(1, 2));

  static final Times TIMES =
      new Times(
          Instant.parse("2026-03-29T01:30:00.123456789Z"),
          Duration.ofSeconds(-5, 7),
          LocalDate.of(2028, 2, 29),
          ZonedDateTime.parse("2026-10-25T02:30+01:00[Europe/Berlin]"),
          Optional.of(Instant.MIN),
          List.of(Duration.ZERO, Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)));

  static final Collections COLLECTIONS =
      new Collections(
          List.of("", "b", "a"),
          Set.of(3, -1, 2),
          Map.of("", line("x"), "k.1/~", line("y")),
          Map.of(Colour.GREEN, Set.of("g", "h"), Colour.RED, Set.of()),
          Map.of(-7L, Optional.of("seven"), Long.MAX_VALUE, Optional.empty()),
          new java.util.TreeMap<>(Map.of(10, List.of(List.of(1), List.of()), 9, List.of())));

  public static final Shapes SHAPES =
      new Shapes(
          new Dot(),
          Optional.of(Fixed.UNIT_SQUARE),
          List.of(new Circle(1.5), Fixed.UNIT_CIRCLE, new Group("g", List.of(new Dot()))),
          Set.of(new Triangle(3, 4, 5), new Dot(), new Circle(2)),
          Map.of("a", new Group("", List.of()), "b", new Circle(0)),
          Map.of(Colour.BLUE, List.of(Optional.of(new Triangle(1, 1, 1)), Optional.empty())),
          new Sms(49),
          new Circle(3),
          new Pair<>(Fixed.UNIT_SQUARE, new Mail("a@b.example")));

  static final Bytes BYTES =
      new Bytes(
          new Body(new byte[] {0, -1, 127}), Optional.of(Body.EMPTY), List.of(Body.utf8("é")));

  static final List<Object> ALL =
      List.of(
          new Nothing(),
          new One("x"),
          new OneList(List.of("x")),
          new OneFlag(true),
          new Helpful(10),
          new Is(1),
          new Tree(1, Set.of(new Tree(2, Set.of(new Tree(4, Set.of()))), new Tree(3, Set.of()))),
          SCALARS,
          TIMES,
          COLLECTIONS,
          SHAPES,
          BYTES,
          NoContext.NONE);

  static Line line(String item) {
    return new Line(URI.create("urn:" + item), 2, new BigDecimal("9.90"));
  }

  /** Through bytes and back, as the type of the record. */
  static Object again(Object context) {
    return ContextCodec.decode(
        context.getClass(), ContextCodec.encode(context.getClass(), context));
  }
}
