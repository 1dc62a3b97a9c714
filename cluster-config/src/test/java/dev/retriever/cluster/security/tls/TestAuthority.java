package dev.retriever.cluster.security.tls;

import dev.retriever.cluster.Keytool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority with the certificates that it has issued, made when a test asks for them. */
final class TestAuthority {
  private static final String PASSWORD = "for-tests";
  private static final String AUTHORITY = "authority";

  private final Path directory;
  private final Path file;

  /**
   * @param name also of the files
   */
  TestAuthority(Path directory, String name) {
    this.directory = directory;
    this.file = directory.resolve(name + ".p12");
    generate(AUTHORITY, "CN=" + name, "-ext", "bc:c");
  }

  /** One for 127.0.0.1, or for a client. */
  void issue(String alias, String subject, String... options) {
    var all = new ArrayList<>(List.of("-signer", AUTHORITY, "-ext", "san=ip:127.0.0.1"));
    all.addAll(List.of(options));
    generate(alias, subject, all.toArray(String[]::new));
  }

  Path authorityPem() {
    return write(AUTHORITY + ".pem", pem("CERTIFICATE", encoded(certificate(AUTHORITY))));
  }

  /** With its chain. */
  byte[] certificatePem(String alias) {
    try {
      var text = new StringBuilder();
      for (var certificate : store().getCertificateChain(alias)) {
        text.append(pem("CERTIFICATE", encoded(certificate)));
      }
      return bytes(text.toString());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] keyPem(String alias) {
    try {
      return bytes(pem("PRIVATE KEY", store().getKey(alias, PASSWORD.toCharArray()).getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  X509Certificate certificate(String alias) {
    try {
      return (X509Certificate) store().getCertificate(alias);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A client without a certificate, which trusts this authority. */
  SSLContext client() {
    return context(new KeyManager[0]);
  }

  /** A client with one of this authority. */
  SSLContext client(String alias) {
    return client(this, alias);
  }

  /** A client with one of another authority. */
  SSLContext client(TestAuthority other, String alias) {
    try {
      var keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      var password = PASSWORD.toCharArray();
      var store = other.store();
      keys.setKeyEntry(
          alias, store.getKey(alias, password), password, store.getCertificateChain(alias));
      var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(keys, password);
      return context(insisting(factory.getKeyManagers()));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Shows its certificate also when the server has said that it trusts other authorities. */
  private static KeyManager[] insisting(KeyManager[] managers) {
    return new KeyManager[] {
      new InsistingKeyManager((javax.net.ssl.X509ExtendedKeyManager) managers[0])
    };
  }

  private SSLContext context(KeyManager[] keys) {
    try {
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(AUTHORITY, certificate(AUTHORITY));
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(keys, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore store() {
    try (var in = Files.newInputStream(file)) {
      var store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void generate(String alias, String subject, String... options) {
    var command = new ArrayList<>(List.of("-genkeypair"));
    if (!List.of(options).contains("-keyalg")) {
      command.addAll(List.of("-keyalg", "EC"));
    }
    command.addAll(List.of("-alias", alias, "-dname", subject, "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", PASSWORD, "-keystore", file.toString()));
    command.addAll(List.of(options));
    Keytool.run(command);
  }

  private static byte[] encoded(Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String what, byte[] bytes) {
    var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, base64, what);
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(file.getFileName() + "-" + name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
