package dev.retriever.client.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseParserTest {
  private static final String STREAM =
      "retry: 2000\nid: 12\n\n: ping\n\nid: 14\nevent: outcome\ndata: {\"a\":\ndata: \"ä\"}\n\n";

  private static List<SseParser.Event> events(String text, int pieces) throws IOException {
    var parser = new SseParser(100);
    var all = new ArrayList<SseParser.Event>();
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    for (var from = 0; from < bytes.length; from += pieces) {
      var length = Math.min(pieces, bytes.length - from);
      all.addAll(parser.feed(ByteBuffer.wrap(bytes, from, length)));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  void events_are_the_same_wherever_the_bytes_are_split(int pieces) throws IOException {
    for (var end : List.of("\n", "\r\n", "\r")) {
      assertThat(events(STREAM.replace("\n", end), pieces))
          .startsWith(new SseParser.Event("", "12", ""))
          .endsWith(new SseParser.Event("outcome", "14", "{\"a\":\n\"ä\"}"));
    }
  }

  @Test
  void what_is_not_complete_is_no_event() throws IOException {
    assertThat(events("event: outcome\ndata: x\n", 3)).isEmpty();
  }

  @Test
  void an_event_beyond_the_bound_is_refused() {
    assertThatThrownBy(() -> events("data: " + "x".repeat(100), 1))
        .hasMessage("an event is longer than 100 bytes");
    assertThatThrownBy(() -> events(("data: " + "x".repeat(60) + "\n").repeat(2), 50))
        .hasMessage("an event is longer than 100 bytes");
  }
}
