package dev.retriever.cluster.security.tls;

import javax.net.ssl.SSLParameters;

/** Whether clients are asked for a certificate. */
public enum ClientAuth {
  /** They are not asked. */
  NONE {
    @Override
    void in(SSLParameters parameters) {}
  },
  /** They are asked, and may have none. One that is not trusted ends the handshake. */
  WANT {
    @Override
    void in(SSLParameters parameters) {
      parameters.setWantClientAuth(true);
    }
  },
  /** Without a trusted one there is no connection. */
  NEED {
    @Override
    void in(SSLParameters parameters) {
      parameters.setNeedClientAuth(true);
    }
  };

  abstract void in(SSLParameters parameters);
}
