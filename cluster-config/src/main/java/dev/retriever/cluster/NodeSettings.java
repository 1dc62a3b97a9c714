package dev.retriever.cluster;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;
import static dev.retriever.executor.settings.SettingRules.lessThan;
import static dev.retriever.executor.settings.SettingRules.must;
import static dev.retriever.executor.settings.SettingRules.positive;

import com.typesafe.config.Config;
import dev.retriever.alarms.AlarmClockSettings;
import dev.retriever.cluster.dashboard.DashboardSettings;
import dev.retriever.cluster.formation.Formation;
import dev.retriever.cluster.outcomes.OutcomeSettings;
import dev.retriever.cluster.security.StartRules;
import dev.retriever.cluster.tenants.quota.Quota;
import dev.retriever.executor.settings.SettingsReader;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Settings of the node itself, from {@code retriever.node}.
 *
 * @param join {@code host:port} of nodes to join; none to begin a cluster of its own
 */
record NodeSettings(
    String httpHost,
    int httpPort,
    String managementHost,
    int managementPort,
    int bootstrapPort,
    Formation formation,
    List<String> join,
    List<String> egressAllow,
    long maxRequestBody,
    Duration maxWait,
    Duration overloadedAfter,
    Duration watchInterval,
    OutcomeSettings outcomes,
    DashboardSettings dashboard,
    Quota.All quotas) {

  private static final long LARGEST_BODY = 64L * 1024 * 1024;

  /** A name, an IPv4 address, or an IPv6 address in brackets. */
  private static final Pattern HOST_PORT =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9a-fA-F:]+]):[1-9][0-9]{0,4}");

  NodeSettings {
    between("http.port", httpPort, 0, 65_535);
    between("management.port", managementPort, 0, 65_535);
    between("bootstrap.port", bootstrapPort, 0, 65_535);
    formation.check(bootstrapPort);
    if (!join.isEmpty() && formation != Formation.ALONE) {
      throw new IllegalArgumentException(
          "join (RETRIEVER_JOIN, --join) names nodes, and retriever.node.cluster"
              + " (RETRIEVER_CLUSTER) says where to look for them: set one of the two");
    }
    for (var address : join) {
      must(
          HOST_PORT.matcher(address).matches(),
          "join (RETRIEVER_JOIN, --join)",
          "addresses such as 10.0.0.1:17355, with the remoting port of that node",
          address);
    }
    between("max-request-body", maxRequestBody, 1L, LARGEST_BODY);
    atLeast("max-wait", maxWait, Duration.ofSeconds(1));
    positive("overloaded-after", overloadedAfter);
    atLeast("db.watch-interval", watchInterval, Duration.ofMillis(10));
  }

  static NodeSettings from(Config config) {
    var outcomes = OutcomeSettings.from(config);
    var dashboard = DashboardSettings.from(config);
    var quotas = Quota.all(config);
    var requestTimeout = config.getDuration("pekko.http.server.request-timeout");
    return SettingsReader.read(
        config,
        "retriever.node",
        c -> {
          lessThan(
              "max-wait",
              c.duration("max-wait"),
              "pekko.http.server.request-timeout",
              requestTimeout);
          return new NodeSettings(
              c.text("http.host"),
              c.count("http.port"),
              c.text("management.host"),
              c.count("management.port"),
              c.count("bootstrap.port"),
              Formation.from(c),
              list(c.text("join")),
              list(c.text("egress-allow")),
              c.bytes("max-request-body"),
              c.duration("max-wait"),
              overloadedAfter(c.duration("overloaded-after"), config),
              c.duration("db.watch-interval"),
              outcomes,
              dashboard,
              quotas);
        });
  }

  String apiAddress(StartRules rules) {
    return rules.address("retriever.node.http.host (RETRIEVER_HTTP_HOST)", httpHost);
  }

  String managementAddress(StartRules rules) {
    return rules.address(
        "retriever.node.management.host (RETRIEVER_MANAGEMENT_HOST)", managementHost);
  }

  /**
   * @throws IllegalArgumentException if a port must not be opened where it is to be
   */
  void check(StartRules rules) {
    apiAddress(rules);
    managementAddress(rules);
  }

  /** A margin before callers give up, also with a short time-out. */
  private static Duration overloadedAfter(Duration set, Config config) {
    var half = config.getDuration("retriever.origin.ask-timeout").dividedBy(2);
    return set.compareTo(half) < 0 ? set : half;
  }

  /** Settings of the alarm clocks. Their module reads no configuration. */
  static AlarmClockSettings alarmClocks(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node.alarm-clock",
        c ->
            new AlarmClockSettings(
                c.duration("interval"),
                c.duration("ahead"),
                c.count("batch"),
                c.count("parallelism"),
                c.duration("time-limit")));
  }

  /** The address ranges that may be called although they are private, as text. */
  static List<String> egressAllow(Config config) {
    return list(config.getString("retriever.node.egress-allow"));
  }

  /** The items of a setting that separates them by commas. */
  static List<String> list(String text) {
    return Arrays.stream(text.split(",")).map(String::trim).filter(e -> !e.isEmpty()).toList();
  }
}
