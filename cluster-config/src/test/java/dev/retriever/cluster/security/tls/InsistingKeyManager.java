package dev.retriever.cluster.security.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Shows its only certificate whatever authorities the server asks for, as an attacker would. */
final class InsistingKeyManager extends X509ExtendedKeyManager {
  private final X509ExtendedKeyManager real;

  InsistingKeyManager(X509ExtendedKeyManager real) {
    this.real = real;
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return real.chooseClientAlias(types, null, socket);
  }

  @Override
  public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
    return real.chooseEngineClientAlias(types, null, engine);
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return real.getClientAliases(type, null);
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return new String[0];
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return real.getCertificateChain(alias);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return real.getPrivateKey(alias);
  }
}
