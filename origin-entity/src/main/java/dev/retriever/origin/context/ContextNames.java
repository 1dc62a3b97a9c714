package dev.retriever.origin.context;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AccessorNamingStrategy;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.DefaultAccessorNamingStrategy;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Treats a sealed interface without Jackson's annotations as if it had them: its permitted classes,
 * direct or indirect, go by their simple names. Annotations take precedence.
 */
public final class ContextNames extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1;

  private static final JsonTypeInfo.Value BY_NAME =
      JsonTypeInfo.Value.construct(
          JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "@type", null, false, true);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Whether that may be the name of a continuation. Simple names of most classes match too. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  @Override
  public JsonTypeInfo.Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
    var declared = super.findPolymorphicTypeInfo(config, annotated);
    return declared == null && sealed(annotated) ? BY_NAME : declared;
  }

  @Override
  public List<NamedType> findSubtypes(Annotated annotated) {
    var declared = super.findSubtypes(annotated);
    return declared == null && sealed(annotated)
        ? leaves(annotated.getRawType())
            .distinct()
            .map(leaf -> new NamedType(leaf, name(leaf)))
            .toList()
        : declared;
  }

  private static boolean sealed(Annotated annotated) {
    return annotated instanceof AnnotatedClass && sealed(annotated.getRawType());
  }

  private static boolean sealed(Class<?> type) {
    return type.isInterface() && type.isSealed();
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return sealed(type)
        ? Stream.of(type.getPermittedSubclasses()).flatMap(ContextNames::leaves)
        : Stream.of(type);
  }

  private static String name(Class<?> leaf) {
    var given = leaf.getAnnotation(JsonTypeName.class);
    return given == null || given.value().isEmpty() ? leaf.getSimpleName() : given.value();
  }

  /** Only components are written, and no other method named {@code isX} or {@code getX}. */
  static final class Components extends DefaultAccessorNamingStrategy.Provider {
    private static final long serialVersionUID = 1;

    @Override
    public AccessorNamingStrategy forRecord(MapperConfig<?> config, AnnotatedClass type) {
      return new RecordNaming(config, type);
    }
  }

  private static final class RecordNaming extends DefaultAccessorNamingStrategy.RecordNaming {
    RecordNaming(MapperConfig<?> config, AnnotatedClass type) {
      super(config, type);
    }

    @Override
    public String findNameForRegularGetter(AnnotatedMethod method, String name) {
      return _fieldNames.contains(name) ? name : null;
    }

    @Override
    public String findNameForIsGetter(AnnotatedMethod method, String name) {
      return null;
    }

    @Override
    public String findNameForMutator(AnnotatedMethod method, String name) {
      return null;
    }
  }
}
