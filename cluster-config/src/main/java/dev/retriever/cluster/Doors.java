package dev.retriever.cluster;

import com.typesafe.config.Config;
import dev.retriever.cluster.files.Lines;
import dev.retriever.cluster.files.RollingFile;
import dev.retriever.cluster.metrics.NodeMetrics;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.Audit;
import dev.retriever.cluster.security.AuthSettings;
import dev.retriever.cluster.security.Authentication;
import dev.retriever.cluster.security.Authenticator;
import dev.retriever.cluster.security.ClientAddress;
import dev.retriever.cluster.security.Door;
import dev.retriever.cluster.security.FailedTries;
import dev.retriever.cluster.security.StartRules;
import dev.retriever.cluster.security.audit.AuditSettings;
import dev.retriever.cluster.security.audit.CountedDenials;
import dev.retriever.cluster.security.audit.NodeAudit;
import dev.retriever.cluster.security.jwt.JwtIssuers;
import dev.retriever.cluster.security.keys.KeySettings;
import dev.retriever.cluster.security.keys.Keys;
import dev.retriever.cluster.security.requests.Listener;
import dev.retriever.cluster.security.requests.RequestChecks;
import dev.retriever.cluster.security.tls.NodePorts;
import dev.retriever.cluster.security.tls.Port;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.cluster.storage.door.JdbcAudit;
import dev.retriever.cluster.storage.door.JdbcKeys;
import dev.retriever.cluster.tenants.Tenants;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the doors of both ports from the settings. Each kind of credential is added here. */
final class Doors {
  private static final Logger LOG = LoggerFactory.getLogger(Doors.class);

  private final StartRules rules;
  private final NodePorts ports;
  private final Keys keys;
  private final JwtIssuers issuers;
  private final FailedTries failedTries;
  private final List<Authenticator> tokens = new ArrayList<>();
  private final RequestChecks checks;
  private final Tenants tenants;
  private final NodeAudit audit;
  private final Listener apiListener;
  private final Listener managementListener;
  private final Optional<NodeMetrics> metrics;

  private Doors(
      Config config,
      NodePorts ports,
      Keys keys,
      Function<ClientAddress, NodeAudit> audit,
      Optional<NodeMetrics> metrics) {
    this.metrics = metrics;
    this.tenants = Tenants.from(config);
    this.ports = ports;
    this.keys = keys;
    this.checks = RequestChecks.from(config, System::nanoTime);
    this.audit = audit.apply(checks.addresses());
    this.apiListener = new Listener(ports.api().isSecure());
    this.managementListener = new Listener(ports.management().isSecure());
    this.rules = rules(config, ports, keys.areConfigured());
    this.failedTries =
        new FailedTries(
            FailedTries.Settings.from(config), checks.addresses()::of, System::nanoTime);
    this.issuers = JwtIssuers.start(config, Retriever.CLOCK, System::nanoTime);
    tokens.add(keys.authenticator());
    issuers.authenticator().ifPresent(tokens::add);
  }

  /** What the settings say of where the ports may be opened. Starts nothing. */
  static StartRules rules(Config config, NodePorts ports) {
    return rules(config, ports, Keys.areConfigured(KeySettings.from(config)));
  }

  private static StartRules rules(Config config, NodePorts ports, boolean hasKeys) {
    var hasSources = hasKeys || ports.mapsClients() || JwtIssuers.areConfigured(config);
    return new StartRules(AuthSettings.from(config), hasSources);
  }

  /**
   * Starts to fetch what credentials are checked with.
   *
   * @throws IllegalArgumentException if a setting is wrong
   * @throws IllegalStateException if the database does not give its keys
   */
  static Doors start(ActorSystem<?> system, NodePorts ports, Storage storage) {
    var config = system.settings().config();
    var settings = KeySettings.from(config);
    var keys = Keys.of(settings, new JdbcKeys(storage), Retriever.CLOCK, System::nanoTime);
    var doors =
        new Doors(
            config,
            ports,
            keys,
            addresses -> audit(system, config, storage, addresses),
            NodeMetrics.of(system));
    doors.audit.start(system);
    if (doors.rules.isOff()) {
      LOG.warn(
          "RETRIEVER_AUTH=off: all who reach the ports of this node may do everything, without any"
              + " credential");
    }
    keys.start(system, doors.rules.needsCredentials());
    return doors;
  }

  private static NodeAudit audit(
      ActorSystem<?> system, Config config, Storage storage, ClientAddress addresses) {
    var settings = AuditSettings.from(config);
    return new NodeAudit(
        settings,
        new JdbcAudit(storage),
        addresses,
        system.dispatchers().lookup(DispatcherSelector.blocking()),
        settings.file().map(it -> Lines.open(new RollingFile(it.path(), it.size(), it.files()))),
        Retriever.CLOCK);
  }

  /** Ends what was started. */
  void close() {
    issuers.close();
  }

  /** Where the ports may be opened. */
  StartRules rules() {
    return rules;
  }

  NodeAudit audit() {
    return audit;
  }

  Keys keys() {
    return keys;
  }

  Door api() {
    return door(AccessTable.API, ports.api(), apiListener);
  }

  /**
   * @param dashboard whether what the dashboard calls is served there too
   */
  Door management(boolean dashboard) {
    var table = dashboard ? AccessTable.MANAGEMENT_WITH_DASHBOARD : AccessTable.MANAGEMENT;
    return door(table, ports.management(), managementListener);
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
        table,
        checks.of(listener, authentication.isRequired()),
        authentication,
        tenants::refusal,
        failedTries,
        metrics
            .<Audit>map(it -> new CountedDenials(audit.audit(), it.requests()::denied))
            .orElseGet(audit::audit));
  }

  /** With a source of credentials, loopback needs them too. */
  private Authentication authentication(Port port) {
    return rules.needsCredentials()
        ? Authentication.required(tokens, port::credential)
        : Authentication.open();
  }
}
