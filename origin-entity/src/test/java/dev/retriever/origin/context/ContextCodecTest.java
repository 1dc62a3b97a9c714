package dev.retriever.origin.context;

import static dev.retriever.origin.context.Contexts.again;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Body;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.context.Contexts.Circle;
import dev.retriever.origin.context.Contexts.Colour;
import dev.retriever.origin.context.Contexts.Dot;
import dev.retriever.origin.context.Contexts.Fixed;
import dev.retriever.origin.context.Contexts.Group;
import dev.retriever.origin.context.Contexts.Helpful;
import dev.retriever.origin.context.Contexts.Is;
import dev.retriever.origin.context.Contexts.One;
import dev.retriever.origin.context.Contexts.Renamed;
import dev.retriever.origin.context.Contexts.Shape;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ContextCodecTest {
  private static final List<Object> ALL = Contexts.ALL;

  @ParameterizedTest
  @FieldSource("ALL")
  void a_context_of_every_kind_comes_back_equal(Object context) {
    ContextTypes.check("c", context.getClass());

    assertThat(again(context)).isEqualTo(context);
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void no_class_name_is_in_the_bytes(Object context) {
    assertThat(text(ContextCodec.encode(context.getClass(), context)))
        .doesNotContain("dev.retriever", "java.", "Contexts", "$");
  }

  @Test
  void a_sealed_root_comes_back_as_what_it_was() {
    for (var shape :
        List.<Shape>of(new Dot(), new Circle(1), Fixed.UNIT_CIRCLE, new Group("g", deep()))) {
      assertThat(ContextCodec.decode(Shape.class, ContextCodec.encode(Shape.class, shape)))
          .isEqualTo(shape);
    }
  }

  private static List<Shape> deep() {
    return List.of(new Group("h", List.of(new Dot(), Fixed.UNIT_SQUARE)), new Circle(2));
  }

  @Test
  void kinds_go_by_simple_names_and_by_annotations_where_there_are_some() {
    assertThat(text(ContextCodec.encode(Contexts.Shapes.class, Contexts.SHAPES)))
        .contains("@type", "Dot", "Triangle", "kind");
    assertThat(text(ContextCodec.encode(Renamed.class, new Is(1)))).contains("was");
  }

  record Keys(Set<Shape> shapes, Set<Optional<Shape>> maybes) {}

  @Test
  void a_view_of_a_collection_is_as_good_as_a_collection() {
    var keys = new Keys(new HashMap<Shape, Integer>(Map.of(new Dot(), 1)).keySet(), Set.of());

    assertThat(again(keys)).isEqualTo(keys);
  }

  @Test
  void helpers_that_look_like_getters_are_not_written() {
    assertThat(text(ContextCodec.encode(Helpful.class, new Helpful(10))))
        .doesNotContain("big", "twice");
  }

  record Mixed(Set<Object2> set, Map<Integer, String> map, Map<Colour, Integer> colours) {}

  record Object2(String name, Set<Integer> parts) {}

  @Test
  void equal_contexts_give_equal_bytes() {
    var one =
        new Mixed(
            new LinkedHashSet<>(List.of(part("a", 1, 2), part("b", 3, 4))),
            new LinkedHashMap<>(new TreeMap<>(Map.of(1, "x", 10, "y", 2, "z"))),
            new EnumMap<>(Map.of(Colour.BLUE, 1, Colour.RED, 2)));
    var backwards = new TreeMap<Integer, String>(Collections.reverseOrder());
    backwards.putAll(one.map());
    var other =
        new Mixed(
            new LinkedHashSet<>(List.of(part("b", 4, 3), part("a", 2, 1))),
            backwards,
            new LinkedHashMap<>(Map.of(Colour.RED, 2, Colour.BLUE, 1)));

    assertThat(one).isEqualTo(other);
    assertThat(ContextCodec.encode(Mixed.class, one))
        .isEqualTo(ContextCodec.encode(Mixed.class, other));
  }

  private static Object2 part(String name, int first, int second) {
    return new Object2(name, new LinkedHashSet<>(List.of(first, second)));
  }

  record Blanks(String text, Optional<String> maybe, URI uri, List<String> list, OptionalInt n) {}

  @Test
  void nothing_and_empty_are_told_apart() {
    var blanks =
        new Blanks("", Optional.of(""), URI.create(""), new ArrayList<>(), OptionalInt.of(0));
    var nulls = new Blanks(null, Optional.empty(), null, null, OptionalInt.empty());

    assertThat(again(blanks)).isEqualTo(blanks);
    assertThat(again(nulls)).isEqualTo(nulls);
    assertThat(again(new One(null))).isEqualTo(new One(null));
  }

  record OneBody(Body body) {}

  private static OneBody body(int size) {
    return new OneBody(new Body(new byte[size]));
  }

  @Test
  void a_context_may_be_64_KiB_and_not_a_byte_more() {
    var overhead = ContextCodec.encode(OneBody.class, body(60_000)).size() - 60_000;
    var largest = body(Continuation.MAX_CONTEXT_BYTES - overhead);
    var larger = body(Continuation.MAX_CONTEXT_BYTES - overhead + 1);

    assertThat(ContextCodec.encode(OneBody.class, largest).size())
        .isEqualTo(Continuation.MAX_CONTEXT_BYTES);
    assertThat(again(largest)).isEqualTo(largest);
    assertThatThrownBy(() -> ContextCodec.encode(OneBody.class, larger))
        .hasMessage("it is longer than 65536 bytes");
    assertThatThrownBy(() -> ContextCodec.decode(One.class, new Body(new byte[65_537])))
        .hasMessage("it is longer than 65536 bytes");
  }

  record Nested(List<Nested> inner) {}

  record NestedSet(Set<NestedSet> inner) {}

  @Test
  void nesting_is_bounded_in_lists_and_in_sets() {
    var list = new Nested(List.of());
    var set = new NestedSet(Set.of());
    for (var depth = 2; depth < Continuation.MAX_CONTEXT_DEPTH; depth += 2) {
      list = new Nested(List.of(list));
      set = new NestedSet(Set.of(set));
    }
    assertThat(again(list)).isEqualTo(list);
    assertThat(again(set)).isEqualTo(set);

    var deeperList = new Nested(List.of(list));
    var deeperSet = new NestedSet(Set.of(set));
    assertThatThrownBy(() -> again(deeperList)).hasMessageContaining("nested deeper than 64");
    assertThatThrownBy(() -> again(deeperSet)).hasMessageContaining("nested deeper than 64");
  }

  @Test
  void a_context_that_holds_itself_is_a_fault() {
    var own = new ArrayList<Nested>();
    own.add(new Nested(own));
    var set = new TreeSet<NestedSet>((a, b) -> 0);
    set.add(new NestedSet(set));

    assertThatThrownBy(() -> again(own.get(0))).isInstanceOf(ContextFault.class);
    assertThatThrownBy(() -> again(set.first())).isInstanceOf(ContextFault.class);
  }

  private static String text(Body bytes) {
    return new String(bytes.bytes(), StandardCharsets.ISO_8859_1);
  }
}
