package dev.retriever.origin.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.origin.context.Contexts.Channel;
import dev.retriever.origin.context.Contexts.Circle;
import dev.retriever.origin.context.Contexts.Colour;
import dev.retriever.origin.context.Contexts.Dot;
import dev.retriever.origin.context.Contexts.Fixed;
import dev.retriever.origin.context.Contexts.Group;
import dev.retriever.origin.context.Contexts.Mail;
import dev.retriever.origin.context.Contexts.Shape;
import dev.retriever.origin.context.Contexts.Sms;
import dev.retriever.origin.context.Contexts.Triangle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ContextRandomTest {
  private static final int SEEDS = 1_000;

  record Anything(
      long number,
      double real,
      String text,
      Optional<Colour> colour,
      BigDecimal decimal,
      Instant at,
      Duration lasting,
      Body body,
      List<Shape> shapes,
      Set<Shape> distinct,
      Map<String, Optional<Channel>> channels,
      Map<Long, Set<List<Integer>>> numbers,
      Optional<Anything> inner) {

    /** Equal, with sets and maps kept in another order. */
    Anything shuffled(Random dice) {
      var keys = new ArrayList<>(channels.keySet());
      Collections.shuffle(keys, dice);
      var map = new LinkedHashMap<String, Optional<Channel>>();
      keys.forEach(key -> map.put(key, channels.get(key)));
      var set = new ArrayList<>(distinct);
      Collections.shuffle(set, dice);
      return new Anything(
          number,
          real,
          text,
          colour,
          decimal,
          at,
          lasting,
          body,
          shapes,
          new LinkedHashSet<>(set),
          map,
          numbers,
          inner.map(it -> it.shuffled(dice)));
    }
  }

  @Test
  void random_contexts_come_back_equal_and_equal_ones_have_equal_bytes() {
    for (var seed = 0; seed < SEEDS; seed++) {
      var dice = new Random(seed);
      var context = anything(dice, 3);
      var bytes = ContextCodec.encode(Anything.class, context);

      var back = ContextCodec.decode(Anything.class, bytes);

      assertThat(back).as("seed %d", seed).isEqualTo(context);
      assertThat(ContextCodec.encode(Anything.class, back)).as("seed %d", seed).isEqualTo(bytes);
      assertThat(ContextCodec.encode(Anything.class, context.shuffled(dice)))
          .as("seed %d", seed)
          .isEqualTo(bytes);
    }
  }

  private static Anything anything(Random dice, int depth) {
    return new Anything(
        dice.nextLong() >> dice.nextInt(64),
        Double.longBitsToDouble(dice.nextLong()),
        text(dice),
        maybe(dice, () -> Colour.values()[dice.nextInt(3)]),
        new BigDecimal(new BigInteger(1 + dice.nextInt(300), dice), dice.nextInt(60) - 30),
        Instant.ofEpochSecond(dice.nextInt(), dice.nextInt(1_000_000_000)),
        Duration.ofNanos(dice.nextLong()),
        body(dice),
        list(dice, () -> shape(dice, depth)),
        new LinkedHashSet<>(list(dice, () -> shape(dice, depth))),
        map(dice, () -> text(dice), () -> maybe(dice, () -> channel(dice))),
        map(dice, dice::nextLong, () -> Set.copyOf(list(dice, () -> list(dice, dice::nextInt)))),
        depth == 0 ? Optional.empty() : maybe(dice, () -> anything(dice, depth - 1)));
  }

  private static Shape shape(Random dice, int depth) {
    return switch (dice.nextInt(depth == 0 ? 4 : 5)) {
      case 0 -> new Dot();
      case 1 -> new Circle(dice.nextGaussian());
      case 2 -> new Triangle(dice.nextInt(), dice.nextInt(9), 0);
      case 3 -> Fixed.values()[dice.nextInt(2)];
      default -> new Group(text(dice), list(dice, () -> shape(dice, depth - 1)));
    };
  }

  private static Channel channel(Random dice) {
    return dice.nextBoolean() ? new Mail(text(dice)) : new Sms(dice.nextLong());
  }

  /** Of all code points but halves of pairs, which are no text. */
  private static String text(Random dice) {
    return dice.ints(dice.nextInt(12), 0, 0x10FFFF)
        .map(point -> dice.nextInt(3) == 0 ? point : point % 128)
        .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Body body(Random dice) {
    var bytes = new byte[dice.nextInt(40)];
    dice.nextBytes(bytes);
    return new Body(bytes);
  }

  private static <T> Optional<T> maybe(Random dice, Supplier<T> some) {
    return dice.nextBoolean() ? Optional.of(some.get()) : Optional.empty();
  }

  private static <T> List<T> list(Random dice, Supplier<T> each) {
    var list = new ArrayList<T>();
    for (var left = dice.nextInt(4); left > 0; left--) {
      list.add(each.get());
    }
    return list;
  }

  private static <K, V> Map<K, V> map(Random dice, Supplier<K> key, Supplier<V> value) {
    var map = new LinkedHashMap<K, V>();
    for (var left = dice.nextInt(4); left > 0; left--) {
      map.put(key.get(), value.get());
    }
    return map;
  }
}
