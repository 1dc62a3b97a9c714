package dev.retriever.cluster;

import com.typesafe.config.Config;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.AuthSettings;
import dev.retriever.cluster.security.Authentication;
import dev.retriever.cluster.security.Authenticator;
import dev.retriever.cluster.security.Door;
import dev.retriever.cluster.security.jwt.JwtIssuers;
import dev.retriever.cluster.security.requests.Listener;
import dev.retriever.cluster.security.requests.RequestChecks;
import dev.retriever.cluster.security.tls.NodePorts;
import dev.retriever.cluster.security.tls.Port;
import dev.retriever.cluster.tenants.Tenants;
import java.util.ArrayList;
import java.util.List;

/** Builds the doors of both ports from the settings. Each kind of credential is added here. */
final class Doors {
  private final AuthSettings settings;
  private final List<Authenticator> tokens = new ArrayList<>();
  private final RequestChecks checks;
  private final NodePorts ports;
  private final Tenants tenants;
  private final Listener apiListener;
  private final Listener managementListener;

  private final JwtIssuers issuers;

  private Doors(
      AuthSettings settings,
      RequestChecks checks,
      NodePorts ports,
      Tenants tenants,
      JwtIssuers issuers) {
    this.tenants = tenants;
    this.settings = settings;
    this.checks = checks;
    this.ports = ports;
    this.apiListener = new Listener(ports.api().isSecure());
    this.managementListener = new Listener(ports.management().isSecure());
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
    var checks = RequestChecks.from(config, System::nanoTime);
    return new Doors(
        settings,
        checks,
        ports,
        Tenants.from(config),
        JwtIssuers.start(config, Retriever.CLOCK, System::nanoTime));
  }

  /** Ends what was started. */
  void close() {
    issuers.close();
  }

  Door api() {
    return door(AccessTable.API, ports.api(), apiListener);
  }

  Door management() {
    return door(AccessTable.MANAGEMENT, ports.management(), managementListener);
  }

  /** To be told where the port is bound. */
  Listener apiListener() {
    return apiListener;
  }

  /** To be told where the port is bound. */
  Listener managementListener() {
    return managementListener;
  }

  private Door door(AccessTable table, Port port, Listener listener) {
    var authentication = authentication(port);
    return new Door(
        table, checks.of(listener, authentication.isRequired()), authentication, tenants::refusal);
  }

  /** With a source of credentials, loopback needs them too. */
  private Authentication authentication(Port port) {
    var sources = !tokens.isEmpty() || ports.mapsClients();
    return settings.isOff() || !sources
        ? Authentication.open()
        : Authentication.required(tokens, port::credential);
  }
}
