package dev.retriever.cluster.security.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * What a port shows to its clients. Immutable.
 *
 * @param chain the port's own certificate first; each of the others has issued the one before it
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {
  private static final byte[] SAMPLE = {1, 2, 3};

  /**
   * @throws IllegalArgumentException if they do not belong together, or are not valid now
   */
  static Identity of(List<X509Certificate> chain, PrivateKey key, Instant now) {
    var identity = new Identity(List.copyOf(chain), key);
    if (!identity.isKeyOfCertificate()) {
      throw new IllegalArgumentException("the key is not that of the first certificate");
    }
    identity.checkOrder();
    chain.forEach(certificate -> checkDates(certificate, now));
    return identity;
  }

  X509Certificate certificate() {
    return chain.get(0);
  }

  /** The end of the certificate that ends first. */
  Instant validUntil() {
    return Certificate.validUntil(chain);
  }

  private boolean isKeyOfCertificate() {
    var known = certificate().getPublicKey();
    if (!known.getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    try {
      var algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      var signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(SAMPLE);
      var signature = signing.sign();
      signing.initVerify(known);
      signing.update(SAMPLE);
      return signing.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private void checkOrder() {
    for (var i = 1; i < chain.size(); i++) {
      if (!chain
          .get(i - 1)
          .getIssuerX500Principal()
          .equals(chain.get(i).getSubjectX500Principal())) {
        throw new IllegalArgumentException(
            "certificate "
                + (i + 1)
                + " of the chain has not issued the one before it; put the port's own first, then"
                + " that of its issuer, and so on");
      }
    }
  }

  /** The message does not have the time, so that it is the same at each look. */
  private static void checkDates(X509Certificate certificate, Instant now) {
    var date = Date.from(now);
    if (date.before(certificate.getNotBefore()) || date.after(certificate.getNotAfter())) {
      throw new IllegalArgumentException(
          "the certificate of "
              + Certificate.subject(certificate)
              + " is not valid now, but from "
              + certificate.getNotBefore().toInstant()
              + " to "
              + certificate.getNotAfter().toInstant());
    }
  }
}
