package dev.retriever.executor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Writes values as JSON. Equal values give equal bytes in every run, because a handler that runs
 * again after a crash must submit the same fetch. So elements without a defined order are sorted.
 */
final class JsonBody {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .annotationIntrospector(new PropertiesInOrder())
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .addModule(new SimpleModule().setSerializerModifier(new SetsInOrder()))
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .build();

  private static final int HEX = 4;

  private JsonBody() {}

  static byte[] bytes(Object value) {
    if (value == null) {
      throw new IllegalArgumentException("a null value cannot be written as JSON");
    }
    try {
      return checked(value, MAPPER.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "a %s cannot be written as JSON: %s".formatted(value.getClass().getTypeName(), fault(e)));
    }
  }

  /** Refuses unpaired surrogates, which Jackson writes as escapes. */
  private static byte[] checked(Object value, byte[] json) {
    var escapes = new StringBuilder();
    for (var i = 0; i < json.length; i++) {
      if (json[i] != '\\') {
        separate(escapes);
      } else if (json[++i] == 'u') {
        escapes.append((char) Integer.parseInt(new String(json, i + 1, HEX, ISO_8859_1), 16));
        i += HEX;
      }
    }
    if (!Utf8.isEncodable(escapes.toString())) {
      throw new IllegalArgumentException(
          "a %s cannot be written as JSON: there is text that is not valid Unicode, with an"
                  .formatted(value.getClass().getTypeName())
              + " unpaired surrogate");
    }
    return json;
  }

  /** Notes that other text separates two escapes, so that they are no surrogate pair. */
  private static void separate(StringBuilder escapes) {
    if (!escapes.isEmpty() && escapes.charAt(escapes.length() - 1) != ' ') {
      escapes.append(' ');
    }
  }

  /** Names types only: messages of Jackson and of getters may show values. */
  private static String fault(JsonProcessingException e) {
    if (e instanceof InvalidDefinitionException invalid && invalid.getType() != null) {
      return "Jackson does not know how to write a "
          + invalid.getType().getRawClass().getTypeName();
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return "there is a " + root.getClass().getTypeName();
  }

  /** Fixes the order of properties: reflection orders record components, but not methods. */
  private static final class PropertiesInOrder extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public String[] findSerializationPropertyOrder(AnnotatedClass type) {
      var asked = super.findSerializationPropertyOrder(type);
      return asked == null && type.getRawType().isRecord()
          ? Arrays.stream(type.getRawType().getRecordComponents())
              .map(RecordComponent::getName)
              .toArray(String[]::new)
          : asked;
    }

    @Override
    public Boolean findSerializationSortAlphabetically(Annotated type) {
      return true;
    }
  }

  private static final class SetsInOrder extends BeanSerializerModifier {
    private static final long serialVersionUID = 1;

    @Override
    public JsonSerializer<?> modifyCollectionSerializer(
        SerializationConfig config,
        CollectionType type,
        BeanDescription description,
        JsonSerializer<?> serializer) {
      return EnumSet.class.isAssignableFrom(type.getRawClass())
          ? serializer
          : new SetInOrder(serializer);
    }
  }

  /** Passes a sorted copy to Jackson's serializer for collections. */
  private static final class SetInOrder extends JsonSerializer<Collection<?>>
      implements ContextualSerializer {
    private final JsonSerializer<Object> collections;

    @SuppressWarnings("unchecked") // it is the one for these collections
    SetInOrder(JsonSerializer<?> collections) {
      this.collections = (JsonSerializer<Object>) collections;
    }

    @Override
    public JsonSerializer<?> createContextual(SerializerProvider provider, BeanProperty property)
        throws JsonMappingException {
      return new SetInOrder(provider.handleSecondaryContextualization(collections, property));
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, Collection<?> values) {
      return values.isEmpty();
    }

    @Override
    public void serialize(Collection<?> values, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      collections.serialize(inOrder(values), out, provider);
    }

    @Override
    public void serializeWithType(
        Collection<?> values, JsonGenerator out, SerializerProvider provider, TypeSerializer type)
        throws IOException {
      collections.serializeWithType(inOrder(values), out, provider, type);
    }

    /** Sorts elements by their JSON, because they need not be comparable. */
    private static Collection<?> inOrder(Collection<?> values) throws IOException {
      if (!(values instanceof Set)
          || values instanceof SortedSet
          || values instanceof LinkedHashSet
          || values instanceof EnumSet) {
        return values;
      }
      var sorted = new TreeMap<String, Collection<Object>>();
      for (var value : values) {
        sorted
            .computeIfAbsent(MAPPER.writeValueAsString(value), json -> new ArrayList<>(1))
            .add(value);
      }
      var list = new ArrayList<>();
      for (Map.Entry<String, Collection<Object>> entry : sorted.entrySet()) {
        list.addAll(entry.getValue());
      }
      return list;
    }
  }
}
