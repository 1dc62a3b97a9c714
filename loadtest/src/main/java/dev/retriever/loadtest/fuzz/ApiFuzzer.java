package dev.retriever.loadtest.fuzz;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * Sends requests made from the contracts of a node, and fixed ones, and judges each answer: it must
 * come, be documented, and be no failure of the node. Whether refused requests have left nothing is
 * for its caller to see, from the origins that were accepted.
 */
public final class ApiFuzzer {
  private static final Duration SILENCE = Duration.ofMillis(500);
  private static final int WORKERS = 4;
  private static final int KNOWN = 50;

  /** One in so many refused requests is sent twice. */
  private static final int AGAIN = 10;

  private final Wire api;
  private final Wire management;
  private final ServedContract apiContract;
  private final ServedContract managementContract;
  private final FuzzRequests requests;
  private final Map<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
  private final Collection<String> breaches = new ConcurrentLinkedQueue<>();
  private final Collection<String> origins = ConcurrentHashMap.newKeySet();
  private final List<String> known = new CopyOnWriteArrayList<>();
  private final AtomicReference<Slowest> slowest = new AtomicReference<>(new Slowest(0, "none"));

  /**
   * What is to be tried.
   *
   * @param token a key or token, sent with each request; empty for a node without authentication
   * @param url a target that may be called
   * @param patience how long an answer may take at most
   */
  public record Subject(
      URI api, URI management, Optional<String> token, String url, Duration patience) {}

  /**
   * Reads the contracts of the node.
   *
   * @throws IOException if it does not serve them
   */
  public ApiFuzzer(Subject subject, long seed) throws IOException {
    api = new Wire(subject.api(), subject.patience());
    management = new Wire(subject.management(), subject.patience());
    apiContract = contract(api);
    managementContract = contract(management);
    requests =
        new FuzzRequests(apiContract, managementContract, subject.token(), seed, subject.url());
  }

  private static ServedContract contract(Wire port) throws IOException {
    var get = "GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    var answers = port.once(FuzzRequests.latin1(get)).answers();
    return new ServedContract(
        answers.stream()
            .filter(it -> it.status() == 200)
            .flatMap(it -> it.json().stream())
            .findFirst()
            .orElseThrow(() -> new IOException("the node serves no contract: " + answers)));
  }

