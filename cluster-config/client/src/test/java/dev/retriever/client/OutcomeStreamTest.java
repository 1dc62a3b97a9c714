package dev.retriever.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.retriever.client.problem.NoAnswerException;
import dev.retriever.client.problem.ProblemException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeStreamTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final QuickTime time = new QuickTime();

  private static String settled(String id) {
    return "id: %s\nevent: outcome\ndata: {\"originId\":\"o\",\"id\":\"f%s\",\"state\":\"settled\","
            .formatted(id, id)
        + "\"acceptedAt\":\"2026-01-15T10:00:00Z\",\"settledAt\":\"2026-01-15T10:00:00Z\","
        + "\"outcome\":{\"type\":\"cancelled\",\"reason\":\"not-sent\"},\"attempts\":[]}\n\n";
  }

  private OutcomeStream stream(FaultyServer server, StreamStart from) {
    return client(server).build().outcomes("o", from);
  }

  private RetrieverClient.Builder client(FaultyServer server) {
    return RetrieverClient.builder(URI.create(server.url())).time(time);
  }

  private static List<String> ids(OutcomeStream stream, int count) {
    var ids = new ArrayList<String>();
    for (var i = 0; i < count; i++) {
      ids.add(stream.next(LONG).orElseThrow().id());
    }
    return ids;
  }

  @Test
  void a_broken_stream_goes_on_after_the_last_event_that_was_given() throws IOException {
    var cut = settled("8").substring(0, 40);
    try (var server =
            new FaultyServer(
                FaultyServer.events("retry: 2000\nid: 3\n\n" + settled("5") + settled("7") + cut),
                FaultyServer.events("id: 7\n\n" + settled("8") + settled("9")));
        var stream = stream(server, StreamStart.now())) {
      assertThat(ids(stream, 4)).containsExactly("5", "7", "8", "9");
      assertThat(server.requests.get(0)).doesNotContain("Last-Event-ID");
      assertThat(server.requests.get(1)).contains("Last-Event-ID: 7");
    }
  }

  @Test
  void what_was_read_but_not_given_when_the_stream_broke_is_not_lost() throws IOException {
    try (var server =
            new FaultyServer(
                FaultyServer.events(settled("5") + settled("7")),
                FaultyServer.events(settled("9")));
        var stream = stream(server, StreamStart.after("4"))) {
      assertThat(ids(stream, 3)).containsExactly("5", "7", "9");
      assertThat(server.requests.get(0)).contains("Last-Event-ID: 4");
      assertThat(server.requests.get(1)).contains("Last-Event-ID: 7");
    }
  }

  @Test
  void a_stream_that_broke_before_its_first_event_goes_on_from_where_it_began() throws IOException {
    try (var server =
            new FaultyServer(FaultyServer.events("id: 3\n\n"), FaultyServer.events(settled("5")));
        var stream = stream(server, StreamStart.now())) {
      assertThat(ids(stream, 1)).containsExactly("5");
      assertThat(server.requests.get(1)).contains("Last-Event-ID: 3");
    }
  }

  @Test
  void a_gap_is_told_and_a_node_that_stops_is_followed_by_another_connection() throws IOException {
    try (var server =
            new FaultyServer(
                FaultyServer.events(
                    "id: 9\nevent: gap\ndata: {\"from\":\"3\",\"to\":\"9\"}\n\n"
                        + "event: end\ndata: {\"retryMillis\":2000}\n\n"),
                FaultyServer.events(settled("11")));
        var stream = stream(server, StreamStart.start())) {
      assertThat(stream.next(LONG)).contains(new StreamEvent.Gap("9", "3", "9"));
      assertThat(ids(stream, 1)).containsExactly("11");
      assertThat(server.requests.get(0)).startsWith("GET /v1/origins/o/outcomes?from=start ");
      assertThat(server.requests.get(1)).contains("Last-Event-ID: 9");
    }
  }

  @Test
  void an_origin_that_counts_anew_is_told_and_gone_on_from() throws IOException {
    try (var server =
            new FaultyServer(
                FaultyServer.events("id: 0-loyw3v5n\nevent: reset\ndata: {}\n\n"),
                FaultyServer.events(settled("2-loyw3v5n")));
        var stream = stream(server, StreamStart.after("44-lox00000"))) {
      assertThat(stream.next(LONG)).contains(new StreamEvent.Reset("0-loyw3v5n"));
      assertThat(ids(stream, 1)).containsExactly("2-loyw3v5n");
      assertThat(server.requests.get(0)).contains("Last-Event-ID: 44-lox00000");
      assertThat(server.requests.get(1)).contains("Last-Event-ID: 0-loyw3v5n");
    }
  }

  @Test
  void a_silent_connection_is_opened_anew() throws IOException {
    try (var server =
            new FaultyServer(
                FaultyServer.events("id: 3\n\n: " + FaultyServer.SILENCE),
                FaultyServer.events(settled("5")));
        var stream =
            client(server)
                .silence(Duration.ofMillis(100))
                .build()
                .outcomes("o", StreamStart.now())) {
      assertThat(ids(stream, 1)).containsExactly("5");
    }
  }

  @Test
  void nothing_new_is_told_as_nothing() throws IOException {
    try (var server = new FaultyServer(FaultyServer.events("id: 3\n\n: " + FaultyServer.SILENCE));
        var stream = stream(server, StreamStart.now())) {
      assertThat(stream.next(Duration.ofMillis(200))).isEmpty();
      assertThat(stream.lastId()).isEqualTo("3");
    }
  }

  @Test
  void a_refusal_ends_the_stream_with_its_problem() throws IOException {
    var problem =
        FaultyServer.json(
            403, "{\"type\":\"/problems/origin-not-allowed\",\"detail\":\"other origins\"}");
    try (var server = new FaultyServer(problem);
        var stream = stream(server, StreamStart.now())) {
      assertThatThrownBy(() -> stream.next(LONG))
          .isInstanceOf(ProblemException.class)
          .hasMessage("403 origin-not-allowed: other origins");
    }
  }

  @Test
  void without_any_node_it_gives_up_and_can_be_read_on() throws IOException {
    try (var server = new FaultyServer(FaultyServer.events(settled("5")));
        var stream = stream(server, StreamStart.now())) {
      assertThat(ids(stream, 1)).containsExactly("5");

      assertThatThrownBy(() -> stream.next(Duration.ofMinutes(1)))
          .isInstanceOf(NoAnswerException.class)
          .hasMessageContaining("goes on from the same place");
      assertThat(stream.lastId()).isEqualTo("5");
      assertThat(server.requests.get(server.requests.size() - 1)).contains("Last-Event-ID: 5");
    }
  }

  @Test
  void a_read_ends_in_time_while_no_node_answers_and_the_tries_are_counted_over_reads()
      throws IOException {
    try (var server = new FaultyServer();
        var stream = stream(server, StreamStart.now())) {
      assertThat(stream.next(Duration.ofMillis(90))).isEmpty();
      assertThatThrownBy(
              () -> {
                for (var i = 0; i < 1000; i++) {
                  stream.next(Duration.ofMillis(90));
                }
              })
          .isInstanceOf(NoAnswerException.class);
      // The JDK's client sends each of ten tries once more by itself.
      assertThat(server.requests).hasSizeBetween(10, 20);
    }
  }

  @Test
  void a_connection_that_opens_slowly_is_waited_for_by_the_next_read() throws IOException {
    try (var server = new FaultyServer(FaultyServer.SILENCE);
        var stream = stream(server, StreamStart.now())) {
      assertThat(stream.next(Duration.ofMillis(300))).isEmpty();
      assertThat(stream.next(Duration.ofMillis(300))).isEmpty();
      assertThat(server.requests).hasSizeLessThan(2);
    }
  }

  @Test
  void a_stream_that_is_closed_while_it_opens_ends_its_connection() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var url = URI.create("http://127.0.0.1:" + server.getLocalPort());
      var stream = RetrieverClient.builder(url).build().outcomes("o", StreamStart.now());
      assertThat(stream.next(Duration.ZERO)).isEmpty();
      try (var socket = server.accept()) {
        socket.setSoTimeout((int) LONG.toMillis());
        stream.close();
        var answer = FaultyServer.events("id: 3\n\n").getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(answer);

        // Ended or reset; but not left open.
        assertThat(catchThrowable(() -> socket.getInputStream().readAllBytes()))
            .matches(it -> !(it instanceof SocketTimeoutException), "no time limit");
      }
      assertThat(stream.next(LONG)).isEmpty();
    }
  }

  @Test
  void a_closed_stream_ends() throws IOException {
    try (var server = new FaultyServer(FaultyServer.events("id: 3\n\n: " + FaultyServer.SILENCE))) {
      var stream = stream(server, StreamStart.now());
      stream.next(Duration.ofMillis(100));
      stream.close();

      assertThat(stream.next(LONG)).isEmpty();
    }
  }
}
