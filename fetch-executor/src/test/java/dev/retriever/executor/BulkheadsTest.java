package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class BulkheadsTest {
  private static final Report BUSY = new Report.NotSent(Stage.QUEUED, "target-busy");
  private static final Report ANSWER =
      new Report.Answered(new Response(200, List.of(), Body.EMPTY));

  private final List<Consumer<Report>> underWay = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();
  private final Transport bulkheads =
      Bulkheads.around(
          (key, request, takenAt, done) -> {
            underWay.add(done);
            return reason -> {};
          },
          TransportFixture.settings("max-per-target = 2"));

  private void start(String url) {
    bulkheads.start(TransportFixture.KEY, FetchRequest.get(url), 0, reports::add);
  }

  @Test
  void so_many_are_under_way_with_one_target_and_one_more_is_not_sent() {
    start("http://a.example/1");
    start("http://A.example.:80/2");
    start("http://a.example/3");

    assertThat(underWay).hasSize(2);
    assertThat(reports).containsExactly(BUSY);
  }

  @Test
  void others_have_room_of_their_own() {
    start("http://a.example/1");
    start("http://a.example/2");
    start("https://a.example/");
    start("http://a.example:8080/");
    start("http://b.example/");

    assertThat(underWay).hasSize(5);
  }

  @Test
  void when_one_ends_there_is_room_for_another() {
    start("http://a.example/1");
    start("http://a.example/2");
    underWay.get(0).accept(ANSWER);
    start("http://a.example/3");
    start("http://a.example/4");

    assertThat(underWay).hasSize(3);
    assertThat(reports).containsExactly(ANSWER, BUSY);
  }

  @Test
  void one_that_could_not_be_started_takes_no_room() {
    var failing =
        Bulkheads.around(
            (key, request, takenAt, done) -> {
              throw new IllegalStateException("scripted");
            },
            TransportFixture.settings("max-per-target = 1"));
    for (var i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  failing.start(
                      TransportFixture.KEY, FetchRequest.get("http://a.example/"), 0, reports::add))
          .hasMessage("scripted");
    }
    assertThat(reports).isEmpty();
  }
}
