package dev.retriever.cluster.callbacks.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.retriever.origin.callback.EndpointSettings;

/**
 * The settings of endpoints as they are stored. A component that this version does not know is left
 * out. Keys are named, never stored. Thread-safe.
 */
final class EndpointJson {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private EndpointJson() {}

  static String write(EndpointSettings settings) {
    try {
      return JSON.writeValueAsString(settings);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings of an endpoint cannot be written", e);
    }
  }

  /**
   * @throws IllegalArgumentException if it is something else
   */
  static EndpointSettings read(String text) {
    try {
      return JSON.readValue(text, EndpointSettings.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("settings of an endpoint cannot be read", e);
    }
  }
}
