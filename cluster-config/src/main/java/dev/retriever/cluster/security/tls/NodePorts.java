package dev.retriever.cluster.security.tls;

import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import java.time.Clock;
import java.util.Optional;
import org.apache.pekko.http.javadsl.settings.ServerSettings;

/**
 * The ports of a node.
 *
 * @param api for callers
 * @param management for operators and probes
 * @param bootstrap for nodes that look for a cluster; always without TLS
 * @param mapsClients whether client certificates stand for callers
 */
public record NodePorts(Port api, Port management, Port bootstrap, boolean mapsClients) {
  private static final String API = "retriever.node.http.tls";
  private static final String MANAGEMENT = "retriever.node.management.tls";

  /**
   * Reads the settings, and the certificates and keys that they name.
   *
   * @throws IllegalArgumentException naming the setting or the file, and what is wrong
   */
  public static NodePorts from(Config config, Clock clock) {
    var rules = CertificateRules.from(config);
    var management = PortTlsSettings.from(config, MANAGEMENT);
    management.ifPresent(NodePorts::checkProbes);
    var ports =
        new NodePorts(
            port(PortTlsSettings.from(config, API), rules, clock),
            port(management, rules, clock),
            port(Optional.empty(), rules, clock),
            !rules.isEmpty());
    ports.check(ServerSettings.create(config), rules);
    return ports;
  }

  private static Port port(
      Optional<PortTlsSettings> settings, CertificateRules rules, Clock clock) {
    return new Port(settings.map(it -> new ServerTls(it, clock)), rules, clock);
  }

  /** Probes of Kubernetes and load balancers have no certificates. */
  private static void checkProbes(PortTlsSettings management) {
    must(
        management.clientAuth() != ClientAuth.NEED,
        MANAGEMENT + ".client-auth",
        "none or want, because probes have no certificates",
        "need");
  }

  /** What the server itself must be told, or clients are not known. */
  private void check(ServerSettings server, CertificateRules rules) {
    var asks = api.asksClients() || management.asksClients();
    must(
        asks || rules.isEmpty(),
        CertificateRules.PATH,
        "empty without a client-ca of a port ("
            + API
            + ".client-ca, RETRIEVER_HTTP_TLS_CLIENT_CA), because no client is asked for one",
        rules.rules().size() + " certificates");
    must(
        !asks || server.getParserSettings().getIncludeSslSessionAttribute(),
        "pekko.http.server.parsing.ssl-session-attribute",
        "on when clients are asked for certificates",
        "off");
    must(!server.enableHttp2(), "pekko.http.server.enable-http2", "off", "on");
  }
}
