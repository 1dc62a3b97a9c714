package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Report.Ambiguous;
import dev.retriever.executor.Report.Answered;
import dev.retriever.executor.Report.NotSent;
import dev.retriever.executor.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A kept connection that its target closes, and the request that was to go on it. */
class StaleConnectionTest {
  private TransportFixture fixture = new TransportFixture("pooled-rest = 0");

  @AfterEach
  void close() {
    fixture.close();
  }

  private void with(String... settings) {
    fixture.close();
    var all = Stream.concat(Stream.of("pooled-rest = 0"), Stream.of(settings));
    fixture = new TransportFixture(all.toArray(String[]::new));
  }

  /**
   * The client has one thread. It is held up so that it sees, in this order: an answer (held up
   * again there), the end of the idle connection, and the request that was given to that connection
   * meanwhile.
   */
  @Test
  void a_request_whose_connection_ends_while_it_waits_for_its_turn_goes_on_a_new_one()
      throws Exception {
    with("event-loop-threads = 1");
    var closes = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    var answers = new CountDownLatch(1);
    var answered = new CountDownLatch(1);
    try (var stale =
            new RawTarget(
                connection -> {
                  connection.readRequest();
                  connection.write(RawTarget.OK);
                  await(closes);
                  connection.cut();
                  closed.countDown();
                });
        var other =
            new RawTarget(
                connection -> {
                  connection.readRequest();
                  await(answers);
                  connection.write(RawTarget.OK);
                  answered.countDown();
                });
        var first = RawTarget.answering(RawTarget.OK)) {
      assertThat(fixture.get(stale.url("/"))).isInstanceOf(Answered.class);
      var heldAgain = new Held(fixture, other);
      var heldFirst = new Held(fixture, first);
      heldFirst.await();
      answers.countDown();
      await(answered);
      closes.countDown();
      await(closed);
      heldFirst.release();
      heldAgain.await();
      var call = fixture.start(FetchRequest.post(stale.url("/late")));
      heldAgain.release();
      assertThat(call.report()).isInstanceOf(Answered.class);
      assertThat(stale.requests()).hasSize(2);
      assertThat(stale.connections()).isEqualTo(2);
      assertThat(fixture.transport.secondTries()).isEqualTo(1);
    }
  }

  /** What a target does with an idle connection while the thread of the client is held up. */
  private RawTarget doing(RawTarget.Script meanwhile, CountDownLatch begin, CountDownLatch end) {
    return new RawTarget(
        connection -> {
          connection.readRequest();
          connection.write(RawTarget.OK);
          if (end.getCount() > 0) {
            await(begin);
            meanwhile.serve(connection);
            end.countDown();
          }
          connection.readRequest();
          connection.write("HTTP/1.1 402 x\r\nContent-Length: 0\r\n\r\n");
        });
  }

  static List<RawTarget.Script> meanwhile() {
    return List.of(
        connection -> connection.write("HTTP/1.1 200 OK\r\nX-Was: "),
        connection -> connection.write("HTTP/1.1 408 x\r\nConnection: close\r\n\r\n"),
        RawTarget.Connection::cut,
        RawTarget.Connection::reset);
  }

  /** The client's thread writes the request before it would read the connection by itself. */
  @ParameterizedTest
  @MethodSource("meanwhile")
  void bytes_on_an_idle_connection_are_read_before_a_request_is_written(RawTarget.Script meanwhile)
      throws Exception {
    with("event-loop-threads = 1");
    var begin = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    try (var stale = doing(meanwhile, begin, end);
        var other = RawTarget.answering(RawTarget.OK)) {
      assertThat(fixture.get(stale.url("/1"))).isInstanceOf(Answered.class);
      var held = new Held(fixture, other);
      held.await();
      begin.countDown();
      await(end);
      Thread.sleep(30); // for the kernel of a busy machine
      var call = fixture.start(FetchRequest.post(stale.url("/2")));
      held.release();
      assertThat(((Answered) call.report()).response().status()).isEqualTo(200);
      assertThat(stale.requests()).hasSize(2);
      assertThat(stale.connections()).isEqualTo(2);
      assertThat(fixture.transport.secondTries()).isEqualTo(1);
    }
  }

