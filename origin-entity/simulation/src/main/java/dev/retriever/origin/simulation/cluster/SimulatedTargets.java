package dev.retriever.origin.simulation.cluster;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Transport;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.RandomStreams;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The servers that are called, and their ledger: what reached them is the truth. */
public final class SimulatedTargets {
  private static final Duration NEAR = Duration.ofMillis(2);
  private static final Duration FAR = Duration.ofMillis(40);
  private static final Duration QUICK = Duration.ofMillis(5);
  private static final Duration USUAL = Duration.ofSeconds(2);

  private final SimulatedCluster cluster;
  private final RandomStreams chance;
  private final List<Hit> ledger = new ArrayList<>();
  private final Map<AttemptKey, SimulatedNode> underWay = new LinkedHashMap<>();
  private Function<FetchRequest, Response> answers = request -> answer(200);

  /**
   * A request that reached a target.
   *
   * @param answer what it was answered; the executor may never have got it
   */
  public record Hit(AttemptKey key, FetchRequest request, Instant at, String node, String answer) {}

  SimulatedTargets(SimulatedCluster cluster, long seed) {
    this.cluster = cluster;
    this.chance = new RandomStreams(seed, "target");
  }

  /** What is answered where no fault strikes. */
  public void answersAs(Function<FetchRequest, Response> script) {
    answers = script;
  }

  /** No two are the same. */
  private Response answer(int status) {
    var body = status + " number " + (ledger.size() + 1);
    return new Response(status, headers(status), Body.utf8(body));
  }

  private List<Header> headers(int status) {
    return status == 503 && chance.happens(0.3)
        ? List.of(new Header("Retry-After", "3"))
        : List.of();
  }

  public List<Hit> ledger() {
    return ledger;
  }

  /** The attempts for that fetch that go on, of that node. */
  List<AttemptKey> underWay(SimulatedNode node, String originId, String fetchId) {
    return underWay.entrySet().stream()
        .filter(entry -> entry.getValue() == node)
        .map(Map.Entry::getKey)
        .filter(key -> key.originId().equals(originId) && key.fetchId().equals(fetchId))
        .toList();
  }

  /** The node whose exchange of that attempt goes on. */
  Optional<SimulatedNode> nodeOf(AttemptKey key) {
    return Optional.ofNullable(underWay.get(key));
  }

  boolean isUnderWay(AttemptKey key) {
    return underWay.containsKey(key);
  }

  /** Whether an exchange of that node goes on; also one that is made without an executor. */
  public boolean isBusy(SimulatedNode node) {
    return underWay.containsValue(node);
  }

  Transport transport(SimulatedNode node) {
    return (key, request, limit, done) -> new Exchange(node, key, request, done).begin();
  }

  private final class Exchange implements Transport.Exchange {
    private final SimulatedNode node;
    private final AttemptKey key;
    private final FetchRequest request;
    private final Consumer<Report> done;
    private Stage stage = Stage.CONNECTING;
    private boolean over;

    private Exchange(
        SimulatedNode node, AttemptKey key, FetchRequest request, Consumer<Report> done) {
      this.node = node;
      this.key = key;
      this.request = request;
      this.done = done;
    }

    private Exchange begin() {
      cluster.feed().begun(key, node);
      underWay.put(key, node);
      node.after(chance.between(NEAR, FAR), this::connect);
      return this;
    }

    private void connect() {
      if (over) {
        return;
      }
      if (cluster.luck().strikes(Fault.TARGET_REFUSES)) {
        end(new Report.NotSent(Stage.CONNECTING, "connection-refused"));
        return;
      }
      stage = Stage.SENT;
      if (cluster.luck().strikes(Fault.TARGET_BREAKS)) {
        breaks();
      } else {
        hit();
      }
    }

    /** Breaks while the request is sent, so that no target acts on it, or while it is answered. */
    private void breaks() {
      var luck = cluster.luck().of(Fault.TARGET_BREAKS);
      if (luck.happens(0.7)) {
        note("nothing");
      }
      var at = luck.oneOf(List.of(Stage.SENT, Stage.HEADERS, Stage.BODY));
      node.after(
          luck.between(QUICK, USUAL),
          () -> end(Report.broken(at, "connection-closed", Optional.empty())));
    }

    private void hit() {
      var luck = cluster.luck();
      if (luck.strikes(Fault.TARGET_SILENT)) {
        note("nothing");
        return;
      }
      var late = luck.strikes(Fault.TARGET_LATE);
      var takes =
          late
              ? luck.between(Fault.TARGET_LATE, Duration.ofSeconds(4), Duration.ofSeconds(30))
              : chance.between(QUICK, USUAL);
      var response = luck.strikes(Fault.TARGET_BUSY) ? answer(503) : answers.apply(request);
      note(response.body().text());
      node.after(takes, () -> end(new Report.Answered(response)));
    }

    private void note(String answer) {
      var hit = new Hit(key, request, cluster.world().now(), node.name(), answer);
      ledger.add(hit);
      cluster.feed().hit(hit);
    }

    private void end(Report report) {
      if (!over) {
        over = true;
        underWay.remove(key);
        cluster.feed().reported(key, node, report);
        done.accept(report);
      }
    }

    @Override
    public void abort(String reason) {
      node.after(QUICK, () -> end(Report.broken(stage, reason, Optional.empty())));
    }
  }
}
