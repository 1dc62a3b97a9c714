package dev.retriever.client.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Server-sent events out of bytes, which may be split anywhere. Used by one thread. */
public final class SseParser {
  private final int limit;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private String name = "";
  private String id = "";
  private boolean afterCarriageReturn;

  /**
   * An event, or an id without data, whose name and data are empty.
   *
   * @param id the last one that was told, this event's included
   */
  public record Event(String name, String id, String data) {}

  /**
   * @param limit bytes of a line, and characters of an event
   */
  public SseParser(int limit) {
    this.limit = limit;
  }

  /**
   * The events that these bytes complete.
   *
   * @throws IOException if one is too long
   */
  public List<Event> feed(ByteBuffer bytes) throws IOException {
    var events = new ArrayList<Event>();
    while (bytes.hasRemaining()) {
      var next = bytes.get();
      if (next == '\n' && afterCarriageReturn) {
        afterCarriageReturn = false;
      } else if (next == '\n' || next == '\r') {
        afterCarriageReturn = next == '\r';
        end(events);
      } else {
        afterCarriageReturn = false;
        line.write(next);
        bound(line.size());
      }
    }
    return events;
  }

  private void bound(int size) throws IOException {
    if (size > limit) {
      throw new IOException("an event is longer than " + limit + " bytes");
    }
  }

  private void end(List<Event> events) throws IOException {
    var text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (text.isEmpty()) {
      complete(events);
    } else {
      field(text);
    }
  }

  private void complete(List<Event> events) {
    if (name.isEmpty() && data.isEmpty() && id.isEmpty()) {
      return;
    }
    events.add(new Event(name, id, data.toString()));
    name = "";
    data.setLength(0);
  }

  private void field(String text) throws IOException {
    var colon = text.indexOf(':');
    if (colon == 0) {
      return; // a comment, which keeps the connection open
    }
    var field = colon < 0 ? text : text.substring(0, colon);
    var value = colon < 0 ? "" : text.substring(colon + 1);
    value = value.startsWith(" ") ? value.substring(1) : value;
    switch (field) {
      case "event" -> name = value;
      case "id" -> id = value;
      case "data" -> {
        data.append(data.isEmpty() ? "" : "\n").append(value);
        bound(data.length());
      }
      default -> {
        // such as retry: the client has its own waits
      }
    }
  }
}
