package dev.retriever.cluster.security;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where a port may be opened: on loopback, with credentials anywhere, and anywhere if it is said
 * so. Immutable.
 *
 * @param hasSources whether there is anything that credentials are checked with
 */
public record StartRules(AuthSettings auth, boolean hasSources) {
  /** Whether the ports ask for credentials, wherever they are. */
  public boolean needsCredentials() {
    return hasSources && !auth.isOff();
  }

  /** Whether the ports are open on purpose. */
  public boolean isOff() {
    return auth.isOff();
  }

  /** In a word: {@code required}, {@code off}, or {@code open} on loopback. */
  public String mode() {
    return needsCredentials() ? "required" : isOff() ? "off" : "open";
  }

  /**
   * The address to bind a port to. It is bound to no name, which may come to stand for another
   * address.
   *
   * @param setting that says the host, for messages
   * @throws IllegalArgumentException if the port must not be opened there, naming what can be set
   */
  public String address(String setting, String host) {
    var address = resolved(setting, host);
    if (!needsCredentials() && !isOff() && !address.isLoopbackAddress()) {
      throw new IllegalArgumentException(
          setting
              + " is "
              + host
              + ", which others can reach, but no credentials are asked for there. Either make a key"
              + " (./retriever key new --append keys.conf) and name its file in RETRIEVER_KEYS_FILE,"
              + " or configure auth.issuers or auth.certificates; or set RETRIEVER_AUTH=off, and"
              + " all who reach the port may do everything");
    }
    return address.getHostAddress();
  }

  private static InetAddress resolved(String setting, String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          setting + " is '" + host + "', which is no address, and no name of one");
    }
  }
}
