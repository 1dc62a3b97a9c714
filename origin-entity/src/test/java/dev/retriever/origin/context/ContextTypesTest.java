package dev.retriever.origin.context;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.retriever.origin.Continuation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContextTypesTest {
  record HasObject(Object any) {}

  record HasNumber(List<Optional<Number>> numbers) {}

  record HasArray(int[] numbers) {}

  record HasArrayList(ArrayList<String> texts) {}

  record HasMap(Map<Contexts.One, String> map) {}

  record HasTwice(Optional<Optional<String>> maybe) {}

  record HasOpen(Open open) {}

  record HasPair(Contexts.Pair<String, Runnable> pair) {}

  record HasTyped(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Contexts.Shape shape) {}

  interface Open {}

  sealed interface Root {}

  record First(Map<String, Object> map) implements Root {}

  sealed interface Twins {}

  static final class Left {
    record Twin() implements Twins {}
  }

  static final class Right {
    record Twin() implements Twins {}
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  sealed interface ByClass {}

  record Kind() implements ByClass {}

  sealed interface Leaky {}

  non-sealed interface Leak extends Leaky {}

  @Test
  void a_component_that_would_not_come_back_equal_is_refused_by_its_path() {
    refuses(HasObject.class, "java.lang.Object at HasObject.any");
    refuses(HasNumber.class, "java.lang.Number at HasNumber.numbers[]");
    refuses(HasArray.class, "int[] at HasArray.numbers");
    refuses(HasArrayList.class, "HasArrayList.texts: make it a record, or declare it as List");
    refuses(HasMap.class, "HasMap.map: keys are String, enums, whole numbers or UUID");
    refuses(HasTwice.class, "HasTwice.maybe: an Optional in an Optional");
    refuses(HasOpen.class, "HasOpen.open: an interface has to be sealed");
    refuses(HasPair.class, "java.lang.Runnable at HasPair.pair.right");
    refuses(Root.class, "java.lang.Object at Root(First).map{}");
    refuses(Leaky.class, "Leaky(Leak): an interface has to be sealed");
  }

  @Test
  void a_context_is_a_record_or_a_sealed_interface() {
    refuses(String.class, "wrap it in a record");
    refuses(Contexts.Colour.class, "wrap it in a record");
    refuses(List.class, "java.lang.Object at List[]");
    refuses(Contexts.Pair.class, "java.lang.Object at Pair.left");
  }

  @Test
  void kinds_need_names_of_their_own_that_are_no_class_names() {
    refuses(Twins.class, "two kinds are named 'Twin'");
    refuses(ByClass.class, "class names are not persisted, use Id.NAME");
    refuses(HasTyped.class, "put @JsonTypeInfo on the type");
  }

  private static void refuses(Class<?> type, String message) {
    assertThatThrownBy(() -> Continuation.of("c", type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The context of continuation 'c' cannot hold a ")
        .hasMessageContaining(message);
  }
}
