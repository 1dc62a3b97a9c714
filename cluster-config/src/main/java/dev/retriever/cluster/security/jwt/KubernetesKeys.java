package dev.retriever.cluster.security.jwt;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What the API server of a Kubernetes cluster publishes of its tokens. It is trusted by the
 * certificate that is mounted into each pod. The issuer's name comes from there too: what the pod's
 * own token says would prove nothing.
 */
final class KubernetesKeys implements JwkSource {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI api;
  private final Path ca;
  private final Path token;
  private byte[] trusted = {};
  private BoundedGet client;

  KubernetesKeys(URI api, Path ca, Path token) {
    this.api = api;
    this.ca = ca;
    this.token = token;
  }

  @Override
  public IssuerDocument fetch() throws IOException {
    trustAnew();
    var bearer = Optional.of(Files.readString(token).strip());
    var about = client.get(api.resolve("/.well-known/openid-configuration"), bearer);
    var issuer = JSON.readTree(about).path("issuer").asText();
    if (issuer.isEmpty()) {
      throw new IOException(api + " does not say which issuer it is");
    }
    return IssuerDocument.of(issuer, client.get(api.resolve("/openid/v1/jwks"), bearer));
  }

  /** Authorities are replaced while a pod runs. */
  private void trustAnew() throws IOException {
    var pem = Files.readAllBytes(ca);
    if (client == null || !Arrays.equals(pem, trusted)) {
      client = new BoundedGet(Optional.of(trusting(pem)));
      trusted = pem;
    }
  }

  private static SSLContext trusting(byte[] pem) throws IOException {
    try {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      var certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      for (var certificate : certificates) {
        store.setCertificateEntry("ca-" + store.size(), certificate);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates of the API server's authority cannot be read", e);
    }
  }
}
