package dev.retriever.executor;

import com.typesafe.config.ConfigFactory;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A transport under test, and the reports it gives. */
final class TransportFixture implements AutoCloseable {
  static final EgressPolicy LOOPBACK = EgressPolicy.of(List.of("127.0.0.0/8"));
  static final AttemptKey KEY = new AttemptKey("Order", "o-1", "f-1", 2);

  final HttpTransport transport;

  TransportFixture(String... overrides) {
    this(LOOPBACK, InetAddress::getAllByName, overrides);
  }

  TransportFixture(EgressPolicy policy, TargetResolver.Lookup lookup, String... overrides) {
    transport = HttpTransport.create(settings(overrides), policy, lookup, System::nanoTime);
  }

  /**
   * @param overrides lines such as {@code max-response-body = 10}
   */
  static TransportSettings settings(String... overrides) {
    var section = String.join("\n", overrides);
    return TransportSettings.from(
        ConfigFactory.parseString(TransportSettings.PATH + " {\n" + section + "\n}")
            .withFallback(ConfigFactory.parseResources("reference.conf"))
            .resolve());
  }

  Call start(FetchRequest request) {
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
  static final class Call {
    final Transport.Exchange exchange;
    private final CompletableFuture<Report> first = new CompletableFuture<>();
    private final AtomicInteger reports = new AtomicInteger();

    Call(Transport transport, FetchRequest request) {
      exchange =
          transport.start(
              KEY,
              request,
              System.nanoTime(),
              report -> {
                reports.incrementAndGet();
                first.complete(report);
              });
    }

    /** Without its timeline, which is another each time. */
    Report report() throws Exception {
      return first.get(60, TimeUnit.SECONDS).with(Timeline.NONE);
    }

    Timeline timeline() throws Exception {
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
