package dev.retriever.executor.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Keys with certificates, made when a test asks for them: none is kept, so none expires. */
public final class TestCertificates {
  /** The host that certificates are for. */
  static final String HOST = "good.test";

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String AUTHORITY = "authority";

  private final Path directory;
  private final KeyStore all;

  /**
   * @param directory an empty one
   */
  public TestCertificates(Path directory) {
    this.directory = directory;
    generate(AUTHORITY, "-validity 2 -ext bc:c");
    generate("good", "-validity 2 -signer authority -ext san=dns:" + HOST);
    generate("expired", "-validity 2 -startdate -10d -signer authority -ext san=dns:" + HOST);
    all = load();
  }

  /** The certificate of the authority that signs the others. */
  Certificate authority() {
    return certificate(AUTHORITY);
  }

  /** For {@link #HOST}. */
  public KeyStore good() {
    return only("good");
  }

  /** For {@link #HOST}, and no longer valid. */
  KeyStore expired() {
    return only("expired");
  }

  /** The certificate of the authority, in a file. */
  public Path authorityPem() {
    return pem("authority.pem", authority());
  }

  /** The certificates of {@link #good}, in a file. */
  Path goodPem() {
    return pem("good.pem", certificate("good"), authority());
  }

  /** The private key of {@link #good}, in a file. */
  Path goodKeyPem() {
    try {
      var key = all.getKey("good", PASSWORD).getEncoded();
      return Files.writeString(directory.resolve("good.key"), pem("PRIVATE KEY", key));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path pem(String name, Certificate... certificates) {
    var text = new StringBuilder();
    try {
      for (var certificate : certificates) {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String what, byte[] bytes) {
    var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, base64, what);
  }

  private void generate(String name, String options) {
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var command = new ArrayList<>(List.of(keytool, "-genkeypair", "-keyalg", "EC"));
    command.addAll(List.of("-alias", name, "-dname", "CN=" + name, "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", new String(PASSWORD)));
    command.addAll(List.of("-keystore", directory.resolve("keys.p12").toString()));
    command.addAll(List.of(options.split(" ")));
    var log = directory.resolve("keytool.log");
    try {
      var run =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!run.waitFor(60, TimeUnit.SECONDS) || run.exitValue() != 0) {
        throw new IllegalStateException(command + ": " + Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private KeyStore load() {
    try (var in = Files.newInputStream(directory.resolve("keys.p12"))) {
      var keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD);
      return keys;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Certificate certificate(String name) {
    try {
      return all.getCertificate(name);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore only(String name) {
    try {
      var keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry(name, all.getKey(name, PASSWORD), PASSWORD, all.getCertificateChain(name));
      return keys;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A target that has that key, and speaks these versions of TLS; all if none is given. */
  public static RawTarget.Layer serving(KeyStore keys, String... versions) {
    return layer(keys, null, versions);
  }

  /** A target that has that key, and asks for a certificate of the authority. */
  RawTarget.Layer asking(KeyStore keys, String... versions) {
    return layer(keys, authority(), versions);
  }

  private static RawTarget.Layer layer(KeyStore keys, Certificate asked, String... versions) {
    try {
      var ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      ours.init(keys, PASSWORD);
      var context = SSLContext.getInstance("TLS");
      context.init(
          ours.getKeyManagers(), asked == null ? null : trust(asked).getTrustManagers(), null);
      return tcp -> {
        var socket = (SSLSocket) context.getSocketFactory().createSocket(tcp, null, 0, false);
        socket.setUseClientMode(false);
        socket.setNeedClientAuth(asked != null);
        if (versions.length > 0) {
          socket.setEnabledProtocols(versions);
        }
        return socket;
      };
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TrustManagerFactory trust(Certificate certificate)
      throws IOException, GeneralSecurityException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("trusted", certificate);
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    return managers;
  }
}
