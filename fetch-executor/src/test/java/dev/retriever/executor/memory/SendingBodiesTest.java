package dev.retriever.executor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Transport;
import dev.retriever.executor.http.TransportFixture;
import dev.retriever.executor.memory.MemoryBudget.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SendingBodiesTest {
  private static final Report ANSWER =
      new Report.Answered(new Response(200, List.of(), Body.EMPTY));

  private final MemoryBudget budget =
      MemoryBudget.of(
          ConfigFactory.parseString("retriever.memory.total = 8 MiB")
              .withFallback(ConfigFactory.defaultReference())
              .resolve());
  private final ByteAccount sending = budget.account(Share.SENDING);
  private final int half = (int) (sending.limit() / 2);

  private final List<Consumer<Report>> underWay = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();
  private final Transport transport =
      SendingBodies.around(
          (key, request, limit, done) -> {
            underWay.add(done);
            return reason -> {};
          },
          budget);

  private void start(int size) {
    start(transport, size);
  }

  private void start(Transport on, int size) {
    var request = FetchRequest.post("http://a.example/").body(new Body(new byte[size]));
    on.start(TransportFixture.KEY, request, TransportFixture.ample(), reports::add);
  }

  @Test
  void a_body_that_does_not_fit_is_not_sent_and_is_when_another_has_ended() {
    start(half);
    start(half);
    start(1);

    assertThat(underWay).hasSize(2);
    assertThat(reports).containsExactly(new Report.NotSent(Stage.QUEUED, "no-room"));
    underWay.get(0).accept(ANSWER);
    start(1);
    assertThat(underWay).hasSize(3);
  }

  @Test
  void a_request_without_a_body_is_always_sent() {
    start(3 * half);
    transport.start(
        TransportFixture.KEY,
        FetchRequest.get("http://a.example/"),
        TransportFixture.ample(),
        reports::add);

    assertThat(underWay).hasSize(2);
  }

  @Test
  void when_all_has_ended_nothing_is_held() {
    start(half);
    start(half);
    underWay.forEach(done -> done.accept(ANSWER));
    var failing =
        SendingBodies.around(
            (key, request, limit, done) -> {
              throw new IllegalStateException("scripted");
            },
            budget);
    assertThatThrownBy(() -> start(failing, half)).hasMessage("scripted");

    assertThat(sending.held()).isZero();
  }
}
