package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Report.Ambiguous;
import dev.retriever.executor.Report.Answered;
import dev.retriever.executor.Report.NotSent;
import dev.retriever.executor.Response;
import dev.retriever.executor.http.TransportFixture.Call;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Responses of all kinds, right and wrong, made of a seed, to requests one after the other on
 * connections that are kept, in several lanes at once. It is held that
 *
 * <ul>
 *   <li>no fetch is given what the target sent to another one;
 *   <li>none is said to have failed of which the target has read anything;
 *   <li>none is sent twice;
 *   <li>none hangs beyond its time limit, or up to it when the target has closed the connection;
 *   <li>what can be read in one way only is read.
 * </ul>
 *
 * Some in every build; more, and from another seed, with
 *
 * <pre>{@code
 * mvn -o test -pl fetch-executor -am -Dtest=ResponseFuzzTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dretriever.fuzz.responses=50000 -Dretriever.fuzz.seed=2
 * }</pre>
 */
class ResponseFuzzTest {
  private static final int RESPONSES = Integer.getInteger("retriever.fuzz.responses", 2_000);
  private static final long SEED = Long.getLong("retriever.fuzz.seed", 1);
  private static final int LANES = 32;

  /** For what ends by itself: longer than a busy machine takes. */
  private static final long LIMIT_MILLIS = 10_000;

  /** For what may never end, because the target waits for more, or has sent too little. */
  private static final long OPEN_LIMIT_MILLIS = 300;

  private static final Pattern MARK = Pattern.compile("<([0-9]{1,9})>");
  private static final Body LARGE = Body.utf8("x".repeat(300 << 10));

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  @Test
  void no_answer_is_another_fetch_s_and_nothing_is_said_that_is_not_known() throws Exception {
    var from = System.nanoTime();
    var threads = Executors.newFixedThreadPool(LANES);
    var limits = Executors.newScheduledThreadPool(1);
    try (var fixture = new TransportFixture()) {
      var lanes = new ArrayList<Callable<Void>>();
      for (var lane = 0; lane < LANES; lane++) {
        var first = lane;
        lanes.add(() -> lane(fixture, limits, first));
      }
      for (var done : threads.invokeAll(lanes)) {
        done.get();
      }
      count("second tries", (int) fixture.transport.secondTries());
      count("unsolicited bytes", (int) fixture.transport.unsolicitedBytes());
    } finally {
      threads.shutdownNow();
      limits.shutdownNow();
    }
    var seconds = (System.nanoTime() - from) / 1e9;
    System.out.printf("%,d responses, seed %d, %.1f s: %s%n", RESPONSES, SEED, seconds, counts);
    assertThat(wrong).as("of %s responses, seed %s", RESPONSES, SEED).isEmpty();
    assertThat(counts.get("reused")).isGreaterThan(RESPONSES / 20);
    assertThat(counts.get("clean")).isGreaterThan(RESPONSES / 4);
  }

  private Void lane(TransportFixture fixture, ScheduledExecutorService limits, int first)
      throws Exception {
    try (var target = new FuzzTarget(SEED)) {
      var failed = new ArrayList<Integer>();
      for (var id = first; id < RESPONSES; id += LANES) {
        var sent = FuzzedResponse.of(SEED, id);
        var open = !sent.isClean() && sent.end() == FuzzedResponse.End.STAY;
        var millis = open ? OPEN_LIMIT_MILLIS : LIMIT_MILLIS;
        var call = fixture.start(request(target, id));
        var limit =
            limits.schedule(
                () -> call.exchange.abort(Report.TIMEOUT), millis, TimeUnit.MILLISECONDS);
        var report = call.report();
        limit.cancel(false);
        judge(target, id, sent, call, report);
        if (report instanceof NotSent) {
          failed.add(id);
        }
      }
      target.twice().forEach(id -> wrong(id, "was sent twice"));
      failed.stream().filter(target::hasRead).forEach(id -> wrong(id, "failed, but was read"));
    }
    return null;
  }

  private static FetchRequest request(FuzzTarget target, int id) {
    var request = FetchRequest.of(FuzzedResponse.method(SEED, id), target.url(id));
    return request.method().equals("POST")
        ? request.body(id % 7 == 0 ? LARGE : Body.utf8("x"))
        : request;
  }

  private void judge(FuzzTarget target, int id, FuzzedResponse sent, Call call, Report report) {
    var sure = target.isForSure(id);
    count(report.getClass().getSimpleName(), 1);
    count("reused", target.isReused(id) ? 1 : 0);
    count("clean", sent.isClean() ? 1 : 0);
    if (!sure) {
      count("not sent at once before", 1);
    } else if (report instanceof Answered answered) {
      judge(target, id, sent, answered.response());
    } else if (sent.isClean() && target.hasRead(id)) {
      wrong(id, "clean, and not read: " + report);
    }
    if (report instanceof Ambiguous broken
        && broken.reason().equals(Report.TIMEOUT)
        && sent.end() != FuzzedResponse.End.STAY) {
      wrong(id, "hangs on a closed connection: " + report);
    }
    if (call.reports() != 1) {
      wrong(id, call.reports() + " reports");
    }
  }

  /**
   * A damaged response may name any number; a mixed-up one has that of another on its connection.
   */
  private void judge(FuzzTarget target, int id, FuzzedResponse sent, Response response) {
    var text = new String(response.body().bytes(), StandardCharsets.ISO_8859_1);
    var marks = new ArrayList<>(marks(text));
    response.headers().forEach(header -> marks.addAll(marks(header.value())));
    if (marks.stream().anyMatch(mark -> sent.isClean() ? mark != id : target.isBefore(mark, id))) {
      wrong(id, "has parts of another answer: " + response);
    } else if (!saysStatus(sent, response.status())
        || sent.isClean() && response.status() != sent.status()) {
      wrong(id, "has the status of another answer: " + response);
    } else if (response.headers().stream().noneMatch(header -> header.name().equals("X-Id"))) {
      wrong(id, "does not say whose it is: " + response);
    } else if (sent.isClean() && !text.equals(sent.body())) {
      wrong(id, "has another body: " + response);
    }
  }

  private static boolean saysStatus(FuzzedResponse sent, int status) {
    return Pattern.compile("HTTP/1[.][01]\\s+" + status).matcher(sent.wire()).find();
  }

  private static List<Integer> marks(String text) {
    return MARK.matcher(text).results().map(mark -> Integer.parseInt(mark.group(1))).toList();
  }

  private synchronized void count(String what, int many) {
    counts.merge(what, many, Integer::sum);
  }

  private void wrong(int id, String what) {
    if (wrong.size() < 20) {
      var sent = FuzzedResponse.of(SEED, id);
      wrong.add("%d %s: %s\n%s".formatted(id, FuzzedResponse.method(SEED, id), what, sent));
    }
  }
}
