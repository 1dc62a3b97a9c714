package dev.retriever.origin.context;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.retriever.executor.Body;
import java.io.IOException;

/**
 * Writes and reads contexts as CBOR. Only components of records are written, by name, in
 * alphabetical order; times as ISO 8601; sets and maps in a fixed order, so that equal contexts
 * give equal bytes. A value of a sealed interface carries its simple class name as {@code @type};
 * full class names are neither written nor read.
 *
 * <p>Reading ignores components that the record no longer has, and leaves out those that it did not
 * have yet. Otherwise it is strict: a value of another type, an unknown name of a kind or of an
 * enum constant, a duplicate, or a trailing byte is a fault.
 */
public final class ContextCodec {
  /** Longest context, in bytes, including this many. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Deepest nesting in a context, including itself. */
  public static final int MAX_DEPTH = 64;

  static final ObjectMapper MAPPER = mapper(factory());

  private ContextCodec() {}

  /**
   * @throws ContextFault if it is too long or too deep, or of a kind that cannot be written
   */
  public static Body encode(Class<?> type, Object context) {
    var out = new BoundedBytes(MAX_BYTES);
    try {
      MAPPER.writerFor(type).writeValue(out, context);
    } catch (IOException | RuntimeException e) {
      throw ContextFault.of(e);
    }
    return new Body(out.toByteArray());
  }

  /**
   * @throws ContextFault if the bytes are not a valid context of that type
   */
  public static <X> X decode(Class<X> type, Body bytes) {
    if (bytes.size() > MAX_BYTES) {
      throw ContextFault.tooLong();
    }
    X context;
    try {
      context = MAPPER.readerFor(type).readValue(bytes.bytes());
    } catch (IOException | RuntimeException e) {
      throw ContextFault.of(e);
    }
    if (context == null) {
      throw new ContextFault("it is null");
    }
    return context;
  }

  /** The factory does not cache field names, because keys of maps are among them. */
  private static CBORFactory factory() {
    var read =
        StreamReadConstraints.builder()
            .maxDocumentLength(MAX_BYTES)
            .maxNestingDepth(MAX_DEPTH)
            .maxStringLength(MAX_BYTES)
            .maxNameLength(MAX_BYTES)
            .maxNumberLength(MAX_BYTES)
            .build();
    var write = StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build();
    return CBORFactory.builder()
        .streamReadConstraints(read)
        .streamWriteConstraints(write)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .build();
  }

  private static ObjectMapper mapper(CBORFactory factory) {
    var times = new JavaTimeModule().disable(JavaTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID);
    return CBORMapper.builder(factory)
        .addModule(new Jdk8Module())
        .addModule(times)
        .addModule(new SimpleModule("in order").setSerializerModifier(new InOrder()))
        .annotationIntrospector(new ContextNames())
        .accessorNaming(new ContextNames.Components())
        .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .disable(
            MapperFeature.SORT_CREATOR_PROPERTIES_FIRST,
            MapperFeature.ALLOW_COERCION_OF_SCALARS,
            MapperFeature.USE_GETTERS_AS_SETTERS)
        .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
        .disable(
            SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
            SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
            SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .enable(
            DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
            DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(
            DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
            DeserializationFeature.ACCEPT_FLOAT_AS_INT,
            DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
        .build();
  }
}
