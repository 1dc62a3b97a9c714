package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.http.WireCase.Seen;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A target that answers before it has read the request, and closes. */
class EarlyAnswerTest {
  private static final int TRIES = Integer.getInteger("retriever.tries", 32);
  private static final Body LARGE = Body.utf8("x".repeat(8 << 20));

  private final TransportFixture fixture = new TransportFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private Map<Seen, Integer> tries(RawTarget.Script script) throws Exception {
    var all = new HashMap<Seen, Integer>();
    try (var target = new RawTarget(script)) {
      for (var round = 0; round < TRIES; round++) {
        var report = fixture.fetch(FetchRequest.post(target.url("/")).body(LARGE));
        all.merge(Seen.of(1, report), 1, Integer::sum);
      }
      assertThat(target.connections()).isEqualTo(TRIES);
    }
    return all;
  }

  @Test
  void is_heard_although_its_reset_meets_the_rest_of_the_request() throws Exception {
    var seen =
        tries(
            connection -> {
              connection.readHead();
              connection.write("HTTP/1.1 413 x\r\nContent-Length: 4\r\n\r\nlong");
            });
    assertThat(seen).containsOnlyKeys(WireCase.answered(413));
  }

  @Test
  void is_unknown_when_half_of_it_came() throws Exception {
    var seen =
        tries(
            connection -> {
              connection.readHead();
              connection.write("HTTP/1.1 413 x\r\nContent-Length: 40\r\n\r\nlong");
            });
    assertThat(seen.keySet()).allMatch(each -> each.outcome().equals("unknown"));
  }
}
