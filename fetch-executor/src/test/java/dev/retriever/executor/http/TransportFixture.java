package dev.retriever.executor.http;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Timeline;
import dev.retriever.executor.Transport;
import dev.retriever.executor.egress.EgressPolicy;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.settings.TransportSettings;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A transport under test, and the reports it gives. */
public final class TransportFixture implements AutoCloseable {
  public static final EgressPolicy LOOPBACK = EgressPolicy.of(List.of("127.0.0.0/8"));
  public static final AttemptKey KEY = new AttemptKey("Order", "o-1", "f-1", 2);

  final HttpTransport transport;

  public TransportFixture(String... overrides) {
    this(LOOPBACK, InetAddress::getAllByName, overrides);
  }

  public TransportFixture(EgressPolicy policy, TargetResolver.Lookup lookup, String... overrides) {
    this(policy, lookup, new ByteAccount(Long.MAX_VALUE), overrides);
  }

  /**
   * @param answers counts response bodies while they arrive
   */
  TransportFixture(ByteAccount answers, String... overrides) {
    this(LOOPBACK, InetAddress::getAllByName, answers, overrides);
  }

  private TransportFixture(
      EgressPolicy policy, TargetResolver.Lookup lookup, ByteAccount answers, String... overrides) {
    transport =
        new HttpTransport(
            settings(overrides), policy, lookup, System::nanoTime, Clock.systemUTC(), answers);
  }

  /**
   * @param overrides lines such as {@code max-response-body = 10}
   */
  public static TransportSettings settings(String... overrides) {
    var section = String.join("\n", overrides);
    return TransportSettings.from(
        ConfigFactory.parseString(TransportSettings.PATH + " {\n" + section + "\n}")
            .withFallback(ConfigFactory.parseResources("reference.conf"))
            .resolve());
  }

  /** Time for any exchange of a test, from now on. */
  public static TimeLimit ample() {
    return new TimeLimit(System.nanoTime(), Duration.ofHours(1));
  }

  public Call start(FetchRequest request) {
    return new Call(transport, request);
  }

  Report fetch(FetchRequest request) throws Exception {
    return start(request).report();
  }

  Report get(String url) throws Exception {
    return fetch(FetchRequest.get(url));
  }

  @Override
  public void close() {
    transport.close();
  }

  /** One exchange under way. */
  public static final class Call {
    final Transport.Exchange exchange;
    private final CompletableFuture<Report> first = new CompletableFuture<>();
    private final AtomicInteger reports = new AtomicInteger();

    Call(Transport transport, FetchRequest request) {
      exchange =
          transport.start(
              KEY,
              request,
              ample(),
              report -> {
                reports.incrementAndGet();
                first.complete(report);
              });
    }

    /** Without its timeline, which is another each time. */
    Report report() throws Exception {
      return first.get(60, TimeUnit.SECONDS).with(Timeline.NONE);
    }

    public Timeline timeline() throws Exception {
      return first.get(60, TimeUnit.SECONDS).timeline();
    }

    Stage stage() {
      return ((HttpExchange) exchange).stage();
    }

    int reports() {
      return reports.get();
    }
  }
}
