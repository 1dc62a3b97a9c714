package dev.retriever.cluster.security.requests;

import java.net.InetSocketAddress;
import java.util.Optional;

/** A port of this node: its scheme, and where it is bound, once it is. Thread-safe. */
public final class Listener {
  private final boolean tls;
  private volatile Optional<InetSocketAddress> bound = Optional.empty();

  public Listener(boolean tls) {
    this.tls = tls;
  }

  /** To be called when the port is bound. Requests that come before are refused. */
  public void boundAt(InetSocketAddress address) {
    bound = Optional.of(address);
  }

  Optional<InetSocketAddress> bound() {
    return bound;
  }

  String scheme() {
    return tls ? "https" : "http";
  }

  /**
   * The port that a request to this listener names.
   *
   * @param given 0 if it names none, which stands for the scheme's own
   */
  int port(int given) {
    return given != 0 ? given : tls ? 443 : 80;
  }
}
