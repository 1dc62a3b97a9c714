package dev.retriever.origin.queue.entity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.retriever.origin.queue.QueueSettings;

/**
 * The settings of queues as text, as they stand in the journal and in the table that all nodes
 * read. A component that an older version did not write has its default; one that this version does
 * not know is left out. Thread-safe.
 */
public final class SettingsJson {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new Jdk8Module())
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private SettingsJson() {}

  /** All components, those without a value too. */
  public static String write(QueueSettings settings) {
    try {
      return JSON.writeValueAsString(settings);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings of a queue cannot be written", e);
    }
  }

  /**
   * What {@link #write} has written, in this version or an older one.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static QueueSettings read(String text) {
    try {
      var stored = JSON.readTree(text);
      if (!(stored instanceof ObjectNode)) {
        throw new IllegalArgumentException("settings of a queue are no JSON object");
      }
      ObjectNode complete = JSON.valueToTree(QueueSettings.DEFAULT);
      fill(complete, stored);
      return JSON.treeToValue(complete, QueueSettings.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("settings of a queue cannot be read", e);
    }
  }

  /** Replaces defaults by what is stored: objects of fixed components by their components. */
  private static void fill(ObjectNode complete, JsonNode stored) {
    for (var field : stored.properties()) {
      if (complete.get(field.getKey()) instanceof ObjectNode within
          && field.getValue().isObject()) {
        fill(within, field.getValue());
      } else {
        complete.set(field.getKey(), field.getValue());
      }
    }
  }
}
