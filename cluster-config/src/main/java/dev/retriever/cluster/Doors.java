package dev.retriever.cluster;

import com.typesafe.config.Config;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.AuthSettings;
import dev.retriever.cluster.security.Authentication;
import dev.retriever.cluster.security.Authenticator;
import dev.retriever.cluster.security.Door;
import dev.retriever.cluster.security.RequestCheck;
import dev.retriever.cluster.security.jwt.JwtIssuers;
import dev.retriever.cluster.security.tls.NodePorts;
import dev.retriever.cluster.security.tls.Port;
import java.util.ArrayList;
import java.util.List;

/** Builds the doors of both ports from the settings. Each kind of credential is added here. */
final class Doors {
  private final AuthSettings settings;
  private final List<Authenticator> tokens = new ArrayList<>();
  private final List<RequestCheck> checks = new ArrayList<>();
  private final NodePorts ports;

  private final JwtIssuers issuers;

  private Doors(AuthSettings settings, NodePorts ports, JwtIssuers issuers) {
    this.settings = settings;
    this.ports = ports;
    this.issuers = issuers;
    issuers.authenticator().ifPresent(tokens::add);
  }

  /**
   * Starts to fetch what credentials are checked with.
   *
   * @throws IllegalArgumentException if a setting is wrong
   */
  static Doors from(Config config, NodePorts ports) {
    var settings = AuthSettings.from(config);
    return new Doors(settings, ports, JwtIssuers.start(config, Retriever.CLOCK, System::nanoTime));
  }

  /** Ends what was started. */
  void close() {
    issuers.close();
  }

  Door api() {
    return new Door(AccessTable.API, checks, authentication(ports.api()));
  }

  Door management() {
    return new Door(AccessTable.MANAGEMENT, checks, authentication(ports.management()));
  }

  /** With a source of credentials, loopback needs them too. */
  private Authentication authentication(Port port) {
    var sources = !tokens.isEmpty() || ports.mapsClients();
    return settings.isOff() || !sources
        ? Authentication.open()
        : Authentication.required(tokens, port::credential);
  }
}
