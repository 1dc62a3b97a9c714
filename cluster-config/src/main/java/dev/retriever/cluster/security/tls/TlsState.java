package dev.retriever.cluster.security.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * What one content of the files of a port means. Connections are made with it until there is
 * another one.
 *
 * @param hash of the content
 * @param clients judges the certificates of clients; empty if they are not asked
 */
record TlsState(
    byte[] hash, Identity identity, SSLContext context, Optional<X509TrustManager> clients) {
  private static final char[] NO_PASSWORD = new char[0];
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final String[] APPLICATION = {"http/1.1"};

  /** All have forward secrecy and authenticated encryption. */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_256_GCM_SHA384",
          "TLS_AES_128_GCM_SHA256",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /**
   * @throws IllegalArgumentException saying what is wrong with the content
   */
  static TlsState of(PortTlsSettings settings, PemFiles.Content content, Instant now) {
    var chain = PemFiles.parsed(settings.certificate(), content.certificate(), Pem::certificates);
    var key = PemFiles.parsed(settings.key(), content.key(), Pem::key);
    var identity = Identity.of(chain, key, now);
    var authorities =
        content
            .clientCa()
            .map(it -> PemFiles.parsed(settings.clientCa().get(), it, Pem::certificates));
    try {
      var clients = authorities.isPresent() ? Optional.of(trusting(authorities.get())) : none();
      var context = SSLContext.getInstance("TLS");
      context.init(keyManagers(identity), clients.stream().toArray(TrustManager[]::new), null);
      var seconds = (int) settings.connectionLifetime().toSeconds();
      context.getServerSessionContext().setSessionTimeout(seconds);
      return new TlsState(content.hash(), identity, context, clients);
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalArgumentException("the certificate and the key cannot be used for TLS", e);
    }
  }

  private static Optional<X509TrustManager> none() {
    return Optional.empty();
  }

  private static javax.net.ssl.KeyManager[] keyManagers(Identity identity)
      throws GeneralSecurityException, java.io.IOException {
    var store = emptyStore();
    store.setKeyEntry(
        "port", identity.key(), NO_PASSWORD, identity.chain().toArray(X509Certificate[]::new));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static X509TrustManager trusting(List<X509Certificate> authorities)
      throws GeneralSecurityException, java.io.IOException {
    var store = emptyStore();
    for (var i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Stream.of(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, java.io.IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  /** For one connection. */
  SSLEngine engine(ClientAuth clientAuth) {
    var engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    var supported = Arrays.asList(engine.getSupportedCipherSuites());
    var parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setCipherSuites(CIPHERS.stream().filter(supported::contains).toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    parameters.setApplicationProtocols(APPLICATION);
    clientAuth.in(parameters);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Whether an authority of this content vouches for the client, now. */
  boolean trusts(List<X509Certificate> chain) {
    try {
      clients
          .orElseThrow(() -> new CertificateException("clients have no certificates here"))
          .checkClientTrusted(
              chain.toArray(X509Certificate[]::new), chain.get(0).getPublicKey().getAlgorithm());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }
}
