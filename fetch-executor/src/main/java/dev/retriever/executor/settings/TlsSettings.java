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
 * Whom to trust behind an https URL, and what to show who asks. All files are PEM, and read once,
 * when a transport is created.
 *
 * @param trust certificates of the authorities that may vouch for targets, in place of those that
 *     the platform trusts
 * @param certificate our own, with those that vouch for it behind it
 * @param key its private key, as PKCS #8, not encrypted; there is either both or none
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
   * TLS 1.2 or later; the certificate must be for the host that the URL names, whatever address was
   * found for it.
   *
   * @throws IllegalArgumentException when a file is not what it should be
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
      // Without the cause: whoever reads a key badly may quote it.
      throw new IllegalArgumentException(
          TransportSettings.PATH
              + ".tls.*: the files are not PEM as it should be ("
              + e.getClass().getSimpleName()
              + ")");
    }
  }

  private File keyFile() {
    return key.orElseThrow().toFile();
  }
}
