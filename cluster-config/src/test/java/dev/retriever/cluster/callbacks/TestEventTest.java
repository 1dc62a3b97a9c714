package dev.retriever.cluster.callbacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.http.Problem;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.executor.Stage;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.EndpointSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One signed event to an endpoint, through a transport that the test answers for. */
class TestEventTest {
  private record Sent(
      AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done) {}

  private final List<Sent> sent = new ArrayList<>();
  private final List<String> aborted = new ArrayList<>();
  private final Transport transport =
      (key, request, limit, done) -> {
        sent.add(new Sent(key, request, limit, done));
        return aborted::add;
      };
  private final TestEvent test = new TestEvent(transport, Clock.systemUTC(), System::nanoTime);

  private static EndpointSettings endpoint(Duration timeout) {
    return new EndpointSettings(
        "https://shop.example/hooks",
        List.of("cb-1", "cb-2"),
        Algorithm.V1,
        EndpointSettings.EVENTS,
        Callback.Payload.THIN,
        EndpointSettings.SCHEDULE,
        timeout,
        List.of(),
        Optional.empty());
  }

  private java.util.concurrent.CompletionStage<? extends JsonNode> begun(Duration timeout) {
    return test.send(new EndpointKey("shop", "orders"), endpoint(timeout));
  }

  private JsonNode told(Report report) throws Exception {
    var came = begun(Duration.ofSeconds(20)).toCompletableFuture();
    sent.get(sent.size() - 1).done().accept(report);
    return came.get(20, TimeUnit.SECONDS);
  }

  @Test
  void it_is_signed_with_all_keys_for_the_tenant_and_has_ten_seconds_at_most() throws Exception {
    told(new Report.Answered(new Response(204, List.of(), Body.utf8(""))));
    var one = sent.get(0);

    assertThat(one.request().signing().orElseThrow().secrets()).containsExactly("cb-1", "cb-2");
    assertThat(one.request().signing().orElseThrow().id()).startsWith("test_");
    assertThat(one.key().tenant().name()).isEqualTo("shop");
    assertThat(one.limit().timeout()).isEqualTo(Duration.ofSeconds(10));

    begun(Duration.ofSeconds(3));
    assertThat(sent.get(1).limit().timeout()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void what_came_back_is_told_in_the_words_of_outcomes() throws Exception {
    var taken =
        told(new Report.Answered(new Response(200, List.of(), Body.utf8("x".repeat(2_000)))));
    var refused = told(new Report.Answered(new Response(500, List.of(), Body.utf8("no"))));
    var notSent = told(new Report.NotSent(Stage.CONNECTING, "address-not-allowed"));
    var unknown =
        told(new Report.Ambiguous(Optional.of(Stage.SENT), Report.TIMEOUT, Optional.empty()));

    assertThat(taken.path("taken").asBoolean()).isTrue();
    assertThat(taken.path("body").asText()).hasSize(1_001).endsWith("…");
    assertThat(refused.path("taken").asBoolean()).isFalse();
    assertThat(refused.path("status").asInt()).isEqualTo(500);
    assertThat(notSent.path("outcome").asText()).isEqualTo("failed");
    assertThat(notSent.path("reason").asText()).isEqualTo("address-not-allowed");
    assertThat(unknown.path("outcome").asText()).isEqualTo("unknown");
    assertThat(unknown.path("taken").asBoolean()).isFalse();
  }

  @Test
  void an_endpoint_that_hangs_is_given_up_and_its_place_is_free_again() throws Exception {
    var came = begun(Duration.ofSeconds(1)).toCompletableFuture().get(30, TimeUnit.SECONDS);

    assertThat(came.path("outcome").asText()).isEqualTo("unknown");
    assertThat(came.path("reason").asText()).isEqualTo("timeout");
    assertThat(aborted).containsExactly("timeout");
  }

  @Test
  void no_more_than_four_run_at_the_same_time() {
    for (var i = 0; i < TestEvent.MOST; i++) {
      begun(Duration.ofSeconds(20));
    }
    assertThatThrownBy(() -> begun(Duration.ofSeconds(20))).isInstanceOf(Problem.Found.class);

    sent.get(0).done().accept(new Report.NotSent(Stage.CONNECTING, "connection-refused"));
    begun(Duration.ofSeconds(20));
    assertThat(sent).hasSize(TestEvent.MOST + 1);
  }

  @Test
  void tests_that_cannot_begin_take_no_room_from_later_ones() {
    var failing =
        new TestEvent(
            (key, request, limit, done) -> {
              throw new IllegalStateException("no connection");
            },
            Clock.systemUTC(),
            System::nanoTime);
    var key = new EndpointKey("shop", "orders");

    for (var n = 0; n <= TestEvent.MOST; n++) {
      assertThatThrownBy(() -> failing.send(key, endpoint(Duration.ofSeconds(5))))
          .hasMessage("no connection");
    }
  }
}
