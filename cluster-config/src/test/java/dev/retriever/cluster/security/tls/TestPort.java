package dev.retriever.cluster.security.tls;

import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.http.ProblemHandlers;
import dev.retriever.cluster.security.Denied;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;

/** A port with TLS, which answers who the caller is, and something at other paths. */
final class TestPort implements AutoCloseable {
  static final String ME = "/v1/me";
  private static final String LOCAL =
      """
      pekko.actor.provider = local
      pekko.coordinated-shutdown.exit-jvm = off
      """;

  private final Paths files;
  private final ActorSystem<Void> system;
  private final ServerBinding binding;
  private final MovedClock clock = new MovedClock();
  private final ServerTls tls;
  private final Port port;

  /** Where the port finds its files. */
  private record Paths(Path certificate, Path key, Path clientCa) {}

  /**
   * @param settings more of the configuration
   */
  TestPort(
      Path directory,
      TestAuthority authority,
      String alias,
      ClientAuth clientAuth,
      CertificateRules rules,
      Duration reloadInterval,
      String settings) {
    files =
        new Paths(
            directory.resolve("port.crt"),
            directory.resolve("port.key"),
            directory.resolve("clients.crt"));
    show(authority, alias);
    trust(authority);
    tls =
        new ServerTls(
            new PortTlsSettings(
                "retriever.node.http.tls",
                files.certificate(),
                files.key(),
                clientAuth == ClientAuth.NONE ? Optional.empty() : Optional.of(files.clientCa()),
                clientAuth,
                reloadInterval,
                Duration.ofMinutes(30)),
            clock);
    port = new Port(Optional.of(tls), rules, clock);
    system =
        ActorSystem.create(
            Behaviors.empty(),
            "port",
            ConfigFactory.parseString(settings)
                .withFallback(ConfigFactory.parseString(LOCAL))
                .withFallback(ConfigFactory.load()));
    var route = Directives.extractRequest(request -> Directives.complete(answer(request)));
    binding = port.bind(system, "127.0.0.1", 0, ProblemHandlers.around(route));
  }

  TestPort(Path directory, TestAuthority authority, ClientAuth clientAuth, CertificateRules rules) {
    this(directory, authority, "port", clientAuth, rules, Duration.ofHours(1), "");
  }

  /** What a door makes of it. */
  private HttpResponse answer(HttpRequest request) {
    if (!request.getUri().path().equals(ME)) {
      return HttpResponse.create();
    }
    try {
      return port.credential(request)
          .map(found -> HttpResponse.create().withEntity(found.caller().toString()))
          .orElseThrow(() -> new Denied("no-credential"));
    } catch (Denied e) {
      return HttpResponse.create().withStatus(401);
    }
  }

  int number() {
    return binding.localAddress().getPort();
  }

  String url() {
    return port.url(binding);
  }

  /** Puts another certificate of that authority into the files, and its key. */
  void show(TestAuthority authority, String alias) {
    write(files.certificate(), authority.certificatePem(alias));
    write(files.key(), authority.keyPem(alias));
  }

  void showCertificate(byte[] pem) {
    write(files.certificate(), pem);
  }

  void showKey(byte[] pem) {
    write(files.key(), pem);
  }

  void trust(TestAuthority authority) {
    try {
      write(files.clientCa(), Files.readAllBytes(authority.authorityPem()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has the port look at its files now. */
  void look() {
    tls.look();
  }

  /** Sets the port's clock that far ahead. */
  void ahead(Duration time) {
    clock.moved.set(Clock.offset(Clock.systemUTC(), time));
  }

  private static void write(Path file, byte[] content) {
    try {
      var written = Files.write(file.resolveSibling(file.getFileName() + ".new"), content);
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static final class MovedClock extends Clock {
    private final AtomicReference<Clock> moved = new AtomicReference<>(Clock.systemUTC());

    @Override
    public Instant instant() {
      return moved.get().instant();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
