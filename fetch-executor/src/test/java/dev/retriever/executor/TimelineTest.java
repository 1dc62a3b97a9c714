package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.retriever.executor.http.HttpExchange;
import dev.retriever.executor.http.Leg;
import dev.retriever.executor.http.RawTarget;
import dev.retriever.executor.http.StageTimes;
import dev.retriever.executor.http.TestCertificates;
import dev.retriever.executor.http.TransportFixture;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.asynchttpclient.netty.EagerResponseBodyPart;
import org.asynchttpclient.netty.NettyResponseStatus;
import org.asynchttpclient.uri.Uri;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When an attempt reached which stage, by a clock that the test sets and by that of the wire. */
class TimelineTest {
  private static final InetSocketAddress ADDRESS = InetSocketAddress.createUnresolved("h", 80);

  private final JsonMapper mapper =
      JsonMapper.builder().addModule(new Jdk8Module()).findAndAddModules().build();
  private final List<Timeline> timelines = new ArrayList<>();
  private long micros;
  private final HttpExchange exchange =
      new HttpExchange(
          TransportFixture.KEY,
          100,
          new StageTimes(0, () -> micros * 1_000),
          () -> false,
          ended -> {},
          report -> timelines.add(report.timeline()));
  private final Leg leg = new Leg(exchange, null);

  private void at(long time, Runnable what) {
    micros = time;
    what.run();
  }

  private void connects() {
    at(5, () -> exchange.resolving(true));
    at(20, () -> leg.onTcpConnectAttempt(ADDRESS));
    at(30, () -> leg.onTcpConnectSuccess(ADDRESS, new EmbeddedChannel()));
  }

  private void headIs(int status) {
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    leg.onStatusReceived(new NettyResponseStatus(Uri.create("http://h/"), head, null));
  }

