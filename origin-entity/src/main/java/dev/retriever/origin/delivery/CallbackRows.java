package dev.retriever.origin.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.List;
import java.util.Optional;

/**
 * What a write of journal rows changes in the table of callbacks. Both are written in one
 * transaction, or neither is. Immutable.
 *
 * @param rows one for each callback, in the order of the journal rows
 */
public record CallbackRows(List<CallbackRow> rows) {
  private static final String PREFIX = "retriever-callbacks|";
  private static final ObjectMapper JSON =
      JsonMapper.builder().addModule(new Jdk8Module()).addModule(new JavaTimeModule()).build();

  /** What the rows of one turn change, in their order. */
  public static CallbackRows of(List<Object> journal) {
    return new CallbackRows(CallbackReading.of(journal));
  }

  /**
   * As a tag of the last journal row of the write. The database's journal takes it off and writes
   * these rows with that row; no tag is stored. Empty when nothing changes.
   */
  public Optional<String> tag() {
    try {
      return rows.isEmpty()
          ? Optional.empty()
          : Optional.of(PREFIX + JSON.writeValueAsString(this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the rows of callbacks cannot be written", e);
    }
  }

  /** Reads a tag of a journal row; empty when the tag is of another kind. */
  public static Optional<CallbackRows> of(String tag) {
    try {
      return tag.startsWith(PREFIX)
          ? Optional.of(JSON.readValue(tag.substring(PREFIX.length()), CallbackRows.class))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the tag of rows of callbacks cannot be read", e);
    }
  }
}
