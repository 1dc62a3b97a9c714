package dev.retriever.cluster.security.tls;

import static dev.retriever.executor.settings.SettingRules.between;
import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * TLS of one port. All files are PEM.
 *
 * @param path of the section, such as {@code retriever.node.http.tls}
 * @param certificate the certificate that the port shows, and those of its issuers
 * @param key the certificate's private key as PKCS #8, without a password
 * @param clientCa the authorities that may vouch for clients; none if clients are not asked
 * @param clientAuth whether clients are asked; {@link ClientAuth#NONE} without {@code clientCa}
 * @param reloadInterval how often the files are looked at, 10 ms to 1 h
 * @param connectionLifetime after so long a connection is closed behind an answer, 1 s to 1 h
 */
record PortTlsSettings(
    String path,
    Path certificate,
    Path key,
    Optional<Path> clientCa,
    ClientAuth clientAuth,
    Duration reloadInterval,
    Duration connectionLifetime) {

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final String NONE = "";

  PortTlsSettings {
    must(
        clientAuth != ClientAuth.NEED || clientCa.isPresent(),
        "client-auth",
        "none or want without a client-ca",
        SettingsReader.name(clientAuth));
    must(
        clientAuth != ClientAuth.NONE || clientCa.isEmpty(),
        "client-auth",
        "want or need with a client-ca, or nobody would be asked",
        SettingsReader.name(clientAuth));
    between("reload-interval", reloadInterval, Duration.ofMillis(10), LONGEST);
    between("connection-lifetime", connectionLifetime, Duration.ofSeconds(1), LONGEST);
    clientAuth = clientCa.isPresent() ? clientAuth : ClientAuth.NONE;
  }

  /**
   * The settings of a port; empty if it has no TLS.
   *
   * @param path of the section
   * @throws IllegalArgumentException naming the key and what is wrong
   */
  static Optional<PortTlsSettings> from(Config config, String path) {
    return SettingsReader.read(config, path, section -> section(section, path));
  }

  private static Optional<PortTlsSettings> section(SettingsReader section, String path) {
    var certificate = file(section, "certificate");
    var key = file(section, "key");
    var clientCa = file(section, "client-ca");
    var pair =
        certificate.isPresent() == key.isPresent()
            && (certificate.isPresent() || clientCa.isEmpty());
    must(
        pair,
        "certificate",
        "set together with key, and both of them with client-ca",
        certificate.map(Path::toString).orElse("not set"));
    return certificate.map(
        file ->
            new PortTlsSettings(
                path,
                file,
                key.orElseThrow(),
                clientCa,
                section.choice("client-auth", ClientAuth.class),
                section.duration("reload-interval"),
                section.duration("connection-lifetime")));
  }

  private static Optional<Path> file(SettingsReader section, String key) {
    return section.unless(NONE, key, section::text).map(Path::of);
  }

  PemFiles files() {
    return new PemFiles(certificate, key, clientCa);
  }
}