  @Test
  void when_no_new_connection_can_be_made_it_is_known_not_to_be_sent() throws Exception {
    with("event-loop-threads = 1");
    var begin = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    var stale = doing(RawTarget.Connection::cut, begin, end);
    try (var other = RawTarget.answering(RawTarget.OK)) {
      assertThat(fixture.get(stale.url("/1"))).isInstanceOf(Answered.class);
      var held = new Held(fixture, other);
      held.await();
      begin.countDown();
      await(end);
      stale.close();
      Thread.sleep(30);
      var call = fixture.start(FetchRequest.post(stale.url("/2")));
      held.release();
      assertThat(call.report()).isEqualTo(new NotSent(Stage.CONNECTING, "connection-refused"));
    }
  }

  @Test
  void a_request_that_is_not_repeatable_does_not_go_on_a_connection_that_was_idle_for_long()
      throws Exception {
    with("pooled-idle-unrepeatable = 0");
    try (var target = RawTarget.answering(RawTarget.OK)) {
      assertThat(fixture.get(target.url("/"))).isInstanceOf(Answered.class);
      assertThat(fixture.get(target.url("/"))).isInstanceOf(Answered.class);
      assertThat(target.connections()).isEqualTo(1);
      var keyed = FetchRequest.post(target.url("/")).idempotencyKey("k");
      assertThat(fixture.fetch(keyed)).isInstanceOf(Answered.class);
      assertThat(target.connections()).isEqualTo(1);
      assertThat(fixture.fetch(FetchRequest.post(target.url("/")))).isInstanceOf(Answered.class);
      assertThat(target.connections()).isEqualTo(2);
    }
  }

  @Test
  void it_does_go_on_one_that_was_in_use_just_now() throws Exception {
    with("pooled-idle-timeout = 10s", "pooled-idle-unrepeatable = 10s");
    try (var target = RawTarget.answering(RawTarget.OK)) {
      assertThat(fixture.fetch(FetchRequest.post(target.url("/")))).isInstanceOf(Answered.class);
      assertThat(fixture.fetch(FetchRequest.post(target.url("/")))).isInstanceOf(Answered.class);
      assertThat(target.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_connection_with_half_a_request_on_it_is_not_kept() throws Exception {
    var body = Body.utf8("x".repeat(32 << 20)); // more than the kernel takes from us at once
    try (var target =
        new RawTarget(
            connection -> {
              connection.readHead();
              connection.write("HTTP/1.1 413 x\r\nContent-Length: 0\r\n\r\n");
              connection.awaitClosed();
            })) {
      for (var round = 1; round <= 2; round++) {
        var report = fixture.fetch(FetchRequest.post(target.url("/")).body(body));
        assertThat(((Answered) report).response().status()).isEqualTo(413);
        assertThat(target.connections()).isEqualTo(round);
      }
    }
  }

  @Test
  void a_kept_connection_that_is_dropped_under_a_request_does_not_send_it_twice() throws Exception {
    try (var target =
        new RawTarget(
            connection -> {
              connection.readRequest();
              connection.write(RawTarget.OK);
              connection.readRequest();
            })) {
      assertThat(fixture.get(target.url("/1"))).isInstanceOf(Answered.class);
      assertThat(fixture.get(target.url("/2")))
          .isEqualTo(new Ambiguous(Optional.of(Stage.SENT), "connection-closed", Optional.empty()));
      assertThat(target.requests()).hasSize(2);
    }
  }

  @Test
  void a_kept_connection_that_is_closed_meanwhile_leads_to_no_lie_and_to_no_failure()
      throws Exception {
    try (var target =
        new RawTarget(
            connection -> {
              connection.readRequest();
              connection.write(RawTarget.OK);
            })) {
      var reports = new ArrayList<Report>();
      for (var round = 0; round < 200; round++) {
        reports.add(fixture.get(target.url("/" + round + "/")));
      }
      for (var round = 0; round < reports.size(); round++) {
        var line = "GET /" + round + "/ ";
        var sent = target.requests().stream().filter(r -> r.startsWith(line)).count();
        var expected = reports.get(round);
        assertThat(expected).isNotInstanceOf(NotSent.class);
        if (expected instanceof Answered) {
          assertThat(sent).isEqualTo(1);
        } else {
          assertThat(sent).isLessThanOrEqualTo(1);
        }
      }
    }
  }

  /** An exchange whose report holds up the client's thread. */
  private static final class Held {
    private final CountDownLatch reported = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    Held(TransportFixture fixture, RawTarget target) throws Exception {
      fixture.transport.start(
          TransportFixture.KEY,
          FetchRequest.get(target.url("/")),
          TransportFixture.ample(),
          report -> {
            reported.countDown();
            StaleConnectionTest.await(release);
          });
      target.awaitReached();
    }

    void await() {
      StaleConnectionTest.await(reported);
    }

    void release() {
      release.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("waited in vain");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