  private void part(String text, boolean last) {
    leg.onBodyPartReceived(
        new EagerResponseBodyPart(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), last));
  }

  @Test
  void each_stage_has_the_time_at_which_it_was_first_reached() {
    connects();
    at(35, () -> leg.onTcpConnectAttempt(ADDRESS));
    at(40, leg::sends);
    at(41, leg::sends);
    at(50, () -> headIs(200));
    at(60, () -> leg.onHeadersReceived(new DefaultHttpHeaders().add("A", "b")));
    at(70, () -> part("a", false));
    at(80, () -> part("b", true));
    at(90, leg::onCompleted);

    assertThat(timelines).hasSize(1);
    assertThat(timelines.get(0).times())
        .containsExactly(
            entry(Stage.RESOLVING, 5L),
            entry(Stage.CONNECTING, 20L),
            entry(Stage.TLS, 30L),
            entry(Stage.SENT, 40L),
            entry(Stage.HEADERS, 50L),
            entry(Stage.BODY, 60L),
            entry(Stage.COMPLETE, 80L));
    assertThat(timelines.get(0).micros(Stage.TLS)).hasValue(30);
    assertThat(timelines.get(0).micros(Stage.EGRESS_DENIED)).isEmpty();
  }

  @Test
  void on_a_connection_that_was_kept_nothing_is_connected() {
    at(5, () -> exchange.resolving(true));
    at(6, () -> leg.onConnectionPooled(new EmbeddedChannel()));
    at(7, leg::sends);
    at(20, () -> exchange.abort("timeout"));

    assertThat(timelines).containsExactly(Timeline.of(Map.of(Stage.RESOLVING, 5L, Stage.SENT, 7L)));
  }

  @Test
  void an_aborted_exchange_has_the_times_of_the_stages_it_reached() {
    connects();
    at(99, () -> exchange.abort("timeout"));
    at(100, leg::sends);

    assertThat(timelines)
        .containsExactly(
            Timeline.of(Map.of(Stage.RESOLVING, 5L, Stage.CONNECTING, 20L, Stage.TLS, 30L)));
  }

  @Test
  void a_refused_exchange_has_the_time_of_the_stage_that_refused_it() {
    at(5, () -> exchange.resolving(false));
    at(9, () -> leg.onThrowable(new Refusal(Stage.EGRESS_DENIED, "egress-denied")));

    assertThat(timelines)
        .containsExactly(Timeline.of(Map.of(Stage.RESOLVING, 5L, Stage.EGRESS_DENIED, 9L)));
  }

  @Test
  void an_exchange_refused_before_its_look_up_has_only_a_queued_time() {
    at(5, () -> exchange.resolving(false));
    at(9, () -> leg.onThrowable(new Refusal(Stage.QUEUED, "resolver-busy")));

    assertThat(timelines).containsExactly(Timeline.NONE);
    assertThat(Report.lost().timeline()).isEqualTo(Timeline.NONE);
  }

  @Test
  void a_timeline_is_written_in_short_and_left_out_when_there_is_none() throws Exception {
    var timeline = Timeline.of(Map.of(Stage.RESOLVING, 0L, Stage.SENT, 1_234L));
    var sent = Report.broken(Stage.SENT, "reset", Optional.empty());

    assertThat(mapper.writeValueAsString(sent.with(timeline)))
        .endsWith(",\"timeline\":{\"RESOLVING\":0,\"SENT\":1234}}");
    assertThat(mapper.writeValueAsString(sent)).doesNotContain("timeline");
  }

  @Test
  void a_report_is_read_as_it_was_written_also_from_before_there_were_timelines() throws Exception {
    var timeline = Timeline.of(Map.of(Stage.RESOLVING, 0L));
    for (var report :
        List.of(
            new Report.Answered(new Response(200, List.of(), Body.utf8("ok"))),
            new Report.NotSent(Stage.TLS, "certificate"),
            Report.lost())) {
      for (var one : List.of(report, report.with(timeline))) {
        assertThat(mapper.readValue(mapper.writeValueAsString(one), Report.class)).isEqualTo(one);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void on_the_wire_times_are_in_order_and_a_second_request_connects_no_more(
      boolean tls, @TempDir Path directory) throws Exception {
    var certificates = new TestCertificates(directory);
    RawTarget.Layer layer = tls ? TestCertificates.serving(certificates.good()) : socket -> socket;
    try (var target =
            new RawTarget(
                layer,
                connection -> {
                  while (connection.readRequest() != null) {
                    connection.write(RawTarget.OK);
                  }
                });
        var fixture =
            new TransportFixture(
                TransportFixture.LOOPBACK,
                host -> new java.net.InetAddress[] {java.net.InetAddress.getLoopbackAddress()},
                "pooled-rest = 0",
                "tls.trust = \"" + certificates.authorityPem() + "\"")) {
      var request =
          FetchRequest.get((tls ? "https" : "http") + "://good.test:" + target.port() + "/");

      var first = timeline(fixture, request);
      var second = timeline(fixture, request);

      assertThat(target.connections()).isEqualTo(1);
      assertThat(first.keySet().contains(Stage.TLS)).isEqualTo(tls);
      first.remove(Stage.TLS);
      assertThat(first.keySet())
          .containsExactly(
              Stage.RESOLVING,
              Stage.CONNECTING,
              Stage.SENT,
              Stage.HEADERS,
              Stage.BODY,
              Stage.COMPLETE);
      assertThat(second.keySet())
          .containsExactly(Stage.RESOLVING, Stage.SENT, Stage.HEADERS, Stage.BODY, Stage.COMPLETE);
    }
  }

  private static Map<Stage, Long> timeline(TransportFixture fixture, FetchRequest request)
      throws Exception {
    var from = System.nanoTime();
    var times = fixture.start(request).timeline().times();
    var took = (System.nanoTime() - from) / 1_000;
    assertThat(List.copyOf(times.values()))
        .isSorted()
        .allSatisfy(time -> assertThat(time).isBetween(0L, took));
    return times;
  }
}
