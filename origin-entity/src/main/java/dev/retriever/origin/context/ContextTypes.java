package dev.retriever.origin.context;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.UUID;

/**
 * Checks the types of which a context is made. The check runs when a continuation is defined, so
 * that a type that would not come back equal is found before anything is persisted.
 */
public final class ContextTypes {
  private static final Set<Class<?>> WHOLE =
      Set.of(Byte.class, Short.class, Integer.class, Long.class, BigInteger.class);

  private static final Set<Class<?>> VALUES =
      Set.of(
          String.class,
          Boolean.class,
          Character.class,
          Float.class,
          Double.class,
          BigDecimal.class,
          URI.class,
          UUID.class,
          byte[].class,
          OptionalInt.class,
          OptionalLong.class,
          OptionalDouble.class);

  private final String continuation;
  private final Set<JavaType> seen = new HashSet<>();

  private ContextTypes(String continuation) {
    this.continuation = continuation;
  }

  /**
   * @throws IllegalArgumentException naming the component with a forbidden type, and what to use
   *     instead
   */
  public static void check(String continuation, Class<?> context) {
    var types = new ContextTypes(continuation);
    if (!context.isRecord() && !context.isInterface()) {
      throw types.refused(
          context.getSimpleName(), context, "wrap it in a record, which can grow later");
    }
    types.visit(ContextCodec.MAPPER.constructType(context), context.getSimpleName());
  }

  private void visit(JavaType type, String path) {
    var raw = type.getRawClass();
    if (value(raw) || !seen.add(type)) {
      return;
    }
    if (raw == Optional.class) {
      visitOptional(type.getReferencedType(), path);
    } else if (raw == List.class || raw == Set.class || raw == SortedSet.class) {
      visit(type.getContentType(), path + "[]");
    } else if (raw == Map.class || raw == SortedMap.class) {
      visitMap(type, path);
    } else if (raw.isRecord()) {
      for (var component : raw.getRecordComponents()) {
        visitComponent(type, component, path);
      }
    } else if (raw.isInterface() && !type.isContainerType()) {
      visitKinds(type, path);
    } else {
      throw refused(path, raw, "make it a record, or declare it as List, Set or Map");
    }
  }

  private static boolean value(Class<?> raw) {
    return raw.isPrimitive()
        || raw.isEnum()
        || VALUES.contains(raw)
        || WHOLE.contains(raw)
        || time(raw);
  }

  private static boolean time(Class<?> raw) {
    return raw.getPackageName().equals("java.time")
        && (Modifier.isFinal(raw.getModifiers()) || raw == ZoneId.class);
  }

  private void visitComponent(JavaType owner, RecordComponent component, String path) {
    var at = path + "." + component.getName();
    if (component.getAccessor().isAnnotationPresent(JsonTypeInfo.class)) {
      throw refused(at, component.getType(), "put @JsonTypeInfo on the type, not the component");
    }
    var types = ContextCodec.MAPPER.getTypeFactory();
    visit(types.resolveMemberType(component.getGenericType(), owner.getBindings()), at);
  }

  private void visitOptional(JavaType content, String path) {
    if (content.getRawClass() == Optional.class) {
      throw refused(path, Optional.class, "an Optional in an Optional does not come back equal");
    }
    visit(content, path);
  }

  private void visitMap(JavaType type, String path) {
    var key = type.getKeyType().getRawClass();
    if (key != String.class && key != UUID.class && !key.isEnum() && !WHOLE.contains(key)) {
      throw refused(path, key, "keys are String, enums, whole numbers or UUID");
    }
    visit(type.getContentType(), path + "{}");
  }

  private void visitKinds(JavaType type, String path) {
    var config = ContextCodec.MAPPER.getSerializationConfig();
    AnnotatedClass annotated = config.introspectClassAnnotations(type).getClassInfo();
    var introspector = config.getAnnotationIntrospector();
    var info = introspector.findPolymorphicTypeInfo(config, annotated);
    var kinds = introspector.findSubtypes(annotated);
    if (info == null || kinds == null || kinds.isEmpty()) {
      throw refused(path, type.getRawClass(), "an interface has to be sealed");
    }
    if (info.getIdType() == JsonTypeInfo.Id.CLASS
        || info.getIdType() == JsonTypeInfo.Id.MINIMAL_CLASS) {
      throw refused(path, type.getRawClass(), "class names are not persisted, use Id.NAME");
    }
    var names = new HashSet<String>();
    for (NamedType kind : kinds) {
      if (kind.hasName() && !names.add(kind.getName())) {
        throw refused(
            path,
            type.getRawClass(),
            "two kinds are named '" + kind.getName() + "', rename one or give it a @JsonTypeName");
      }
      visit(
          config.constructSpecializedType(type, kind.getType()),
          path + "(" + kind.getType().getSimpleName() + ")");
    }
  }

  private IllegalArgumentException refused(String path, Class<?> type, String next) {
    return new IllegalArgumentException(
        "The context of continuation '%s' cannot hold a %s at %s: %s."
            .formatted(continuation, type.getTypeName(), path, next));
  }
}
