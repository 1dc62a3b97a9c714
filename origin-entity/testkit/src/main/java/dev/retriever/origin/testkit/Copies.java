package dev.retriever.origin.testkit;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;

/** Makes copies by serializing with Pekko and reading again, and compares them. */
final class Copies {
  private final Serialization serialization = SerializationExtension.get(SharedSystem.get());

  /**
   * @param what the kind of thing, for messages: command, event, …
   * @throws AssertionError when it cannot be written or read, or the copy differs
   */
  Object copy(String what, Object original) {
    if (original == null) {
      throw new AssertionError(
          "the " + what + " is null, which cannot be serialized; give a value");
    }
    var copy = read(what, original, write(what, original));
    compare(what, original, copy);
    return copy;
  }

  /**
   * @throws AssertionError when it is not the same
   */
  void compare(String what, Object original, Object copy) {
    if (!same(original, copy)) {
      throw new AssertionError(
          "the %s %s is another when it is read again: written was %s, read is %s. Only components of records (and what Jackson is told of other classes) are kept; let its state be in them, and its equals compare them"
              .formatted(what, name(original), original, copy));
    }
  }

  private byte[] write(String what, Object original) {
    var bytes = serialization.serialize(original);
    if (bytes.isFailure()) {
      throw new AssertionError(
          "the %s %s cannot be serialized: %s. Let the root of its kind extend dev.retriever.origin.Serialized, or bind it to a serializer under pekko.actor.serialization-bindings; and let all that it holds be records, enums, collections and values"
              .formatted(what, name(original), reason(bytes.failed().get())),
          bytes.failed().get());
    }
    return bytes.get();
  }

  private Object read(String what, Object original, byte[] bytes) {
    Serializer serializer = serialization.findSerializerFor(original);
    var manifest = Serializers.manifestFor(serializer, original);
    var copy = serialization.deserialize(bytes, serializer.identifier(), manifest);
    if (copy.isFailure()) {
      throw new AssertionError(
          "the %s %s can be serialized, but not read again: %s. Records need no annotations; give an interface that it holds @JsonTypeInfo and @JsonSubTypes by name, and make its constructors accept what they once accepted"
              .formatted(what, name(original), reason(copy.failed().get())),
          copy.failed().get());
    }
    return copy.get();
  }

  private static String name(Object thing) {
    return thing.getClass().getName();
  }

  /** The first line: Jackson's messages go on with where in the bytes it was. */
  private static String reason(Throwable failure) {
    var message = failure.getMessage();
    return failure.getClass().getSimpleName()
        + (message == null ? "" : ": " + message.lines().findFirst().orElse(""));
  }

  /**
   * Whether both are equal, or of one type that inherits {@code equals} from {@code Object}. Arrays
   * in records are compared by content.
   */
  static boolean same(Object one, Object other) {
    if (one == null || other == null || one.equals(other)) {
      return one == null ? other == null : other != null;
    }
    if (one.getClass().isArray() && other.getClass() == one.getClass()) {
      return sameArrays(one, other);
    }
    if (one instanceof Optional<?> a && other instanceof Optional<?> b) {
      return same(a.orElse(null), b.orElse(null));
    }
    if (one instanceof List<?> a && other instanceof List<?> b) {
      return a.size() == b.size() && sameElements(a.iterator(), b.iterator());
    }
    if (one instanceof Record && one.getClass() == other.getClass()) {
      return sameComponents(one, other);
    }
    return one.getClass() == other.getClass() && inheritsEquals(one.getClass());
  }

  private static boolean sameArrays(Object one, Object other) {
    var length = Array.getLength(one);
    if (length != Array.getLength(other)) {
      return false;
    }
    for (var i = 0; i < length; i++) {
      if (!same(Array.get(one, i), Array.get(other, i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameElements(Iterator<?> one, Iterator<?> other) {
    while (one.hasNext()) {
      if (!same(one.next(), other.next())) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameComponents(Object one, Object other) {
    for (var component : one.getClass().getRecordComponents()) {
      if (!same(get(component, one), get(component, other))) {
        return false;
      }
    }
    return true;
  }

  private static Object get(RecordComponent component, Object record) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("cannot read " + component + " of a " + name(record), e);
    }
  }

  private static boolean inheritsEquals(Class<?> type) {
    try {
      return type.getMethod("equals", Object.class).getDeclaringClass() == Object.class;
    } catch (NoSuchMethodException e) {
      throw new AssertionError("every class has equals", e);
    }
  }
}
