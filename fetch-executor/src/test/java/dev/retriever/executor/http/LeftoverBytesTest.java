package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Report.Answered;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A target sends more than its answer. What is left over must never be read as the answer to
 * another request, whoever made that one.
 */
class LeftoverBytesTest {
  private static final String HALF_A_HEAD = "HTTP/1.1 200 OK\r\nX-Was: ";
  private static final String VICTIM = "HTTP/1.1 402 x\r\nContent-Length: 0\r\n\r\n";
  private static final TargetResolver.Lookup LOCAL =
      host -> new InetAddress[] {InetAddress.getByName("127.0.0.1")};

  private static TestCertificates certificates;

  @BeforeAll
  static void make_certificates(@TempDir Path directory) {
    certificates = new TestCertificates(directory);
  }

  /** What the first request is answered with, before the left-over bytes. */
  enum First {
    LENGTH("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    LAST_CHUNK("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    HEAD("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"),
    NO_CONTENT("GET", "HTTP/1.1 204 x\r\n\r\n"),
    NOT_MODIFIED("GET", "HTTP/1.1 304 x\r\n\r\n");

    private final String method;
    private final String answer;

    First(String method, String answer) {
      this.method = method;
      this.answer = answer;
    }

    int status() {
      return Integer.parseInt(answer.substring(9, 12));
    }
  }

  /** Answers the first request with that, all later ones with 402. */
  private static RawTarget target(RawTarget.Layer layer, RawTarget.Script first) {
    var requests = new AtomicInteger();
    return new RawTarget(
        layer,
        connection -> {
          while (connection.readRequest() != null) {
            if (requests.getAndIncrement() == 0) {
              first.serve(connection);
            } else {
              connection.write(VICTIM);
            }
          }
        });
  }

  private static int status(Report report) {
    assertThat(report).isInstanceOf(Answered.class);
    return ((Answered) report).response().status();
  }

  /** The answer is told before what stands behind it is counted. */
  private static void awaitCounted(TransportFixture fixture, int bytes) throws Exception {
    for (var round = 0; round < 60_000 && fixture.transport.unsolicitedBytes() < bytes; round++) {
      Thread.sleep(1);
    }
    assertThat(fixture.transport.unsolicitedBytes()).isEqualTo(bytes);
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(First.class)
  void bytes_behind_an_answer_are_not_the_next_answer(First first) throws Exception {
    for (var leftover : new String[] {HALF_A_HEAD, RawTarget.OK, "x", "\r\n", "ok"}) {
      try (var target = target(socket -> socket, c -> c.write(first.answer + leftover));
          var fixture = new TransportFixture("pooled-rest = 0")) {
        var asked = FetchRequest.of(first.method, target.url("/1"));
        assertThat(status(fixture.fetch(asked))).isEqualTo(first.status());
        assertThat(status(fixture.get(target.url("/2")))).isEqualTo(402);
        assertThat(target.connections()).isEqualTo(2);
        awaitCounted(fixture, leftover.length());
      }
    }
  }

  /**
   * Once they are sent they get some time to arrive: the kernel of the target may hold them back
   * until ours has acknowledged the answer, and ours takes 40 ms for that.
   */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 8, 30, 300})
  void nor_are_bytes_that_come_while_the_connection_is_idle(long late) throws Exception {
    var sent = new CountDownLatch(1);
    try (var target =
            target(
                socket -> socket,
                c -> {
                  c.write(RawTarget.OK);
                  sleep(late);
                  c.write(HALF_A_HEAD);
                  sleep(100);
                  sent.countDown();
                });
        var fixture = new TransportFixture("pooled-rest = 0", "pooled-idle-timeout = 10s")) {
      assertThat(status(fixture.get(target.url("/1")))).isEqualTo(200);
      assertThat(sent.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(status(fixture.get(target.url("/2")))).isEqualTo(402);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 3, 8, 15})
  void nor_are_bytes_that_come_within_the_rest(long late) throws Exception {
    for (var round = 0; round < 10; round++) {
      try (var target =
              target(
                  socket -> socket,
                  c -> {
                    c.write(RawTarget.OK);
                    sleep(late);
                    c.write(HALF_A_HEAD);
                  });
          var fixture = new TransportFixture("pooled-rest = 2s")) {
        assertThat(status(fixture.get(target.url("/1")))).isEqualTo(200);
        assertThat(status(fixture.get(target.url("/2")))).isEqualTo(402);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void it_is_the_same_with_tls(String version) throws Exception {
    for (var late : new long[] {-1, 0, 8}) {
      var sent = new CountDownLatch(1);
      try (var target =
              target(
                  TestCertificates.serving(certificates.good(), version),
                  c -> {
                    c.write(RawTarget.OK + (late < 0 ? HALF_A_HEAD : ""));
                    if (late >= 0) {
                      sleep(late);
                      c.write(HALF_A_HEAD);
                    }
                    sleep(100);
                    sent.countDown();
                  });
          var fixture =
              new TransportFixture(
                  TransportFixture.LOOPBACK,
                  LOCAL,
                  "pooled-rest = 0",
                  "tls.trust = \"" + certificates.authorityPem() + "\"")) {
        var url = "https://good.test:" + target.port();
        assertThat(status(fixture.get(url + "/1"))).isEqualTo(200);
        assertThat(sent.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(status(fixture.get(url + "/2"))).isEqualTo(402);
      }
    }
  }

  @Test
  void without_reuse_each_request_has_a_connection_of_its_own() throws Exception {
    try (var target = RawTarget.answering(RawTarget.OK);
        var fixture = new TransportFixture("reuse = off", "pooled-rest = 0")) {
      for (var round = 1; round <= 3; round++) {
        assertThat(status(fixture.get(target.url("/")))).isEqualTo(200);
        assertThat(target.connections()).isEqualTo(round);
      }
      assertThat(target.requests().get(0)).containsIgnoringCase("\r\nconnection: close\r\n");
    }
  }

  @Test
  void a_connection_rests_before_it_is_used_again() throws Exception {
    try (var target = RawTarget.answering(RawTarget.OK);
        var fixture = new TransportFixture("pooled-rest = 1s")) {
      assertThat(status(fixture.get(target.url("/1")))).isEqualTo(200);
      assertThat(status(fixture.get(target.url("/2")))).isEqualTo(200);
      assertThat(target.connections()).isEqualTo(2);
      Thread.sleep(1_100);
      assertThat(status(fixture.get(target.url("/3")))).isEqualTo(200);
      assertThat(target.connections()).isEqualTo(2);
    }
  }
}
