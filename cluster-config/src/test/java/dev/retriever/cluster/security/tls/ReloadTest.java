package dev.retriever.cluster.security.tls;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.retriever.cluster.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Files of a port that change while it runs. */
class ReloadTest {
  private static final CertificateRules NO_RULES = new CertificateRules(List.of());
  private static final int HOLDERS = 4;
  private static final int SWAPS = 20;

  @TempDir private static Path shared;
  private static TestAuthority authority;

  @TempDir private Path directory;
  private TestPort port;
  private final Warnings warnings = new Warnings();

  /** What the port has warned of. */
  private static final class Warnings extends AppenderBase<ILoggingEvent> {
    private final List<String> said = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
        said.add(event.getFormattedMessage());
      }
    }
  }

  @BeforeAll
  static void issue() {
    authority = new TestAuthority(shared, "authority");
    authority.issue("port", "CN=one");
    authority.issue("other", "CN=two");
    authority.issue("rsa", "CN=rsa", "-keyalg", "RSA");
    authority.issue("ended", "CN=ended", "-startdate", "-10d", "-validity", "2");
  }

  @BeforeEach
  void start() {
    port = new TestPort(directory, authority, ClientAuth.NONE, NO_RULES);
    var log = (Logger) LoggerFactory.getLogger(ServerTls.class);
    warnings.start();
    log.addAppender(warnings);
  }

  @AfterEach
  void stop() {
    ((Logger) LoggerFactory.getLogger(ServerTls.class)).detachAppender(warnings);
    port.close();
  }

  private String shown() {
    return shownBy(port);
  }

  @Test
  void new_connections_get_the_new_certificate_and_held_ones_go_on() throws Exception {
    try (var held = new TlsConnection(authority.client(), port.number())) {
      assertThat(held.server()).isEqualTo("CN=one");
      port.show(authority, "other");
      port.look();

      assertThat(shown()).isEqualTo("CN=two");
      assertThat(held.get("/problems/x").status()).isEqualTo(200);
      assertThat(held.get("/problems/x").closes()).isFalse();
    }
  }

  @Test
  void the_port_looks_at_its_files_by_itself() throws Exception {
    var eager =
        new TestPort(
            Files.createDirectory(directory.resolve("eager")),
            authority,
            "port",
            ClientAuth.NONE,
            NO_RULES,
            Duration.ofMillis(10),
            "");
    try (eager) {
      eager.show(authority, "other");

      Eventually.becomes("CN=two", () -> shownBy(eager));
    }
  }

  private static String shownBy(TestPort port) {
    try (var connection = new TlsConnection(authority.client(), port.number())) {
      return connection.server();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void the_kind_of_the_key_may_change() throws Exception {
    port.show(authority, "rsa");
    port.look();

    assertThat(shown()).isEqualTo("CN=rsa");
  }

  @Test
  void files_are_swapped_under_load_and_no_request_fails() throws Exception {
    var stopped = new AtomicBoolean();
    var holders = new ArrayList<CompletableFuture<Integer>>();
    for (var i = 0; i < HOLDERS; i++) {
      holders.add(CompletableFuture.supplyAsync(() -> requests(stopped)));
    }
    for (var swap = 1; swap <= SWAPS; swap++) {
      port.show(authority, swap % 2 == 0 ? "port" : "other");
      port.look();
      assertThat(shown()).isEqualTo(swap % 2 == 0 ? "CN=one" : "CN=two");
    }
    stopped.set(true);

    for (var holder : holders) {
      assertThat(holder.join()).as("requests on a held connection").isPositive();
    }
    assertThat(warnings.said).isEmpty();
  }

  /** On one connection, as many as are answered until it is told to stop. */
  private int requests(AtomicBoolean stopped) {
    try (var held = new TlsConnection(authority.client(), port.number())) {
      var answered = 0;
      while (!stopped.get() || answered == 0) {
        assertThat(held.get("/problems/x").status()).isEqualTo(200);
        answered++;
      }
      return answered;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keepsTheOldOne(String because) throws Exception {
    port.look();
    port.look();
    port.look();

    assertThat(shown()).isEqualTo("CN=one");
    assertThat(warnings.said).hasSize(1);
    assertThat(warnings.said.get(0))
        .contains("retriever.node.http.tls", because, "goes on with the certificate of CN=one")
        .contains("Put sound files there");
    port.show(authority, "other");
    port.look();
    assertThat(shown()).isEqualTo("CN=two");
  }

  @Test
  void a_key_of_another_certificate_is_not_used() throws Exception {
    port.showKey(authority.keyPem("other"));

    keepsTheOldOne("the key is not that of the first certificate");
  }

  @Test
  void a_certificate_that_has_ended_is_not_used() throws Exception {
    port.show(authority, "ended");

    keepsTheOldOne("the certificate of CN=ended is not valid now");
  }

  @Test
  void half_a_certificate_is_not_used() throws Exception {
    var pem = authority.certificatePem("other");
    port.showCertificate(Arrays.copyOf(pem, pem.length - 100));

    keepsTheOldOne("port.crt is not complete");
  }

  @Test
  void half_a_key_is_not_used_and_not_shown() throws Exception {
    var pem = authority.keyPem("other");
    port.showKey(Arrays.copyOf(pem, pem.length / 2));

    keepsTheOldOne("port.key is not complete");
    var secret =
        new String(pem, StandardCharsets.US_ASCII).lines().skip(1).findFirst().orElseThrow();
    assertThat(warnings.said.toString()).doesNotContain(secret.substring(0, 16));
  }

  @Test
  void a_file_that_is_gone_is_no_reason_to_stop() throws Exception {
    Files.delete(directory.resolve("port.key"));

    keepsTheOldOne("port.key cannot be read (NoSuchFileException)");
  }

  @Test
  void a_certificate_that_ends_soon_is_told_once() {
    port.ahead(Duration.ofDays(85));
    port.look();
    port.look();

    assertThat(warnings.said).hasSize(1);
    assertThat(warnings.said.get(0)).contains("the certificate ends at", "Put a new one into");
  }

  /** As the kubelet changes a mounted Secret: all files at once, by one link. */
  @Test
  void a_link_to_a_directory_that_is_changed_is_followed() throws Exception {
    var mount = Files.createDirectory(directory.resolve("mount"));
    for (var alias : List.of("port", "other")) {
      var version = Files.createDirectory(mount.resolve(alias));
      Files.write(version.resolve("tls.crt"), authority.certificatePem(alias));
      Files.write(version.resolve("tls.key"), authority.keyPem(alias));
    }
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("port"));
    for (var file : List.of("tls.crt", "tls.key")) {
      Files.createSymbolicLink(mount.resolve(file), Path.of("..data", file));
    }
    var settings =
        new PortTlsSettings(
            "retriever.node.http.tls",
            mount.resolve("tls.crt"),
            mount.resolve("tls.key"),
            Optional.empty(),
            ClientAuth.NONE,
            Duration.ofSeconds(10),
            Duration.ofHours(1));
    var tls = new ServerTls(settings, Clock.systemUTC());
    assertThat(tls.shownSubject()).isEqualTo("CN=one");

    Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("other"));
    Files.move(
        mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    tls.look();

    assertThat(tls.shownSubject()).isEqualTo("CN=two");
  }
}
