package dev.retriever.cluster.queues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Subscription;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of a queue's figures. */
class QueueStreamsTest {
  private static final String EVENTS = "/admin/queues/stripe/events";

  private final QueueServer server = new QueueServer();

  @BeforeEach
  void make() {
    server.queues.views.put("stripe", FakeQueues.view("stripe", 1, QueueSettings.DEFAULT));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Subscription stream(String token) {
    return Subscription.events(server.management(token), EVENTS);
  }

  private void running(int running) {
    server.queues.change("stripe", view -> FakeQueues.with(view, 1, running));
  }

  @Test
  void an_event_comes_at_once_and_then_for_each_change_alone() {
    try (var stream = stream(QueueServer.READER)) {
      assertThat(stream.next("queue").json().at("/running").asInt()).isZero();
      for (var i = 1; i < 4; i++) {
        running(i);
        running(i);
        assertThat(stream.next("queue").json().at("/running").asInt()).isEqualTo(i);
      }
    }
  }

  @Test
  void a_queue_that_does_not_answer_for_a_while_goes_on_later() {
    try (var stream = stream(QueueServer.READER)) {
      stream.next("queue");
      server.queues.silent = true;
      running(5);
      server.queues.silent = false;
      assertThat(stream.next("queue").json().at("/running").asInt()).isEqualTo(5);
    }
  }

  @Test
  void a_stream_ends_with_its_credential_and_others_go_on() {
    try (var stream = stream(QueueServer.READER);
        var other = stream(QueueServer.OPERATOR)) {
      stream.next("queue");
      other.next("queue");
      server.ended.add(QueueServer.READER);
      assertThat(stream.next("end").json().at("/reason").asText()).isEqualTo("credential-ended");
      assertThat(stream.next().name()).isEqualTo("over");
      running(7);
      assertThat(other.next("queue").json().at("/running").asInt()).isEqualTo(7);
    }
  }

  @Test
  void a_stream_ends_when_its_queue_is_removed_and_when_the_node_stops() {
    try (var stream = stream(QueueServer.READER)) {
      stream.next("queue");
      server.queues.views.clear();
      assertThat(stream.next("end").json().has("reason")).isFalse();
      assertThat(stream.next().name()).isEqualTo("over");
    }
    make();
    try (var stream = stream(QueueServer.READER)) {
      stream.next("queue");
      server.endStreams();
      stream.next("end");
      assertThat(stream.next().name()).isEqualTo("over");
    }
  }

  @Test
  void readers_are_told_no_ids() {
    server.queues.change(
        "stripe",
        view ->
            FakeQueues.in(
                view, QueueView.State.HELD, Optional.empty(), Optional.of(FakeQueues.BECAUSE)));
    try (var stream = stream(QueueServer.READER);
        var operator = stream(QueueServer.OPERATOR)) {
      assertThat(stream.next("queue").data()).doesNotContain("order-17");
      assertThat(operator.next("queue").data()).contains("order-17");
    }
  }

  @Test
  void there_are_no_more_streams_than_may_be() {
    var streams = new ArrayList<Subscription>();
    for (var i = 0; i < QueueStreams.MOST; i++) {
      streams.add(stream(QueueServer.OPERATOR));
      streams.get(i).next("queue");
    }

    var refused =
        server.management(QueueServer.OPERATOR).get(EVENTS, "Accept", "text/event-stream");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.at("/type")).isEqualTo("/problems/overloaded");
    streams.forEach(Subscription::close);
  }
}
