package dev.retriever.executor.settings;

import static dev.retriever.executor.settings.SettingRules.must;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * TLS for https targets: trusted authorities, and a client certificate. All files are PEM. They are
 * read once, when a transport is created.
 *
 * @param trust certificates of the trusted authorities; they replace those of the platform
 * @param certificate the client certificate, followed by its chain; set together with {@code key}
 * @param key the private key of the certificate, as unencrypted PKCS #8
 */
public record TlsSettings(Optional<Path> trust, Optional<Path> certificate, Optional<Path> key) {

  /**
   * @throws IllegalArgumentException naming the key and what is wrong
   */
  public TlsSettings {
    readable("tls.trust", trust);
    readable("tls.certificate", certificate);
    readable("tls.key", key);
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("tls.certificate and tls.key must be set both or neither");
    }
  }

  static TlsSettings from(SettingsReader transport) {
    return new TlsSettings(
        path(transport, "tls.trust"),
        path(transport, "tls.certificate"),
        path(transport, "tls.key"));
  }

  private static Optional<Path> path(SettingsReader transport, String key) {
    return transport.unless("", key, transport::text).map(Path::of);
  }

  private static void readable(String key, Optional<Path> file) {
    file.ifPresent(it -> must(Files.isReadable(it), key, "a file that can be read", it));
  }

  /**
   * Makes a context for TLS 1.2 or later, which verifies that the target's certificate is for the
   * host of the URL.
   *
   * @throws IllegalArgumentException if a file cannot be read as PEM
   */
  public SslContext context() {
    var builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .endpointIdentificationAlgorithm("HTTPS");
    try {
      trust.map(Path::toFile).ifPresent(builder::trustManager);
      certificate.ifPresent(ours -> builder.keyManager(ours.toFile(), keyFile()));
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      // Without the cause, because its message may quote the key.
      throw new IllegalArgumentException(
          TransportSettings.PATH
              + ".tls.*: a file cannot be read as PEM ("
              + e.getClass().getSimpleName()
              + ")");
    }
  }

  private File keyFile() {
    return key.orElseThrow().toFile();
  }
}
