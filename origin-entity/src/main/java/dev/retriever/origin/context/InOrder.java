package dev.retriever.origin.context;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.MapType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes sets in the order of their elements' bytes, and maps in the natural order of their keys,
 * so that equal sets and maps give equal bytes.
 */
final class InOrder extends BeanSerializerModifier {
  private static final long serialVersionUID = 1;

  @Override
  public JsonSerializer<?> modifyCollectionSerializer(
      SerializationConfig config,
      CollectionType type,
      BeanDescription description,
      JsonSerializer<?> serializer) {
    return Set.class.isAssignableFrom(type.getRawClass())
        ? new SetInOrder(type.getContentType())
        : serializer;
  }

  @Override
  public JsonSerializer<?> modifyMapSerializer(
      SerializationConfig config,
      MapType type,
      BeanDescription description,
      JsonSerializer<?> serializer) {
    return new MapInOrder(serializer);
  }

  /** Each element is first written by itself, which starts at depth 0; so depth is counted here. */
  private static final class SetInOrder extends JsonSerializer<Set<?>> {
    private static final Object DEPTH = SetInOrder.class;
    private final JavaType element;

    SetInOrder(JavaType element) {
      this.element = element;
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, Set<?> set) {
      return set.isEmpty();
    }

    @Override
    public void serialize(Set<?> set, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      var above = provider.getAttribute(DEPTH) instanceof Integer depth ? depth : 0;
      var depth = above + out.getOutputContext().getNestingDepth() + 1;
      if (depth > ContextCodec.MAX_DEPTH) {
        throw ContextFault.tooDeep();
      }
      var elements = new ArrayList<byte[]>();
      var writer = ContextCodec.MAPPER.writerFor(element).withAttribute(DEPTH, depth);
      for (var each : set) {
        var bytes = new BoundedBytes(ContextCodec.MAX_BYTES);
        writer.writeValue(bytes, each);
        elements.add(bytes.toByteArray());
      }
      elements.sort(Arrays::compareUnsigned);
      out.writeStartArray(set, elements.size());
      for (var bytes : elements) {
        try (var parser = ContextCodec.MAPPER.createParser(bytes)) {
          parser.nextToken();
          out.copyCurrentStructure(parser);
        }
      }
      out.writeEndArray();
    }
  }

  /** Hands a sorted copy to the serializer that Jackson has for maps. */
  private static final class MapInOrder extends JsonSerializer<Map<?, ?>>
      implements ContextualSerializer {
    private final JsonSerializer<Object> maps;

    @SuppressWarnings("unchecked") // it is the one for these maps
    MapInOrder(JsonSerializer<?> maps) {
      this.maps = (JsonSerializer<Object>) maps;
    }

    @Override
    public JsonSerializer<?> createContextual(SerializerProvider provider, BeanProperty property)
        throws JsonMappingException {
      return new MapInOrder(provider.handleSecondaryContextualization(maps, property));
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, Map<?, ?> map) {
      return map.isEmpty();
    }

    @Override
    public void serialize(Map<?, ?> map, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      maps.serialize(new TreeMap<Object, Object>(map), out, provider);
    }
  }
}