  /**
   * Sends so many, several at once.
   *
   * @param done is told how many have been, by several threads
   */
  public void send(int count, IntConsumer done) throws InterruptedException {
    var next = new AtomicInteger();
    var threads = Executors.newFixedThreadPool(WORKERS);
    try {
      var working = new ArrayList<Future<?>>();
      for (var i = 0; i < WORKERS; i++) {
        working.add(
            threads.submit(
                () -> {
                  for (var n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                    one(n);
                    done.accept(n);
                  }
                  return null;
                }));
      }
      for (var each : working) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the fuzzer failed", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private void one(int number) throws IOException {
    var request = requests.of(number, known);
    var exchange = sent(request);
    slowest.accumulateAndGet(
        new Slowest(exchange.millis(), request.inShort()),
        (one, other) -> other.millis() > one.millis() ? other : one);
    if (exchange.hung()) {
      breaches.add("no answer to " + request);
    }
    if (exchange.answers().isEmpty()) {
      if (request.isHttp() && !exchange.hung()) {
        breaches.add("the connection was closed without an answer to " + request);
      }
      count(request.kind(), "no answer");
      return;
    }
    var answer = exchange.answers().get(0);
    count(request.kind(), answer.said());
    judge(request, answer);
    if (answer.status() >= 400 && answer.status() < 429 && number % AGAIN == 0) {
      again(request, answer);
    }
  }

  private Wire.Exchange sent(Request request) throws IOException {
    var wire = request.isOfManagement() ? management : api;
    return request.isHttp() ? wire.once(request.bytes()) : wire.cut(request.bytes());
  }

  private void judge(Request request, Answer answer) {
    var contract = request.isOfManagement() ? managementContract : apiContract;
    var isKnown =
        request.isHttp()
            ? contract.knows(request.method(), normalized(request.target()), answer)
            : contract.knows(answer);
    if (!isKnown) {
      breaches.add("undocumented: " + answer.said() + " to " + request);
    }
    if (isFailure(answer)) {
      breaches.add(answer.said() + " " + answer.body() + " to " + request);
    }
    accepted(answer);
  }

  /**
   * Methods and versions of HTTP that nobody knows are not the node's failure, nor are callbacks in
   * a circle.
   */
  private static boolean isFailure(Answer answer) {
    return answer.status() >= 500
        && answer.status() != 503
        && answer.status() != 501
        && answer.status() != 505
        && answer.status() != 508;
  }

  private void accepted(Answer answer) {
    origins.addAll(answer.acceptedInBatch());
    var location = answer.headers().getOrDefault("location", "");
    if (location.startsWith("/v1/origins/")) {
      origins.add(location.split("/")[3]);
      if (known.size() < KNOWN) {
        known.add(location);
      }
    }
  }

  /** What is refused once is refused again, in the same way. */
  private void again(Request request, Answer first) throws IOException {
    var second = sent(request).answers();
    var isPassing = second.isEmpty() || second.get(0).status() == 503 || first.status() == 404;
    if (!isPassing && !second.get(0).said().equals(first.said())) {
      breaches.add(first.said() + ", then " + second.get(0).said() + " to " + request);
    }
  }

  /** Sends the fixed ones, to the port for callers. */
  public void sendFixed() throws IOException {
    for (var each : RawCases.all()) {
      var exchange = api.all(each.bytes(), SILENCE);
      var answers = exchange.answers();
      count("fixed", answers.isEmpty() ? "no answer" : answers.get(0).said());
      if (answers.isEmpty()) {
        if (exchange.hung() || each.first().isEmpty()) {
          breaches.add("no answer to: " + each.name());
        }
        continue;
      }
      var first = answers.get(0);
      if (!apiContract.knows(first) || isFailure(first)) {
        breaches.add("undocumented: " + first.said() + " to: " + each.name());
      }
      if (!each.first().isEmpty() && !each.first().contains(first.status())) {
        breaches.add(first.said() + " to: " + each.name());
      }
      if (each.closes() && (answers.size() > 1 || !exchange.closed())) {
        breaches.add(answers.size() + " answers, and the connection goes on, to: " + each.name());
      }
      answers.forEach(this::accepted);
    }
  }

  /** As the node reads it before it looks for a route. */
  static String normalized(String target) {
    var path = target.split("\\?", 2)[0].replace("%2e", ".").replace("%2E", ".");
    var kept = new ArrayList<String>();
    var segments = path.split("/", -1);
    for (var i = 1; i < segments.length; i++) {
      var isDots = segments[i].equals(".") || segments[i].equals("..");
      if (segments[i].equals("..") && !kept.isEmpty()) {
        kept.remove(kept.size() - 1);
      }
      if (!isDots || i == segments.length - 1) {
        kept.add(isDots ? "" : segments[i]);
      }
    }
    return "/" + String.join("/", kept);
  }

  private void count(String kind, String said) {
    counts.computeIfAbsent(kind + " " + said, it -> new AtomicInteger()).incrementAndGet();
  }

  /** How many were answered how, by the kind of request, status and type of problem. */
  public Map<String, AtomicInteger> counts() {
    return counts;
  }

  /** What must not be, each as a sentence with the request. */
  public List<String> breaches() {
    return List.copyOf(breaches);
  }

  /** The origins of which something may be persisted. */
  public Collection<String> origins() {
    return origins;
  }

  /** How long an answer took, and what it was to. */
  public record Slowest(long millis, String request) {}

  /** Of all answers. */
  public Slowest slowest() {
    return slowest.get();
  }
}
